"""The page of Piggy's webhooks: what tells whom, and this dashboard's own subscriptions."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from piggyadmin.accounts.actor import actor_of
from piggyadmin.accounts.decorators import called
from piggyadmin.accounts.request import StaffRequest
from piggyadmin.catalogue.listing import CatalogueList, wants_file
from piggyadmin.catalogue.webhooks import services
from piggyadmin.catalogue.webhooks.forms import ChangeForm, SubscribeForm, WebhookFilter
from piggyadmin.htmx import go_to, render_page
from piggyadmin.ledger.forms import focus_first_error
from piggyadmin.ledger.outcomes import Outcome
from piggyadmin.ledger.pages import say

may_manage = permission_required("catalogue.manage_webhooks", raise_exception=True)
SUBSCRIPTIONS = CatalogueList[services.Line](
    "webhooks",
    (
        ("subscription_uuid", lambda line: line.uuid),
        ("event", lambda line: line.event),
        ("name", lambda line: line.name),
        ("address", lambda line: line.address),
        ("active", lambda line: line.is_active),
        ("ours", lambda line: line.is_ours),
    ),
)


@require_safe
@may_manage
def webhooks(request: StaffRequest) -> HttpResponse:
    """Every subscription of the account, and what is missing."""
    asked = WebhookFilter(request.GET)
    if asked.is_valid() and wants_file(request):
        page = services.open_page(address=_our_address(request)).holding(
            asked.cleaned_data["q"], asked.cleaned_data["state"]
        )
        return SUBSCRIPTIONS.file([*page.lines, *page.others], read_at=page.read_at)
    fresh = SubscribeForm(initial={"address": _our_address(request)})
    return _page(request, fresh, asked=asked, status=200 if asked.is_valid() else 422)


@called("Subscribe this dashboard to Piggy’s events")
@require_POST
@may_manage
def subscribe(request: StaffRequest) -> HttpResponse:
    form = SubscribeForm(request.POST)
    if not form.is_valid():
        focus_first_error(form)
        return _page(request, form, status=422)
    if not services.has_secret():
        return _page(request, form, status=409)
    done = services.subscribe(
        address=form.cleaned_data["address"], actor=actor_of(request), token=form.cleaned_data["form_token"]
    )
    if done.made:
        words = f"Piggy will tell this dashboard of {done.made} event{'' if done.made == 1 else 's'} more."
        messages.success(request, words, extra_tags="done")
    elif done.unclear:
        words = "Nothing was sent: nobody knows yet what became of earlier tries. Look at them first."
        messages.warning(request, words, extra_tags="refused")
    elif done.stopped is None:
        words = "Nothing was missing: Piggy tells this address of everything already."
        messages.success(request, words, extra_tags="done")
    if done.stopped is not None:
        _say(request, done.stopped)
    return go_to(request, reverse("catalogue:webhooks"))


@called("Pause a webhook")
@require_POST
@may_manage
def pause(request: StaffRequest, uuid: str) -> HttpResponse:
    return _change(request, uuid, services.pause)


@called("Resume a webhook")
@require_POST
@may_manage
def resume(request: StaffRequest, uuid: str) -> HttpResponse:
    return _change(request, uuid, services.resume)


@called("Delete a webhook")
@require_POST
@may_manage
def delete(request: StaffRequest, uuid: str) -> HttpResponse:
    return _change(request, uuid, services.delete)


def _change(request: StaffRequest, uuid: str, act: Callable[..., Outcome]) -> HttpResponse:
    form = ChangeForm(request.POST)
    if form.is_valid():
        token = form.cleaned_data["form_token"]
        _say(request, act(uuid=uuid, address=_our_address(request), actor=actor_of(request), token=token))
    else:
        messages.error(request, "The form was not complete. Nothing was changed.", extra_tags="refused")
    return go_to(request, reverse("catalogue:webhooks") + WebhookFilter(request.GET).query)


def _say(request: StaffRequest, outcome: Outcome) -> None:
    """What came of an act; the page itself shows those that nobody knows the outcome of."""
    if not (outcome.unknown or outcome.under_way):
        say(request, outcome)


def _page(
    request: StaffRequest, form: SubscribeForm, *, asked: WebhookFilter | None = None, status: int
) -> HttpResponse:
    """The page; `asked` is what its list is narrowed to, nothing after a form that was refused."""
    asked = asked or WebhookFilter({})
    wanted = asked.cleaned_data if asked.is_valid() else {}
    whole = services.open_page(address=_our_address(request))
    context = {
        "whole": whole,
        "page": whole.holding(wanted.get("q", ""), wanted.get("state", "")),
        "narrowed": any(wanted.values()),
        "asked": asked,
        "form": form,
        "change": ChangeForm(auto_id=False),
        "most_tries": services.MOST_TRIES,
        "kept": asked.query,  # behind the addresses of the rows' acts, which lead back to the list as it was
        "list_url": reverse("catalogue:webhooks"),
    }
    return render_page(request, "catalogue/webhooks.html", context, partial="list", status=status)


def _our_address(request: StaffRequest) -> str:
    return services.address(proposed=request.build_absolute_uri(reverse("piggy-webhook")))
