"""Take an award back, whole or in part. Piggy cannot be asked for one award: it is found among the transactions."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet

from contacts.credits import marks
from contacts.credits.actions import REFUND, REVERSE
from contacts.credits.services import NoCustomer, balance_after
from contacts.credits.wishes import is_money
from piggyadmin import piggy
from piggyadmin.ledger.actions import Action
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.door import Target, begun_with, perform
from piggyadmin.ledger.marks import MARK
from piggyadmin.ledger.models import Act, State
from piggyadmin.ledger.open_acts import OPEN, sent_before, still_open
from piggyadmin.ledger.outcomes import Outcome, outcome_of
from piggyadmin.ledger.services import acts, acts_of
from piggyadmin.piggy.client import Piggy
from piggyadmin.piggy.errors import PiggyInvalid, PiggyNotFound, PiggyRejected
from piggyadmin.piggy.payloads import Contact, CreditReception, LoyaltyTransaction
from piggyadmin.templatetags.words import thousands

BACK = (REVERSE.name, REFUND.name)
CLAIM_RETURNED = "rewards.reverse"  # by name: rewards know credits, not the other way round


class NoAward(Exception):
    """The customer has no such award among their transactions."""


class CannotRefund(Exception):
    """This part cannot be taken back; the message says why, for the person who typed it."""


@dataclass(frozen=True, slots=True)
class Given:
    """An award as Piggy shows it, and what was taken back of it from here. Credits are those it gave."""

    contact_uuid: str
    contact: Contact
    entry: CreditReception
    read_at: datetime
    is_reversed: bool
    refunded: int  # credits taken back in parts
    open_act: Act | None  # a try to take it back whose outcome nobody knows

    @property
    def credits(self) -> int:
        return self.entry.credits

    @property
    def remaining(self) -> int:
        return 0 if self.is_reversed else max(0, self.credits - self.refunded)

    @property
    def paid_cents(self) -> int | None:
        """What the customer paid, where the award came from an amount of money."""
        if self.entry.unit_value is None or not is_money(self.entry.unit):
            return None
        return int((Decimal(repr(self.entry.unit_value)) * 100).to_integral_value(ROUND_HALF_UP))

    @property
    def balance(self) -> int | None:
        return self.contact.credits

    def balance_without(self, credits: int) -> int | None:
        return None if self.balance is None else self.balance - credits

    @property
    def balance_left(self) -> int | None:
        return self.balance_without(self.remaining)


def open_given(*, contact_uuid: str, reception_uuid: str) -> Given:
    """The award and its customer, asked at once. Raises NoCustomer, NoAward, PiggyError."""
    calls: dict[str, Callable[[Piggy], Any]] = {
        "contact": lambda client: client.get_contact(contact_uuid=contact_uuid),
        "entry": lambda client: _find(client, contact_uuid, reception_uuid),
    }
    answers = piggy.gather(calls, seconds=settings.PIGGY_TIMEOUT)
    if isinstance(answers["contact"].error, PiggyNotFound | PiggyInvalid):
        raise NoCustomer(contact_uuid)
    contact, entry = answers["contact"].get(), answers["entry"].get()
    if entry is None or reception_uuid in _returned(contact_uuid):
        raise NoAward(reception_uuid)
    backs = _backs(reception_uuid)
    return Given(
        contact_uuid=contact_uuid,
        contact=contact,
        entry=entry,
        read_at=answers["contact"].read_at,
        is_reversed=_is_reversed(backs),
        refunded=_refunded(backs),
        open_act=still_open(backs).first(),
    )


def share(*, given: Given, refunded_cents: int, paid_cents: int) -> int:
    """The credits to take back when `refunded_cents` of `paid_cents` are given back.

    The same share of the credits that were given, half a credit rounded up, never more than what is left of them.
    Raises CannotRefund.
    """
    if refunded_cents > paid_cents:
        raise CannotRefund("That is more than was paid.")
    exact = Decimal(given.credits) * refunded_cents / paid_cents
    credits = min(int(exact.to_integral_value(ROUND_HALF_UP)), given.remaining)
    if credits <= 0:
        raise CannotRefund("That part comes to no credits. Nothing to take back.")
    return credits


def take_back(*, given: Given, actor: Actor, why: str, reason: str, token: str) -> Outcome:
    """Take back all that is left of an award: by Piggy's own reversal, or the rest of one that was refunded in part."""
    action = _begun_as(token) or (REFUND if given.refunded else REVERSE)
    if action is REFUND:
        return refund(given=given, credits=given.remaining, actor=actor, why=why, reason=reason, token=token)
    uuid = given.entry.uuid

    def call(act: Act) -> CreditReception:
        before = _others(act, uuid)
        if _refunded_by(before):
            raise PiggyRejected("A part of it was taken back meanwhile. Open the award again to take back the rest.")
        return piggy.get_client().reverse_credit_reception(uuid=uuid)

    return perform(
        REVERSE,
        by=actor,
        target=_target(given),
        figures={"credits": -given.credits, "reception_uuid": uuid, "why": why},
        detail={"reason": reason},
        form_token=token,
        call=call,
        done_figures=lambda answer: {
            "credits": answer.credits,
            "reversal_uuid": answer.uuid,
            "balance_after": balance_after(answer),
        },
    )


def refund(
    *,
    given: Given,
    credits: int,
    actor: Actor,
    why: str,
    reason: str,
    token: str,
    refunded_cents: int | None = None,
    paid_cents: int | None = None,
) -> Outcome:
    """Take back `credits` of an award, never more than what is left of it when the act's turn has come."""
    assert actor.shop is not None  # the ledger refuses a write without a shop
    shop_uuid, uuid = actor.shop.piggy_uuid, given.entry.uuid
    begun = begun_with(token)
    # A form sent twice tells of what it began: by now less may be left.
    taken = -int(begun.figures["credits"]) if begun and begun.action == REFUND.name else credits
    with_mark = bool(begun.figures.get("with_mark")) if begun else marks.ATTRIBUTE.ensure()

    def call(act: Act) -> CreditReception:
        left = given.credits - _refunded_by(_others(act, uuid))
        if not 0 < taken <= left:
            raise PiggyRejected(f"Only {thousands(left)} of its credits are left to take back. Open the award again.")
        return piggy.get_client().create_credit_reception(
            shop_uuid=shop_uuid,
            contact_uuid=given.contact_uuid,
            credits=-taken,
            attributes={MARK: act.mark} if with_mark else None,
        )

    part = {"refunded_cents": refunded_cents, "paid_cents": paid_cents} if refunded_cents else {}
    return perform(
        REFUND,
        by=actor,
        target=_target(given),
        figures={
            "credits": -taken,
            "of_credits": given.credits,
            "reception_uuid": uuid,
            "why": why,
            "shop": shop_uuid,
            "with_mark": with_mark,
            **part,
        },
        detail={"reason": reason},
        form_token=token,
        call=call,
        done_figures=lambda answer: {
            "credits": answer.credits,
            "refund_uuid": answer.uuid,
            "balance_after": balance_after(answer),
            "marked": bool(answer.extra.get(MARK)),
        },
    )


def reversible(*, contact_uuid: str, entries: Iterable[LoyaltyTransaction]) -> frozenset[str]:
    """The uuids of those transactions that are awards and, as far as we know, not taken back whole. One query."""
    given = {entry.uuid: entry.credits for entry in entries if isinstance(entry, CreditReception) and entry.credits > 0}
    wanted = Q(action__in=BACK, target_id__in=given) | Q(action=CLAIM_RETURNED)
    done = acts().filter(wanted, contact_id=contact_uuid, state__outcome=State.DONE)
    gone: dict[str, int] = {}
    for act in done if given else ():
        if act.action == CLAIM_RETURNED:  # Piggy shows credits that came back from a reward as an award
            given.pop(str(act.all_figures.get("reversal_uuid")), None)
            continue
        whole = act.action == REVERSE.name
        gone[act.target_id] = gone.get(act.target_id, 0) + (given[act.target_id] if whole else -act.figures["credits"])
    return frozenset(uuid for uuid, credits in given.items() if gone.get(uuid, 0) < credits)


def _find(client: Piggy, contact_uuid: str, reception_uuid: str) -> CreditReception | None:
    """The award with this uuid; what was taken, spent or claimed is none."""
    for page in client.each_loyalty_transaction_page(contact_uuid=contact_uuid):
        for entry in page.items:
            if entry.uuid == reception_uuid:
                return entry if isinstance(entry, CreditReception) and entry.credits > 0 else None
    return None


def _returned(contact_uuid: str) -> set[str]:
    """Credits that came back from a reward: Piggy shows them as an award, and they are none to take back."""
    done = acts().filter(action=CLAIM_RETURNED, contact_id=contact_uuid, state__outcome=State.DONE)
    return {str(act.all_figures.get("reversal_uuid")) for act in done}


def _target(given: Given) -> Target:
    return Target("award", given.entry.uuid, contact_id=given.contact_uuid)


def _begun_as(token: str) -> Action | None:
    """What a form that was sent before began."""
    begun = begun_with(token)
    return {REVERSE.name: REVERSE, REFUND.name: REFUND}.get(begun.action) if begun else None


def _backs(reception_uuid: str) -> QuerySet[Act]:
    return acts_of(target=Target("award", reception_uuid)).filter(action__in=BACK)


def _is_reversed(backs: QuerySet[Act]) -> bool:
    return backs.filter(action=REVERSE.name, state__outcome=State.DONE).exists()


def _refunded(backs: QuerySet[Act]) -> int:
    return _refunded_by(list(backs.filter(action=REFUND.name, state__outcome=State.DONE)))


def _refunded_by(backs: list[Act]) -> int:
    done = [act for act in backs if act.action == REFUND.name and act.outcome == State.DONE]
    return sum(-int(outcome_of(act).figures["credits"]) for act in done)


def _others(act: Act, reception_uuid: str) -> list[Act]:
    """The tries to take this award back that were sent before `act`. PiggyRejected when they leave nothing to do."""
    before = sent_before(act, _backs(reception_uuid))
    if any(other.outcome in OPEN for other in before):
        raise PiggyRejected("Nobody knows yet whether an earlier try took it back. Look at that one first.")
    if any(other.action == REVERSE.name and other.outcome == State.DONE for other in before):
        raise PiggyRejected("It has been taken back already.")
    return before
