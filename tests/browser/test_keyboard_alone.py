"""The newer rooms with keys alone: the main act, an error and its correction, the way back. Nothing is clicked."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Tabs
from tests.browser.hands import press_by_hand, see_where_one_is, type_by_hand
from tests.browser.pages import access, catalogue, claim_links, orders, portal, prepaid, products, rewards, visits
from tests.browser.pages.places import CARD, Place, Visit, goto
from tests.conftest import Person
from tests.fixtures_sandbox import SandboxAccount
from tests.vouchers.link_hands import work
from vouchers.models import ClaimLinkOrder, Progress

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

MOST_TABS = 60  # over the frame and the longest of these pages; more is a trap
Arrive = Callable[..., Page]


def tab_to(page: Page, wanted: Locator, *, key: str = "Tab") -> None:
    """Press Tab until it has the focus. A trap on the way, or a focus that is lost over and over, never gets there."""
    see_where_one_is(page)
    expect(wanted).to_be_visible()
    for _ in range(MOST_TABS):
        if wanted.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press(key)
    raise AssertionError(f"{MOST_TABS} times {key} did not lead to {wanted}")


def press(page: Page, wanted: Locator) -> None:
    """Go there and press Enter, as a hand does."""
    tab_to(page, wanted)
    press_by_hand(page, "Enter")


def retype(page: Page, words: str) -> None:
    """Write over what stands in the field that has the focus."""
    page.keyboard.press("Control+A")
    type_by_hand(page, words)


def is_at(page: Page, field: str) -> Locator:
    """The field has the focus, and its error stands beside it."""
    wrong = page.locator(f"[name={field}]").first
    expect(wrong).to_be_focused()
    expect(wrong).to_have_attribute("aria-invalid", "true")
    return wrong


def is_somewhere(page: Page) -> None:
    """After an answer the keys go on from it, not from the top of the page."""
    expect(page.locator("main :focus")).to_have_count(1)


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name)


def test_claiming_enter_counts_in_the_moment_in_which_the_address_is_found_free(arrive: Arrive) -> None:
    def to_claim(visit: Visit) -> None:
        uuid = visit.sandbox.add_contact(anonymous=True)["uuid"]
        visit.page.goto(f"/contacts/{uuid}/claim/")

    page = arrive(Place("", to_claim))
    expect(page.locator("#id_email")).to_be_focused()
    type_by_hand(page, "lotte@mail.example")
    expect(page.get_by_text("Nobody has this address yet")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Claimed: the customer has an e-mail address now.").first).to_be_visible()


def test_rewards_a_wrong_card_the_right_one_claim_and_hand_over(arrive: Arrive) -> None:
    page = arrive(Place("", rewards.rewards))
    tab_to(page, page.locator("#id_card"))
    type_by_hand(page, "2600118033104417")
    press_by_hand(page, "Enter")
    is_at(page, "card")
    retype(page, CARD)
    press_by_hand(page, "Enter")
    expect(page.locator("main").get_by_text("Card number scanned or typed")).to_be_visible()
    press(page, page.get_by_role("link", name="Claim Tote bag"))
    expect(button(page, "Claim it")).to_be_focused()
    press_by_hand(page, "Enter")
    expect(page.get_by_text("It waits to be handed over.").first).to_be_visible()
    press(page, page.get_by_role("link", name="Hand over Tote bag").last)
    expect(button(page, "It is handed over")).to_be_focused()
    press_by_hand(page, "Escape")
    expect(page.get_by_role("heading", name="Rewards", exact=True)).to_be_visible()
    press_by_hand(page, "Escape")
    expect(page.get_by_role("link", name="Award credits").first).to_be_visible()


def test_what_waits_is_handed_over_on_another_day_to_whoever_shows_a_card(arrive: Arrive) -> None:
    page = arrive(Place("", rewards.rewards))
    press(page, page.get_by_role("link", name="Hand over Tote bag"))
    expect(page.get_by_role("heading", name="Hand over Tote bag")).to_be_visible()
    expect(page.locator("#id_card")).to_be_focused()
    type_by_hand(page, "2600118033104417")
    press_by_hand(page, "Enter")
    is_at(page, "card")
    retype(page, CARD)
    press_by_hand(page, "Enter")
    expect(button(page, "It is handed over")).to_be_focused()
    press_by_hand(page, "Enter")
    expect(page.get_by_text("Handed Tote bag over.").first).to_be_visible()
    expect(page.get_by_role("link", name="Hand over Tote bag")).to_have_count(0)
    press(page, page.get_by_role("link", name="Undo the hand-over of Tote bag"))
    expect(page.locator("#id_reason")).to_be_focused()
    press_by_hand(page, "Escape")
    expect(page.get_by_role("heading", name="Rewards", exact=True)).to_be_visible()


def test_prepaid_a_slip_in_the_amount_then_money_on_it(arrive: Arrive) -> None:
    page = arrive(Place("", prepaid.full))
    expect(page.locator("[name=amount]")).to_be_focused()
    type_by_hand(page, "1.085")
    press_by_hand(page, "Enter")
    is_at(page, "amount")
    retype(page, "25")
    press_by_hand(page, "Enter")
    expect(button(page, "Put € 25.00 on it")).to_be_focused()
    press_by_hand(page, "Enter")
    expect(page.get_by_text("€ 25.00").first).to_be_visible()
    press_by_hand(page, "Escape")
    expect(page.get_by_role("link", name="Award credits").first).to_be_visible()


def test_prepaid_a_deduction_without_a_reason_goes_to_the_reason(arrive: Arrive) -> None:
    page = arrive(Place("", prepaid.full, "admin"))
    expect(page.locator("[name=amount]")).to_be_focused()
    type_by_hand(page, "5")
    press(page, button(page, "Deduct"))
    is_at(page, "reason")


def test_prepaid_a_deduction_with_a_card_instead_of_a_reason_is_done(arrive: Arrive) -> None:
    page = arrive(Place("", prepaid.full, "admin"))
    tab_to(page, page.locator("#id_card"))
    type_by_hand(page, CARD)
    press_by_hand(page, "Enter")
    expect(page.get_by_text("No reason is needed to deduct.")).to_be_visible()
    expect(page.locator("[name=amount]")).to_be_focused()
    type_by_hand(page, "5000")
    press(page, button(page, "Deduct"))
    is_at(page, "amount")
    retype(page, "5")
    press(page, button(page, "Deduct"))
    expect(button(page, "Take € 5.00 off it")).to_be_focused()
    press_by_hand(page, "Enter")
    expect(page.get_by_text("Deducted € 5.00.").first).to_be_visible()
    expect(page.locator("#history").get_by_text("−€ 5.00").first).to_be_visible()
    press_by_hand(page, "Escape")
    expect(page.get_by_role("link", name="Award credits").first).to_be_visible()


def test_prepaid_a_deduction_with_its_reason_is_done(arrive: Arrive) -> None:
    page = arrive(Place("", prepaid.full, "admin"))
    expect(page.locator("[name=amount]")).to_be_focused()
    type_by_hand(page, "5")
    press(page, button(page, "Deduct"))
    is_at(page, "reason")
    type_by_hand(page, "Paid by phone, she is on the line")
    press(page, button(page, "Deduct"))
    expect(button(page, "Take € 5.00 off it")).to_be_focused()
    press_by_hand(page, "Enter")
    expect(page.get_by_text("Deducted € 5.00.").first).to_be_visible()


def test_orders_no_number_a_wrong_one_and_the_right_one(arrive: Arrive) -> None:
    page = arrive(Place("", orders.orders_found))
    number = page.get_by_label("Number of the order")
    tab_to(page, number)
    retype(page, "NOBODYS-1")
    press_by_hand(page, "Enter")
    expect(page.get_by_role("heading", name="Piggy has no order with this number")).to_be_visible()
    tab_to(page, number)
    retype(page, orders.NUMBER)
    press_by_hand(page, "Enter")
    expect(page.get_by_role("heading", name=f"Order {orders.NUMBER}")).to_be_visible()
    tab_to(page, page.get_by_label("Total in euros"))
    type_by_hand(page, "1.085")
    press_by_hand(page, "Enter")
    is_at(page, "total")
    retype(page, "11.40")
    press_by_hand(page, "Enter")
    expect(page.locator(".display")).to_be_visible()
    press_by_hand(page, "Escape")
    expect(page.get_by_role("link", name="Award credits").first).to_be_visible()


def type_moment(page: Page, day: str, clock: str) -> None:
    """Into the parts of the field that has the focus: month, day and year, then the clock."""
    type_by_hand(page, day)
    page.keyboard.press("ArrowRight")  # a year may have more digits, so it waits
    type_by_hand(page, clock)


def test_a_visit_that_ends_before_it_begins_then_a_right_one(arrive: Arrive) -> None:
    page = arrive(Place("", visits.visits_empty))
    press_by_hand(page, "n")
    expect(page.get_by_label("Came")).to_be_focused()
    type_moment(page, "11202026", "0600PM")
    tab_to(page, page.get_by_label("Left", exact=True))
    type_moment(page, "11202026", "0500PM")
    page.keyboard.press("Control+Enter")
    is_at(page, "ends_at")
    type_moment(page, "11202026", "0730PM")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="1 visit", exact=True)).to_be_visible()
    press_by_hand(page, "Escape")
    expect(page.get_by_role("link", name="Award credits").first).to_be_visible()


def test_the_portal_an_amount_that_is_missing_and_a_sign_in_link(arrive: Arrive) -> None:
    page = arrive(Place("", portal.portal_empty))
    tab_to(page, page.locator("[name=kind]"))
    type_by_hand(page, "Pay with gift")
    press(page, button(page, "Open a session"))
    is_at(page, "amount")
    press(page, button(page, "Show a sign-in link"))
    expect(page.locator("svg.qr")).to_be_visible()
    is_somewhere(page)
    press_by_hand(page, "Escape")
    expect(page.get_by_role("link", name="Award credits").first).to_be_visible()


def test_the_portal_when_the_line_is_down_what_was_chosen_stays_and_is_sent_again_once(
    arrive: Arrive, sandbox: SandboxAccount
) -> None:
    page = arrive(Place("", portal.portal_empty))
    page.route("**/portal/", lambda route: route.abort())
    tab_to(page, page.locator("[name=kind]"))
    type_by_hand(page, "Pay with gift")
    tab_to(page, page.locator("[name=amount]"))
    type_by_hand(page, "12.50")
    for _ in range(2):
        press(page, button(page, "Open a session"))
        expect(page.locator("[data-no-answer]")).to_have_count(1)
        expect(page.locator("[data-no-answer]")).to_be_focused()
    expect(page.get_by_role("link", name="Open the page again")).to_have_count(0)  # it would have none of that
    expect(page.locator("[name=amount]")).to_have_value("12.50")
    page.unroute("**/portal/")
    press(page, button(page, "Open a session"))
    expect(page.locator("svg.qr")).to_be_visible()
    assert len(sandbox.state("portal_session")) == 1


def test_a_session_token_is_used_where_it_was_found(arrive: Arrive) -> None:
    page = arrive(Place("", portal.token_found))
    expect(button(page, "Use it and open the customer")).to_be_focused()
    press_by_hand(page, "Enter")
    expect(page.get_by_role("link", name="Award credits").first).to_be_visible()


def test_a_session_token_of_nobody_is_said_at_its_field(arrive: Arrive) -> None:
    page = arrive(Place("", portal.token_unknown))
    is_at(page, "secret_token")
    press_by_hand(page, "Escape")
    expect(page.locator("main #q")).to_be_focused()


def test_an_auth_token_a_short_reason_then_a_good_one(arrive: Arrive) -> None:
    page = arrive(Place("", access.token, "admin"))
    expect(page.locator("#id_reason")).to_be_focused()
    type_by_hand(page, "An app")
    page.locator("#id_reason").evaluate("field => { field.form.noValidate = true }")  # the browser would hold it back
    press(page, button(page, "Show the token once"))
    is_at(page, "reason")
    retype(page, "The app of the web shop cannot sign her in")
    press(page, button(page, "Show the token once"))
    expect(page.locator("#auth-token")).to_be_visible()


def test_an_automation_the_wrong_name_then_the_right_one(arrive: Arrive) -> None:
    page = arrive(Place("", access.automations, "marketing"))
    press(page, page.get_by_role("link", name="Run it"))
    expect(page.locator("#id_typed")).to_be_focused()
    type_by_hand(page, "Another one")
    press(page, button(page, "Run it now"))
    is_at(page, "typed")
    retype(page, "Ask for a review")
    press(page, button(page, "Run it now"))
    expect(page.get_by_text("Started the automation").first).to_be_visible()


def test_claim_links_too_many_then_what_it_would_be_then_made(arrive: Arrive) -> None:
    page = arrive(Place("", claim_links.empty, "marketing"))
    expect(page.locator("[name=label]")).to_be_focused()
    type_by_hand(page, "Thank you")
    for name, typed in (("quantity", "500"), ("credits", "50")):
        tab_to(page, page.locator(f"[name={name}]"))
        retype(page, typed)
    press_by_hand(page, "Enter")
    is_at(page, "quantity")
    retype(page, "3")
    press_by_hand(page, "Enter")
    expect(button(page, "Make 3 links")).to_be_focused()
    press_by_hand(page, "Enter")
    page.wait_for_url("**/vouchers/claim-links/*/")
    press_by_hand(page, "Escape")
    expect(page.get_by_role("heading", name="Claim links", exact=True)).to_be_visible()


def see_by_itself(page: Page) -> None:
    """The page asks how far it is, every two seconds."""
    page.clock.run_for(2500)


def test_claim_links_from_the_order_to_the_paper(arrive: Arrive) -> None:
    page = arrive(Place("", claim_links.empty, "marketing"))
    type_by_hand(page, "Thank you")
    for name, typed in (("quantity", "2"), ("credits", "50")):
        tab_to(page, page.locator(f"[name={name}]"))
        retype(page, typed)
    press_by_hand(page, "Enter")
    expect(button(page, "Make 2 links")).to_be_focused()
    press_by_hand(page, "Enter")
    page.wait_for_url("**/vouchers/claim-links/*/")
    work(ClaimLinkOrder.objects.get())
    see_by_itself(page)
    expect(page.get_by_text("2 of 2.")).to_be_visible()
    press(page, page.get_by_role("link", name="Print 2 links"))
    expect(page.get_by_role("heading", name="Print Thank you")).to_be_visible()
    press(page, button(page, "Print 2 links"))
    expect(page.locator(".label svg.qr")).to_have_count(2)
    expect(button(page, "Print")).to_be_focused()
    press_by_hand(page, "Escape")
    expect(page.get_by_text("Opened 2 claim links for printing.")).to_be_visible()
    press_by_hand(page, "Escape")
    press(page, page.get_by_role("link", name="Thank you"))
    expect(page.get_by_role("link", name="Print 2 links")).to_be_visible()


def test_claim_links_who_stands_on_a_button_stays_there_while_the_page_asks(arrive: Arrive) -> None:
    page = arrive(Place("", claim_links.under_way, "marketing"))
    order = ClaimLinkOrder.objects.get()
    stop, out = button(page, "Stop here"), page.get_by_role("link", name="Print")
    for wanted, made in ((stop, 14), (out, 15)):
        tab_to(page, wanted)
        order.links.filter(number=made).update(state=Progress.DONE, url=claim_links.URL.format(made))
        see_by_itself(page)
        expect(page.get_by_text(f"Print {made - 1} links")).to_be_visible()
        expect(wanted).to_be_focused()
    tab_to(page, stop)
    ClaimLinkOrder.objects.update(ended_at=order.created_at)  # meanwhile it is over, and that button is gone
    see_by_itself(page)
    expect(stop).to_have_count(0)
    is_somewhere(page)


def test_claim_links_stopped_half_way_the_keys_go_on(arrive: Arrive) -> None:
    page = arrive(Place("", claim_links.under_way, "marketing"))
    press(page, button(page, "Stop here"))
    expect(page.get_by_text("Nothing more is sent.")).to_be_visible()
    expect(button(page, "Stop here")).to_have_count(0)
    press(page, page.get_by_role("link", name="Print 12 links"))
    expect(page.get_by_role("heading", name="Print Thank you for coming")).to_be_visible()


def test_a_gift_card_by_mail_to_nobody_then_to_a_customer(arrive: Arrive) -> None:
    page = arrive(Place("", portal.mail_shown, "marketing"))
    expect(button(page, "Mail it")).to_be_focused()
    tab_to(page, page.locator("[name=who]"))
    retype(page, "nobody@mail.example")
    press_by_hand(page, "Enter")
    is_at(page, "who")
    retype(page, "sanne@mail.example")
    press_by_hand(page, "Enter")
    expect(button(page, "Mail it")).to_be_focused()
    press_by_hand(page, "Enter")
    expect(page.locator("#mail .notice, main .notice.done").first).to_be_visible()


def test_a_unit_without_a_key_then_made(arrive: Arrive) -> None:
    page = arrive(Place("", goto("/catalogue/programme/units/new/"), "admin"))
    expect(page.locator("[name=label]")).to_be_focused()
    type_by_hand(page, "Litres")
    page.locator("[name=label]").evaluate("field => { field.form.noValidate = true }")  # the browser would hold it back
    press_by_hand(page, "Enter")
    is_at(page, "name")
    type_by_hand(page, "litres")
    press_by_hand(page, "Enter")
    page.wait_for_url("**/catalogue/programme/")
    expect(page.locator("main").get_by_text("Litres").first).to_be_visible()


def test_a_perk_without_its_values_then_with_them(arrive: Arrive) -> None:
    page = arrive(Place("", goto("/catalogue/perks/new/"), "admin"))
    expect(page.locator("[name=label]")).to_be_focused()
    type_by_hand(page, "Off the beans")
    tab_to(page, page.locator("[name=name]"))
    type_by_hand(page, "off_beans")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_label("One of several values")).to_be_checked()
    tab_to(page, page.locator("[name=options]"))
    type_by_hand(page, "Only one")
    press(page, button(page, "Make the perk"))
    is_at(page, "options")
    page.keyboard.press("Control+A")
    type_by_hand(page, "Ten")
    press_by_hand(page, "Enter")
    type_by_hand(page, "Twenty")
    press(page, button(page, "Make the perk"))
    expect(page.get_by_role("heading", name="Off the beans")).to_be_visible()
    press_by_hand(page, "Escape")
    expect(page.get_by_role("heading", name="Perks", exact=True)).to_be_visible()


def test_a_reward_a_wrong_price_then_seen_then_saved(arrive: Arrive) -> None:
    page = arrive(Place("", catalogue.reward_change, "marketing"))
    price = page.locator("[name=required_credits]")
    tab_to(page, price)
    retype(page, "lots")
    press_by_hand(page, "Enter")
    is_at(page, "required_credits")
    retype(page, "90")
    press_by_hand(page, "Enter")
    expect(page.locator(".compare")).to_be_visible()
    is_somewhere(page)
    press(page, button(page, "Save this change"))
    expect(page.get_by_text("90 credits").first).to_be_visible()


def test_a_product_whose_identifier_is_taken_then_a_free_one(arrive: Arrive) -> None:
    def new(visit: Visit) -> None:
        products.shelf(visit)
        visit.page.goto(f"{products.LIST}new/")

    page = arrive(Place("", new, "marketing"))
    expect(page.locator("#id_identifier")).to_be_focused()
    type_by_hand(page, "sku-1001")
    tab_to(page, page.locator("#id_name"))
    type_by_hand(page, "Cortado")
    press_by_hand(page, "Enter")
    is_at(page, "identifier")
    retype(page, "sku-2002")
    press_by_hand(page, "Enter")
    expect(page.get_by_role("heading", name="Cortado")).to_be_visible()


def test_an_attribute_with_a_wrong_name_then_made(arrive: Arrive) -> None:
    page = arrive(Place("", goto("/catalogue/attributes/visit/new/"), "admin"))
    expect(page.locator("#id_name")).to_be_focused()
    type_by_hand(page, "My Dish")
    tab_to(page, page.locator("#id_label"))
    type_by_hand(page, "Dish")
    tab_to(page, page.locator("#id_type"))
    type_by_hand(page, "Text")
    press(page, button(page, "Make it for good"))
    is_at(page, "name")
    retype(page, "dish")
    press(page, button(page, "Make it for good"))
    expect(page.get_by_text("dish", exact=True).first).to_be_visible()


def test_webhooks_a_wrong_address_then_subscribed(arrive: Arrive) -> None:
    page = arrive(Place("", goto("/catalogue/webhooks/"), "admin"))
    tab_to(page, page.locator("[name=address]"))
    ours = page.locator("[name=address]").input_value()
    retype(page, "https://dashboard.example/hook")
    press_by_hand(page, "Enter")
    is_at(page, "address")
    retype(page, ours)
    press_by_hand(page, "Enter")
    expect(page.get_by_text("events more")).to_be_visible()
    press(page, button(page, "Pause contact_updated"))
    expect(page.get_by_text("Paused. Piggy")).to_be_visible()


@pytest.mark.parametrize(
    ("path", "field", "typed"),
    [("/shift/", "day", "yesterday"), ("/transactions/", "until", "01012020")],
)
def test_a_filter_that_cannot_be_read_begins_at_what_is_wrong(
    tabs: Tabs, desk: Person, sandbox: SandboxAccount, path: str, field: str, typed: str
) -> None:
    page = tabs.open(desk)
    page.goto(f"{path}?{field}={typed}")
    is_at(page, field)
