"""The portal for one customer: the sign-in link for their own phone, and sessions on a screen of the shop.

A link is a credential: it is in the answer to whoever asked for it, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from contacts.portal.actions import SESSION, SIGN_IN_LINK
from contacts.portal.forms import KINDS
from piggyadmin import piggy
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.door import Target, perform
from piggyadmin.ledger.models import Act, Event, State
from piggyadmin.ledger.outcomes import Outcome
from piggyadmin.ledger.services import acts_of
from piggyadmin.piggy.errors import PiggyError, PiggyInvalid, PiggyNotFound
from piggyadmin.piggy.payloads import Contact, PortalSession
from piggyadmin.piggy.portal import SessionOptions
from piggyadmin.qr import Qr, qr_of

LISTED = 10
KNOWN = 200  # sessions of one customer that are looked through for one
TOLD = ("type", "event", "name", "status")  # of an event: what it is, never about whom
LONGEST_WORD = 60


class NoCustomer(Exception):
    """Piggy has no such customer (any more)."""


class NoSession(Exception):
    """Piggy has no such session, or it is not this customer's."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A session that was opened from here."""

    uuid: str
    act: Act

    @property
    def kind_words(self) -> str:
        return str(self.act.figures.get("kind_words", ""))


@dataclass(frozen=True, slots=True)
class PortalPage:
    contact: Contact | None  # None: Piggy could not be read just now
    read_at: datetime
    opened: list[Opened]


@dataclass(frozen=True, slots=True)
class SessionPage:
    """A session as Piggy shows it at `read_at`. `events` are words and moments; no page documents what they are."""

    session: PortalSession
    qr: Qr | None
    kind_words: str
    events: list[tuple[str, str]]
    read_at: datetime


def open_page(*, contact_uuid: str) -> PortalPage:
    """The customer, and the sessions opened for them from here. Raises NoCustomer, PiggyError."""
    try:
        contact = piggy.get_client().get_contact(contact_uuid=contact_uuid)
    except (PiggyNotFound, PiggyInvalid) as error:
        raise NoCustomer(contact_uuid) from error
    return PortalPage(contact, timezone.now(), _opened(contact_uuid))


def page_after_act(*, contact_uuid: str) -> PortalPage:
    """The page after something was sent: it says what came of that, also while Piggy tells nothing else.

    Raises NoCustomer.
    """
    try:
        return open_page(contact_uuid=contact_uuid)
    except PiggyError:
        return PortalPage(None, timezone.now(), _opened(contact_uuid))


def sign_in_link(*, contact_uuid: str, actor: Actor, token: str) -> Outcome:
    """Have Piggy make a link that signs this customer in. It is in `answer.url`, once; a second submit has none.

    Without an answer no link was shown, so a new one may be made at once. Raises PermissionDenied.
    """
    return perform(
        SIGN_IN_LINK,
        by=actor,
        target=Target("contact", contact_uuid),
        form_token=token,
        call=lambda act: piggy.get_client().get_contacts_portal_auth_url(contact_uuid=contact_uuid),
    )


def open_session(
    *,
    contact_uuid: str,
    kind: str,
    options: Mapping[str, Any],
    amount_in_cents: int | None,
    allow_multiple: bool,
    actor: Actor,
    token: str,
) -> Outcome:
    """Open the portal on a screen of the actor's shop, for this customer. Nothing moves by that.

    `kind` is one of `KINDS`, `options` are those of `SessionOptions` by name; the amount is for paying with gift cards
    alone. Raises PermissionDenied.
    """
    assert actor.shop is not None  # the ledger refuses a write without a shop
    shop_uuid, behaves = actor.shop.piggy_uuid, SessionOptions(**options)
    paid = amount_in_cents if kind == "redeem_giftcards" else None
    figures: dict[str, Any] = {"kind": kind, "kind_words": KINDS[kind]}
    if paid is not None:
        figures |= {"cents": paid, "several_cards": allow_multiple}

    def call(act: Act) -> PortalSession:
        client = piggy.get_client()
        if paid is not None:
            return client.create_redeem_giftcard_portal_session(
                shop_uuid=shop_uuid,
                contact_uuid=contact_uuid,
                amount_in_cents=paid,
                allow_multiple_giftcards=allow_multiple,
                options=behaves,
            )
        create = {
            "plain": client.create_portal_session,
            "credits": client.create_credit_reception_portal_session,
            "vouchers": client.create_voucher_portal_session,
            "pay_prepaid": client.create_pay_prepaid_portal_session,
            "top_up_prepaid": client.create_top_up_prepaid_portal_session,
            "top_up_giftcards": client.create_top_up_giftcard_portal_session,
        }[kind]
        return create(shop_uuid=shop_uuid, contact_uuid=contact_uuid, options=behaves)

    return perform(
        SESSION,
        by=actor,
        target=Target("contact", contact_uuid),
        figures=figures,
        form_token=token,
        call=call,
        done_figures=lambda answer: {"session_uuid": answer.uuid},
    )


def read_session(*, contact_uuid: str, session_uuid: str) -> SessionPage:
    """One session of this customer, with its address as a QR. Raises NoSession, PiggyError."""
    own = next((each for each in _opened(contact_uuid, most=KNOWN) if each.uuid == session_uuid), None)
    try:
        session = piggy.get_client().get_portal_session(portal_session_uuid=session_uuid)
    except (PiggyNotFound, PiggyInvalid) as error:
        raise NoSession(session_uuid) from error
    # Piggy may leave out for whom it is; then only our own record says so.
    of = session.contact.uuid if session.contact else contact_uuid if own else None
    if of != contact_uuid:
        raise NoSession(session_uuid)
    qr = qr_of(session.link) if session.link else None
    return SessionPage(session, qr, own.kind_words if own else "", list(map(_told, session.events)), timezone.now())


def _opened(contact_uuid: str, *, most: int = LISTED) -> list[Opened]:
    acts = acts_of(target=Target("contact", contact_uuid)).filter(action=SESSION.name, state__outcome=State.DONE)
    told = Event.objects.filter(act__in=acts, outcome=State.DONE).select_related("act", "act__staff", "act__shop")
    shown = [event for event in told.order_by("-seq")[:most] if event.figures.get("session_uuid")]
    return [Opened(str(event.figures["session_uuid"]), event.act) for event in shown]


def _told(event: Any) -> tuple[str, str]:
    """What an event is called and when it was, of whatever Piggy sends: no page documents it."""
    if not isinstance(event, dict):
        return (str(event)[:LONGEST_WORD] if isinstance(event, str | int) else "an event", "")
    words = next((str(event[name]) for name in TOLD if isinstance(event.get(name), str) and event[name]), "an event")
    at = event.get("created_at")
    return words[:LONGEST_WORD], at[:25] if isinstance(at, str) else ""
