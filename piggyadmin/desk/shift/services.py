"""The end of a shift: what a person did in a shop on one day, as counts and sums of the ledger. Nothing is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.db.models import Count, Q, QuerySet
from django.urls import reverse

from piggyadmin.accounts.models import Shop, Staff
from piggyadmin.desk.shift.lines import LINES, Line
from piggyadmin.ledger.models import Act, Approval, State
from piggyadmin.ledger.services import acts
from piggyadmin.moments import day_bounds

SHOWN = 8  # rows of a list on the slip: it is one page of paper
OF_APPROVALS = "approval."  # the asking and deciding are acts too, and have a list of their own


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the slip: how often, what it sums up to ("" where nothing is summed), and its acts in the audit."""

    words: str
    count: int
    url: str
    sum: str = ""


@dataclass(frozen=True, slots=True)
class Slip:
    """`person` and `shop` are None for everybody and for all shops. `unknown` are the oldest; there are `unknowns`."""

    person: Staff | None
    shop: Shop | None
    day: date
    zone: ZoneInfo
    unknown: list[Act]
    unknowns: int
    unknown_url: str
    sections: list[tuple[str, list[Figure]]]
    other: Figure
    refused: Figure
    under_way: Figure
    approvals: list[Approval]
    more_approvals: bool
    people: list[Figure]
    total: int

    @property
    def more_unknown(self) -> int:
        return self.unknowns - len(self.unknown)


def slip_of(*, person: Staff | None, shop: Shop | None, day: date, zone: ZoneInfo, sees_all: bool) -> Slip:
    """What `person` (None: everybody) did in `shop` (None: all) on `day`, a day of `zone`. At most seven queries.

    `sees_all` says whether whoever reads it finds everybody's acts in the audit, where the figures lead.
    """
    begin, end = day_bounds(day, zone)
    mine = acts()
    mine = mine.filter(staff=person) if person else mine
    mine = mine.filter(shop=shop) if shop else mine
    of_day = mine.filter(at__gte=begin, at__lt=end)
    fixed = {
        "since": day.isoformat(),
        "until": day.isoformat(),
        "shop": str(shop.pk) if shop else "",
        "person": str(person.pk) if person and sees_all else "",
    }

    def to_audit(**more: str) -> str:
        asked = {name: value for name, value in {**fixed, **more}.items() if value}
        return f"{reverse('ledger:audit')}?{urlencode(asked)}"

    counts = _counts(of_day)
    done = Counter({action: number for (action, outcome), number in counts.items() if outcome == State.DONE})
    outcomes: Counter[str] = Counter()
    for (_, outcome), number in counts.items():
        outcomes[outcome] += number
    told = {line.action for line in LINES}
    other = sum(number for action, number in done.items() if action not in told and not _is_approval(action))
    unknown = mine.filter(state__outcome=State.UNKNOWN, at__lt=end).order_by("seq")
    oldest = list(unknown[: SHOWN + 1])
    cases = _approvals(person, shop, begin, end)
    return Slip(
        person=person,
        shop=shop,
        day=day,
        zone=zone,
        unknown=oldest[:SHOWN],
        unknowns=len(oldest) if len(oldest) <= SHOWN else unknown.count(),
        unknown_url=to_audit(since="", outcome=State.UNKNOWN),
        sections=_sections(done, _sums(of_day), to_audit),
        other=Figure("Everything else", other, to_audit(outcome=State.DONE)),
        refused=Figure("Refused", outcomes[State.REFUSED], to_audit(outcome=State.REFUSED)),
        under_way=Figure("Not done yet", outcomes[State.PLANNED] + outcomes[State.SENT], to_audit()),
        approvals=cases[:SHOWN],
        more_approvals=len(cases) > SHOWN,
        people=[] if person else _people(of_day, to_audit, sees_all=sees_all),
        total=sum(number for (action, _), number in counts.items() if not _is_approval(action)),
    )


def _counts(of_day: QuerySet[Act]) -> dict[tuple[str, str], int]:
    rows = of_day.select_related(None).order_by().values_list("action", "state__outcome").annotate(n=Count("pk"))
    return {(action, outcome): number for action, outcome, number in rows}


def _sums(of_day: QuerySet[Act]) -> Counter[str]:
    """What the done acts of each action sum up to. What came of an act stands before what was set out to be done."""
    key = {line.action: line.sums for line in LINES if line.sums}
    done = of_day.filter(action__in=key, state__outcome=State.DONE)
    sums: Counter[str] = Counter()
    for action, figures, came_of_it in (
        done.select_related(None).order_by().values_list("action", "figures", "state__figures")
    ):
        amount = {**figures, **came_of_it}.get(key[action], 0)
        sums[action] += amount if isinstance(amount, int) else 0
    return sums


def _sections(done: Counter[str], sums: Counter[str], to_audit: Callable[..., str]) -> list[tuple[str, list[Figure]]]:
    """The lines that something stands in, by their sections."""
    sections: dict[str, list[Figure]] = {}
    for line in LINES:
        if done[line.action]:
            url = to_audit(action=line.action, outcome=State.DONE)
            figure = Figure(line.words, done[line.action], url, _told(line, sums))
            sections.setdefault(line.section, []).append(figure)
    return list(sections.items())


def _told(line: Line, sums: Counter[str]) -> str:
    return line.told(sums[line.action]) if line.sums else ""


def _is_approval(action: str) -> bool:
    return action.startswith(OF_APPROVALS)


def _approvals(person: Staff | None, shop: Shop | None, begin: datetime, end: datetime) -> list[Approval]:
    """What was asked for or decided that day, by this person or by whoever it was; one more than is shown."""
    asked, decided = Q(requested_at__gte=begin, requested_at__lt=end), Q(decided_at__gte=begin, decided_at__lt=end)
    if person:
        asked, decided = asked & Q(requested_by=person), decided & Q(decided_by=person)
    found = Approval.objects.filter(asked | decided).select_related("requested_by", "decided_by")
    found = found.filter(shop=shop) if shop else found
    return list(found.order_by("requested_at")[: SHOWN + 1])


def _people(of_day: QuerySet[Act], to_audit: Callable[..., str], *, sees_all: bool) -> list[Figure]:
    """Who did how much, the busiest first."""
    rows = of_day.exclude(action__startswith=OF_APPROVALS).select_related(None).order_by()
    found = rows.values_list("staff", "staff__name").annotate(n=Count("pk")).order_by("-n", "staff__name")
    return [
        Figure(name or "the dashboard", number, to_audit(person=str(pk) if pk and sees_all else ""))
        for pk, name, number in found
    ]
