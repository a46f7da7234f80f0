"""Claim a link for a customer who has no phone at hand. The link itself is cash: it is kept nowhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.crypto import salted_hmac

from contacts.portal.actions import CLAIM_LINK
from piggyadmin import piggy
from piggyadmin.accounts.models import Shop
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.door import Target, perform
from piggyadmin.ledger.models import Act, State
from piggyadmin.ledger.open_acts import sent_before, still_open
from piggyadmin.ledger.outcomes import Outcome
from piggyadmin.piggy.errors import PiggyInvalid, PiggyNotFound, PiggyRejected
from piggyadmin.piggy.loyalty_tokens import LoyaltyToken
from piggyadmin.piggy.payloads import Contact, CreditReception
from piggyadmin.templatetags.words import in_credits

CLAIMED_BEFORE = 60000
OPEN_CLAIM = "Nobody knows yet whether an earlier claim for this customer was made. Look at that first."


class NoCustomer(Exception):
    """Piggy has no such customer (any more)."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a link says of itself. Piggy checks its hash only when it is claimed."""

    token: LoyaltyToken
    shop: Shop | None

    @property
    def gives(self) -> str:
        return gives_words(self.token)

    @property
    def made_at(self) -> datetime | None:
        try:
            return datetime.fromtimestamp(int(self.token.timestamp), tz=UTC)
        except (ValueError, OverflowError, OSError):
            return None


def customer(*, contact_uuid: str) -> tuple[Contact, datetime]:
    """The customer, and when they were read. Raises NoCustomer, PiggyError."""
    try:
        contact = piggy.get_client().get_contact(contact_uuid=contact_uuid)
    except (PiggyNotFound, PiggyInvalid) as error:
        raise NoCustomer(contact_uuid) from error
    return contact, timezone.now()


def see(token: LoyaltyToken) -> Seen:
    return Seen(token, Shop.objects.filter(piggy_uuid=token.shop_uuid).first())


def gives_words(token: LoyaltyToken) -> str:
    """ "50 credits", "25.4 × purchase_amount"."""
    if token.credits is not None:
        return in_credits(token.credits)
    return f"{(token.unit_value or Decimal(0)).normalize():,f} × {token.unit_name}"


def open_claim(contact_uuid: str) -> Act | None:
    return _open_claims(contact_uuid).first()


def claim(*, contact_uuid: str, token: LoyaltyToken, actor: Actor, form_token: str) -> Outcome:
    """Give the customer what the link carries. Refused while an earlier claim for them is open.

    Raises PermissionDenied. A digest with our key tells one link from another in the ledger, and nothing else of it.
    """
    figures: dict[str, Any] = {
        "gives": gives_words(token).replace("@", " at "),
        "link_shop": token.shop_uuid,
        "link": salted_hmac("contacts.portal.link", token.unique_id, algorithm="sha256").hexdigest()[:32],
    }
    if token.credits is not None:
        figures["credits"] = token.credits
    else:
        figures |= {"unit": token.unit_name.replace("@", " at "), "unit_value": str(token.unit_value)}

    def call(act: Act) -> CreditReception:
        if sent_before(act, _open_claims(contact_uuid)):
            raise PiggyRejected(OPEN_CLAIM)
        try:
            return piggy.get_client().claim_loyalty_token(token=token, contact_uuid=contact_uuid)
        except PiggyRejected as error:
            raise _in_our_words(error) from error

    return perform(
        CLAIM_LINK,
        by=actor,
        target=Target("contact", contact_uuid),
        figures=figures,
        form_token=form_token,
        call=call,
        done_figures=lambda answer: {"credits": answer.credits, "reception_uuid": answer.uuid},
    )


def _in_our_words(error: PiggyRejected) -> PiggyRejected:
    """A link that was claimed before, and one that Piggy does not believe: said as what they are here."""
    facts: dict[str, Any] = {"code": error.code, "status": error.status, "request_id": error.request_id}
    if error.code == CLAIMED_BEFORE:
        return PiggyRejected("This link was claimed before, here or on somebody’s phone. A link is good once.", **facts)
    if isinstance(error, PiggyInvalid) and error.status is not None:
        return PiggyInvalid("Piggy does not accept this link. Scan it once more; part of it may be wrong.", **facts)
    return error


def _open_claims(contact_uuid: str) -> QuerySet[Act]:
    return still_open(Act.objects.filter(contact_id=contact_uuid, action=CLAIM_LINK.name)).exclude(
        state__outcome=State.PLANNED
    )
