"""What pages say of an act just done: a notice on the next page, and the act that `?act=` names."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse

from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.door import OtherValues, form_token, give_up
from piggyadmin.ledger.models import Act
from piggyadmin.ledger.outcomes import Outcome, outcome_of

if TYPE_CHECKING:
    from piggyadmin.accounts.request import StaffRequest

View = Callable[..., HttpResponse]


def say(request: StaffRequest, outcome: Outcome) -> None:
    """What came of an act, for the page that is shown next."""
    messages.add_message(request, messages.INFO, outcome.words, extra_tags=look_of(outcome))


def look_of(outcome: Outcome) -> str:
    """ "done", "refused" or "unknown": the class and the icon of a notice about it."""
    return "done" if outcome.done else "unknown" if outcome.unknown or outcome.under_way else "refused"


def renewing(view: View) -> View:
    """Let a form be changed while its act waits because Piggy was busy: the old act is given up, the new one sent.

    Without this decorator such a form is refused (`door.OtherValues`), and what was typed is lost.
    """

    @wraps(view)
    def shown(request: StaffRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except OtherValues:
            actor = Actor(request.user, request.user.role, request.shop)
            if not give_up(request.POST.get("form_token", ""), by=actor):
                raise  # it was another act of this form, one that follows the first
            data = request.POST.copy()
            data["form_token"] = form_token()
            request.POST = data  # type: ignore[assignment]
            return view(request, *args, **kwargs)

    return shown


def own_act(request: StaffRequest) -> Outcome | None:
    """The act that `?act=` (or a hidden field of that name) names, if it is this person's own."""
    try:
        act_id = uuid.UUID(request.GET.get("act") or request.POST.get("act", ""))
    except ValueError:
        return None
    act = Act.objects.filter(staff=request.user, pk=act_id).first()
    return outcome_of(act) if act else None
