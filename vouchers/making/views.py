"""Make one voucher, in two steps on one page: the first shows what it would be, the second makes it."""

from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from piggyadmin.accounts.actor import actor_of
from piggyadmin.accounts.decorators import called
from piggyadmin.accounts.request import StaffRequest
from piggyadmin.htmx import go_to, render_page
from piggyadmin.ledger.forms import focus_first_error
from piggyadmin.ledger.outcomes import Outcome
from piggyadmin.ledger.pages import look_of, renewing, say
from vouchers.batches import services as batches
from vouchers.batches.asking import limit_of
from vouchers.batches.services import Ground, Preview, Problem
from vouchers.check import in_hand
from vouchers.making import services
from vouchers.making.forms import ConfirmForm, VoucherForm

TEMPLATE = "vouchers/making/new.html"
LOST_RACE = 409


@called("Make a voucher")
@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("vouchers.make_batch", raise_exception=True)
@renewing
def new(request: StaffRequest) -> HttpResponse:
    """With a code of one's own, or one that Piggy chooses."""
    ground = batches.ground()
    if request.method != "POST":
        return _page(request, _form(request, ground, initial={"promotion": request.GET.get("promotion", "")[:64]}))
    form = _form(request, ground, request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    contact_uuid = ""
    if form.cleaned_data["contact"]:
        try:
            contact_uuid = batches.contact_by(form.cleaned_data["contact"]).uuid
        except batches.NoSuchContact as nobody:
            form.add_error("contact", str(nobody))
            return _page(request, form, status=422)
    confirm = ConfirmForm(request.POST)
    is_confirmed = request.POST.get("step") == "make" and confirm.is_valid()
    seen = batches.preview(order=form.order(contact_uuid), actor=actor_of(request), is_late=is_confirmed)
    if isinstance(seen, Problem):
        form.add_error(seen.field if seen.field in form.fields else "promotion", seen.words)
        return _page(request, form, status=422)
    if not is_confirmed:
        return _page(request, form, seen=seen)
    outcome = services.make(
        wish=form.wish(contact_uuid), actor=actor_of(request), token=confirm.cleaned_data["form_token"]
    )
    return _after(request, form, seen, outcome)


def _after(request: StaffRequest, form: VoucherForm, seen: Preview, outcome: Outcome) -> HttpResponse:
    """Done leads to the voucher, unknown to the act. What was not made stands here as it was typed."""
    if outcome.done:
        say(request, outcome)
        voucher_uuid = outcome.figures["voucher_uuid"]
        in_hand.remember(request.session, voucher_uuid)
        page = reverse("vouchers:voucher", args=[voucher_uuid])
        return go_to(request, f"{page}?act={outcome.act_id}")
    if outcome.unknown or outcome.under_way:  # its page says so, and looks
        return go_to(request, reverse("ledger:act", args=[outcome.act_id]))
    if outcome.code == str(services.CODE_TAKEN):
        form.add_error("code", "A voucher with this code exists already. Choose another code.")
        return _page(request, form, status=LOST_RACE)
    # Known not done, and this very act may be sent again when its time has come: its form keeps its token.
    kept = request.POST.get("form_token", "") if outcome.outcome == "planned" else ""
    return _page(request, form, seen=seen, told=outcome, kept_token=kept, status=LOST_RACE)


def _page(
    request: StaffRequest,
    form: VoucherForm,
    *,
    seen: Preview | None = None,
    told: Outcome | None = None,
    kept_token: str = "",
    status: int = 200,
) -> HttpResponse:
    focus_first_error(form)
    context: dict[str, Any] = {"form": form, "seen": seen, "told": told, "look": look_of(told) if told else ""}
    if seen is not None:
        form.fields["promotion"].widget.attrs.pop("autofocus", None)  # the next step has it
        context["hidden"] = [field.as_widget(widget=forms.HiddenInput(), attrs={"id": False}) for field in form]
        context["confirm"] = ConfirmForm(initial={"form_token": kept_token} if kept_token else None, auto_id=False)
    return render_page(request, TEMPLATE, context, partial="make", status=status)


def _form(request: StaffRequest, ground: Ground, data: Any = None, **more: Any) -> VoucherForm:
    zone = ZoneInfo(request.shop.time_zone) if request.shop else ZoneInfo(settings.TIME_ZONE)
    alone = limit_of(actor_of(request))
    return VoucherForm(data, promotions=ground.promotions, zone=zone, alone=alone, **more)
