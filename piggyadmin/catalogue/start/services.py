"""Every part of the account counted at once, each with its own answer or its own failure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from django.conf import settings
from django.urls import reverse

from piggyadmin import piggy
from piggyadmin.catalogue.start.parts import GROUPS, Part
from piggyadmin.piggy.errors import PiggyError
from piggyadmin.piggy.payloads import LoyaltyProgram

PROGRAMME = "the programme itself"


@dataclass(frozen=True, slots=True)
class Counted:
    """A part with its count. `count` None without an `error`: Piggy does not count it."""

    part: Part
    count: int | None
    words: str
    error: PiggyError | None
    read_at: datetime


@dataclass(frozen=True, slots=True)
class Start:
    programme: LoyaltyProgram | None
    error: PiggyError | None
    read_at: datetime
    groups: list[tuple[str, list[Counted]]]


def count(*, may: frozenset[str]) -> Start:
    """What a person with these permissions may open, counted. One that fails leaves the others as they are."""
    shown = [
        (group.words, [replace(part, url=reverse(part.url_name)) for part in group.parts if part.permission in may])
        for group in GROUPS
    ]
    questions = {part.words: part.question for _, parts in shown for part in parts}
    answers = piggy.gather(
        {PROGRAMME: lambda client: client.get_loyalty_program(), **questions}, seconds=settings.PIGGY_TIMEOUT
    )
    programme = answers[PROGRAMME]
    return Start(
        programme=programme.value,
        error=programme.error,
        read_at=programme.read_at,
        groups=[(words, [_counted(part, answers[part.words]) for part in parts]) for words, parts in shown if parts],
    )


def _counted(part: Part, answer: piggy.Answer[object]) -> Counted:
    number, words = (None, "") if answer.error else part.counted(answer.value)
    return Counted(part, number, words, answer.error, answer.read_at)
