"""How the copy of contacts is: how much of it is there, how old, and what tells us of changes."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Min, Sum
from django.urls import reverse
from django.utils import timezone

from contacts.copy import hints
from contacts.copy.freshness import Freshness, freshness
from contacts.copy.sweeps import RECENT_EVERY
from contacts.models import Hint, Sweep
from piggyadmin.catalogue.webhooks.asking import Told
from piggyadmin.desk.status.checks import Check, How
from piggyadmin.moments import day_bounds
from piggyadmin.templatetags.words import moment_words, thousands

LATE = 3  # so many times its distance a sweep may be late
WAITS_TOO_LONG = timedelta(minutes=10)
LATELY = timedelta(days=1)
WORKER = "Look whether the worker runs."


def copy_checks() -> list[Check]:
    fresh = freshness()
    return [_copy(fresh), _full(fresh), _recent(fresh), _repaired(fresh), _cards(fresh)]


def _copy(fresh: Freshness) -> Check:
    """How many contacts are here, of how many."""
    of = f" of {thousands(fresh.total)}" if fresh.total is not None else ""
    figures = {"contacts": fresh.contacts, "total": fresh.total, "as_of": iso(fresh.as_of)}
    at = f", as of {moment_words(fresh.as_of)}" if fresh.as_of else ""
    says = f"{thousands(fresh.contacts)}{of} contacts{at}"
    if fresh.is_complete:
        return Check("copy", "Contacts here", says, How.FINE, figures=figures)
    if fresh.running is not None:  # what hinders it is told below
        todo = "Search finds only those that are here already."
        return Check("copy", "Contacts here", says, How.UNDER_WAY, todo, figures=figures)
    todo = "Search does not know everybody yet. Read all contacts."
    return Check("copy", "Contacts here", says, How.LOOK, todo, figures=figures)


def _full(fresh: Freshness) -> Check:
    """When all contacts were last read, and what hinders it."""
    figures = {"full_as_of": iso(fresh.full_as_of), "running": fresh.running is not None}
    if fresh.running is not None:
        of = f" of {thousands(fresh.running.total)}" if fresh.running.total is not None else ""
        says = f"begun {moment_words(fresh.running.started_at)}, {thousands(fresh.running.seen)}{of} read"
        if fresh.running.problem:
            return Check("all", "All read", says, How.LOOK, fresh.running.problem, figures=figures)
        return Check("all", "All read", says, How.UNDER_WAY, figures=figures)
    if fresh.full_as_of is None:
        return Check("all", "All read", "never", How.LOOK, WORKER, figures=figures)
    says = moment_words(fresh.full_as_of)
    every = timedelta(hours=settings.SYNC_EVERY_HOURS)
    if every and timezone.now() - fresh.full_as_of > every + max(every / 2, timedelta(hours=2)):
        hours = f"{settings.SYNC_EVERY_HOURS:g} hours"
        return Check("all", "All read", says, How.LOOK, f"It should be every {hours}. {WORKER}", figures=figures)
    if fresh.problem:
        return Check("all", "All read", says, How.LOOK, fresh.problem, figures=figures)
    return Check("all", "All read", says, How.FINE, figures=figures)


def _recent(fresh: Freshness) -> Check:
    """When the newest contacts were last asked for."""
    last = max((each.started_at for each in (fresh.last_recent, fresh.last_full) if each), default=None)
    figures = {"recent_as_of": iso(last)}
    if last is None:
        return Check("newest", "Newest read", "not yet", How.FACT, figures=figures)
    says = moment_words(last)
    if fresh.running is None and timezone.now() - last > RECENT_EVERY * LATE:
        minutes = RECENT_EVERY.seconds // 60
        todo = f"It should be every {minutes} minutes. {WORKER}"
        return Check("newest", "Newest read", says, How.LOOK, todo, figures=figures)
    return Check("newest", "Newest read", says, How.FINE, figures=figures)


def _repaired(fresh: Freshness) -> Check:
    """What the sweeps found that nobody had told us."""
    lately = Sweep.objects.filter(started_at__gte=timezone.now() - LATELY).order_by()
    today = lately.aggregate(repaired=Sum("repaired"))["repaired"] or 0
    figures = {"repaired_24h": today, "repaired_7d": fresh.repaired, "gone_7d": fresh.gone}
    says = f"{thousands(today)} in the last 24 hours, {thousands(fresh.repaired)} in seven days"
    if fresh.gone:
        says += f"; {thousands(fresh.gone)} were gone"
    return Check("repaired", "Repaired by sweeps", says, How.FACT, figures=figures)


def _cards(fresh: Freshness) -> Check:
    figures = {"cards_to_come": fresh.cards_to_come}
    if not fresh.cards_to_come:
        return Check("cards", "Cards", "all cards are known", How.FINE, figures=figures)
    number = thousands(fresh.cards_to_come)
    says = f"of {number} contact{'' if fresh.cards_to_come == 1 else 's'} only the default card is known"
    return Check("cards", "Cards", says, How.UNDER_WAY, "They are read little by little.", figures=figures)


def webhook_checks(told: Told | None) -> list[Check]:
    """`told` is what Piggy says it tells us of; None when it could not be asked."""
    return [_subscribed(told), _received(told), _waiting(), _given_up()]


def _subscribed(told: Told | None) -> Check:
    page = reverse("catalogue:webhooks")
    if not settings.PIGGY_WEBHOOK_SECRET:
        todo = "Set PIGGY_WEBHOOK_SECRET. Until then changes are found by the sweeps only."
        return Check("subscribed", "Subscribed", "there is no secret", How.LOOK, todo, page)
    if told is None:
        return Check("subscribed", "Subscribed", "Piggy could not be asked", How.NOT_KNOWN, url=page)
    figures = {"active": told.active, "paused": told.paused, "wanted": told.wanted}
    says = f"to {told.active or 'none'} of {told.wanted} events"
    if told.active == told.wanted:
        return Check("subscribed", "Subscribed", says, How.FINE, url=page, figures=figures)
    todo = "Until then changes are found by the sweeps only."
    words = f"Resume those that are paused. {todo}" if told.paused else f"Subscribe the dashboard. {todo}"
    return Check("subscribed", "Subscribed", says, How.LOOK, words, page, figures)


def _received(told: Told | None) -> Check:
    zone = timezone.get_current_timezone()
    begin, _ = day_bounds(timezone.localdate(), zone)
    today = hints.since(begin)
    number, changed = today.count(), today.filter(changed=True).count()
    last = next((each.received_at for each in hints.latest(1)), None)
    figures = {"today": number, "changed_today": changed, "last": iso(last)}
    if last is None:
        says = "none in the last 30 days"
    else:
        says = f"{thousands(number)} today, {thousands(changed)} told something new; the last {moment_words(last)}"
    if told is None or told.active == 0:
        return Check("received", "Received", says, How.FACT, figures=figures)
    missed = Sweep.objects.filter(started_at__gte=timezone.now() - LATELY, repaired__gt=0)
    silent = last is None or last < timezone.now() - LATELY
    if silent and missed.exists():
        todo = "Contacts changed and nothing was told. Look at the address and the secret; the log names refusals."
        return Check("received", "Received", says, How.LOOK, todo, reverse("catalogue:webhooks"), figures)
    return Check("received", "Received", says, How.FINE, figures=figures)


def _waiting() -> Check:
    waiting = Hint.objects.filter(state=Hint.State.WAITING)
    number, oldest = waiting.count(), waiting.order_by().aggregate(oldest=Min("received_at"))["oldest"]
    figures = {"waiting": number, "oldest": iso(oldest)}
    if oldest is None:
        return Check("waiting", "Waiting", "none", How.FINE, figures=figures)
    says = f"{thousands(number)} event{'' if number == 1 else 's'}, the oldest since {moment_words(oldest)}"
    if timezone.now() - oldest > WAITS_TOO_LONG:
        todo = f"Piggy does not answer, or nobody is at it. {WORKER}"
        return Check("waiting", "Waiting", says, How.LOOK, todo, figures=figures)
    return Check("waiting", "Waiting", says, How.UNDER_WAY, figures=figures)


def _given_up() -> Check:
    """Ignored: of a contact that is gone, which is fine, or given up because Piggy never answered."""
    ignored = Hint.objects.filter(state=Hint.State.IGNORED, received_at__gte=timezone.now() - timedelta(days=7))
    given_up, number = ignored.filter(tries__gte=hints.TRIES).count(), ignored.count()
    figures = {"ignored_7d": number, "given_up_7d": given_up}
    says = (
        f"{thousands(number)} in seven days, {thousands(given_up)} of them given up" if number else "none in seven days"
    )
    if given_up:
        return Check(
            "ignored", "Ignored", says, How.LOOK, "Read all contacts: that finds what they told of.", figures=figures
        )
    return Check("ignored", "Ignored", says, How.FACT, figures=figures)


def iso(at: datetime | None) -> str | None:
    return at.isoformat(timespec="seconds") if at else None
