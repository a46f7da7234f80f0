"""The portal for a customer: sign-in link, sessions, session tokens, links claimed for them; a gift card by mail."""

from typing import Any

from playwright.sync_api import expect

from tests.browser.pages.places import ARABIC_NAME, LONG_NAME, UNBROKEN_NAME, Place, Visit

TOKEN = "PHONE-8812-QXRT"
LINK = "https://points.example/l?version=v3&shop_uuid={shop}&unique_id=order-1&timestamp=1788509550&credits=50&hash=aa"


def customer(visit: Visit, **names: str) -> str:
    names = {"firstname": "Sanne", "lastname": "Visser"} | names
    return str(visit.sandbox.add_contact("sanne@mail.example", credits=120, **names)["uuid"])


def portal(visit: Visit, **names: str) -> str:
    uuid = customer(visit, **names)
    visit.page.goto(f"/contacts/{uuid}/portal/")
    return uuid


def portal_empty(visit: Visit) -> None:
    portal(visit)


def portal_long(visit: Visit) -> None:
    uuid = portal(visit, firstname=LONG_NAME, lastname=UNBROKEN_NAME)
    visit.page.goto(f"/contacts/{uuid}/portal/?options=1")


def press(visit: Visit, button: str) -> None:
    visit.page.clock.run_for(700)
    visit.page.get_by_role("button", name=button).click()


def link_shown(visit: Visit) -> None:
    portal(visit)
    press(visit, "Show a sign-in link")
    expect(visit.page.locator("svg.qr")).to_be_visible()


def link_lost(visit: Visit) -> None:
    portal(visit)
    visit.sandbox.fault("get_contacts_portal_auth_url", kind="lost_after")
    press(visit, "Show a sign-in link")
    expect(visit.page.locator(".notice.unknown")).to_be_visible()


def session_refused(visit: Visit) -> None:
    portal(visit)
    visit.page.locator("[name=kind]").select_option("redeem_giftcards")
    press(visit, "Open a session")
    expect(visit.page.locator("#id_amount-e")).to_be_visible()


def session_down(visit: Visit, kind: str = "503", operation: str = "*") -> None:
    """Piggy went down between the page and the button."""
    portal(visit)
    visit.sandbox.fault(operation, kind=kind, times=-1)
    press(visit, "Open a session")
    expect(visit.page.locator("main .notice")).to_be_visible()


def session_lost(visit: Visit) -> None:
    session_down(visit, "lost_before")


def session_lost_alone(visit: Visit) -> None:
    """The answer got lost, and Piggy is there again."""
    session_down(visit, "lost_after", "writes")


def session_busy(visit: Visit) -> None:
    portal(visit)
    visit.sandbox.fault("writes", kind="429", retry_after=40)
    press(visit, "Open a session")
    expect(visit.page.get_by_text("Piggy is busy")).to_be_visible()


def session_no_line(visit: Visit) -> None:
    """The line between this computer and the dashboard is down."""
    portal(visit)
    visit.page.route("**/portal/", lambda route: route.abort())
    press(visit, "Open a session")
    expect(visit.page.get_by_text("The dashboard did not answer")).to_be_visible()


def link_down(visit: Visit) -> None:
    portal(visit)
    visit.sandbox.fault("*", kind="503", times=-1)
    press(visit, "Show a sign-in link")
    expect(visit.page.locator("main .notice")).to_be_visible()


def portal_down(visit: Visit) -> None:
    uuid = customer(visit)
    visit.sandbox.fault("reads", kind="503", times=-1)
    visit.page.goto(f"/contacts/{uuid}/portal/")


def session_unread(visit: Visit) -> None:
    uuid = customer(visit)
    made = visit.sandbox.add("portal_session", contact_uuid=uuid)
    visit.sandbox.fault("reads", kind="503", times=-1)
    visit.page.goto(f"/contacts/{uuid}/portal/{made['uuid']}/")


def session(visit: Visit, *events: Any) -> None:
    first, last = ARABIC_NAME
    uuid = customer(visit, firstname=first, lastname=last)
    made = visit.sandbox.add("portal_session", contact_uuid=uuid, events=list(events))
    visit.page.goto(f"/contacts/{uuid}/portal/{made['uuid']}/")


def session_full(visit: Visit) -> None:
    session(visit, {"type": "identified", "created_at": "2026-11-20T10:00:00Z"}, {"type": "voucher_redeemed"})


def session_none(visit: Visit) -> None:
    visit.page.goto(f"/contacts/{customer(visit)}/portal/no-such-session/")


def token(visit: Visit) -> None:
    visit.page.goto("/contacts/token/")


def token_found(visit: Visit, status: str = "active") -> None:
    uuid = customer(visit, lastname=UNBROKEN_NAME)
    visit.sandbox.add("session_token", token=TOKEN, contact_uuid=uuid, status=status)
    token(visit)
    visit.page.locator("#id_secret_token").fill(TOKEN)
    visit.page.locator("#id_secret_token").press("Enter")
    expect(visit.page.locator("#whose")).to_be_visible()


def token_used(visit: Visit) -> None:
    token_found(visit, "used")


def token_unknown(visit: Visit) -> None:
    token(visit)
    visit.page.locator("#id_secret_token").fill("NOBODYS")
    visit.page.locator("#id_secret_token").press("Enter")
    expect(visit.page.locator("#id_secret_token-e")).to_be_visible()


def token_down(visit: Visit) -> None:
    token(visit)
    visit.sandbox.fault("reads", kind="503", times=-1)
    visit.page.locator("#id_secret_token").fill(TOKEN)
    visit.page.locator("#id_secret_token").press("Enter")
    expect(visit.page.locator("[data-no-answer]")).to_be_visible()
    expect(visit.page.locator("#id_secret_token")).to_have_value(TOKEN)


def claim_seen(visit: Visit) -> None:
    visit.page.goto(f"/contacts/{customer(visit)}/portal/claim/")
    visit.page.locator("#id_secret_link").fill(LINK.format(shop=visit.sandbox.state("shop")[0]["uuid"]))
    visit.page.locator("#id_secret_link").press("Enter")
    expect(visit.page.locator("#gives")).to_be_visible()


def claim_refused(visit: Visit) -> None:
    claim_seen(visit)  # its hash is nobody's
    press(visit, "Claim 50 credits")
    expect(visit.page.locator("#claim .notice.refused")).to_be_visible()


def mail(visit: Visit) -> None:
    customer(visit, lastname=UNBROKEN_NAME)
    card = visit.sandbox.add("giftcard", hash="GIFT2026HOUSE8KQ")
    visit.sandbox.add("giftcard_transaction", giftcard_uuid=card["uuid"], amount_in_cents=5000)
    visit.page.goto(f"/giftcards/{card['uuid']}/mail/")


def mail_shown(visit: Visit) -> None:
    mail(visit)
    visit.page.locator("#id_who").fill("sanne@mail.example")
    visit.page.locator("#id_who").press("Enter")
    expect(visit.page.locator("#to-whom")).to_be_visible()


def mail_nobody(visit: Visit) -> None:
    mail(visit)
    visit.page.locator("#id_who").fill("nobody@mail.example")
    visit.page.locator("#id_who").press("Enter")
    expect(visit.page.locator("#id_who-e")).to_be_visible()
    expect(visit.page.locator("#id_who")).to_have_value("nobody@mail.example")


def mail_lost(visit: Visit) -> None:
    mail_shown(visit)
    visit.sandbox.fault("send_giftcard_by_email", kind="lost_before")
    at = visit.page.url
    press(visit, "Mail it")
    expect(visit.page.locator("#story")).to_be_visible()
    visit.page.goto(at)


PORTAL = [
    Place("portal", portal_empty),
    Place("portal-long-name", portal_long, "admin"),
    Place("portal-link", link_shown),
    Place("portal-link-lost", link_lost),
    Place("portal-session-refused", session_refused),
    Place("portal-session-down", session_down),
    Place("portal-session-lost", session_lost),
    Place("portal-session-lost-alone", session_lost_alone),
    Place("portal-session-busy", session_busy),
    Place("portal-session-no-line", session_no_line),
    Place("portal-link-down", link_down),
    Place("portal-down", portal_down),
    Place("portal-session", session_full),
    Place("portal-session-unread", session_unread),
    Place("portal-session-none", session_none),
    Place("session-token", token),
    Place("session-token-found", token_found),
    Place("session-token-used", token_used, "marketing"),
    Place("session-token-unknown", token_unknown),
    Place("session-token-down", token_down),
    Place("claim-link-seen", claim_seen),
    Place("claim-link-refused", claim_refused),
    Place("giftcard-mail", mail_shown, "marketing"),
    Place("giftcard-mail-nobody", mail_nobody, "marketing"),
    Place("giftcard-mail-lost", mail_lost, "admin"),
]
