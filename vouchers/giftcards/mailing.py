"""Have Piggy mail a gift card to a customer. A mail cannot be taken back, and nothing tells later that it went."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone

from piggyadmin import piggy
from piggyadmin.codes import last_four
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.door import Target, perform
from piggyadmin.ledger.models import Act
from piggyadmin.ledger.open_acts import sent_before, still_open
from piggyadmin.ledger.outcomes import Outcome
from piggyadmin.ledger.services import acts_of
from piggyadmin.piggy.errors import PiggyInvalid, PiggyNotFound, PiggyRejected
from piggyadmin.piggy.payloads import Contact, Giftcard, MailSent
from vouchers.batches.services import NoSuchContact, contact_by
from vouchers.giftcards.mail_actions import MAIL
from vouchers.giftcards.services import NoCard

STILL_OPEN = "Nobody knows yet whether this card was mailed. Look at that first."


@dataclass(frozen=True, slots=True)
class MailPage:
    """A card that can be mailed, as Piggy shows it at `read_at`; and an earlier mail of which nobody knows."""

    card: Giftcard
    read_at: datetime
    open_act: Act | None
    mailed: list[Act]

    @property
    def stopped(self) -> str:
        """Why it makes no sense to mail it; "" when it does."""
        if self.card.active is False:
            return "This gift card is switched off at Piggy. Nothing can be paid with it."
        if self.card.expiration_date is not None and self.card.expiration_date <= self.read_at:
            return "This gift card has expired. Nothing can be paid with it."
        return ""


def open_page(*, giftcard_uuid: str) -> MailPage:
    """Raises NoCard, PiggyError."""
    try:
        card = piggy.get_client().get_giftcard(giftcard_uuid=giftcard_uuid)
    except (PiggyNotFound, PiggyInvalid) as error:
        raise NoCard(giftcard_uuid) from error
    mails = _mails(giftcard_uuid)
    return MailPage(card, timezone.now(), still_open(mails).first(), list(mails[:5]))


def customer_by(text: str) -> Contact:
    """The customer with this id, card or address, who can be written to. Raises NoSuchContact, PiggyError."""
    contact = contact_by(text)
    if contact.is_anonymous or not contact.known_email:
        raise NoSuchContact("This customer has no e-mail address, so Piggy has nowhere to mail it to.")
    return contact


def mail(*, card: Giftcard, contact_uuid: str, actor: Actor, token: str) -> Outcome:
    """Mail it once. Refused without asking Piggy while an earlier mail of this card is open.

    Raises PermissionDenied.
    """

    def call(act: Act) -> MailSent:
        if sent_before(act, still_open(_mails(card.uuid))):
            raise PiggyRejected(STILL_OPEN)
        return piggy.get_client().send_giftcard_by_email(giftcard_uuid=card.uuid, contact_uuid=contact_uuid)

    return perform(
        MAIL,
        by=actor,
        target=Target("giftcard", card.uuid, contact_id=contact_uuid),
        figures={"code_end": last_four(card.hash)},
        form_token=token,
        call=call,
    )


def _mails(giftcard_uuid: str) -> QuerySet[Act]:
    return acts_of(target=Target("giftcard", giftcard_uuid)).filter(action=MAIL.name)
