"""Making a customer, changing one, and what they are written about."""

import re
from collections.abc import Callable

from playwright.sync_api import expect

from piggyadmin import piggy
from tests.browser.pages.places import ARABIC_NAME, CARD, UNBROKEN_NAME, Place, Visit, goto, regular

NEW = "/contacts/new/"


def look(visit: Visit, **typed: str) -> None:
    visit.page.goto(NEW)
    for name, text in typed.items():
        visit.page.locator(f"#id_{name}").fill(text)
    with visit.page.expect_response(lambda response: response.url.endswith(NEW) and response.request.method == "POST"):
        visit.page.get_by_role("button", name="Look for the customer").click()
    expect(visit.page.locator("#found > .panel, #found .error").first).to_be_visible()


def press(visit: Visit, name: str) -> None:
    """Press a button once the answer that brought it has been on the page for a moment."""
    visit.page.clock.run_for(600)
    visit.page.get_by_role("button", name=name).first.click()


def found_one(visit: Visit) -> None:
    regular(visit.sandbox, phonenumber="+31612345678")
    look(visit, email="sanne@mail.example", phone="0612345678", card=CARD)


def found_two(visit: Visit) -> None:
    regular(visit.sandbox, phonenumber="+31612345678")
    visit.sandbox.add_contact("rtl@mail.example", firstname=ARABIC_NAME[0], lastname=ARABIC_NAME[1])
    look(visit, email="rtl@mail.example", phone="0612345678")


def found_nobody(visit: Visit) -> None:
    look(visit, email="anna@gnail.com", phone="0612345678", card=CARD)


def none_of_these(visit: Visit) -> None:
    regular(visit.sandbox, phonenumber="+31612345678")
    look(visit, email="lars@mail.example", phone="0612345678")
    press(visit, "None of these")
    expect(visit.page.locator("#make")).to_be_visible()


def nobody_new(visit: Visit) -> None:
    regular(visit.sandbox, phonenumber="+31612345678")
    look(visit, email="sanne@mail.example")
    press(visit, "None of these")
    expect(visit.page.get_by_text("Nobody new can be made")).to_be_visible()


def bad_input(visit: Visit) -> None:
    look(visit, email="anna@", phone="12")


def could_not_ask(visit: Visit) -> None:
    visit.sandbox.fault("find_contact", kind="503", times=-1)
    look(visit, email="anna@mail.example")


def made_without_answer(visit: Visit) -> None:
    look(visit, email="anna@mail.example")
    visit.sandbox.fault("create_contact", kind="lost_before")
    visit.page.locator("#id_firstname").fill("Anna")
    press(visit, "Make the customer")
    visit.page.wait_for_url(re.compile(r"\?act="))


def made_names_lost(visit: Visit) -> None:
    look(visit, email="anna@mail.example")
    visit.sandbox.fault("update_contact", kind="401")
    visit.page.locator("#id_firstname").fill("Anna")
    press(visit, "Make the customer")
    expect(visit.page.get_by_text("Add it here")).to_be_visible()


def a_regular(visit: Visit) -> str:
    """Somebody with a value of every type."""
    visit.sandbox.seed()
    return str(next(row["uuid"] for row in visit.sandbox.state("contact") if row["values"].get("holiday")))


def edit(visit: Visit) -> None:
    visit.page.goto(f"/contacts/{a_regular(visit)}/edit/")


def edit_rtl(visit: Visit) -> None:
    contact = visit.sandbox.add_contact(
        "rtl@mail.example", firstname=ARABIC_NAME[0], lastname=UNBROKEN_NAME, birthdate="1990-05-01"
    )
    visit.page.goto(f"/contacts/{contact['uuid']}/edit/")


def edit_anonymous(visit: Visit) -> None:
    visit.page.goto(f"/contacts/{visit.sandbox.add_contact(anonymous=True)['uuid']}/edit/")


def save(visit: Visit, **typed: str) -> None:
    for name, text in typed.items():
        visit.page.locator(f"#id_a_{name}").fill(text)
    press(visit, "Save the changes")


def edit_bad(visit: Visit) -> None:
    edit(visit)
    save(visit, phonenumber="12", cups_a_week="many", discount_rate="1,234", next_tasting="2026-10-25T02:30")
    expect(visit.page.get_by_text("Nothing was sent").first).to_be_visible()


def edit_clash(visit: Visit) -> None:
    uuid = a_regular(visit)
    visit.page.goto(f"/contacts/{uuid}/edit/")
    piggy.get_client().update_contact(contact_uuid=uuid, attributes={"firstname": "Wil", "address": "Kade 3"})
    save(visit, firstname="Willemijn", address="Kade 4")
    expect(visit.page.get_by_text("while you had this page open")).to_be_visible()


def edit_unknown(visit: Visit) -> None:
    edit(visit)
    visit.sandbox.fault("update_contact", kind="lost_before")
    save(visit, firstname="Willemijn")
    expect(visit.page.get_by_text("no answer yet")).to_be_visible()


def edit_without_list(visit: Visit) -> None:
    visit.sandbox.fault("list_contact_attributes", kind="500", times=-1)
    edit_rtl(visit)


def mail(visit: Visit) -> None:
    visit.page.goto(f"/contacts/{a_regular(visit)}/subscriptions/")


def mail_anonymous(visit: Visit) -> None:
    visit.sandbox.add_subscription_type("Newsletter")
    visit.page.goto(f"/contacts/{visit.sandbox.add_contact(anonymous=True)['uuid']}/subscriptions/")


def subscribed(kind: str, fault: str = "") -> Callable[[Visit], None]:
    def go(visit: Visit) -> None:
        visit.sandbox.add_subscription_type("Newsletter", kind)
        contact = visit.sandbox.add_contact("sanne@mail.example", firstname="Sanne")
        visit.page.goto(f"/contacts/{contact['uuid']}/subscriptions/")
        if fault:
            visit.sandbox.fault("subscribe_contact", kind=fault)
        press(visit, "Subscribe to Newsletter")
        expect(visit.page.locator(".notice").first).to_be_visible()

    return go


def mail_unread(visit: Visit) -> None:
    visit.sandbox.fault("list_contact_subscriptions", kind="500", times=-1)
    mail(visit)


EDITING = [
    Place("new", goto(NEW)),
    Place("new-found-one", found_one),
    Place("new-found-two", found_two),
    Place("new-found-nobody", found_nobody),
    Place("new-none-of-these", none_of_these),
    Place("new-nobody-new", nobody_new),
    Place("new-bad-input", bad_input),
    Place("new-could-not-ask", could_not_ask),
    Place("new-no-answer", made_without_answer),
    Place("new-names-not-saved", made_names_lost),
    Place("edit-desk", edit),
    Place("edit-admin", edit, "admin"),
    Place("edit-rtl-name", edit_rtl),
    Place("edit-anonymous", edit_anonymous),
    Place("edit-bad-input", edit_bad, "admin"),
    Place("edit-two-values", edit_clash),
    Place("edit-no-answer", edit_unknown),
    Place("edit-without-list", edit_without_list),
    Place("edit-gone", goto("/contacts/no-such-customer/edit/")),
    Place("subscriptions", mail),
    Place("subscriptions-anonymous", mail_anonymous),
    Place(
        "subscriptions-none",
        lambda visit: visit.page.goto(
            f"/contacts/{visit.sandbox.add_contact('sanne@mail.example')['uuid']}/subscriptions/"
        ),
    ),
    Place("subscriptions-pending", subscribed("DOUBLE_OPT_IN")),
    Place("subscriptions-no-answer", subscribed("OPT_IN", "lost_before")),
    Place("subscriptions-unread", mail_unread),
]
