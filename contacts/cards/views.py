"""A customer's cards. Every act on a card is asked first and then done, both by POST, so that no number is in a URL.

A POST without a form token is the question, on the same page; with one it is the act. What was refused is told on the
page it was asked on; what was done, or is unknown, on the fresh page.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from contacts.cards import replacing, services
from contacts.cards.forms import ActForm, ChosenForm, GoOnForm, LinkForm, RenameForm, ReplaceForm
from contacts.cards.sights import NotACard, NotTheirs, Sight, Whose, ending
from piggyadmin import codes
from piggyadmin.accounts.actor import actor_of
from piggyadmin.accounts.decorators import called, shop_required
from piggyadmin.accounts.request import StaffRequest
from piggyadmin.htmx import go_to, render_page, wants_partial
from piggyadmin.ledger.outcomes import Outcome
from piggyadmin.ledger.pages import renewing, say
from piggyadmin.ledger.typed_again import as_typed, left_over

TEMPLATE = "contacts/cards/cards.html"
LOST_RACE, NOT_NOW = 409, 503
CHOOSE = "Choose the card again. Nothing was done."
GONE = "This card is not among the customer’s cards any more. Nothing was done."


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked before an act. `kind`: "make", "off", "on", "rename", "unlink", "replace" or "make-new"."""

    kind: str
    form: forms.Form
    card: str
    sight: Sight | None = None

    @property
    def end(self) -> str:
        return ending(self.card)


def posted(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The address of an act: a bare visit (a reload, the way back from the lock) leads to the cards."""

    def checked(request: StaffRequest, contact_uuid: str) -> HttpResponse:
        if request.method != "POST":
            return go_to(request, _url(contact_uuid))
        return view(request, contact_uuid)

    checked.__name__, checked.__doc__ = view.__name__, view.__doc__
    return checked


@require_safe
@permission_required("contacts.link_card", raise_exception=True)
@shop_required
def cards(request: StaffRequest, contact_uuid: str) -> HttpResponse:
    """The cards of one customer, and what can be done to them."""
    return _show(request, contact_uuid)


@called("Link a card")
@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("contacts.link_card", raise_exception=True)
@shop_required
@posted
def link(request: StaffRequest, contact_uuid: str) -> HttpResponse:
    """Link a card that nobody has; one that Piggy does not know is made after one more question."""
    form = LinkForm(request.POST)
    if not form.is_valid():
        return _show(request, contact_uuid, link_form=form, status=422)
    asked = form.cleaned_data
    try:
        linking = services.link(
            contact_uuid=contact_uuid,
            card=asked["card"],
            may_make=asked["make"],
            actor=actor_of(request),
            token=asked["form_token"],
        )
    except NotACard as error:
        form.add_error("card", str(error))
        return _show(request, contact_uuid, link_form=form, status=422)
    if linking.outcome is not None:
        again = form if linking.outcome.outcome == "planned" else LinkForm(initial={"card": asked["card"]})
        return _after(request, contact_uuid, linking.outcome, link_form=again)
    sight = linking.sight
    assert sight is not None  # no act, so there is a reason
    if sight.whose is Whose.UNKNOWN:
        question = Question("make", LinkForm(initial=asked | {"make": True}), sight.card, sight)
        return _show(request, contact_uuid, question=question)
    status = 200 if sight.whose is Whose.OWN else LOST_RACE
    return _show(request, contact_uuid, sight=sight, link_form=LinkForm(initial={"card": asked["card"]}), status=status)


@called("Switch a card off or on")
@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("contacts.link_card", raise_exception=True)
@shop_required
@posted
def switch(request: StaffRequest, contact_uuid: str) -> HttpResponse:
    """Switch a card off, or (who may manage cards) on again."""
    on = request.POST.get("on") == "1"
    if on and not request.user.has_perm("contacts.manage_cards"):
        raise PermissionDenied("Switching a card on needs contacts.manage_cards.")

    def act(asked: dict[str, Any], **who: Any) -> Outcome:
        return services.switch(card=asked["card"], on=on, **who)

    return _act(request, contact_uuid, "on" if on else "off", ActForm, act)


@called("Rename a card")
@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("contacts.manage_cards", raise_exception=True)
@shop_required
@posted
@renewing
def rename(request: StaffRequest, contact_uuid: str) -> HttpResponse:
    """Give a card another name."""

    def act(asked: dict[str, Any], **who: Any) -> Outcome:
        return services.rename(card=asked["card"], name=asked["name"], **who)

    return _act(request, contact_uuid, "rename", RenameForm, act)


@called("Unlink a card")
@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("contacts.manage_cards", raise_exception=True)
@shop_required
@posted
def unlink(request: StaffRequest, contact_uuid: str) -> HttpResponse:
    """Take a card from the customer."""

    def act(asked: dict[str, Any], **who: Any) -> Outcome:
        return services.unlink(card=asked["card"], **who)

    return _act(request, contact_uuid, "unlink", ActForm, act)


@called("Replace a lost card")
@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("contacts.link_card", raise_exception=True)
@shop_required
@posted
def replace(request: StaffRequest, contact_uuid: str) -> HttpResponse:
    """Switch a lost card off and link the new one; or go on where that stopped half-way."""
    if "replacement" in request.POST:
        return _go_on(request, contact_uuid)
    if "form_token" not in request.POST:
        return _ask(request, contact_uuid, "replace", ReplaceForm)
    form = ReplaceForm(request.POST)
    if not form.is_valid():
        return _asked_badly(request, contact_uuid, "replace", form)
    asked = form.cleaned_data
    try:
        progress = replacing.begin(
            contact_uuid=contact_uuid,
            old=asked["card"],
            new=asked["new"],
            may_make=asked["make"],
            actor=actor_of(request),
            token=asked["form_token"],
        )
    except NotTheirs:
        return _choose_again(request, contact_uuid, "replace", form, GONE, status=LOST_RACE)
    except NotACard as error:
        form.add_error("new", str(error))
        return _asked_badly(request, contact_uuid, "replace", form)
    except replacing.NoReplacement:
        return _over(request, contact_uuid)
    if progress.outcomes:
        return _tell(request, contact_uuid, progress)
    if progress.sight is not None and progress.sight.whose is Whose.UNKNOWN:
        again = ReplaceForm(initial=asked | {"make": True})
        return _show(request, contact_uuid, question=Question("make-new", again, asked["card"], progress.sight))
    form.add_error("new", progress.problem or (progress.sight.words if progress.sight else ""))
    question = Question("replace", form, asked["card"], progress.sight)
    return _show(request, contact_uuid, question=question, status=LOST_RACE)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("contacts.link_card", raise_exception=True)
@posted
def look(request: StaffRequest, contact_uuid: str) -> HttpResponse:
    """Read back from Piggy what nobody knows about this customer's cards."""
    for outcome in services.look(contact_uuid=contact_uuid):
        say(request, outcome)
    return go_to(request, _url(contact_uuid))


def _go_on(request: StaffRequest, contact_uuid: str) -> HttpResponse:
    form = GoOnForm(request.POST)
    if not form.is_valid():
        return _over(request, contact_uuid)
    who: Any = {
        "replacement_id": form.cleaned_data["replacement"],
        "contact_uuid": contact_uuid,
        "actor": actor_of(request),
    }
    try:
        if form.cleaned_data["leave"]:
            replacing.end(**who)
            messages.info(request, "The replacement stays as it is. Nothing was taken back.", extra_tags="plain")
            return go_to(request, _url(contact_uuid))
        return _tell(request, contact_uuid, replacing.go_on(**who))
    except replacing.NoReplacement:
        return _over(request, contact_uuid)


def _over(request: StaffRequest, contact_uuid: str) -> HttpResponse:
    messages.info(request, "There is nothing left to do for that replacement.", extra_tags="refused")
    return go_to(request, _url(contact_uuid))


def _tell(request: StaffRequest, contact_uuid: str, progress: replacing.Progress) -> HttpResponse:
    """Say what came of each step; the page shows what is left."""
    for outcome in progress.outcomes:
        say(request, outcome)
    problem = progress.problem or (f"The new card: {progress.sight.words}" if progress.sight else "")
    if problem:
        messages.info(request, problem, extra_tags="refused")
    return go_to(request, _url(contact_uuid))


def _act(
    request: StaffRequest,
    contact_uuid: str,
    kind: str,
    form_class: type[ActForm],
    service: Callable[..., Outcome],
) -> HttpResponse:
    """Ask, or do one act on a card, once for each form."""
    if "form_token" not in request.POST:
        return _ask(request, contact_uuid, kind, form_class)
    form = form_class(request.POST)
    if not form.is_valid():
        return _asked_badly(request, contact_uuid, kind, form)
    asked = form.cleaned_data
    try:
        outcome = service(asked, contact_uuid=contact_uuid, actor=actor_of(request), token=asked["form_token"])
    except NotTheirs:
        return _choose_again(request, contact_uuid, kind, form, GONE, status=LOST_RACE)
    # Known not done, and this very act may be sent again when its time has come: its form keeps its token.
    again = {"question": Question(kind, form, asked["card"])} if outcome.outcome == "planned" else {}
    return _after(request, contact_uuid, outcome, **again)


def _ask(request: StaffRequest, contact_uuid: str, kind: str, form_class: type[ActForm]) -> HttpResponse:
    chosen = ChosenForm(request.POST)
    if not chosen.is_valid():
        return _show(request, contact_uuid, problem=CHOOSE, status=422)
    card = chosen.cleaned_data["card"]
    return _show(
        request, contact_uuid, question=Question(kind, as_typed(form_class, request.POST, initial={"card": card}), card)
    )


def _asked_badly(request: StaffRequest, contact_uuid: str, kind: str, form: ActForm) -> HttpResponse:
    if {"card", "form_token"} & form.errors.keys():
        return _choose_again(request, contact_uuid, kind, form, CHOOSE, status=422)
    return _show(request, contact_uuid, question=Question(kind, form, form.cleaned_data["card"]), status=422)


def _choose_again(
    request: StaffRequest, contact_uuid: str, kind: str, form: ActForm, problem: str, *, status: int
) -> HttpResponse:
    """No card that can be meant. A question with something typed stands again, one without it is asked anew."""
    card = "" if problem == GONE else form.cleaned_data.get("card", "")
    again = as_typed(type(form), request.POST, initial={"card": card})
    question = Question(kind, again, card) if again.visible_fields() else None
    return _show(request, contact_uuid, problem=problem, question=question, status=status)


def _after(request: StaffRequest, contact_uuid: str, outcome: Outcome, **context: Any) -> HttpResponse:
    """What is done or unknown is told on the fresh page; what is not done, on this one."""
    if outcome.refused or outcome.outcome == "planned":
        return _show(request, contact_uuid, done=outcome, status=LOST_RACE if outcome.refused else NOT_NOW, **context)
    say(request, outcome)
    return go_to(request, _url(contact_uuid))


def _show(request: StaffRequest, contact_uuid: str, *, status: int = 200, **context: Any) -> HttpResponse:
    """The customer's cards as Piggy shows them now, with a question or with what stands in the way."""
    page = services.cards_page(contact_uuid=contact_uuid)
    if page.missing:
        if wants_partial(request):
            return go_to(request, reverse("contacts:contact", args=[contact_uuid]))
        return render_page(request, "contacts/lookup/gone.html", {"contact_uuid": contact_uuid}, status=404)
    question = context.get("question")
    if question is not None and question.kind != "make" and (page.cards.error is None or not question.card):
        card = next((one for one in page.cards.value or [] if one.value == question.card), None)
        if card is None:
            context |= {"problem": context.get("problem") or GONE} | _of_any_card(request, question, page)
            status = LOST_RACE if status == 200 else status
        elif question.kind == "rename" and not question.form.is_bound:
            question.form.initial.setdefault("name", card.name or "")
    failed = page.contact.error or page.cards.error
    context = {
        "page": page,
        "contact": page.contact.value,
        "contact_uuid": contact_uuid,
        "link_form": LinkForm(),
        "may_manage": request.user.has_perm("contacts.manage_cards"),
        "sees_own_act": {act.pk for act in page.open_acts if act.staff_id == request.user.pk},
    } | context
    return render_page(request, TEMPLATE, context, partial="cards", status=503 if failed and status == 200 else status)


def _of_any_card(request: StaffRequest, question: Question, page: services.CardsPage) -> dict[str, Any]:
    """In place of a question about a card that is not there: with all that was typed, which of their cards is meant?"""
    form = question.form
    if question.card and not form.is_bound:  # asked just now, and nothing is typed yet
        return {"question": None}
    if not page.cards.value:
        return {"question": None, "typed": left_over(request.POST, form)}
    values = [one.value for one in page.cards.value]
    form.fields["card"].label = "Which card?"
    form.fields["card"].widget = forms.Select(
        choices=[("", "Choose the card"), *((each, codes.groups_of_four(each)) for each in values)]
    )
    return {"question": Question(question.kind, form, "", question.sight)}


def _url(contact_uuid: str) -> str:
    return reverse("contacts:cards", args=[contact_uuid])
