"""Prepaid money of one customer: read it, top it up, deduct, take back. The only caller of Piggy for all of that."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings

from contacts.credits.services import NoCustomer
from contacts.prepaid import asking
from contacts.prepaid.actions import DEDUCT, REVERSE, TOP_UP
from contacts.prepaid.limits import TOP_UPS, open_moves, taken_back
from contacts.prepaid.resolvers import balance_after
from contacts.rewards.proving import Proof
from piggyadmin import piggy
from piggyadmin.ledger import second_person
from piggyadmin.ledger.actions import Action
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.door import Target, begun_with, perform
from piggyadmin.ledger.models import Act, Approval
from piggyadmin.ledger.open_acts import sent_before
from piggyadmin.ledger.outcomes import Outcome
from piggyadmin.piggy.client import Piggy
from piggyadmin.piggy.errors import PiggyInvalid, PiggyNotFound, PiggyRejected
from piggyadmin.piggy.filters import shop_of
from piggyadmin.piggy.paging import Page
from piggyadmin.piggy.payloads import Contact, PrepaidTransaction
from piggyadmin.piggy.pool import Answer
from piggyadmin.templatetags.words import euros

ROWS = 30  # transactions a page: the most that Piggy gives
STILL_OPEN = "Nobody knows yet what became of an earlier act on this customer’s prepaid money. Look at that first."


class NoTransaction(Exception):
    """The customer has no such prepaid transaction, as far as Piggy tells."""


class NoReason(Exception):
    """Money is deducted from somebody who has not shown who they are, and nobody wrote why."""


@dataclass(frozen=True, slots=True)
class PrepaidPage:
    """The balance as read at `read_at`, and a page of the history (with the error in its place)."""

    contact_uuid: str
    contact: Contact
    balance: int
    read_at: datetime
    history: Answer[Page[PrepaidTransaction]]
    taken_back: frozenset[str]  # transactions that were taken back from here, and those that did it
    open_act: Act | None


def open_page(*, contact_uuid: str, page: int = 1) -> PrepaidPage:
    """The balance and a page of what happened to it, asked at once.

    Raises NoCustomer, and PiggyError when the customer or the balance cannot be read.
    """
    answers = _ask(
        contact_uuid,
        {
            "history": lambda client: client.list_prepaid_transactions(
                contact_uuid=contact_uuid, page=page, limit=ROWS
            ),
        },
    )
    balance = answers["balance"]
    return PrepaidPage(
        contact_uuid=contact_uuid,
        contact=answers["contact"].get(),
        balance=balance.get().balance_in_cents,
        read_at=balance.read_at,
        history=answers["history"],
        taken_back=taken_back(contact_uuid),
        open_act=open_moves(contact_uuid).first(),
    )


@dataclass(frozen=True, slots=True)
class Moved:
    """One transaction, to take back."""

    contact_uuid: str
    contact: Contact
    balance: int
    read_at: datetime
    transaction: PrepaidTransaction
    is_taken_back: bool
    open_act: Act | None

    @property
    def cents(self) -> int:
        """What taking it back brings onto the balance; below zero it takes something."""
        return -self.transaction.amount_in_cents

    @property
    def expected(self) -> int:
        return self.balance + self.cents


def open_move(*, contact_uuid: str, transaction_uuid: str) -> Moved:
    """The transaction and its customer. Raises NoCustomer, NoTransaction, PiggyError."""
    found = _ask(contact_uuid, {"entry": lambda client: _find(client, contact_uuid, transaction_uuid)})
    entry = found["entry"].get()
    if entry is None:
        raise NoTransaction(transaction_uuid)
    return Moved(
        contact_uuid=contact_uuid,
        contact=found["contact"].get(),
        balance=found["balance"].get().balance_in_cents,
        read_at=found["balance"].read_at,
        transaction=entry,
        is_taken_back=transaction_uuid in taken_back(contact_uuid),
        open_act=open_moves(contact_uuid).first(),
    )


def top_up(*, contact_uuid: str, cents: int, actor: Actor, token: str, approval: Approval | None = None) -> Outcome:
    """Put money on the balance. Over the limit or within the pause it is refused without an `approval`.

    Piggy is not asked then.
    """
    figures = asking.figures_of(cents=cents, actor=actor)

    def check(act: Act) -> None:
        if approval is not None:
            second_person.use(approval, act=act, by=actor, figures=figures)
            return
        TOP_UPS.insist_on_pause(act, actor=actor)
        limit = TOP_UPS.limit(actor)
        if limit is not None and cents > limit:
            raise PiggyRejected(TOP_UPS.over_words(limit))

    return _move(TOP_UP, contact_uuid, figures, actor=actor, token=token, check=check, parent=approval)


def deduct(*, contact_uuid: str, cents: int, proof: Proof | None, reason: str, actor: Actor, token: str) -> Outcome:
    """Take `cents` off the balance, from somebody who showed who they are, or for a reason. Raises NoReason."""
    begun = begun_with(token)
    if proof is None and not reason and begun is None:
        raise NoReason(contact_uuid)
    # An act that Piggy asked us to send later is sent as it was begun.
    kind = begun.figures.get("proof", "") if begun else proof.kind if proof else ""
    figures = asking.figures_of(cents=-cents, actor=actor) | {"paid_cents": cents, "proof": kind}
    return _move(DEDUCT, contact_uuid, figures, actor=actor, token=token, reason=reason)


def reverse(*, moved: Moved, actor: Actor, reason: str, token: str) -> Outcome:
    """Take a transaction back, whole. Refused when that was done from here meanwhile."""
    uuid = moved.transaction.uuid

    def call(act: Act) -> PrepaidTransaction:
        _check_free(act)
        if uuid in taken_back(moved.contact_uuid):
            raise PiggyRejected("It has been taken back already.")
        return piggy.get_client().reverse_prepaid_transaction(uuid=uuid)

    return perform(
        REVERSE,
        by=actor,
        target=Target("contact", moved.contact_uuid),
        figures={"cents": moved.cents, "of": uuid, "of_shop": shop_of(moved.transaction) or ""},
        detail={"reason": reason},
        form_token=token,
        call=call,
        done_figures=lambda answer: _figures_of(answer) | {"cents": answer.amount_in_cents},
    )


def words_of(outcome: Outcome) -> str:
    """A done act in words, with the balance after it."""
    balance = outcome.figures.get("balance_after")
    return outcome.words if balance is None else f"{outcome.words} The balance is {euros(balance)}."


def _move(
    action: Action,
    contact_uuid: str,
    figures: Mapping[str, Any],
    *,
    actor: Actor,
    token: str,
    check: Callable[[Act], None] | None = None,
    parent: Approval | None = None,
    reason: str = "",
) -> Outcome:
    """One transaction of `figures["cents"]`, once for each form.

    Refused without asking Piggy while an earlier act on this balance is open. `check(act)` may refuse it then, too.
    """
    assert actor.shop is not None  # the ledger refuses a write without a shop
    shop_uuid = actor.shop.piggy_uuid

    def call(act: Act) -> PrepaidTransaction:
        _check_free(act)
        if check is not None:
            check(act)
        return piggy.get_client().create_prepaid_transaction(
            contact_uuid=contact_uuid, amount_in_cents=act.figures["cents"], shop_uuid=shop_uuid
        )

    return perform(
        action,
        by=actor,
        target=Target("contact", contact_uuid),
        figures=figures,
        detail={"reason": reason} if reason else None,
        form_token=token,
        parent=parent.act if parent else None,
        call=call,
        done_figures=_figures_of,
    )


def _figures_of(answer: PrepaidTransaction) -> dict[str, Any]:
    return {"transaction_uuid": answer.uuid, "balance_after": balance_after(answer)}


def _check_free(act: Act) -> None:
    """Raise PiggyRejected while an act that was sent before this one is open: of two tills one goes on."""
    if sent_before(act, open_moves(act.target_id)):
        raise PiggyRejected(STILL_OPEN)


def _ask(contact_uuid: str, more: dict[str, Callable[[Piggy], Any]]) -> dict[str, Answer[Any]]:
    """The customer, the balance and `more`, asked at once."""
    calls: dict[str, Callable[[Piggy], Any]] = {
        "contact": lambda client: client.get_contact(contact_uuid=contact_uuid),
        "balance": lambda client: client.get_prepaid_balance(contact_uuid=contact_uuid),
        **more,
    }
    answers = piggy.gather(calls, seconds=settings.PIGGY_TIMEOUT)
    if isinstance(answers["contact"].error, PiggyNotFound | PiggyInvalid):
        raise NoCustomer(contact_uuid)
    answers["contact"].get()
    return answers


def _find(client: Piggy, contact_uuid: str, transaction_uuid: str) -> PrepaidTransaction | None:
    for page in client.each_prepaid_transaction_page(contact_uuid=contact_uuid):
        for each in page.items:
            if each.uuid == transaction_uuid:
                return each
    return None
