"""Acts that are under way or unknown, in the order in which they were sent: of two at once the first goes on.

What must hold when two tabs or two tills race is judged inside an act's own call, against the acts sent before it: the
ledger has put them in one order.
"""

from django.db.models import QuerySet

from piggyadmin.ledger.models import Act, State

OPEN = (State.SENT, State.UNKNOWN)


def still_open(acts: QuerySet[Act]) -> QuerySet[Act]:
    """Those of `acts` that are under way, or whose outcome nobody knows."""
    return acts.filter(state__outcome__in=OPEN)


def was_before(other: Act, act: Act) -> bool:
    """Whether `other` was sent before `act`. One that Piggy had us wait with counts from when it was sent again."""
    return _sent_seq(other) < _sent_seq(act)


def sent_before(act: Act, others: QuerySet[Act]) -> list[Act]:
    """Those of `others` that were sent before `act` was: of two that race, exactly one sees the other."""
    mine = _sent_seq(act)
    return [other for other in others.exclude(pk=act.pk) if _sent_seq(other) < mine]


def _sent_seq(act: Act) -> int:
    """Where in the chain it was sent: later than its own link when it was sent again after a wait."""
    again = act.events.filter(outcome=State.SENT).order_by("-seq").values_list("seq", flat=True).first()
    return again or act.seq
