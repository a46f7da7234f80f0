"""What people have to decide about contacts: duplicates, merges, deletions."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone

from contacts.models import Deletion, DuplicatePair, DuplicateScan, HeldAct, Merge
from piggyadmin.desk.status.checks import Check, How
from piggyadmin.desk.status.of_contacts import WORKER, iso
from piggyadmin.templatetags.words import moment_words, thousands

State = HeldAct.State
LATELY = timedelta(days=7)  # an incident that ended is told of for so long
LATE = timedelta(minutes=15)


def duplicate_checks() -> list[Check]:
    return [_search(), _pairs()]


def _search() -> Check:
    running = DuplicateScan.objects.filter(ended_at=None).first()
    last = DuplicateScan.objects.filter(stage=DuplicateScan.Stage.ENDED).first()
    figures = {"last": iso(last.started_at) if last else None, "running": running is not None}
    if running is not None:
        says = f"begun {moment_words(running.started_at)}, {thousands(running.done)} of {thousands(running.contacts)}"
        how = How.LOOK if running.problem else How.UNDER_WAY
        return Check("search", "Looked through", says, how, running.problem, figures=figures)
    if last is None:
        return Check(
            "search", "Looked through", "never", How.FACT, "It begins when all contacts are here.", figures=figures
        )
    return Check("search", "Looked through", moment_words(last.started_at), How.FINE, figures=figures)


def _pairs() -> Check:
    number = DuplicatePair.objects.filter(verdict=DuplicatePair.Verdict.OPEN).count()
    flagged = DuplicatePair.objects.filter(verdict=DuplicatePair.Verdict.OPEN, is_flagged=True).count()
    says = f"{thousands(number)}, of which somebody flagged {thousands(flagged)}" if number else "none"
    figures = {"open": number, "flagged": flagged}
    return Check("pairs", "Pairs to decide", says, How.FACT, url=reverse("contacts:duplicates"), figures=figures)


def held_checks() -> list[Check]:
    return [
        _held("merges", "Merges", Merge, reverse("contacts:merges")),
        _held("deletions", "Deletions", Deletion, reverse("contacts:deletions")),
    ]


def _held(key: str, label: str, model: type[Merge] | type[Deletion], url: str) -> Check:
    """How many wait, are held, are under way; and whether one of them needs somebody."""
    now = timezone.now()
    lately = Q(state=State.INCIDENT, ended_at__gte=now - LATELY)
    rows = model.objects.filter(Q(ended_at=None) | lately).order_by().values("state").annotate(n=Count("pk"))
    by = {row["state"]: row["n"] for row in rows}
    under_way = by.get(State.SENDING, 0) + by.get(State.SCHEDULED, 0)
    figures = {
        "proposed": by.get(State.PROPOSED, 0),
        "held": by.get(State.HELD, 0),
        "under_way": under_way,
        "unknown": by.get(State.UNKNOWN, 0),
        "incidents": by.get(State.INCIDENT, 0),
    }
    parts = [f"{number} {word.replace('_', ' ')}" for word, number in figures.items() if number]
    says = ", ".join(parts) or "none open"
    if figures["incidents"]:
        return Check(key, label, says, How.LOOK, "Something is off with what was done. Open it.", url, figures)
    if figures["unknown"]:
        return Check(key, label, says, How.NOT_KNOWN, "Piggy did not answer. It is being looked up.", url, figures)
    late = model.objects.filter(state=State.HELD, hold_until__lt=now - LATE)
    if late.exists():
        return Check(key, label, says, How.LOOK, f"One should have been sent by now. {WORKER}", url, figures)
    if under_way or figures["held"]:
        return Check(key, label, says, How.UNDER_WAY, url=url, figures=figures)
    return Check(key, label, says, How.FACT if parts else How.FINE, url=url, figures=figures)
