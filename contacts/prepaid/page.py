"""The page of a customer's prepaid money, as all the views that end on it show it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse

from contacts.prepaid import asking
from contacts.prepaid.forms import TOP_UP, MoveForm, PromiseForm, promise_values
from contacts.prepaid.limits import TOP_UPS
from contacts.prepaid.services import PrepaidPage
from contacts.rewards.proving import CardForm
from contacts.rewards.views import may_open, proof_here
from piggyadmin.accounts.actor import actor_of
from piggyadmin.accounts.limits.alone import Needs
from piggyadmin.accounts.request import StaffRequest
from piggyadmin.htmx import render_page
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.forms import ApproverForm, AskForm, focus_first_error, request_form
from piggyadmin.ledger.pages import look_of

TEMPLATE = "contacts/prepaid/prepaid.html"
MAY_TOP_UP, MAY_DEDUCT = "contacts.top_up_prepaid", "contacts.adjust_prepaid"


@dataclass(frozen=True, slots=True)
class Promise:
    """What is about to be done, in numbers; `needs` is why it takes a second person."""

    way: str
    cents: int
    balance: int
    reason: str = ""
    needs: Needs | None = None

    @property
    def is_top_up(self) -> bool:
        return self.way == TOP_UP

    @property
    def expected(self) -> int:
        return self.balance + (self.cents if self.is_top_up else -self.cents)


def owner_of(request: StaffRequest, contact_uuid: str) -> str:
    """Whom a promise was shown to, where, and for which customer."""
    shop = request.shop.piggy_uuid if request.shop else ""
    return f"{request.user.pk}/{shop}/{contact_uuid}"


def promise_of(page: PrepaidPage, shown: dict[str, Any], actor: Actor) -> Promise:
    needs = None
    if shown["way"] == TOP_UP:
        needs = TOP_UPS.needs(actor=actor, target_id=page.contact_uuid, amount=shown["cents"])
    return Promise(shown["way"], shown["cents"], page.balance, shown.get("reason", ""), needs)


def move_form(request: StaffRequest, *args: Any, **kwargs: Any) -> MoveForm:
    return MoveForm(*args, may_deduct=request.user.has_perm(MAY_DEDUCT), **kwargs)


def request_context(request: StaffRequest, contact_uuid: str) -> dict[str, Any]:
    """This person's own requests for a second person for this customer."""
    if not request.user.has_perm(MAY_TOP_UP):
        return {"requests": []}
    owner, shown = owner_of(request, contact_uuid), []
    asked = asking.requests_of(contact_uuid=contact_uuid, actor=actor_of(request))
    for each in asked:
        cents = int(each.approval.figures["cents"])
        again = PromiseForm(initial=promise_values(owner, TOP_UP, cents), owner=owner, auto_id=False)
        form = request_form(each.approval, token=each.token)
        shown.append({"request": each, "cents": cents, "form": form, "again": again})
    states = {each.state for each in asked}
    return {"requests": shown, "is_waiting": "open" in states, "is_granted": bool(states & {"granted", "busy"})}


def prepaid_page(
    request: StaffRequest,
    page: PrepaidPage,
    *,
    form: MoveForm | None = None,
    promise: Promise | None = None,
    kept_token: str = "",
    partial: str = "prepaid",
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    uuid, promise_form = page.contact_uuid, None
    if promise:
        owner = owner_of(request, uuid)
        values = promise_values(owner, promise.way, promise.cents, promise.reason)
        values |= {"form_token": kept_token} if kept_token else {}
        promise_form = PromiseForm(initial=values, owner=owner, auto_id=False)
    context = {"ask_form": AskForm(), "approver_form": ApproverForm(), "card_form": CardForm(), "told": None} | context
    context |= request_context(request, uuid) | {
        "contact_uuid": uuid,
        "page": page,
        "contact": page.contact,
        "form": form or move_form(request),
        "promise": promise,
        "promise_form": promise_form,
        "proof": proof_here(request, page.contact),
        "look": look_of(context["told"]) if context["told"] else "",
        "may_open_act": may_open(request, page.open_act),
        "history": page.history.value,
    }
    context["card_form"].fields["card"].widget.attrs.pop("autofocus", None)  # the amount has it
    for each in (context["form"], context["ask_form"], context["approver_form"]):
        focus_first_error(each)
    if promise or context.get("is_granted"):
        context["form"].fields["amount"].widget.attrs.pop("autofocus", None)  # the next step has it
    return render_page(request, TEMPLATE, context, partial=partial, status=status)


def gone(request: StaffRequest, contact_uuid: str) -> HttpResponse:
    return render_page(request, "contacts/lookup/gone.html", {"contact_uuid": contact_uuid}, status=404)
