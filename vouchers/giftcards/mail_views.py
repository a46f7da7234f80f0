"""Mail a gift card in two steps on one page: first to whom, then mailing it to just them."""

from __future__ import annotations

import contextlib
from typing import Any

from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from piggyadmin.accounts.actor import actor_of
from piggyadmin.accounts.decorators import called, shop_required
from piggyadmin.accounts.request import StaffRequest
from piggyadmin.htmx import go_to, render_page
from piggyadmin.ledger.forms import focus_first_error
from piggyadmin.ledger.pages import look_of, say
from piggyadmin.ledger.services import SEE_ALL
from piggyadmin.piggy.errors import PiggyError
from vouchers.batches.services import NoSuchContact
from vouchers.giftcards import mailing
from vouchers.giftcards.card_page import gone, owner_of
from vouchers.giftcards.mail_forms import MailForm, WhoForm, seal_of
from vouchers.giftcards.services import NoCard

TEMPLATE = "vouchers/giftcards/mail.html"
LOST_RACE = 409


@called("Mail a gift card")
@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("vouchers.send_giftcard", raise_exception=True)
@shop_required
def mail(request: StaffRequest, giftcard_uuid: str) -> HttpResponse:
    try:
        page = mailing.open_page(giftcard_uuid=giftcard_uuid)
    except NoCard:
        return gone(request, giftcard_uuid)
    if request.method != "POST":
        return _page(request, page, WhoForm(initial={"who": request.GET.get("contact", "")[:64]}))
    return _mail(request, page) if request.POST.get("step") == "mail" else _see(request, page)


def _see(request: StaffRequest, page: mailing.MailPage) -> HttpResponse:
    """Who would get it. Nothing is sent."""
    form = WhoForm(request.POST)
    if form.is_valid():
        try:
            contact = mailing.customer_by(form.cleaned_data["who"])
        except NoSuchContact as nobody:
            form.add_error("who", str(nobody))
        else:
            return _page(request, page, WhoForm(), contact=contact, mail_form=_confirming(request, page, contact.uuid))
    return _page(request, page, form, status=422)


def _mail(request: StaffRequest, page: mailing.MailPage) -> HttpResponse:
    form = _form(request, page, request.POST)
    if not form.is_valid():
        return _page(request, page, WhoForm(), incomplete=True, status=422)
    typed = form.cleaned_data
    outcome = mailing.mail(
        card=page.card, contact_uuid=typed["contact_uuid"], actor=actor_of(request), token=typed["form_token"]
    )
    if outcome.done:
        say(request, outcome)
        return go_to(request, reverse("giftcards:card", args=[page.card.uuid]))
    if outcome.unknown or outcome.under_way:  # its page says so, and who decides
        return go_to(request, reverse("ledger:act", args=[outcome.act_id]))
    told: dict[str, Any] = {"told": outcome, "look": look_of(outcome), "status": LOST_RACE}
    with contextlib.suppress(NoSuchContact, PiggyError):  # who cannot be read now is not offered again
        contact = mailing.customer_by(typed["contact_uuid"])
        # An act that waits may be sent when its time has come: its form stays. One that was refused is another then.
        waits = outcome.outcome == "planned"
        told |= {"contact": contact, "mail_form": form if waits else _confirming(request, page, contact.uuid)}
    return _page(request, page, WhoForm(), **told)


def _confirming(request: StaffRequest, page: mailing.MailPage, contact_uuid: str) -> MailForm:
    """A fresh form that mails it to this customer, who is shown beside it."""
    seal = seal_of(owner_of(request, page.card.uuid), contact_uuid)
    return _form(request, page, initial={"contact_uuid": contact_uuid, "seal": seal})


def _form(request: StaffRequest, page: mailing.MailPage, typed: Any = None, **more: Any) -> MailForm:
    return MailForm(typed, owner=owner_of(request, page.card.uuid), auto_id=False, **more)


def _page(
    request: StaffRequest, page: mailing.MailPage, form: WhoForm, *, status: int = 200, **context: Any
) -> HttpResponse:
    focus_first_error(form)
    if "mail_form" in context:
        form.fields["who"].widget.attrs.pop("autofocus", None)  # the button has it
    unclear = page.open_act
    context |= {
        "page": page,
        "card": page.card,
        "giftcard_uuid": page.card.uuid,
        "form": form,
        "may_open_act": unclear is not None and (unclear.staff_id == request.user.pk or request.user.has_perm(SEE_ALL)),
    }
    return render_page(request, TEMPLATE, context, partial="mail", status=status)
