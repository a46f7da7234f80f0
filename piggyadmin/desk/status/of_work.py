"""Whether the machinery runs: Piggy, the worker and its queue, the ledger."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Count, Max, Min
from django.urls import reverse
from django.utils import timezone
from django_q.models import Failure, OrmQ, Schedule, Task
from django_q.status import Stat

from piggyadmin.catalogue.webhooks.asking import Asked
from piggyadmin.desk.status.checks import Check, How
from piggyadmin.desk.status.of_contacts import WORKER, iso
from piggyadmin.ledger.models import ActState, State
from piggyadmin.ledger.verifying import last_check
from piggyadmin.templatetags.words import moment_words, thousands

QUEUE_LATE = timedelta(minutes=5)
SCHEDULE_LATE = timedelta(minutes=5)
CHECK_LATE = timedelta(hours=3)  # it is verified once an hour
LATELY = timedelta(days=1)
SILENT_FOR = timedelta(minutes=2)  # something recurs every minute, so a worker that lives ends a task in that time


def piggy_checks(asked: Asked) -> list[Check]:
    """What one call to Piggy, made for this page, came to."""
    figures = {"answered": asked.answered, "milliseconds": asked.milliseconds}
    if asked.answered:
        return [Check("piggy", "Answers", f"answered in {asked.milliseconds} ms", How.FINE, figures=figures)]
    todo = "Search and what was read before work on. Writes wait until Piggy answers."
    return [Check("piggy", "Answers", asked.problem, How.LOOK, todo, figures=figures)]


def job_checks() -> list[Check]:
    return [_worker(), _queue(), _failures(), _schedules()]


def _worker() -> Check:
    """The worker writes a sign of life every half second, which is forgotten after three: a busy database is late."""
    running = Stat.get_all()
    workers = sum(len(each.workers) for each in running)
    last = Task.objects.aggregate(last=Max("stopped"))["last"]
    figures = {"clusters": len(running), "workers": workers, "last_task": iso(last)}
    if not running and last is not None and timezone.now() - last < SILENT_FOR:
        says = f"no sign of life this moment; the last task ended {moment_words(last, seconds=True)}"
        return Check("worker", "Worker", says, How.FACT, figures=figures)
    if not running:
        todo = "Nothing is done in the background. Start it: manage.py qcluster."
        return Check("worker", "Worker", "no sign of life", How.LOOK, todo, figures=figures)
    since = min(each.tob for each in running)
    says = f"{workers} at work, since {moment_words(since)}"
    return Check("worker", "Worker", says, How.FINE, figures=figures)


def _queue() -> Check:
    now = timezone.now()
    # A task that a worker holds is locked until a moment to come.
    waiting = OrmQ.objects.filter(lock__lte=now)
    number, oldest = waiting.count(), waiting.aggregate(oldest=Min("lock"))["oldest"]
    figures = {"waiting": number, "oldest": iso(oldest)}
    if oldest is None:
        return Check("queue", "Queue", "empty", How.FINE, figures=figures)
    says = f"{thousands(number)} task{'' if number == 1 else 's'}, the oldest since {moment_words(oldest)}"
    if now - oldest > QUEUE_LATE:
        return Check("queue", "Queue", says, How.LOOK, WORKER, figures=figures)
    return Check("queue", "Queue", says, How.UNDER_WAY, figures=figures)


def _failures() -> Check:
    """By the name of the function alone: what went wrong may hold words about people, and stands in the log."""
    lately = Failure.objects.filter(stopped__gte=timezone.now() - LATELY)
    by = list(lately.order_by().values("func").annotate(n=Count("id")).order_by("-n", "func"))
    number = sum(row["n"] for row in by)
    figures = {"failed_24h": number}
    if not number:
        return Check("failures", "Failed tasks", "none in the last 24 hours", How.FINE, figures=figures)
    names = ", ".join(f"{row['func']} {row['n']}" for row in by[:3])
    says = f"{thousands(number)} in the last 24 hours: {names}"
    return Check("failures", "Failed tasks", says, How.LOOK, "The log says why.", figures=figures)


def _schedules() -> Check:
    due = Schedule.objects.exclude(repeats=0).filter(next_run__lt=timezone.now() - SCHEDULE_LATE)
    names = list(due.order_by("next_run").values_list("name", flat=True))
    figures = {"late": len(names)}
    if not Schedule.objects.exists():
        todo = "Run manage.py migrate: it puts them there."
        return Check("schedules", "Recurring tasks", "there are none", How.LOOK, todo, figures=figures)
    if names:
        says = f"{len(names)} late: {', '.join(name or 'without a name' for name in names[:3])}"
        return Check("schedules", "Recurring tasks", says, How.LOOK, WORKER, figures=figures)
    return Check("schedules", "Recurring tasks", "on time", How.FINE, figures=figures)


def ledger_checks() -> list[Check]:
    return [_chain(), _unknown()]


def _chain() -> Check:
    check = last_check()
    audit = reverse("ledger:audit")
    if check is None:
        return Check("chain", "Records", "not verified yet", How.NOT_KNOWN, f"It is once an hour. {WORKER}", audit)
    figures = {"at": iso(check.at), "rows": check.seq, "whole": not check.problem}
    if check.problem:
        todo = "Somebody changed the records. Keep the database as it is and tell whoever is responsible."
        return Check("chain", "Records", check.problem, How.LOOK, todo, audit, figures)
    says = f"whole, {thousands(check.seq)} rows, verified {moment_words(check.at)}"
    if timezone.now() - check.at > CHECK_LATE:
        return Check("chain", "Records", says, How.LOOK, f"It should be every hour. {WORKER}", audit, figures)
    return Check("chain", "Records", says, How.FINE, url=audit, figures=figures)


def _unknown() -> Check:
    number = ActState.objects.filter(outcome=State.UNKNOWN).count()
    figures = {"unknown": number}
    if not number:
        return Check("unknown", "Lost answers", "none", How.FINE, figures=figures)
    says = f"{thousands(number)} act{'' if number == 1 else 's'} that nobody knows the outcome of"
    url = f"{reverse('ledger:audit')}?outcome={State.UNKNOWN}"
    return Check("unknown", "Lost answers", says, How.NOT_KNOWN, "Open each and look at Piggy.", url, figures)
