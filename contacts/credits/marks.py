"""The mark that lets a lost award be found again: a loyalty transaction attribute, made once in the account.

Without it awards work all the same, but nobody can look up one whose answer was lost.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.core.cache import cache

from piggyadmin import piggy
from piggyadmin.ledger.models import Act, Event, State
from piggyadmin.ledger.open_acts import sent_before, still_open
from piggyadmin.piggy.errors import PiggyError, PiggyRejected
from piggyadmin.piggy.payloads import AttributeDefinition

if TYPE_CHECKING:
    from piggyadmin.ledger.outcomes import Outcome

MARK = "piggyadmin_act"
KEPT = "credits:mark-attribute"  # in the cache: whether the account has it
FOR_LONG = 86_400  # s that "it is there" is believed
FOR_A_WHILE = 600  # s before it is tried again where it could not be made
THERE_ALREADY = 60009
RECENT = 30  # awards looked at for whether their marks came back


def known() -> bool | None:
    """Whether the attribute is there; None when nobody has looked of late."""
    there: bool | None = cache.get(KEPT)
    return there


def note(found: Iterable[AttributeDefinition]) -> None:
    """Remember what a list of the account's attributes says. One that is missing is left to `ensure_mark_attribute`."""
    if any(definition.name == MARK for definition in found):
        cache.set(KEPT, True, FOR_LONG)


def forget() -> None:
    cache.delete(KEPT)


def ensure_mark_attribute() -> bool:
    """Whether a mark can be sent; makes the attribute when the account has none, as an act of the dashboard's own.

    Never raises for Piggy's failures: an award goes out without a mark then.
    """
    there = known()
    if there is not None:
        return there
    try:
        note(piggy.get_client().list_loyalty_transaction_attributes())
    except PiggyError:
        return False
    if known():
        return True
    made = _make()
    is_there = made.done or made.code == str(THERE_ALREADY)  # another till was a moment faster
    cache.set(KEPT, is_there, FOR_LONG if is_there else FOR_A_WHILE)
    return is_there


def come_back(seen: Iterable[str] = ()) -> bool:
    """Whether this account returns our marks: the latest award that Piggy answered says so, or `seen` does.

    `seen` are marks just read among transactions; only those of acts of ours count.
    """
    told = Event.objects.filter(act__action__in=("credits.award", "credits.refund"), outcome=State.DONE)
    for event in told.order_by("-seq")[:RECENT]:
        if "marked" in event.figures:
            return bool(event.figures["marked"])
    return Act.objects.filter(mark__in=[mark for mark in seen if mark][:RECENT]).exists()


def _make() -> Outcome:
    from contacts.credits.actions import MAKE_MARK
    from piggyadmin.ledger.door import Target, perform
    from piggyadmin.ledger.services import acts_of

    target = Target("transaction_attribute", MARK)

    def call(act: Act) -> AttributeDefinition:
        if sent_before(act, still_open(acts_of(target=target))):
            raise PiggyRejected("Nobody knows yet whether an earlier try made it.")
        return piggy.get_client().create_loyalty_transaction_attribute(
            name=MARK,
            data_type="text",
            label="piggyadmin act",
            description="Which act of the dashboard made this transaction. Filled in by itself.",
        )

    return perform(MAKE_MARK, by=None, target=target, call=call)
