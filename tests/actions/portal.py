"""The portal, session tokens, claim links, and gift cards by mail, each done through its page."""

import re
from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.urls import reverse

from tests.actions.rows import BEYOND, METORIAL, Row
from tests.conftest import Person
from tests.fixtures_sandbox import SandboxAccount
from tests.vouchers.link_hands import form_of, make, work
from vouchers.models import ClaimLinkOrder

SESSIONS = {
    "plain": "create_portal_session",
    "credits": "create_credit_reception_portal_session",
    "vouchers": "create_voucher_portal_session",
    "pay_prepaid": "create_pay_prepaid_portal_session",
    "top_up_prepaid": "create_top_up_prepaid_portal_session",
    "top_up_giftcards": "create_top_up_giftcard_portal_session",
    "redeem_giftcards": "create_redeem_giftcard_portal_session",
}
CHOICES = {
    "scanner_type": "camera",
    "facing_mode": "user",
    "camera_service": "3",
    "primary_identification_method": "identifier",
}


def _customer(sandbox: SandboxAccount) -> str:
    return str(sandbox.add_contact("sanne@mail.example", firstname="Sanne")["uuid"])


def _portal(person: Person, contact_uuid: str, step: str, **more: Any) -> HttpResponse:
    at = reverse("contacts:portal", args=[contact_uuid])
    return person.post(at, form_of(person.get(at), step) | more)


def sign_in_link(person: Person, sandbox: SandboxAccount) -> None:
    assert "Scan this with their phone" in _portal(person, _customer(sandbox), "link").text


def open_session(kind: str) -> Callable[[Person, SandboxAccount], None]:
    def do(person: Person, sandbox: SandboxAccount) -> None:
        done = _portal(person, _customer(sandbox), "session", kind=kind, amount="12.50", **CHOICES)
        assert "Open it on the tablet" in person.get(done["Location"]).text

    return do


def read_session(person: Person, sandbox: SandboxAccount) -> None:
    contact = _customer(sandbox)
    session = sandbox.add("portal_session", contact_uuid=contact, events=[{"type": "identified"}])
    page = person.get(reverse("contacts:portal-session", args=[contact, session["uuid"]]))
    assert "identified" in page.text


def find_token(person: Person, sandbox: SandboxAccount) -> None:
    sandbox.add("session_token", token="PHONE-8812", contact_uuid=_customer(sandbox))
    assert "Sanne" in person.post(reverse("contacts:session-token"), {"secret_token": "PHONE-8812"}).text


def use_token(person: Person, sandbox: SandboxAccount) -> None:
    contact = _customer(sandbox)
    sandbox.add("session_token", token="PHONE-8812", contact_uuid=contact)
    at = reverse("contacts:session-token")
    found = person.post(at, {"secret_token": "PHONE-8812"})
    done = person.post(at, form_of(found, "use"))
    assert done["Location"] == reverse("contacts:contact", args=[contact])


def make_links(person: Person, sandbox: SandboxAccount) -> None:
    order = work(make(person, quantity="2"))
    assert "Print 2 links" in person.get(reverse("vouchers:claim-link-order", args=[order.pk])).text


def claim_link(person: Person, sandbox: SandboxAccount) -> None:
    contact = _customer(sandbox)
    work(make(person, quantity="1"))
    url = ClaimLinkOrder.objects.get().links.get().url
    at = reverse("contacts:claim-link", args=[contact])
    seen = person.post(at, form_of(person.get(at), "see") | {"secret_link": url})
    assert "It says it gives 50 credits" in seen.text
    claimed = form_of(seen, "claim") | {"secret_link": url}  # the hidden field writes & as HTML does
    assert person.post(at, claimed)["Location"] == reverse("contacts:contact", args=[contact])


def mail_giftcard(person: Person, sandbox: SandboxAccount) -> None:
    _customer(sandbox)
    card = sandbox.add("giftcard", hash="GIFT2026HOUSE8KQ")
    at = reverse("giftcards:mail", args=[card["uuid"]])
    seen = person.post(at, {"step": "see", "who": "sanne@mail.example"})
    done = person.post(at, form_of(seen, "mail"))
    assert re.search(r"mail the gift card ending.*8KQ", person.get(done["Location"]).text)


ROWS: list[Row] = [
    Row(BEYOND, "portal sign-in link", "contacts:portal", "desk", "get_contacts_portal_auth_url", sign_in_link),
    *(
        Row(BEYOND, f"portal session {kind}", "contacts:portal", "desk", operation, open_session(kind))
        for kind, operation in SESSIONS.items()
    ),
    Row(BEYOND, "read a portal session", "contacts:portal-session", "desk", "get_portal_session", read_session),
    Row(BEYOND, "find a session token", "contacts:session-token", "desk", "find_contact_session_token", find_token),
    Row(BEYOND, "use a session token", "contacts:session-token", "desk", "use_contact_session_token", use_token),
    Row(BEYOND, "make loyalty tokens", "vouchers:claim-links", "marketing", "create_loyalty_token", make_links),
    Row(BEYOND, "claim a loyalty token", "contacts:claim-link", "admin", "claim_loyalty_token", claim_link),
    Row(METORIAL, "manage_giftcards send", "giftcards:mail", "marketing", "send_giftcard_by_email", mail_giftcard),
]
