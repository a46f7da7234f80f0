"""A card that nobody has: link it to a customer, or make an anonymous customer with it. The card travels by POST."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from contacts.cards import finding, services
from contacts.cards.forms import ForForm, NewForm, WhoForm, WhoseForm
from contacts.cards.sights import NotACard, Sight, Whose, look_at
from piggyadmin.accounts.actor import actor_of
from piggyadmin.accounts.decorators import called, shop_required
from piggyadmin.accounts.request import StaffRequest
from piggyadmin.htmx import go_to, render_page
from piggyadmin.ledger.door import form_token
from piggyadmin.ledger.outcomes import Outcome
from piggyadmin.ledger.pages import say
from piggyadmin.piggy.errors import PiggyError
from piggyadmin.typed import NotReadable

TEMPLATE = "contacts/cards/whose.html"
LOST_RACE, NOT_NOW = 409, 503


@called("Say whose a card is")
@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("contacts.link_card", raise_exception=True)
@shop_required
def whose(request: StaffRequest) -> HttpResponse:
    """A scanned card: to its customer's page if somebody has it, else the two ways to give it to somebody."""
    if request.method != "POST":
        return _page(request, form=WhoseForm())
    steps: dict[str, Callable[[StaffRequest], HttpResponse]] = {
        "find": _find,
        "choose": _choose,
        "link": _link,
        "new": _new,
        "look": _look_again,
    }
    return steps.get(request.POST.get("step", ""), _look)(request)


def _look(request: StaffRequest) -> HttpResponse:
    form = WhoseForm(request.POST)
    if not form.is_valid():
        return _page(request, form=form, status=422)
    try:
        sight = look_at(card=form.cleaned_data["card"])
    except NotACard as error:
        form.add_error("card", str(error))
        return _page(request, form=form, status=422)
    return _seen(request, sight)


def _look_again(request: StaffRequest) -> HttpResponse:
    """Read back what nobody knows about this card, then look at it anew."""
    form = WhoseForm(request.POST)
    if form.is_valid():
        for outcome in services.look_on(card=form.cleaned_data["card"]):
            say(request, outcome)
    return _look(request)


def _find(request: StaffRequest) -> HttpResponse:
    """Whom is it for? One customer is asked about at once; of several one is chosen."""
    form = WhoForm(request.POST)
    if "card" in (form.errors or {}):
        return _page(request, form=WhoseForm(), problem="Scan the card again. Nothing was done.", status=422)
    card = form.cleaned_data.get("card", "")
    if not form.is_valid():
        return _ways(request, card, who_form=form, status=422)
    zone = request.shop.time_zone if request.shop else settings.TIME_ZONE
    try:
        found = finding.find_customers(text=form.cleaned_data["who"], time_zone=zone)
    except NotReadable as error:
        form.add_error("who", str(error))
        return _ways(request, card, who_form=form, status=422)
    if found.only is not None:
        return _confirm(request, card, found.only)
    status = 200 if found.customers else NOT_NOW if found.failed else 404
    return _ways(request, card, who_form=form, found=found, status=status)


def _choose(request: StaffRequest) -> HttpResponse:
    form = ForForm({**request.POST.dict(), "form_token": form_token()})
    if not form.is_valid():
        return _chosen_badly(request)
    contact = services.read_contact(contact_uuid=form.cleaned_data["contact"])
    card = form.cleaned_data["card"]
    if contact is None:
        words = "Piggy does not know this customer any more. Find the customer again."
        return _ways(request, card, problem=words, status=LOST_RACE)
    return _confirm(request, card, contact)


def _confirm(request: StaffRequest, card: str, contact: Any) -> HttpResponse:
    """The one question before a card is linked. What is typed as a card elsewhere is looked at here."""
    try:
        sight = look_at(card=card, contact_uuid=contact.uuid)
    except NotACard as error:
        return _page(request, form=WhoseForm(), problem=str(error), status=422)
    if sight.whose not in (Whose.FREE, Whose.UNKNOWN):
        return _taken(request, sight)
    form = ForForm(initial={"card": sight.card, "contact": contact.uuid})
    return _page(request, card=sight.card, sight=sight, chosen=contact, for_form=form)


def _link(request: StaffRequest) -> HttpResponse:
    form = ForForm(request.POST)
    if not form.is_valid():
        return _chosen_badly(request)
    asked = form.cleaned_data
    try:
        linking = services.link(
            contact_uuid=asked["contact"],
            card=asked["card"],
            may_make=True,
            actor=actor_of(request),
            token=asked["form_token"],
        )
    except NotACard as error:
        return _page(request, form=WhoseForm(), problem=str(error), status=422)
    outcome = linking.outcome
    if outcome is None:
        assert linking.sight is not None
        return _taken(request, linking.sight)
    if outcome.refused or outcome.outcome == "planned":
        return _not_linked(request, outcome, form)
    say(request, outcome)
    page = "contacts:contact" if outcome.done else "contacts:cards"
    return go_to(request, reverse(page, args=[asked["contact"]]))


def _not_linked(request: StaffRequest, outcome: Outcome, form: ForForm) -> HttpResponse:
    """Refused, or to be sent again later: said above the question, which may be answered again."""
    asked = form.cleaned_data
    try:
        contact = services.read_contact(contact_uuid=asked["contact"])
    except PiggyError:
        contact = None  # what is known of the act is told all the same
    again = form if outcome.outcome == "planned" else ForForm(initial={**asked, "form_token": form_token()})
    context = {"card": asked["card"], "chosen": contact, "for_form": again} if contact else {"form": WhoseForm()}
    return _page(request, done=outcome, status=LOST_RACE if outcome.refused else NOT_NOW, **context)


def _new(request: StaffRequest) -> HttpResponse:
    """Make an anonymous customer with this card."""
    if not request.user.has_perm("contacts.create_contact"):
        raise PermissionDenied("Making a customer needs contacts.create_contact.")
    form = NewForm(request.POST)
    if not form.is_valid():
        return _page(request, form=WhoseForm(), problem="Scan the card again. Nothing was done.", status=422)
    card = form.cleaned_data["card"]
    try:
        outcome = services.create_anonymous(actor=actor_of(request), card=card, token=form.cleaned_data["form_token"])
    except NotACard as error:
        return _page(request, form=WhoseForm(), problem=str(error), status=422)
    except services.CardTaken as taken:
        return _taken(request, taken.sight)
    if outcome.done and outcome.figures.get("contact_uuid"):
        say(request, outcome)
        return go_to(request, reverse("contacts:contact", args=[str(outcome.figures["contact_uuid"])]))
    return _not_made(request, card, outcome, form)


def _not_made(request: StaffRequest, card: str, outcome: Outcome, form: NewForm) -> HttpResponse:
    """Refused, to be sent again later, or unknown: said above what can be done about it."""
    status = LOST_RACE if outcome.refused else NOT_NOW if outcome.outcome == "planned" else 200
    again = form if outcome.outcome == "planned" else NewForm(initial={"card": card})
    return _ways(request, card, done=outcome, new_form=again, status=status)


def _seen(request: StaffRequest, sight: Sight) -> HttpResponse:
    if sight.whose is Whose.OTHERS:
        return go_to(request, reverse("contacts:contact", args=[sight.contact_uuid]))
    if sight.whose is Whose.OFF:
        return _taken(request, sight)
    return _ways(request, sight.card, sight=sight)


def _taken(request: StaffRequest, sight: Sight) -> HttpResponse:
    """A card that cannot be given away. Nothing was sent; who has it stands there, where Piggy says so."""
    if sight.whose is Whose.OWN:
        messages.info(request, sight.words, extra_tags="done")
        return go_to(request, reverse("contacts:contact", args=[sight.contact_uuid]))
    return _page(request, form=WhoseForm(), taken=sight, status=LOST_RACE)


def _ways(request: StaffRequest, card: str, *, status: int = 200, **context: Any) -> HttpResponse:
    """Both ways to give a card to somebody, unless nobody knows what became of an earlier try."""
    context = {
        "open_acts": services.open_on(card=card),
        "who_form": WhoForm(initial={"card": card}),
        "new_form": NewForm(initial={"card": card}),
    } | context
    return _page(request, card=card, status=status, **context)


def _chosen_badly(request: StaffRequest) -> HttpResponse:
    return _page(request, form=WhoseForm(), problem="The form was not complete. Scan the card again.", status=422)


def _page(request: StaffRequest, *, status: int = 200, **context: Any) -> HttpResponse:
    context = {
        "sees_identity": request.user.has_perm("contacts.see_identity"),
        "may_create": request.user.has_perm("contacts.create_contact"),
    } | context
    return render_page(request, TEMPLATE, context, partial="whose", status=status)
