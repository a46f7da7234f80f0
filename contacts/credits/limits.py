"""What may be awarded alone: the limit, the pause between two awards, and nothing while an earlier one is open."""

from __future__ import annotations

from django.db.models import QuerySet

from contacts.credits.actions import AWARD, REVERSE
from piggyadmin.accounts.limits.alone import Alone
from piggyadmin.accounts.models import Limit
from piggyadmin.ledger.door import Target
from piggyadmin.ledger.models import Act, State
from piggyadmin.ledger.open_acts import still_open
from piggyadmin.ledger.outcomes import outcome_of
from piggyadmin.ledger.services import acts_of
from piggyadmin.templatetags.words import thousands


def open_awards(contact_uuid: str) -> QuerySet[Act]:
    """Awards to this customer that are under way, or of which nobody knows whether they were made."""
    return still_open(AWARDS.acts(contact_uuid))


def _was_taken_back(award: Act) -> bool:
    if award.outcome != State.DONE:
        return False
    given = outcome_of(award).figures.get("reception_uuid")
    back = acts_of(target=Target("award", str(given))) if given else acts_of()
    return back.filter(action=REVERSE.name, state__outcome=State.DONE).exists()


AWARDS = Alone(
    AWARD,
    most=Limit.Kind.AWARD_CREDITS,
    pause=Limit.Kind.AWARD_PAUSE,
    amount=lambda limit: f"{thousands(limit)} credits",
    what="award",
    before="You gave this customer credits a moment ago.",
    was_taken_back=_was_taken_back,
)
