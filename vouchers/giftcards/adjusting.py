"""Set right what was done on a gift card: take its last transaction back, or make the difference of any of them.

Piggy reverses a card's last transaction only. Any other is corrected by one more, of the difference.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from piggyadmin import piggy
from piggyadmin.codes import last_four
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.door import Target, begun_with, perform
from piggyadmin.ledger.models import Act
from piggyadmin.ledger.open_acts import sent_before
from piggyadmin.ledger.outcomes import Outcome
from piggyadmin.piggy.errors import PiggyInvalid, PiggyNotFound, PiggyRejected
from piggyadmin.piggy.payloads import Giftcard, GiftcardTransaction
from piggyadmin.templatetags.words import euros, signed_euros
from vouchers.giftcards import mended, services
from vouchers.giftcards.actions import CORRECT, REVERSE
from vouchers.giftcards.limits import TOP_UPS
from vouchers.giftcards.services import NoCard


class NoTransaction(Exception):
    """There is no such transaction on this card."""


class CannotCorrect(Exception):
    """It cannot be corrected to that; the message says why, for the person who typed it."""


@dataclass(frozen=True, slots=True)
class Moved:
    """A transaction on a card, and what it comes to after what was set right from here. Amounts are signed cents."""

    card: Giftcard
    transaction: GiftcardTransaction
    read_at: datetime
    is_last: bool
    comes_to: int
    open_act: Act | None

    @property
    def uuid(self) -> str:
        return self.transaction.uuid or ""

    @property
    def balance(self) -> int:
        return self.card.amount_in_cents

    @property
    def can_take_back(self) -> bool:
        """Piggy takes back the last one alone, and whole."""
        return self.is_last and self.comes_to == self.transaction.amount_in_cents

    @property
    def was_spent(self) -> bool:
        return self.transaction.amount_in_cents < 0


def open_move(*, giftcard_uuid: str, transaction_uuid: str) -> Moved:
    """The transaction and its card. Raises NoCard, NoTransaction, PiggyError."""
    client = piggy.get_client()
    try:
        card = client.get_giftcard(giftcard_uuid=giftcard_uuid)
    except (PiggyNotFound, PiggyInvalid) as error:
        raise NoCard(giftcard_uuid) from error
    read_at, number = timezone.now(), 0
    for page in client.each_giftcard_transaction_page(card=card):
        for each in page.items:
            if each.uuid == transaction_uuid:
                return Moved(
                    card=card,
                    transaction=each,
                    read_at=read_at,
                    is_last=number == 0,
                    comes_to=mended.comes_to(each.uuid, each.amount_in_cents, mended.done(mended.acts(giftcard_uuid))),
                    open_act=services.open_moves(giftcard_uuid).first(),
                )
            number += 1
    raise NoTransaction(transaction_uuid)


def difference(*, moved: Moved, to_cents: int | None, actor: Actor) -> int:
    """What has to come onto the card (signed cents) so that the transaction comes to `to_cents`.

    None takes it back whole, and no limit counts then. Raises CannotCorrect.
    """
    cents = (to_cents or 0) - moved.comes_to
    limit = None if to_cents is None else TOP_UPS.limit(actor)
    if cents == 0:
        raise CannotCorrect("That is what it is already.")
    if moved.balance + cents < 0:
        raise CannotCorrect(
            f"That takes {euros(-cents)} from the card, and there is only {euros(moved.balance)} on it."
        )
    if limit is not None and cents > limit:
        raise CannotCorrect(
            f"That puts {euros(cents)} on the card, more than the {euros(limit)} you may alone here. "
            "Top it up instead: a second person can approve that."
        )
    return cents


def take_back(*, moved: Moved, actor: Actor, reason: str, token: str) -> Outcome:
    """Reverse the card's last transaction. One that is no longer the last Piggy refuses (55025).

    One that was set right from here meanwhile is refused without asking Piggy.
    """

    def call(act: Act) -> GiftcardTransaction:
        services.check_free(act)
        _insist(act, moved, moved.transaction.amount_in_cents)
        return piggy.get_client().reverse_giftcard_transaction(uuid=moved.uuid)

    return perform(
        REVERSE,
        by=actor,
        target=Target("giftcard", moved.card.uuid),
        figures={**_figures(moved), "cents": -moved.transaction.amount_in_cents},
        detail={"reason": reason},
        form_token=token,
        call=call,
        done_figures=lambda answer: {"transaction_uuid": answer.uuid or "", "cents": answer.amount_in_cents},
    )


def correct(*, moved: Moved, to_cents: int, actor: Actor, reason: str, token: str) -> Outcome:
    """Make one more transaction of the difference. Refused when it was set right differently meanwhile."""
    begun = begun_with(token, action=CORRECT)
    # A form sent twice tells of what it began: by now the transaction comes to something else.
    comes_to = int(begun.figures["of_cents"]) if begun else moved.comes_to
    wanted = int(begun.figures["to_cents"]) if begun else to_cents

    def check(act: Act) -> None:
        _insist(act, moved, comes_to)

    figures = _figures(moved) | {"cents": wanted - comes_to, "of_cents": comes_to, "to_cents": wanted}
    return services.move(CORRECT, moved.card.uuid, figures, actor=actor, token=token, check=check, reason=reason)


def _insist(act: Act, moved: Moved, comes_to: int) -> None:
    """Raise PiggyRejected unless the transaction comes to this still, by all that was sent before this act."""
    before = sent_before(act, mended.acts(moved.card.uuid))
    now = mended.comes_to(moved.uuid, moved.transaction.amount_in_cents, mended.done(before))
    if now != comes_to:
        raise PiggyRejected(f"It was set right meanwhile, to {signed_euros(now)}. Open it again.")


def _figures(moved: Moved) -> dict[str, Any]:
    return {"code_end": last_four(moved.card.hash), "of": moved.uuid}
