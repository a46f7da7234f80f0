"""What to practise. These pages exist in practice only: anywhere else they are not found."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from piggyadmin.accounts.decorators import called
from piggyadmin.accounts.models import Staff
from piggyadmin.accounts.request import StaffRequest
from piggyadmin.desk.practice import services
from piggyadmin.htmx import go_to, render_page

may_practise = permission_required("desk.use_box", raise_exception=True)


@require_safe
@may_practise
def practice(request: StaffRequest) -> HttpResponse:
    if not services.is_practice():
        raise Http404
    # Whoever learns sees what they did themselves; whoever may not do the tasks watches the others.
    learner = _learner(request)
    shown = services.practice(learner)
    return render_page(request, "desk/practice.html", {"practice": shown, "may_do": learner is not None})


@called("Begin with three new customers")
@require_POST
@may_practise
def begin(request: StaffRequest) -> HttpResponse:
    """Three new customers, for whoever presses it, or for whoever comes if those tasks are not theirs.

    What was done with the ones before stays in the audit.
    """
    if not services.is_practice():
        raise Http404
    try:
        services.begin(_learner(request))
    except services.NoStandIn:
        messages.error(
            request, "The stand-in Piggy did not answer. Nothing is new. Try again in a moment.", extra_tags="refused"
        )
    else:
        messages.success(request, "Three new customers are here.", extra_tags="done")
    return go_to(request, reverse("desk:practice"))


def _learner(request: StaffRequest) -> Staff | None:
    """Whoever looks, if they may do what is practised."""
    return request.user if request.user.has_perms(services.DESK_WORK) else None
