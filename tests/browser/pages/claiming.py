"""Claiming an anonymous customer, flagging two as one, proving an address, and the list of anonymous customers."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.utils import timezone
from playwright.sync_api import expect

from contacts.claiming import verification
from contacts.models import AnonymousContact
from tests.browser.pages.places import ARABIC_NAME, CARD, LONG_NAME, UNBROKEN_NAME, Place, Visit, goto

LONG_ADDRESS = "wilhelmina.theodora.cornelia.van.der.hoeven-oudekerk.de.graaf@donaudampfschifffahrt.example"


def unknown_card(visit: Visit) -> dict[str, Any]:
    contact = visit.sandbox.add_contact(None, anonymous=True, credits=240, prepaid_in_cents=1250)
    visit.sandbox.add_identifier(CARD, contact_uuid=contact["uuid"], default=True)
    return contact


def claim_page(visit: Visit) -> dict[str, Any]:
    contact = unknown_card(visit)
    visit.page.goto(f"/contacts/{contact['uuid']}/claim/")
    return contact


def typed(address: str, then: str, **holder: str) -> Callable[[Visit], None]:
    """An address typed, and the words that come while nothing is sent."""

    def go(visit: Visit) -> None:
        if holder:
            visit.sandbox.add_contact(credits=1240, **holder)
        claim_page(visit)
        visit.page.locator("#id_email").fill(address)
        visit.page.clock.run_for(500)
        expect(visit.page.locator("#precheck")).to_contain_text(then)

    return go


def sent(address: str, then: str, **holder: str) -> Callable[[Visit], None]:
    """An address sent, and the words that come."""

    def go(visit: Visit) -> None:
        if holder:
            visit.sandbox.add_contact(credits=1240, **holder)
        claim_page(visit)
        send(visit, address, then)

    return go


def send(visit: Visit, address: str, then: str) -> None:
    visit.page.locator("#id_email").fill(address)
    visit.page.locator("#id_email").press("Enter")
    try:
        expect(visit.page.locator("main")).to_contain_text(then, timeout=3000)
    except AssertionError:
        # What was looked up while typing came right before Enter: the page lets people read that first.
        visit.page.locator("#id_email").press("Enter")
        expect(visit.page.locator("main")).to_contain_text(then)


def taken_and_flagged(visit: Visit) -> None:
    sent("sanne@mail.example", "Who has this address", email="sanne@mail.example", firstname="Sanne")(visit)
    claim = visit.page.url
    visit.page.get_by_role("button", name="Flag as one person").click()
    expect(visit.page.locator("main")).to_contain_text("Flagged")
    visit.page.goto(claim)
    send(visit, "sanne@mail.example", "Flagged as one person already")


def flag_badly(visit: Visit) -> None:
    sent("sanne@mail.example", "Who has this address", email="sanne@mail.example", firstname="Sanne")(visit)
    visit.page.locator("#id_reason").fill("She stands here with the card. " * 20)
    visit.page.get_by_role("button", name="Flag as one person").click()
    expect(visit.page.locator("#id_reason-e")).to_be_visible()


def claim_lost(visit: Visit) -> None:
    claim_page(visit)
    visit.sandbox.fault("claim_anonymous_contact", kind="lost_before")
    send(visit, "nieuw@mail.example", "Nobody knows yet")


def claim_lost_and_down(visit: Visit) -> None:
    claim_lost(visit)
    visit.sandbox.broken = 503
    visit.page.reload()
    expect(visit.page.locator("main")).to_contain_text("could not be read afterwards")


def claim_refused(visit: Visit) -> None:
    claim_page(visit)
    visit.sandbox.fault("claim_anonymous_contact", kind="429", retry_after=30)
    send(visit, "nieuw@mail.example", "Try again at")


def claim_unlooked(visit: Visit) -> None:
    claim_page(visit)
    visit.sandbox.fault("find_contact", kind="503", times=-1)
    send(visit, "nieuw@mail.example", "so nothing was sent")


def claim_merged(visit: Visit) -> None:
    """Somebody outside takes the address in the moment before our call."""
    from contacts.claiming import services

    still_free = services._still_free

    def then_taken(*args: str) -> None:
        still_free(*args)
        visit.sandbox.add_contact("nieuw@mail.example", firstname="Sanne")

    claim_page(visit)
    services._still_free = then_taken
    try:
        send(visit, "nieuw@mail.example", "Piggy merged two customers")
    finally:
        services._still_free = still_free


def nothing_to_claim(visit: Visit) -> None:
    name = {"firstname": LONG_NAME, "lastname": UNBROKEN_NAME}
    contact = visit.sandbox.add_contact(LONG_ADDRESS, credits=240, **name)
    visit.page.goto(f"/contacts/{contact['uuid']}/claim/")


def just_claimed(visit: Visit) -> None:
    claim_page(visit)
    send(visit, "nieuw@mail.example", "Send the mail")


def verify_page(visit: Visit) -> dict[str, Any]:
    contact = visit.sandbox.add_contact(LONG_ADDRESS, firstname=ARABIC_NAME[0], lastname=ARABIC_NAME[1])
    visit.page.goto(f"/contacts/{contact['uuid']}/verify/")
    return contact


def mailed(visit: Visit) -> None:
    verify_page(visit)
    visit.page.get_by_role("button", name="Send the mail").click()
    expect(visit.page.locator("main")).to_contain_text("Ask the customer to read out")


def mail_unsure(visit: Visit) -> None:
    verify_page(visit)
    visit.sandbox.fault("send_verification_email", kind="lost_after")
    visit.page.get_by_role("button", name="Send the mail").click()
    expect(visit.page.locator("main")).to_contain_text("Perhaps it went out")


def no_portal(visit: Visit) -> None:
    verify_page(visit)
    visit.sandbox.set(portal=False)
    visit.page.get_by_role("button", name="Send the mail").click()
    expect(visit.page.locator("main")).to_contain_text("no customer portal")


def hand_in(visit: Visit, code: str, then: str) -> None:
    visit.page.locator("#id_otp").fill(code)
    visit.page.locator("#id_otp").press("Enter")
    expect(visit.page.locator("main")).to_contain_text(then)


def code_wrong(visit: Visit) -> None:
    mailed(visit)
    hand_in(visit, "0", "This code is not right")


def code_doubtful(visit: Visit) -> None:
    pause, verification.PAUSE = verification.PAUSE, timedelta(0)  # the minute is over: another mail is offered
    try:
        mailed(visit)
        visit.sandbox.fault("verify_login_code", kind="lost_after")
        hand_in(visit, visit.sandbox.codes_sent[-1].code, "We do not know")
    finally:
        verification.PAUSE = pause


def verified(visit: Visit) -> None:
    mailed(visit)
    hand_in(visit, visit.sandbox.codes_sent[-1].code, "the customer read out the code")


def verify_anonymous(visit: Visit) -> None:
    visit.page.goto(f"/contacts/{unknown_card(visit)['uuid']}/verify/")


def anonymous_full(visit: Visit) -> None:
    now = timezone.now()
    AnonymousContact.objects.bulk_create(
        AnonymousContact(
            contact_uuid=f"c-{number}",
            card="" if number == 1 else f"26004417{number:08}",
            met_at=now - timedelta(days=number),
            seen_at=now - timedelta(hours=number),
        )
        for number in range(60)
    )
    visit.page.goto("/contacts/anonymous/")


CLAIMING = [
    Place("claim", claim_page),
    Place("claim-free", typed("nieuw@mail.example", "Nobody has this address yet")),
    Place("claim-slip", typed("nieuw@gnail.com", "meant?")),
    Place("claim-slip-sent", sent("nieuw@gnail.com", "meant?")),
    Place(
        "claim-taken-typed",
        typed("sanne@mail.example", "has this address", email="sanne@mail.example", firstname="Sanne"),
    ),
    Place(
        "claim-taken",
        sent("sanne@mail.example", "Who has this address", email="sanne@mail.example", firstname="Sanne"),
    ),
    Place(
        "claim-taken-long",
        sent(LONG_ADDRESS, "Who has this address", email=LONG_ADDRESS, firstname=LONG_NAME, lastname=UNBROKEN_NAME),
    ),
    Place("claim-taken-flagged", taken_and_flagged),
    Place("claim-bad-input", sent("sanne@", "not a whole e-mail address")),
    Place("claim-lost", claim_lost),
    Place("claim-lost-piggy-down", claim_lost_and_down),
    Place("claim-refused", claim_refused),
    Place("claim-unlooked", claim_unlooked),
    Place("claim-merged", claim_merged),
    Place("claim-nothing", nothing_to_claim),
    Place("claim-done", just_claimed),
    Place("flag-bad-input", flag_badly),
    Place("verify", verify_page),
    Place("verify-sent", mailed),
    Place("verify-unsure", mail_unsure),
    Place("verify-no-portal", no_portal),
    Place("verify-wrong", code_wrong),
    Place("verify-doubtful", code_doubtful),
    Place("verify-done", verified),
    Place("verify-anonymous", verify_anonymous),
    Place("anonymous", anonymous_full, "admin"),
    Place("anonymous-empty", goto("/contacts/anonymous/")),
    Place("anonymous-bad-page", goto("/contacts/anonymous/?page=x")),
]
