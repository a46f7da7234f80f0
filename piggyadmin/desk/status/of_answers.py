"""How Piggy answered lately, over all processes: how many calls, how fast, what went wrong; and the budgets now."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db.models import Sum
from django.utils import timezone

from piggyadmin import piggy
from piggyadmin.desk.models import AnswerCount, PiggyLimit
from piggyadmin.desk.status.checks import Check, How
from piggyadmin.desk.status.counting import OVER
from piggyadmin.desk.status.of_contacts import iso
from piggyadmin.piggy.budget import StoreError
from piggyadmin.piggy.words import WORDS
from piggyadmin.templatetags.words import moment_words, thousands

logger = logging.getLogger(__name__)

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TOP = 3  # of what went wrong
FAILED_SHARE = 0.1  # so much of an hour's calls without an answer needs somebody
FAILED_LEAST = 10  # but not a handful
FULL = 0.9  # of a second's worth: calls wait for each other
# Piggy did not do its part. The other errors are answers: refusals, "there is no such customer".
FAILURES = frozenset({"PiggyUnavailable", "PiggyOutcomeUnknown", "PiggyUnexpected", "PiggyNotSent", "PiggyRateLimited"})
ERROR_WORDS = {
    "PiggyUnavailable": "no answer",
    "PiggyOutcomeUnknown": "a write without an answer",
    "PiggyUnexpected": "an answer of another shape",
    "PiggyNotSent": "not sent",
    "PiggyRateLimited": "too many calls",
    "PiggyUnauthorized": "our key was refused",
    "PiggyNotFound": "not found",
    "PiggyInvalid": "not accepted",
    "PiggyRejected": "refused",
}


@dataclass(slots=True)
class Answers:
    """What came of the calls of one span. `within` counts them by the milliseconds that they stayed within."""

    calls: int = 0
    refused: int = 0
    failed: int = 0
    by_kind: Counter[str] = field(default_factory=Counter)
    within: Counter[int] = field(default_factory=Counter)
    wrong: Counter[tuple[str, int, int]] = field(default_factory=Counter)  # by error, code and status

    def percentile(self, share: float) -> int | None:
        """The milliseconds that this share of the calls stayed within: a bound of the counting, never too small.

        The true figure is at most 1.7 times smaller. `counting.OVER` is longer than any bound. None without calls.
        """
        left = share * self.calls
        for within in sorted(self.within):
            left -= self.within[within]
            if left <= 0:
                return within
        return None

    def figures(self) -> dict[str, Any]:
        return {
            "calls": self.calls,
            "people": self.by_kind["people"],
            "jobs": self.by_kind["jobs"],
            "refused": self.refused,
            "failed": self.failed,
            "p50_ms": self.percentile(0.5),
            "p95_ms": self.percentile(0.95),
        }


def answers_of(span: timedelta) -> Answers:
    """The calls of the last `span`, to the minute, without the last few seconds. One query."""
    columns = ("kind", "status", "code", "error", "within")
    found = AnswerCount.objects.filter(minute__gt=timezone.now() - span).order_by().values_list(*columns)
    answers = Answers()
    for kind, status, code, error, within, number in found.annotate(n=Sum("count")):
        answers.calls += number
        answers.by_kind[kind] += number
        answers.within[within] += number
        if error:
            answers.wrong[error, code, status] += number
            if error in FAILURES:
                answers.failed += number
            else:
                answers.refused += number
    return answers


def answer_checks() -> list[Check]:
    hour, day = answers_of(HOUR), answers_of(DAY)
    return [_span("answers", "Last hour", hour), _span("answers_24h", "Last 24 hours", day), _wrong(day), _budget()]


def _span(key: str, label: str, answers: Answers) -> Check:
    figures = answers.figures()
    if not answers.calls:
        return Check(key, label, "nothing was asked", How.FACT, figures=figures)
    parts = [f"{thousands(answers.calls)} call{'' if answers.calls == 1 else 's'}"]
    parts += [f"{thousands(answers.refused)} refused"] if answers.refused else []
    parts += [f"{thousands(answers.failed)} failed"] if answers.failed else []
    says = f"{', '.join(parts)}; half {_ms(figures['p50_ms'])}, 95 of 100 {_ms(figures['p95_ms'])}"
    if key == "answers" and answers.failed >= max(FAILED_LEAST, answers.calls * FAILED_SHARE):
        todo = "Piggy or the line to it has trouble. Writes whose answer was lost stand under “Lost answers”."
        return Check(key, label, says, How.LOOK, todo, figures=figures)
    return Check(key, label, says, How.FACT, figures=figures)


def _wrong(day: Answers) -> Check:
    """What went wrong most often, by Piggy's code. A customer who is not found is counted here as well: an answer."""
    top = day.wrong.most_common(TOP)
    named = [
        {"error": error, "code": code or None, "status": status or None, "count": number}
        for (error, code, status), number in top
    ]
    label = "Refused or failed"
    if not top:
        return Check("errors", label, "nothing in the last 24 hours", How.FACT, figures={"top": named})
    says = "; ".join(f"{thousands(number)} × {_why(error, code, status)}" for (error, code, status), number in top)
    more = len(day.wrong) - len(top)
    says += f"; and {more} other kind{'' if more == 1 else 's'}" if more else ""
    return Check("errors", label, says, How.FACT, figures={"top": named})


def _why(error: str, code: int, status: int) -> str:
    """ "code 1017, The customer does not have enough credits": words where we have some."""
    words = WORDS.get(code, "").rstrip(".").split(". ")[0] or ERROR_WORDS.get(error, error)
    said = f"code {code}" if code else f"HTTP {status}" if status else ""
    return f"{words} ({said})" if said else words


def _budget() -> Check:
    """How much of this second's calls is taken, and what Piggy itself said was left."""
    seen = PiggyLimit.objects.first()
    of_piggy = {"left": seen.left, "limit": seen.limit, "seen_at": iso(seen.at)} if seen else {}
    told = f"Piggy said {thousands(seen.left)} of {thousands(seen.limit)} left, {moment_words(seen.at)}" if seen else ""
    label = "Budget"
    try:
        use = piggy.budget_use()
    except StoreError as error:
        logger.warning("the store of the call budgets cannot be read: %s", error)
        todo = "Without it nothing is sent to Piggy. The log says why."
        return Check("budget", label, "cannot be read", How.LOOK, todo, figures=of_piggy)
    figures: dict[str, Any] = {
        kind: {"taken": round(one.taken, 1), "per_second": one.rate} for kind, one in use.items()
    }
    says = "; ".join([*_taken(use), *filter(None, [told])]) or "calls are not limited here"
    pauses = [one.paused for one in use.values() if one.paused > 0]
    if pauses:
        todo = f"Piggy asked for a pause: {max(pauses):.0f} s more. Pages wait or say so."
        return Check("budget", label, says, How.UNDER_WAY, todo, figures={**figures, **of_piggy})
    return Check("budget", label, says, How.FACT, figures={**figures, **of_piggy})


def _taken(use: Mapping[Any, piggy.Use]) -> Iterable[str]:
    for kind, one in use.items():
        if one.rate > 0:
            busy = ", so calls wait" if one.taken >= FULL * max(one.rate, 1.0) else ""
            yield f"{kind} {one.taken:.0f} of {one.rate:g} calls a second{busy}"


def _ms(milliseconds: int) -> str:
    if milliseconds >= OVER:
        return "took more than 10 s"
    return f"within {milliseconds} ms" if milliseconds < 1000 else f"within {milliseconds / 1000:g} s"
