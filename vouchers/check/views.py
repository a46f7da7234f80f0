"""Check, lock, redeem, release, take back. Each act answers with the voucher as Piggy shows it afterwards.

With htmx an act answers with the fresh verdict; without, it leads to the voucher's page, which says the same. The act
just done travels there as `?act=`, an id that tells nothing to anybody else.
"""

from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from piggyadmin.accounts.actor import actor_of
from piggyadmin.accounts.decorators import called, shop_required
from piggyadmin.accounts.request import StaffRequest
from piggyadmin.htmx import go_to, render_page, wants_partial
from piggyadmin.ledger.door import form_token
from piggyadmin.ledger.outcomes import Outcome
from piggyadmin.ledger.pages import own_act, say
from piggyadmin.piggy.errors import PiggyError, PiggyNotFound
from vouchers.check import actions, in_hand, services
from vouchers.check.forms import ActForm, CodeForm, HolderForm, RedeemForm, ReverseForm

TEMPLATE = "vouchers/check.html"
LOST_RACE = 409


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("vouchers.check_voucher", raise_exception=True)
def check(request: StaffRequest) -> HttpResponse:
    """A code in, a verdict out. Looking never writes. The code travels by POST, never in a URL."""
    form = CodeForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _page(request, {"form": form}, status=422 if form.is_bound else 200)
    sight = services.check_code(code=form.cleaned_data["code"], actor=actor_of(request))
    if sight is None:
        return _page(request, {"form": form, "no_such_code": True}, status=404)
    in_hand.remember(request.session, sight.voucher.uuid)
    return _page(request, {"form": CodeForm(), "sight": sight})


@require_safe
@permission_required("vouchers.check_voucher", raise_exception=True)
def voucher(request: StaffRequest, voucher_uuid: str) -> HttpResponse:
    """A voucher we have seen, read again. Its code is whole for whoever had it in hand for what they just did."""
    done = _own_act(request, voucher_uuid)
    masked = {} if done else {"hides_code": True}
    return _show(request, voucher_uuid, holder=request.GET.get("holder", ""), done=done, **masked)


@require_POST
@permission_required("vouchers.see_codes", raise_exception=True)
def reveal(request: StaffRequest, voucher_uuid: str) -> HttpResponse:
    """The page with the whole code on it; who saw it stands in the ledger."""
    try:
        services.reveal(voucher_uuid=voucher_uuid, actor=actor_of(request))
    except services.NotKnown:
        return _unseen(request, voucher_uuid)
    return _show(request, voucher_uuid, hides_code=False)


@called("Lock a voucher")
@require_POST
@permission_required("vouchers.redeem_voucher", raise_exception=True)
def lock(request: StaffRequest, voucher_uuid: str) -> HttpResponse:
    """Lock it for this person, so that no other till can use it meanwhile."""
    return _act(request, voucher_uuid, services.lock)


@called("Redeem a voucher")
@require_POST
@permission_required("vouchers.redeem_voucher", raise_exception=True)
def redeem(request: StaffRequest, voucher_uuid: str) -> HttpResponse:
    """Redeem what this person has locked."""
    form = RedeemForm(request.POST)
    if not form.is_valid():
        return _not_so_often(request, voucher_uuid, form)
    try:
        return _act(request, voucher_uuid, partial(services.redeem, times=form.cleaned_data["times"]), redeem_form=form)
    except services.TooOften as too_often:
        form.add_error("times", str(too_often))
        return _not_so_often(request, voucher_uuid, form)


@called("Release a voucher")
@require_POST
@permission_required("vouchers.redeem_voucher", raise_exception=True)
def release(request: StaffRequest, voucher_uuid: str) -> HttpResponse:
    """Give the lock back."""
    return _act(request, voucher_uuid, services.release)


@require_POST
@permission_required("vouchers.redeem_voucher", raise_exception=True)
def holder(request: StaffRequest, voucher_uuid: str) -> HttpResponse:
    """Say whose a voucher is that nobody holds: nothing is written, the choice stays on the page."""
    form = HolderForm(request.POST)
    found = None
    if form.is_valid():
        try:
            found = services.find_holder(text=form.cleaned_data["holder"])
        except services.NoHolder as nobody:
            form.add_error("holder", str(nobody))
    if found is None:
        return _show(request, voucher_uuid, holder_form=form, status=422)
    return _show(request, voucher_uuid, chosen=found)


@require_POST
@permission_required("vouchers.check_voucher", raise_exception=True)
def look(request: StaffRequest, voucher_uuid: str) -> HttpResponse:
    """Read the voucher back, and settle what is unclear about it if the reading proves something."""
    polling = request.headers.get("X-Polling") == "1"
    looked = services.look(voucher_uuid=voucher_uuid, only_due=polling)
    if polling and not looked:
        return HttpResponse(status=204)  # no look is due: the page stays as it is, and Piggy is not asked
    done = _own_act(request, voucher_uuid)
    if not wants_partial(request):
        return go_to(request, _url(voucher_uuid, str(done.act_id) if done else ""))
    return _show(request, voucher_uuid, done=done)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("vouchers.reverse_redemption", raise_exception=True)
@shop_required
def reverse_redemption(request: StaffRequest, voucher_uuid: str, redemption_uuid: str) -> HttpResponse:
    """Take back a redemption: a question on a page of its own, with a reason."""
    redemption = services.redemption(voucher_uuid=voucher_uuid, redemption_uuid=redemption_uuid)
    if redemption is None:
        return _unseen(request, voucher_uuid)
    if redemption.reversed_at is not None and request.method != "POST":
        return go_to(request, _url(voucher_uuid))
    form = ReverseForm(request.POST or None)
    if form.is_valid():
        outcome = services.reverse(
            voucher_uuid=voucher_uuid,
            redemption_uuid=redemption_uuid,
            actor=actor_of(request),
            reason=form.cleaned_data["reason"],
            token=form.cleaned_data["form_token"],
        )
        say(request, outcome)
        return go_to(request, _url(voucher_uuid, str(outcome.act_id)))
    context = {"redemption": redemption, "form": form}
    return render_page(request, "vouchers/reverse.html", context, status=422 if form.is_bound else 200)


def _own_act(request: StaffRequest, voucher_uuid: str) -> Outcome | None:
    """The act on this voucher that `?act=` names, if it is this person's own."""
    done = own_act(request)
    is_on = done and (done.figures.get("voucher_uuid") == voucher_uuid or services.is_on(done.act_id, voucher_uuid))
    return done if is_on else None


def _not_so_often(request: StaffRequest, voucher_uuid: str, form: RedeemForm) -> HttpResponse:
    """The page again, with what was typed and why it cannot be; nothing was sent."""
    contact_uuid = form.cleaned_data.get("contact", "")
    chosen = services.read_holder(contact_uuid=contact_uuid) if contact_uuid else None
    incomplete = "times" not in form.errors
    return _show(request, voucher_uuid, status=422, redeem_form=form, chosen=chosen, incomplete=incomplete)


def _act(request: StaffRequest, voucher_uuid: str, service: Callable[..., Outcome], **typed: Any) -> HttpResponse:
    """Do one act on a voucher, once for each form, and show the voucher as it is afterwards.

    `typed` is the form to show again with what was typed, unless it is done.
    """
    form = ActForm(request.POST)
    if not form.is_valid():
        return _show(request, voucher_uuid, status=422, incomplete=True)
    contact_uuid, token = form.cleaned_data["contact"], form.cleaned_data["form_token"]
    try:
        outcome = service(voucher_uuid=voucher_uuid, actor=actor_of(request), token=token, contact_uuid=contact_uuid)
    except services.NotKnown:
        return _unseen(request, voucher_uuid)
    if not wants_partial(request):
        say(request, outcome)
        return go_to(request, _url(voucher_uuid, str(outcome.act_id)))
    chosen = services.read_holder(contact_uuid=contact_uuid) if contact_uuid and not outcome.done else None
    # Known not done, and this very act may be sent again when its time has come: its form keeps its token.
    action = actions.REDEEM if outcome.action in actions.REDEEMS else outcome.action  # one form serves both
    kept = {action.name: services.token_of(outcome)} if outcome.outcome == "planned" else {}
    status = LOST_RACE if outcome.refused else 200
    typed = {} if outcome.done else typed
    return _show(request, voucher_uuid, done=outcome, chosen=chosen, kept_tokens=kept, status=status, **typed)


def _show(
    request: StaffRequest,
    voucher_uuid: str,
    *,
    holder: str = "",
    done: Outcome | None = None,
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    """The voucher as Piggy shows it now. After an act, what is known of the act is shown even if that fails."""
    masked = {"hides_code": not in_hand.is_in_hand(request.session, voucher_uuid)}
    context = masked | context | {"form": CodeForm(), "done": done, "voucher_uuid": voucher_uuid}
    try:
        sight = services.read(voucher_uuid=voucher_uuid, actor=actor_of(request), holder=holder, act=done)
    except services.NotKnown:
        return _unseen(request, voucher_uuid)
    except PiggyError as error:
        if done is None and isinstance(error, PiggyNotFound):
            return _unseen(request, voucher_uuid)
        if done is None:
            raise
        return _page(request, context | {"unread": error}, status=503)
    return _page(request, context | {"sight": sight}, status=status)


def _page(request: StaffRequest, context: dict[str, Any], status: int = 200) -> HttpResponse:
    context = {"holder_form": None, "chosen": None, "done": None, "kept_tokens": {}, "hides_code": False} | context
    sight, chosen = context.get("sight"), context["chosen"]
    held_by = sight.voucher.contact if sight else None
    rights = {
        "for_contact": held_by.uuid if held_by else chosen.uuid if chosen else "",
        "may_redeem": request.user.has_perm("vouchers.redeem_voucher"),
        "may_reverse": request.user.has_perm("vouchers.reverse_redemption"),
        "may_see_codes": request.user.has_perm("vouchers.see_codes"),
        "may_change": request.user.has_perm("vouchers.change_voucher"),
        "may_see_contact": request.user.has_perm("contacts.view_contact"),
        "tokens": {
            action.name.partition(".")[2]: context["kept_tokens"].get(action.name) or form_token()
            for action in (actions.LOCK, actions.REDEEM, actions.RELEASE)
        },
    }
    return render_page(request, TEMPLATE, rights | context, partial="verdict", status=status)


def _unseen(request: StaffRequest, voucher_uuid: str) -> HttpResponse:
    context = {"form": CodeForm(), "voucher_uuid": voucher_uuid}
    return render_page(request, "vouchers/unseen.html", context, partial="unseen", status=404)


def _url(voucher_uuid: str, act_id: str = "") -> str:
    url = reverse("vouchers:voucher", args=[voucher_uuid])
    return f"{url}?{urlencode({'act': act_id})}" if act_id else url
