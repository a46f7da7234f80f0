"""A gift card's page, as all the views that end on it show it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse

from piggyadmin.accounts.actor import actor_of
from piggyadmin.accounts.limits.alone import Needs
from piggyadmin.accounts.request import StaffRequest
from piggyadmin.htmx import render_page
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.forms import ApproverForm, AskForm, focus_first_error, request_form
from piggyadmin.ledger.pages import look_of
from piggyadmin.ledger.services import SEE_ALL
from vouchers.giftcards import asking
from vouchers.giftcards.forms import TOP_UP, MoveForm, PromiseForm, promise_values
from vouchers.giftcards.limits import TOP_UPS
from vouchers.giftcards.services import CardPage

TEMPLATE = "vouchers/giftcards/card.html"
HERE, HERE_FOR, MOST_HERE = "giftcards_here", 900, 20  # in the session: cards whose code was given, for so many seconds


@dataclass(frozen=True, slots=True)
class Promise:
    """What is about to be done, in numbers; `needs` is why it takes a second person."""

    way: str
    cents: int
    balance: int
    needs: Needs | None = None

    @property
    def is_top_up(self) -> bool:
        return self.way == TOP_UP

    @property
    def expected(self) -> int:
        return self.balance + (self.cents if self.is_top_up else -self.cents)


def note_here(request: StaffRequest, giftcard_uuid: str) -> None:
    """Remember that this card's code was scanned or typed just now."""
    seen = dict(request.session.get(HERE, {}))
    seen.pop(giftcard_uuid, None)
    seen[giftcard_uuid] = int(time.time())
    request.session[HERE] = dict(list(seen.items())[-MOST_HERE:])


def is_here(request: StaffRequest, giftcard_uuid: str) -> bool:
    """Whether whoever pays has shown the card on this screen lately."""
    shown_at: int = request.session.get(HERE, {}).get(giftcard_uuid, 0)
    return time.time() - shown_at < HERE_FOR


def owner_of(request: StaffRequest, giftcard_uuid: str) -> str:
    """Whom a promise was shown to, where, and for which card."""
    shop = request.shop.piggy_uuid if request.shop else ""
    return f"{request.user.pk}/{shop}/{giftcard_uuid}"


def promise_of(page: CardPage, way: str, cents: int, actor: Actor) -> Promise:
    needs = TOP_UPS.needs(actor=actor, target_id=page.card.uuid, amount=cents) if way == TOP_UP else None
    return Promise(way, cents, page.balance, needs)


def request_context(request: StaffRequest, giftcard_uuid: str) -> dict[str, Any]:
    """This person's own requests for a second person on this card."""
    if not request.user.has_perm("vouchers.spend_giftcard"):
        return {"requests": []}
    owner = owner_of(request, giftcard_uuid)
    shown = []
    for each in asking.requests_of(giftcard_uuid=giftcard_uuid, actor=actor_of(request)):
        figures = each.approval.figures
        values = promise_values(owner, TOP_UP, figures["cents"], figures["code_end"])
        shown.append(
            {
                "request": each,
                "cents": figures["cents"],
                "form": request_form(each.approval, token=each.token),
                "again": PromiseForm(initial=values, owner=owner, auto_id=False),
            }
        )
    states = {item["request"].state for item in shown}
    return {"requests": shown, "is_waiting": "open" in states, "is_granted": bool(states & {"granted", "busy"})}


def card_page(
    request: StaffRequest,
    page: CardPage,
    *,
    form: MoveForm | None = None,
    promise: Promise | None = None,
    kept_token: str = "",
    partial: str = "card",
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    uuid, unclear = page.card.uuid, page.open_act
    owner, promise_form = owner_of(request, uuid), None
    if promise:
        values = promise_values(owner, promise.way, promise.cents, page.code_end)
        values |= {"form_token": kept_token} if kept_token else {}
        promise_form = PromiseForm(initial=values, owner=owner, auto_id=False)
    context = {"ask_form": AskForm(), "approver_form": ApproverForm(), "told": None} | context
    context |= request_context(request, uuid) | {
        "giftcard_uuid": uuid,
        "page": page,
        "card": page.card,
        "form": form or MoveForm(),
        "promise": promise,
        "promise_form": promise_form,
        "is_here": is_here(request, uuid),
        "look": look_of(context["told"]) if context["told"] else "",
        "may_open_act": unclear is not None and (unclear.staff_id == request.user.pk or request.user.has_perm(SEE_ALL)),
    }
    for each in (context["form"], context["ask_form"], context["approver_form"]):
        focus_first_error(each)
    if promise or context.get("is_granted"):
        context["form"].fields["amount"].widget.attrs.pop("autofocus", None)  # the next step has it
    return render_page(request, TEMPLATE, context, partial=partial, status=status)


def gone(request: StaffRequest, giftcard_uuid: str) -> HttpResponse:
    context = {"giftcard_uuid": giftcard_uuid}
    return render_page(request, "vouchers/giftcards/gone.html", context, partial="gone", status=404)
