"""Transactions as a CSV file, with what our own ledger knows of them: who did it, why, and what took it back."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from contacts.credits.wishes import is_money
from piggyadmin.csv_lines import lines_of
from piggyadmin.ledger.marks import MARK
from piggyadmin.ledger.models import Act, State
from piggyadmin.piggy.payloads import CreditReception, DigitalRewardReception, LoyaltyTransaction

COLUMNS = (
    *("transaction_uuid", "type", "contact_uuid", "shop_uuid", "credits", "unit_value", "amount_cents", "created_at"),
    *("staff", "reason", "reversed_by"),
)
SKEW = timedelta(minutes=5)  # how far Piggy's clock and ours may be apart
BACK = ("credits.reverse", "rewards.reverse")  # whose target is the transaction that they take back
CREATES = ("_uuid",)  # figures that an answer brought: the uuid of what came about


@dataclass(slots=True)
class Known:
    """What the ledger knows, by the uuid of a transaction or by our mark on it."""

    staff: dict[str, str] = field(default_factory=dict)
    reason: dict[str, str] = field(default_factory=dict)
    reversed_by: dict[str, str] = field(default_factory=dict)


def file_name(rows: int, total: int | None, at: datetime) -> str:
    """`total` is None where there are more, and nobody told how many."""
    cut = f"{rows}" if total == rows else f"newest{rows}of{total}" if total else f"newest{rows}"
    return f"transactions_{at.astimezone(UTC):%Y-%m-%dT%H%MZ}_{cut}rows.csv"


def csv_lines(entries: Sequence[LoyaltyTransaction]) -> Iterator[str]:
    """The lines of the file, the newest first."""
    known = _known(entries)
    return lines_of(COLUMNS, (_cells(entry, known) for entry in entries))


def _known(entries: Sequence[LoyaltyTransaction]) -> Known:
    """Acts on customers since the oldest of them: each is the act of what its answer brought about."""
    known = Known()
    if not entries:
        return known
    oldest = min(entry.created_at for entry in entries) - SKEW
    acts = Act.objects.filter(at__gte=oldest, state__outcome=State.DONE).exclude(contact_id="")
    acts = acts.select_related("staff").prefetch_related("events", "details")
    for act in acts.iterator(chunk_size=500):
        made = [
            str(value)
            for event in act.events.all()
            for name, value in event.figures.items()
            if name.endswith(CREATES) and isinstance(value, str) and value  # "" is a number that was lost
        ]
        words = next((detail.words for detail in act.details.all() if detail.event_id is None), {})
        for key in (act.mark, *made):
            known.staff.setdefault(key, act.staff.name if act.staff else "")
            known.reason.setdefault(key, str(words.get("reason") or ""))
        if act.action in BACK:
            for uuid in made:
                known.reversed_by[act.target_id] = uuid
    return known


def _cells(entry: LoyaltyTransaction, known: Known) -> list[Any]:
    mark = entry.extra.get(MARK)
    value = entry.unit_value if isinstance(entry, CreditReception) else None
    keys = (entry.uuid, str(mark)) if mark else (entry.uuid,)
    return [
        entry.uuid,
        _type(entry),
        entry.contact.uuid if entry.contact else "",
        entry.shop.uuid if entry.shop else "",
        entry.credits,
        "" if value is None else value,
        _cents(entry),
        entry.created_at.astimezone(UTC).isoformat(timespec="seconds"),
        next((known.staff[key] for key in keys if key in known.staff), ""),
        next((known.reason[key] for key in keys if key in known.reason), ""),
        known.reversed_by.get(entry.uuid, ""),
    ]


def _type(entry: LoyaltyTransaction) -> str:
    if isinstance(entry, CreditReception):
        return "credit_reception"
    return "digital_reward_reception" if isinstance(entry, DigitalRewardReception) else "reward_reception"


def _cents(entry: LoyaltyTransaction) -> int | str:
    """What was paid, in whole cents, where the credits were counted from money; "" for all else."""
    if not isinstance(entry, CreditReception) or entry.unit_value is None:
        return ""
    if entry.unit is not None and not is_money(entry.unit):
        return ""
    return int((Decimal(repr(entry.unit_value)) * 100).to_integral_value())
