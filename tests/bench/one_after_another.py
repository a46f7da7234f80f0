"""The dashboard with the facts of a page asked one after another: the peer that the benchmark compares with."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from piggyadmin import piggy
from piggyadmin.piggy import Answer
from piggyadmin.piggy.errors import PiggyError
from piggyadmin.wsgi import application

__all__ = ["application"]


def gather(calls: Mapping[str, Any], *, seconds: float, meanwhile: Callable[[], None]) -> dict[str, Answer[Any]]:
    meanwhile()
    answers = {}
    client = piggy.get_client(seconds=seconds)
    for name, call in calls.items():
        try:
            answers[name] = Answer(datetime.now(UTC), value=call(client))
        except PiggyError as error:
            answers[name] = Answer(datetime.now(UTC), error=error)
    return answers


piggy.gather = gather  # type: ignore[assignment]
