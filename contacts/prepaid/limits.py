"""What may be topped up alone: the limit, the pause between two, and nothing while an earlier act is open."""

from __future__ import annotations

from django.db.models import QuerySet

from contacts.prepaid.actions import MOVES, REVERSE, TOP_UP
from piggyadmin.accounts.limits.alone import Alone
from piggyadmin.accounts.models import Limit
from piggyadmin.ledger.door import Target
from piggyadmin.ledger.models import Act, State
from piggyadmin.ledger.open_acts import still_open
from piggyadmin.ledger.services import acts_of
from piggyadmin.templatetags.words import euros


def open_moves(contact_uuid: str) -> QuerySet[Act]:
    """What is under way with this customer's money, and what nobody knows the outcome of."""
    return still_open(_moves(contact_uuid))


def taken_back(contact_uuid: str) -> frozenset[str]:
    """Transactions that were taken back from here, and the ones that did it: neither can be taken back again."""
    back = _moves(contact_uuid).filter(action=REVERSE.name, state__outcome=State.DONE)
    figures = [act.all_figures for act in back]
    return frozenset(str(each[name]) for each in figures for name in ("of", "transaction_uuid") if each.get(name))


def _moves(contact_uuid: str) -> QuerySet[Act]:
    return acts_of(target=Target("contact", contact_uuid)).filter(action__in=MOVES)


def _was_taken_back(top_up: Act) -> bool:
    return top_up.all_figures.get("transaction_uuid") in taken_back(top_up.target_id)


TOP_UPS = Alone(
    TOP_UP,
    most=Limit.Kind.PREPAID_CENTS,
    pause=Limit.Kind.PREPAID_PAUSE,
    amount=euros,
    what="top up",
    before="You topped up this customer a moment ago.",
    was_taken_back=_was_taken_back,
)
