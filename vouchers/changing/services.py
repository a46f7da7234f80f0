"""Change many vouchers: first shown what it would do, then begun exactly so, and watched from rows alone."""

import secrets
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID, uuid5

from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.db.models import Count, QuerySet
from django.utils import timezone

from piggyadmin import codes
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.door import Target, check_may, record
from piggyadmin.ledger.outcomes import Outcome
from piggyadmin.piggy.payloads import Voucher
from vouchers.changing import jobs, selecting, writing
from vouchers.changing.actions import MANY, STOPPED
from vouchers.changing.kinds import Kind, why_not
from vouchers.changing.selecting import Selection
from vouchers.models import BatchRun, Progress, RunVoucher, VoucherChange, VoucherChangeItem

KEPT_SECONDS = 30 * 60
SHOWN = 100
TYPED_ABOVE = 24  # vouchers; from one more on, the number is typed
SPACE = UUID("6f2b1c0e-6f0d-4f0b-9a53-0e7c1c8b7d11")


class PlanGone(Exception):
    """What was shown is no longer kept: choose the vouchers again."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a change would do: to which vouchers (Piggy's id, end of the code), and why not to the others."""

    kind: str
    until: datetime | None
    selection: Selection
    read_at: datetime
    changing: tuple[tuple[str, str], ...]
    cannot: tuple[tuple[str, str], ...]  # end of the code, why
    gone: tuple[str, ...]  # ends of codes that no voucher has
    promotion_uuid: str = ""
    key: str = ""

    @property
    def selected(self) -> int:
        return len(self.changing) + len(self.cannot) + len(self.gone)

    @property
    def reasons(self) -> list[tuple[str, int]]:
        """Why some cannot be changed, the most frequent first; codes that no voucher has are a reason too."""
        counted = Counter(reason for _, reason in self.cannot)
        return [*counted.most_common(), *([("unknown to Piggy", len(self.gone))] if self.gone else [])]

    @property
    def left_out(self) -> int:
        return len(self.cannot) + len(self.gone)

    @property
    def left_out_shown(self) -> list[tuple[str, str]]:
        return [*self.cannot, *((end, "unknown to Piggy") for end in self.gone)][:SHOWN]

    @property
    def is_typed(self) -> bool:
        """Whether the number is typed to confirm it."""
        return len(self.changing) > TYPED_ABOVE

    @property
    def minutes(self) -> int:
        """About how long it takes at the pace of jobs; 0 for less than one."""
        rate = float(settings.PIGGY_JOB_RATE_PER_SECOND)
        return round(len(self.changing) / rate / 60) if rate > 0 else 0


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a change stands, counted from its rows."""

    total: int
    done: int
    refused: int
    unknown: int
    left: int

    @property
    def settled(self) -> int:
        return self.done + self.refused


def plan(*, kind: str, selection: Selection, until: datetime | None, actor: Actor) -> Plan:
    """What the change would do, as Piggy shows the vouchers now. The plan is kept for half an hour, for this person.

    Raises NothingSelected, and PiggyError when not all of the vouchers could be read.
    """
    reading = selecting.read(selection)
    changing, cannot, promotions = [], [], set()
    too_many = _too_many(reading.vouchers) if kind == Kind.REACTIVATE else set()
    for voucher in reading.vouchers:
        end, reason = codes.last_four(voucher.code), why_not(kind, voucher, until=until)
        if not reason and voucher.uuid in too_many:
            reason = "one too many of its run, so it stays withdrawn"
        promotions.add(voucher.promotion.uuid if voucher.promotion else "")
        if reason:
            cannot.append((end, reason))
        else:
            changing.append((voucher.uuid, end))
    made = Plan(
        kind=kind,
        until=until,
        selection=selection,
        read_at=reading.read_at,
        changing=tuple(changing),
        cannot=tuple(cannot),
        gone=tuple(reading.gone),
        promotion_uuid=promotions.pop() if len(promotions) == 1 else "",
        key=secrets.token_urlsafe(24),
    )
    # What was scanned is not needed any more, and codes are cash.
    kept = replace(made, selection=replace(selection, codes=()))
    cache.set(_name(made.key), (actor.staff.pk, kept), KEPT_SECONDS)
    return made


def kept_plan(*, key: str, actor: Actor) -> Plan:
    """The plan that was shown to this person. Raises PlanGone."""
    staff_id, found = cache.get(_name(key)) or (None, None)
    if not isinstance(found, Plan) or staff_id != actor.staff.pk:
        raise PlanGone
    return found


def change_one(*, made: Plan, actor: Actor, token: str) -> Outcome:
    """Do a plan of one voucher at once."""
    [(uuid, end)] = made.changing
    return writing.change_voucher(
        kind=made.kind, voucher_uuid=uuid, code_end=end, actor=actor, token=token, until=made.until
    )


def begin(*, made: Plan, actor: Actor, token: str) -> VoucherChange:
    """Begin exactly what was shown. A form sent twice begins one change. Raises PermissionDenied, TokenRefused."""
    change_id, run = uuid5(SPACE, token), made.selection.run
    action, target = MANY[made.kind], Target("voucher_change", str(change_id))
    check_may(action, actor)
    with transaction.atomic():
        act = record(
            action,
            by=actor,
            target=target,
            figures={
                "quantity": len(made.changing),
                "run": str(run.pk) if run else "",
                "sheet": made.selection.sheet,
                "until": made.until.isoformat() if made.until else "",
            },
            form_token=token,
        )
        before = VoucherChange.objects.filter(pk=change_id).first()
        if before is not None:
            return before
        change = VoucherChange.objects.create(
            id=change_id,
            act=act,
            kind=made.kind,
            run=run,
            promotion_uuid=made.promotion_uuid,
            staff=actor.staff,
            shop=actor.shop,
            expiration_date=made.until,
            created_at=timezone.now(),
        )
        VoucherChangeItem.objects.bulk_create(_items(change, made), batch_size=1000)
        transaction.on_commit(lambda: jobs.enqueue(change.pk))
    return change


def begun_by(*, token: str, actor: Actor) -> VoucherChange | None:
    """The change that this form began before."""
    return VoucherChange.objects.filter(pk=uuid5(SPACE, token), staff=actor.staff).first()


def run_named(text: str) -> BatchRun | None:
    """The run with this id, as an address names it."""
    try:
        return BatchRun.objects.filter(pk=UUID(text)).first()
    except ValueError:
        return None


def stop(*, change: VoucherChange, actor: Actor) -> None:
    """Change no more vouchers. What was sent is still looked up. Again does no harm."""
    check_may(STOPPED, actor)
    with transaction.atomic():
        if not VoucherChange.objects.filter(pk=change.pk, is_stopped=False, ended_at=None).update(
            is_stopped=True, not_before=None
        ):
            return
        left = change.items.filter(state=Progress.PLANNED).count()
        record(STOPPED, by=actor, target=Target("voucher_change", str(change.pk)), figures={"left": left})
        transaction.on_commit(lambda: jobs.enqueue(change.pk))


def changes() -> QuerySet[VoucherChange]:
    """All changes of many vouchers, the latest first, each with how many it is of and how many are settled."""
    return (
        VoucherChange.objects.select_related("staff", "shop", "run")
        .annotate(total=Count("items"))
        .order_by("-created_at")
    )


def standing(change: VoucherChange) -> Standing:
    rows = change.items.order_by().values("state").annotate(n=Count("pk"))
    counts: dict[str, int] = {row["state"]: row["n"] for row in rows}
    unknown = counts.get(Progress.UNKNOWN, 0)
    done, refused = counts.get(Progress.DONE, 0), counts.get(Progress.REFUSED, 0)
    total = sum(counts.values())
    return Standing(total, done, refused, unknown, total - done - refused - unknown)


def uncertain(change: VoucherChange) -> QuerySet[VoucherChangeItem]:
    """The vouchers of a change that are not simply done: refused, unknown, or waiting after a try; the first 100."""
    rows = change.items.filter(state__in=(Progress.REFUSED, Progress.UNKNOWN)) | change.items.filter(
        state=Progress.PLANNED, reason__gt=""
    )
    return rows.select_related("act__state").order_by("number")[:SHOWN]


def _too_many(vouchers: Iterable[Voucher]) -> set[str]:
    """Those that a run made beyond what was asked for: given back there would be more than anybody ordered."""
    uuids = [voucher.uuid for voucher in vouchers]
    found: set[str] = set()
    for at in range(0, len(uuids), 1000):
        rows = RunVoucher.objects.filter(piggy_uuid__in=uuids[at : at + 1000], number=None)
        found.update(rows.values_list("piggy_uuid", flat=True))
    return found


def _items(change: VoucherChange, made: Plan) -> Iterable[VoucherChangeItem]:
    return (
        VoucherChangeItem(change=change, number=number, piggy_uuid=uuid, code_end=end, attempt=1)
        for number, (uuid, end) in enumerate(made.changing, start=1)
    )


def _name(key: str) -> str:
    return f"voucher-change:{key}"
