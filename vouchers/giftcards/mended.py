"""What was set right from here about a card's transactions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import QuerySet

from piggyadmin.ledger.door import Target
from piggyadmin.ledger.models import Act, Event, State
from piggyadmin.ledger.services import acts_of
from vouchers.giftcards.actions import CORRECT, REVERSE

BACK = (REVERSE.name, CORRECT.name)


def acts(giftcard_uuid: str) -> QuerySet[Act]:
    return acts_of(target=Target("giftcard", giftcard_uuid)).filter(action__in=BACK)


def done(acts: Iterable[Act]) -> list[Mapping[str, Any]]:
    """The figures of those that were done. One query for them all."""
    events = Event.objects.filter(act__in=list(acts), outcome=State.DONE).select_related("act")
    return [{**event.act.figures, **event.figures} for event in events]


def comes_to(uuid: str, cents: int, mends: list[Mapping[str, Any]]) -> int:
    """A transaction's amount with all that was set right about it, and about that again."""
    about = [each for each in mends if each["of"] == uuid and each.get("transaction_uuid") != uuid and uuid]
    return cents + sum(comes_to(str(each.get("transaction_uuid", "")), int(each["cents"]), mends) for each in about)
