"""What pages say of an act just done: a notice on the next page, and the act that `?act=` names."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.contrib import messages

from piggyadmin.ledger.models import Act
from piggyadmin.ledger.outcomes import Outcome, outcome_of

if TYPE_CHECKING:
    from piggyadmin.accounts.request import StaffRequest


def say(request: StaffRequest, outcome: Outcome) -> None:
    """What came of an act, for the page that is shown next."""
    messages.add_message(request, messages.INFO, outcome.words, extra_tags=look_of(outcome))


def look_of(outcome: Outcome) -> str:
    """ "done", "refused" or "unknown": the class and the icon of a notice about it."""
    return "done" if outcome.done else "unknown" if outcome.unknown or outcome.under_way else "refused"


def own_act(request: StaffRequest) -> Outcome | None:
    """The act that `?act=` (or a hidden field of that name) names, if it is this person's own."""
    try:
        act_id = uuid.UUID(request.GET.get("act") or request.POST.get("act", ""))
    except ValueError:
        return None
    act = Act.objects.filter(staff=request.user, pk=act_id).first()
    return outcome_of(act) if act else None
