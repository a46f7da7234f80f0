"""Gift cards: find one, read it, make one, put money on it and pay with it. The callers of Piggy for all of that."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from piggyadmin import piggy
from piggyadmin.codes import last_four, spellings
from piggyadmin.ledger import second_person
from piggyadmin.ledger.actions import Action
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.door import Target, begun_with, perform, record
from piggyadmin.ledger.marks import MARK
from piggyadmin.ledger.models import Act, Approval
from piggyadmin.ledger.open_acts import sent_before, still_open
from piggyadmin.ledger.outcomes import Outcome
from piggyadmin.ledger.services import acts_of
from piggyadmin.piggy.errors import PiggyError, PiggyInvalid, PiggyNotFound, PiggyRejected
from piggyadmin.piggy.paging import Page
from piggyadmin.piggy.payloads import Giftcard, GiftcardProgram, GiftcardTransaction
from vouchers.giftcards import asking, marks
from vouchers.giftcards.actions import CREATE, DEDUCT, MOVES, REVEAL, TOP_UP
from vouchers.giftcards.limits import TOP_UPS

ROWS = 20  # transactions a page
ACTS = 10  # of the ledger, on the card's page
STILL_OPEN = "Nobody knows yet what became of an earlier act on this card. Look at that first."


class NoCard(Exception):
    """Piggy has no such gift card (any more)."""


class NoProgram(Exception):
    """Piggy has no such gift card programme (any more), or makes no cards of it now."""


@dataclass(frozen=True, slots=True)
class Programs:
    """The programmes as read at `read_at`, [] with `error` when they could not be."""

    items: list[GiftcardProgram]
    read_at: datetime
    error: str = ""


@dataclass(frozen=True, slots=True)
class CardPage:
    """A card as Piggy shows it at `read_at`, and a page of its history (None with `history_error`)."""

    card: Giftcard
    read_at: datetime
    history: Page[GiftcardTransaction] | None
    history_error: str
    open_act: Act | None
    acts: list[Act]

    @property
    def code_end(self) -> str:
        return last_four(self.card.hash)

    @property
    def balance(self) -> int:
        return self.card.amount_in_cents

    @property
    def most(self) -> int | None:
        """Cents that the card may hold; None: Piggy tells no bound."""
        return self.card.giftcard_program.max_amount_in_cents if self.card.giftcard_program else None

    @property
    def has_expired(self) -> bool:
        until = self.card.expiration_date
        return until is not None and until <= self.read_at

    @property
    def stopped(self) -> str:
        """Why nothing can be done with it; "" when something can."""
        if self.card.active is False:
            return "This gift card is switched off at Piggy. Nothing can be paid with it or put on it."
        if self.has_expired:
            return "This gift card has expired. Nothing can be paid with it or put on it."
        return ""

    @property
    def takes_money(self) -> bool:
        """Whether it can be topped up: one that is not upgradeable takes money once."""
        was_used = self.balance > 0 or self.history is None or bool(self.history.received)
        return self.card.upgradeable is not False or not was_used


def find(*, code: str) -> Giftcard | None:
    """The card with this code, as typed or without the blanks of a printed one; None when there is none."""
    for text in spellings(code):
        try:
            return piggy.get_client().find_giftcard(hash=text)
        except (PiggyNotFound, PiggyInvalid):
            continue
    return None


def programs() -> Programs:
    """All programmes, those that are switched off last."""
    try:
        found = piggy.get_client().list_giftcard_programs()
    except PiggyError as error:
        return Programs([], timezone.now(), error.message)
    return Programs(sorted(found, key=lambda each: (each.active is False, each.name or "")), timezone.now())


def program(*, program_uuid: str) -> GiftcardProgram:
    """One programme of which cards can be made. Raises NoProgram, PiggyError."""
    found = [each for each in piggy.get_client().list_giftcard_programs() if each.uuid == program_uuid]
    if not found or found[0].active is False:
        raise NoProgram(program_uuid)
    return found[0]


def open_card(*, giftcard_uuid: str, page: int = 1) -> CardPage:
    """The card, and a page of what happened on it (its code has to be known first). Raises NoCard, PiggyError."""
    client = piggy.get_client()
    try:
        card = client.get_giftcard(giftcard_uuid=giftcard_uuid)
    except (PiggyNotFound, PiggyInvalid) as error:
        raise NoCard(giftcard_uuid) from error
    read_at, history, history_error = timezone.now(), None, ""
    try:
        history = client.list_giftcard_transactions(card=card, page=page, limit=ROWS)
    except PiggyError as error:
        history_error = error.message
    return CardPage(
        card=card,
        read_at=read_at,
        history=history,
        history_error=history_error,
        open_act=open_moves(giftcard_uuid).first(),
        acts=list(acts_of(target=Target("giftcard", giftcard_uuid))[:ACTS]),
    )


def create(*, program_uuid: str, actor: Actor, token: str) -> Outcome:
    """Make an empty digital card. Its uuid is the figure `giftcard_uuid` of a done act."""
    begun = begun_with(token)
    before = begun.figures.get("cards_before") if begun else _count(program_uuid)
    return perform(
        CREATE,
        by=actor,
        target=Target("giftcard_program", program_uuid),
        figures={} if before is None else {"cards_before": before},
        form_token=token,
        call=lambda act: piggy.get_client().create_giftcard(program_uuid=program_uuid),
        done_figures=lambda card: {"giftcard_uuid": card.uuid, "code_end": last_four(card.hash)},
    )


def top_up(
    *, giftcard_uuid: str, cents: int, code_end: str, actor: Actor, token: str, approval: Approval | None = None
) -> Outcome:
    """Put money on a card. Over the limit or within the pause it is refused without an `approval`.

    Piggy is not asked then.
    """

    def check(act: Act) -> None:
        if approval is not None:
            second_person.use(approval, act=act, by=actor, figures=figures)
            return
        TOP_UPS.insist_on_pause(act, actor=actor)
        limit = TOP_UPS.limit(actor)
        if limit is not None and cents > limit:
            raise PiggyRejected(TOP_UPS.over_words(limit))

    figures = asking.figures_of(cents=cents, code_end=code_end, actor=actor)
    return move(TOP_UP, giftcard_uuid, figures, actor=actor, token=token, check=check, parent=approval)


def deduct(*, giftcard_uuid: str, cents: int, code_end: str, actor: Actor, token: str) -> Outcome:
    """Pay `cents` with a card. Piggy sees to it that its balance never goes below zero (5003)."""
    figures = asking.figures_of(cents=-cents, code_end=code_end, actor=actor) | {"paid_cents": cents}
    return move(DEDUCT, giftcard_uuid, figures, actor=actor, token=token)


def move(
    action: Action,
    giftcard_uuid: str,
    figures: Mapping[str, Any],
    *,
    actor: Actor,
    token: str,
    check: Callable[[Act], None] | None = None,
    parent: Approval | None = None,
    reason: str = "",
) -> Outcome:
    """One marked transaction of `figures["cents"]`, once for each form.

    Refused without asking Piggy while an earlier act on this card is open. `check(act)` may refuse it then, too.
    """
    assert actor.shop is not None  # the ledger refuses a write without a shop
    shop_uuid = actor.shop.piggy_uuid
    begun = begun_with(token)
    # An act that Piggy asked us to send later is sent as it was begun.
    with_mark = bool(begun.figures.get("with_mark")) if begun else marks.ATTRIBUTE.ensure()

    def call(act: Act) -> GiftcardTransaction:
        check_free(act)
        if check is not None:
            check(act)
        return piggy.get_client().create_giftcard_transaction(
            giftcard_uuid=giftcard_uuid,
            amount_in_cents=act.figures["cents"],
            shop_uuid=shop_uuid,
            custom_attributes={MARK: act.mark} if with_mark else None,
        )

    outcome = perform(
        action,
        by=actor,
        target=Target("giftcard", giftcard_uuid),
        figures={**figures, "with_mark": with_mark},
        detail={"reason": reason} if reason else None,
        form_token=token,
        parent=parent.act if parent else None,
        call=call,
        done_figures=lambda answer: {"transaction_uuid": answer.uuid or "", "marked": bool(answer.mark)},
    )
    if outcome.done and with_mark and not outcome.figures.get("marked"):
        marks.ATTRIBUTE.forget()  # somebody may have taken the attribute away: look again before the next one
    return outcome


def check_free(act: Act) -> None:
    """Raise PiggyRejected while an act that was sent before this one is open on its card: of two tills one goes on."""
    if sent_before(act, open_moves(act.target_id)):
        raise PiggyRejected(STILL_OPEN)


def open_moves(giftcard_uuid: str) -> QuerySet[Act]:
    """What is under way on this card, and what nobody knows the outcome of."""
    return still_open(acts_of(target=Target("giftcard", giftcard_uuid)).filter(action__in=MOVES))


def reveal(*, giftcard_uuid: str, actor: Actor) -> str:
    """The whole code of a card; that it was shown is kept. Raises NoCard, PiggyError, PermissionDenied."""
    try:
        card = piggy.get_client().get_giftcard(giftcard_uuid=giftcard_uuid)
    except (PiggyNotFound, PiggyInvalid) as error:
        raise NoCard(giftcard_uuid) from error
    record(REVEAL, by=actor, target=Target("giftcard", card.uuid), figures={"code_end": last_four(card.hash)})
    return card.hash


def _count(program_uuid: str) -> int | None:
    """How many cards the programme has: whether a lost one was made is told by that alone."""
    try:
        return piggy.get_client().list_giftcards(program_uuid=program_uuid, limit=1).total
    except PiggyError:
        return None
