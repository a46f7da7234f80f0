"""A customer's cards in every state, replacing one, and a card that nobody has."""

from typing import Any

from playwright.sync_api import expect

from tests.browser.pages.places import CARD, LONG_NAME, UNBROKEN_NAME, Place, Visit, goto, regular

NEW_CARD = "2600441700811234"


def open_cards(visit: Visit, contact: dict[str, Any] | None = None) -> None:
    contact = contact or regular(visit.sandbox)
    visit.page.goto(f"/contacts/{contact['uuid']}/cards/")


def press(visit: Visit, button: str) -> None:
    """Press the first such button, as a hand does: not within a moment of a scan or of what has just come."""
    visit.page.clock.run_for(600)
    visit.page.get_by_role("button", name=button).first.click()


def cards_empty(visit: Visit) -> None:
    open_cards(visit, visit.sandbox.add_contact(None, anonymous=True))


def cards_long(visit: Visit) -> None:
    contact = regular(visit.sandbox, firstname=LONG_NAME)
    visit.sandbox.add_identifier("X" * 200, contact_uuid=contact["uuid"], name=UNBROKEN_NAME)
    open_cards(visit, contact)


def cards_unread(visit: Visit) -> None:
    contact = regular(visit.sandbox)
    visit.sandbox.fault("list_contact_identifiers", kind="500", times=-1)
    open_cards(visit, contact)


def link(visit: Visit, card: str) -> None:
    open_cards(visit)
    visit.page.get_by_label("Card", exact=True).fill(card)
    press(visit, "Link")


def link_badly(visit: Visit) -> None:
    link(visit, "sanne@mail.example")
    expect(visit.page.locator(".error")).to_be_visible()


def link_unknown(visit: Visit) -> None:
    link(visit, NEW_CARD)
    expect(visit.page.get_by_role("button", name="Make this card")).to_be_focused()


def link_made(visit: Visit) -> None:
    link_unknown(visit)
    press(visit, "Make this card")
    expect(visit.page.get_by_text("Made the card ending 1234 and linked it.")).to_be_visible()


def link_somebody_elses(visit: Visit) -> None:
    omar = visit.sandbox.add_contact("omar@mail.example", firstname="Omar")
    visit.sandbox.add_identifier(NEW_CARD, contact_uuid=omar["uuid"])
    link(visit, NEW_CARD)
    expect(visit.page.get_by_role("link", name="Open that customer")).to_be_visible()


def link_lost(visit: Visit) -> None:
    visit.sandbox.add_identifier(NEW_CARD)
    visit.sandbox.fault("link_contact_identifier", kind="lost_before")
    link(visit, NEW_CARD)
    expect(visit.page.get_by_role("button", name="Look now")).to_be_visible()


def ask(visit: Visit, button: str) -> None:
    open_cards(visit)
    press(visit, button)
    expect(visit.page.locator("#question")).to_be_visible()


def replace_badly(visit: Visit) -> None:
    ask(visit, "Replace the card")
    visit.page.get_by_label("The new card").fill(CARD)
    press(visit, "Replace it")
    expect(visit.page.locator(".error")).to_be_visible()


def replace_by_unknown(visit: Visit) -> None:
    ask(visit, "Replace the card")
    visit.page.get_by_label("The new card").fill(NEW_CARD)
    press(visit, "Replace it")
    expect(visit.page.get_by_role("heading", name="Make the new card?")).to_be_visible()


def replace_half(visit: Visit) -> None:
    visit.sandbox.fault("link_contact_identifier", kind="401")
    visit.sandbox.add_identifier(NEW_CARD)
    ask(visit, "Replace the card")
    visit.page.get_by_label("The new card").fill(NEW_CARD)
    press(visit, "Replace it")
    expect(visit.page.get_by_role("heading", name="A replacement is not finished")).to_be_visible()


def rename_badly(visit: Visit) -> None:
    ask(visit, "Rename the card")
    visit.page.get_by_label("Name", exact=True).fill("")
    press(visit, "Rename it")
    expect(visit.page.locator(".error")).to_be_visible()


def whose(visit: Visit, card: str = NEW_CARD) -> None:
    visit.page.goto("/contacts/cards/")
    visit.page.get_by_label("Card", exact=True).fill(card)
    press(visit, "Look")


def whose_unknown(visit: Visit) -> None:
    whose(visit)
    expect(visit.page.locator("#new-anonymous")).to_be_visible()


def whose_off(visit: Visit) -> None:
    visit.sandbox.add_identifier(NEW_CARD, active=False)
    whose(visit)
    expect(visit.page.locator("#whose .notice")).to_be_visible()


def find(visit: Visit, who: str) -> None:
    whose_unknown(visit)
    visit.page.get_by_label("E-mail, phone").fill(who)
    press(visit, "Find the customer")


def whose_several(visit: Visit) -> None:
    for name in ("Sanne", "Lotte", LONG_NAME):
        email = f"{name[:5].lower()}@mail.example"
        visit.sandbox.add_contact(email, firstname=name, phonenumber="+31612345678")
    find(visit, "0612345678")
    expect(visit.page.get_by_role("button", name="Choose Lotte")).to_be_visible()


def whose_nobody(visit: Visit) -> None:
    find(visit, "nobody@mail.example")
    expect(visit.page.locator(".empty")).to_be_visible()


def whose_confirm(visit: Visit) -> None:
    regular(visit.sandbox)
    find(visit, "sanne@mail.example")
    expect(visit.page.get_by_role("button", name="Make this card")).to_be_focused()


def whose_lost(visit: Visit) -> None:
    whose_unknown(visit)
    visit.sandbox.fault("create_anonymous_contact", kind="lost_before")
    press(visit, "Make an anonymous customer")
    expect(visit.page.get_by_role("button", name="Look now")).to_be_visible()


CARDS = [
    Place("cards", open_cards),
    Place("cards-admin", open_cards, "admin"),
    Place("cards-none", cards_empty),
    Place("cards-long", cards_long, "admin"),
    Place("cards-unread", cards_unread),
    Place("cards-gone", goto("/contacts/no-such-customer/cards/")),
    Place("cards-link-bad-input", link_badly),
    Place("cards-link-unknown", link_unknown),
    Place("cards-link-made", link_made),
    Place("cards-link-somebody-elses", link_somebody_elses),
    Place("cards-link-lost", link_lost),
    Place("cards-switch-off", lambda visit: ask(visit, "Switch off the card")),
    Place("cards-switch-on", lambda visit: ask(visit, "Switch on the card"), "admin"),
    Place("cards-rename", lambda visit: ask(visit, "Rename the card"), "admin"),
    Place("cards-rename-bad-input", rename_badly, "admin"),
    Place("cards-unlink", lambda visit: ask(visit, "Unlink the card"), "admin"),
    Place("cards-replace", lambda visit: ask(visit, "Replace the card")),
    Place("cards-replace-bad-input", replace_badly),
    Place("cards-replace-unknown", replace_by_unknown),
    Place("cards-replace-half", replace_half),
    Place("card-whose", goto("/contacts/cards/")),
    Place("card-whose-unknown", whose_unknown),
    Place("card-whose-off", whose_off),
    Place("card-whose-several", whose_several),
    Place("card-whose-nobody", whose_nobody),
    Place("card-whose-confirm", whose_confirm),
    Place("card-whose-lost", whose_lost),
]
