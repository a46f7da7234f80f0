"""Promotions and their vouchers, read live; and making a promotion. The only caller of Piggy for these pages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from django.conf import settings
from django.utils import timezone

from piggyadmin import piggy
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.door import Target, perform, was_begun
from piggyadmin.ledger.models import Act
from piggyadmin.ledger.open_acts import sent_before, still_open
from piggyadmin.ledger.outcomes import Outcome
from piggyadmin.ledger.services import acts_of
from piggyadmin.piggy.client import Piggy
from piggyadmin.piggy.errors import PiggyError, PiggyInvalid, PiggyNotFound, PiggyRejected
from piggyadmin.piggy.paging import Page
from piggyadmin.piggy.payloads import Promotion, Voucher
from piggyadmin.piggy.vouchers import VoucherStatus
from vouchers.check import sights
from vouchers.models import BatchRun
from vouchers.promotions.actions import CREATE
from vouchers.promotions.wording import STATUSES

PAGE_SIZE = 50
RUNS_SHOWN, ACTS_SHOWN = 10, 8
NO_SUCH_CALL = (404, 405, 410)  # how a server says that it does not know the address at all
NOT_OFFERED = "This account makes promotions in Piggy’s own dashboard only. Make it there; it appears here by itself."


class NoPromotion(Exception):
    """Piggy has no such promotion (any more)."""


class NameTaken(Exception):
    """There is a promotion of this name already."""


@dataclass(frozen=True, slots=True)
class Listed:
    promotions: list[Promotion]
    read_at: datetime


@dataclass(frozen=True, slots=True)
class Count:
    """How many vouchers are in one state ("" for all); None where Piggy did not say, `error` is why."""

    status: str
    total: int | None
    error: str = ""


@dataclass(frozen=True, slots=True)
class Sight:
    """A promotion as Piggy showed it just now. What could not be read carries its own error, the rest stands.

    `shown` is page `number` of its vouchers of one `status` ("" for all); `last` is the number of the last page.
    """

    promotion_uuid: str
    promotion: Promotion | None
    error: PiggyError | None
    read_at: datetime
    counts: list[Count]
    status: str
    number: int
    shown: Page[Voucher] | None
    shown_error: PiggyError | None
    last: int
    runs: list[BatchRun] = field(default_factory=list)
    acts: list[Act] = field(default_factory=list)

    @property
    def name(self) -> str:
        """What to call it: as Piggy says, as a run of ours remembers, or as what it is."""
        if self.promotion is not None:
            return self.promotion.name or "Promotion without a name"
        return next((run.promotion_name for run in self.runs if run.promotion_name), "Promotion")


def listed(*, search: str = "") -> Listed:
    """All promotions whose name holds `search`, by name. Raises PiggyError."""
    found = piggy.get_client(seconds=settings.PIGGY_TIMEOUT).list_promotions()
    wanted = search.casefold()
    chosen = [each for each in found if wanted in (each.name or "").casefold()]
    return Listed(sorted(chosen, key=lambda each: (each.name or "").casefold()), timezone.now())


def look(*, promotion_uuid: str, status: str = "", number: int = 1) -> Sight:
    """A promotion with its vouchers of one state, and how many there are of each: all asked at once.

    Raises NoPromotion.
    """
    answers = piggy.gather(_questions(promotion_uuid, status, number), seconds=settings.PIGGY_TIMEOUT)
    about, shown = answers["promotion"], answers["shown"]
    if isinstance(about.error, PiggyNotFound | PiggyInvalid):
        raise NoPromotion(promotion_uuid)
    page: Page[Voucher] | None = shown.value
    if page is not None:
        sights.remember_all(page.items)
    runs = BatchRun.objects.filter(promotion_uuid=promotion_uuid).select_related("staff")
    return Sight(
        promotion_uuid=promotion_uuid,
        promotion=about.value,
        error=about.error,
        read_at=shown.read_at,
        counts=[_count(each, status, answers) for each in ("", *STATUSES)],
        status=status,
        number=number,
        shown=page,
        shown_error=shown.error,
        last=_last_page(page),
        runs=list(runs[:RUNS_SHOWN]),
        acts=list(acts_of(target=Target("promotion", promotion_uuid))[:ACTS_SHOWN]),
    )


def make(
    *,
    name: str,
    description: str,
    voucher_limit: int | None,
    limit_per_contact: int | None,
    days: int | None,
    actor: Actor,
    token: str,
) -> Outcome:
    """Make a promotion, once for each form. `days` is how long a voucher of it is valid after it is made.

    Raises NameTaken: names need not differ at Piggy, but a lost answer is found again by its name. Raises PiggyError
    when the promotions cannot be read; then nothing was sent.
    """
    client = piggy.get_client()
    is_new = not was_begun(token)
    if is_new and any(each.name == name for each in client.list_promotions()):
        raise NameTaken(name)
    numbers = {
        "voucher_limit": voucher_limit,
        "limit_per_contact": limit_per_contact,
        "expiration_duration": None if days is None else days * 86_400,
    }
    target = Target("promotion", "")

    def call(act: Act) -> Promotion:
        if sent_before(act, still_open(acts_of(target=target).filter(action=CREATE.name))):
            raise PiggyRejected("Nobody knows yet whether an earlier promotion was made. Look at that first.")
        try:
            return client.create_promotion(name=name, description=description, **numbers)
        except PiggyRejected as error:
            if error.status in NO_SUCH_CALL and error.code is None:
                raise PiggyRejected(NOT_OFFERED, status=error.status, request_id=error.request_id) from error
            raise

    return perform(
        CREATE,
        by=actor,
        target=target,
        figures={key: number for key, number in numbers.items() if number is not None},
        detail={"name": name, "description": description},
        form_token=token,
        call=call,
        done_figures=lambda made: {"promotion_uuid": made.uuid},
    )


def _questions(promotion_uuid: str, status: str, number: int) -> dict[str, Callable[[Piggy], Any]]:
    """The promotion, the page of its vouchers, and how many there are of each state that the page does not tell."""
    calls: dict[str, Callable[[Piggy], Any]] = {
        "promotion": lambda client: client.get_promotion(promotion_uuid=promotion_uuid),
        "shown": partial(_vouchers, promotion_uuid=promotion_uuid, status=status, page=number, limit=PAGE_SIZE),
    }
    for each in ("", *STATUSES):
        if each != status:
            calls[f"count {each}"] = partial(_vouchers, promotion_uuid=promotion_uuid, status=each, page=1, limit=1)
    return calls


def _vouchers(client: Piggy, *, promotion_uuid: str, status: str, page: int, limit: int) -> Page[Voucher]:
    wanted: VoucherStatus | None = status or None  # type: ignore[assignment]  # one of STATUSES, by the form
    return client.list_vouchers(promotion_uuid=promotion_uuid, status=wanted, page=page, limit=limit)


def _count(status: str, chosen: str, answers: dict[str, piggy.Answer[Any]]) -> Count:
    answer = answers["shown" if status == chosen else f"count {status}"]
    return Count(status, answer.value.total if answer.value else None, answer.error.message if answer.error else "")


def _last_page(page: Page[Voucher] | None) -> int:
    """Counted here: Piggy's own links drop the filter."""
    if page is None:
        return 1
    return max(1, page.last if page.last is not None else -(-(page.total or 0) // PAGE_SIZE))
