"""Gift cards: find one by its code, see it, make one. A code travels by POST and never stands in an address."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from piggyadmin.accounts.actor import actor_of
from piggyadmin.accounts.decorators import called, shop_required
from piggyadmin.accounts.request import StaffRequest
from piggyadmin.htmx import go_to, render_page, wants_partial
from piggyadmin.ledger.outcomes import Outcome
from piggyadmin.ledger.pages import look_of, say
from vouchers.giftcards import services
from vouchers.giftcards.card_page import TEMPLATE, card_page, gone, note_here, request_context
from vouchers.giftcards.forms import CardForm, MakeForm

START, MAKE = "vouchers/giftcards/start.html", "vouchers/giftcards/make.html"
LOST_RACE = 409
MOST_PAGES = 1_000_000


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("vouchers.use_giftcard", raise_exception=True)
@sensitive_post_parameters("code")
def start(request: StaffRequest) -> HttpResponse:
    """A code in, the card's page out; and the programmes that cards are made of."""
    form = CardForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _start(request, form, status=422 if form.is_bound else 200)
    card = services.find(code=form.cleaned_data["code"])
    if card is None:
        return _start(request, form, status=404, no_such_code=True)
    note_here(request, card.uuid)
    return go_to(request, reverse("giftcards:card", args=[card.uuid]))


@require_safe
@permission_required("vouchers.use_giftcard", raise_exception=True)
def card(request: StaffRequest, giftcard_uuid: str) -> HttpResponse:
    """The balance as it is now, what can be done, and what was done."""
    if wants_partial(request) and request.headers.get("X-Polling") == "1":
        context = {"giftcard_uuid": giftcard_uuid, **request_context(request, giftcard_uuid)}
        return render_page(request, TEMPLATE, context, partial="requests")
    try:
        page = services.open_card(giftcard_uuid=giftcard_uuid, page=_page_number(request))
    except services.NoCard:
        return gone(request, giftcard_uuid)
    return card_page(request, page, partial="history")


@called("Make a gift card")
@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("vouchers.create_giftcard", raise_exception=True)
@shop_required
def create(request: StaffRequest, program_uuid: str) -> HttpResponse:
    """A new card of one programme. It is empty: money is put on it afterwards."""
    form = MakeForm(request.POST if request.method == "POST" else None)
    told: Outcome | None = None
    if form.is_valid():
        told = services.create(
            program_uuid=program_uuid, actor=actor_of(request), token=form.cleaned_data["form_token"]
        )
        if told.done:
            say(request, told)
            uuid = told.figures.get("giftcard_uuid")  # a person's word that it was made names no card
            where = reverse("giftcards:card", args=[uuid]) if uuid else reverse("ledger:act", args=[told.act_id])
            return go_to(request, where)
        if told.unknown or told.under_way:
            return go_to(request, reverse("ledger:act", args=[told.act_id]))
    try:
        program = services.program(program_uuid=program_uuid)
    except services.NoProgram:
        return render_page(request, "vouchers/giftcards/no_program.html", partial="gone", status=404)
    # Known not done, and this very act may be sent again when its time has come: its form keeps its token.
    kept = form if told is not None and told.outcome == "planned" else MakeForm()
    context = {"program": program, "form": kept, "told": told, "look": look_of(told) if told else ""}
    return render_page(request, MAKE, context, partial="make", status=_status(form, told))


@require_POST
@permission_required("vouchers.see_codes", raise_exception=True)
def code(request: StaffRequest, giftcard_uuid: str) -> HttpResponse:
    """The whole code of a card, to hand it over. That it was shown is kept."""
    try:
        shown = services.reveal(giftcard_uuid=giftcard_uuid, actor=actor_of(request))
    except services.NoCard:
        return gone(request, giftcard_uuid)
    context = {"code": shown, "giftcard_uuid": giftcard_uuid}
    return render_page(request, "vouchers/giftcards/code.html", context, partial="code")


def _start(request: StaffRequest, form: CardForm, *, status: int, **context: Any) -> HttpResponse:
    if not wants_partial(request):
        context["programs"] = services.programs()
    return render_page(request, START, {"form": form, **context}, partial="found", status=status)


def _status(form: MakeForm, told: Outcome | None) -> int:
    if told is not None:
        return LOST_RACE
    return 422 if form.is_bound else 200


def _page_number(request: StaffRequest) -> int:
    text = request.GET.get("page", "")
    return min(max(1, int(text)), MOST_PAGES) if text.isascii() and text.isdigit() and len(text) < 10 else 1
