"""Make a customer, change one, and what they are written about. Every page reads the customer from Piggy first."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from contacts.cards.services import CardTaken
from contacts.cards.sights import SENTENCES, NotACard
from contacts.claiming.hosts import suggestion
from contacts.editing import changing, creating, finding, subscribing
from contacts.editing.attributes import place_of
from contacts.editing.creating import Created, Wanted
from contacts.editing.forms import EditForm, FindForm, NewForm, TypeForm, asking
from contacts.editing.sheets import named
from piggyadmin.accounts.actor import actor_of
from piggyadmin.accounts.decorators import called, shop_required
from piggyadmin.accounts.request import StaffRequest
from piggyadmin.htmx import go_to, render_page
from piggyadmin.ledger.door import form_token
from piggyadmin.ledger.forms import focus_first_error
from piggyadmin.ledger.outcomes import Outcome
from piggyadmin.ledger.pages import own_act, renewing, say
from piggyadmin.piggy.errors import PiggyError, PiggyRejected

NOT_DONE = 409
LONGEST_SHOWN = 1000  # characters of a name given back as typed
WAYS = {"create": creating.create, "find_or_create": creating.find_or_create, "anonymous": creating.create_anonymous}


@called("Make a new customer")
@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("contacts.create_contact", raise_exception=True)
@shop_required
@renewing
def new(request: StaffRequest) -> HttpResponse:
    """Find first: only who is not found is made. All that is typed travels by POST."""
    find_form = FindForm(request.POST if request.method == "POST" else None, region=_region(request))
    if not find_form.is_valid():
        find_form.focus()
        context = {"find_form": find_form, "done": own_act(request)}
        return _new_page(request, context, status=422 if find_form.is_bound else 200)
    if "way" not in request.POST:
        return _looked(request, find_form)
    form = NewForm(request.POST, ways=_possible(find_form))
    if not form.is_valid():
        return _looked(request, find_form, form, status=422)
    typed, names = find_form.texts(), form.cleaned_data
    wanted = Wanted(
        email=typed["email"],
        card=typed["card"],
        phonenumber=typed["phone"],
        firstname=names["firstname"] or "",
        lastname=names["lastname"] or "",
    )
    try:
        created = WAYS[names["way"]](wanted=wanted, actor=actor_of(request), token=names["form_token"])
    except (NotACard, CardTaken, PiggyError) as error:
        return _looked(request, find_form, form, refusal=_sentence(error), status=NOT_DONE)
    return _made(request, find_form, form, created)


def _made(request: StaffRequest, find_form: FindForm, form: NewForm, created: Created) -> HttpResponse:
    outcome = created.outcome
    if created.contact_uuid:
        say(request, outcome)
        _say_what_followed(request, created)
        return go_to(request, reverse("contacts:contact", args=[created.contact_uuid]))
    if outcome.unknown or outcome.under_way or outcome.done:
        return go_to(request, f"{reverse('contacts:new')}?act={outcome.act_id}")
    token = form.cleaned_data["form_token"] if outcome.outcome == "planned" else form_token()
    data = request.POST.copy()
    data["form_token"] = token
    again = NewForm(data, ways=_possible(find_form))
    return _looked(request, find_form, again, refusal=outcome.words, status=NOT_DONE)


def _say_what_followed(request: StaffRequest, created: Created) -> None:
    """What came of the acts after the first. What was not saved has a link to where it can be."""
    uuid = created.contact_uuid
    if created.names is not None and created.names.done:
        say(request, created.names)
    elif created.names is not None:
        _say_not_saved(request, created.names, reverse("contacts:edit", args=[uuid]))
    if created.card is not None:
        say(request, created.card)
    for note in created.notes:
        messages.add_message(request, messages.INFO, note, extra_tags="refused")


def _say_not_saved(request: StaffRequest, outcome: Outcome, edit_url: str) -> None:
    """The customer is made; what they are called was not saved, or nobody knows."""
    if outcome.unknown or outcome.under_way:
        url = reverse("ledger:act", args=[outcome.act_id])
        text = format_html('{} <a href="{}">Look at it</a>', outcome.words, url)
        messages.add_message(request, messages.INFO, text, extra_tags="unknown")
        return
    words = f"{outcome.figures['changed']} was not saved. {outcome.reason}".strip()
    text = format_html('{} <a href="{}">Add it here</a>', words[:1].upper() + words[1:], edit_url)
    messages.add_message(request, messages.INFO, text, extra_tags="refused")


def _looked(
    request: StaffRequest, find_form: FindForm, form: NewForm | None = None, *, refusal: str = "", status: int = 0
) -> HttpResponse:
    """Who was found; and where it was nobody, or nobody of these, how the customer can be made."""
    found = finding.find(
        **find_form.texts(),
        time_zone=_time_zone(request),
        sees_identity=request.user.has_perm("contacts.see_identity"),
    )
    ways = finding.ways_of(found)
    is_none_of_these = "none" in request.POST or form is not None
    fresh = form or NewForm(ways=ways, initial=_names_typed(request))
    email = find_form.texts()["email"]
    context = {
        "find_form": find_form,
        "found": found,
        "ways": ways,
        "form": fresh if is_none_of_these or not found.hits else None,
        "refusal": refusal,
        "meant": suggestion(email) if email and found.email != finding.TAKEN else "",
        "typed": find_form.texts(),
    }
    if form is not None and form.errors:
        focus_first_error(form)
    status = status or (503 if found.failed and not found.hits else 200)
    return _new_page(request, context, status=status)


def _names_typed(request: StaffRequest) -> dict[str, str]:
    """The names that stood in the second form when the customer was looked for once more."""
    return {name: request.POST.get(name, "")[:LONGEST_SHOWN] for name in ("firstname", "lastname")}


def _new_page(request: StaffRequest, context: dict[str, Any], status: int) -> HttpResponse:
    return render_page(request, "contacts/editing/new.html", context, partial="found", status=status)


def _possible(find_form: FindForm) -> dict[str, str]:
    """Every way that what was typed allows; which are offered depends on what was found."""
    typed = find_form.texts()
    ways = {"create": "", "find_or_create": ""} if typed["email"] else {}
    return ways | ({"anonymous": ""} if typed["card"] else {})


def _sentence(error: Exception) -> str:
    if isinstance(error, CardTaken):
        return f"No customer was created. {SENTENCES[error.sight.whose]}"
    told = error.message if isinstance(error, PiggyError) else str(error)
    return f"No customer was created. {told}"


@called("Change a customer")
@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("contacts.edit_contact", raise_exception=True)
@shop_required
@renewing
def edit(request: StaffRequest, contact_uuid: str) -> HttpResponse:
    """A customer's attributes. Only what was changed is sent, and never over what somebody else changed meanwhile."""
    actor = actor_of(request)
    try:
        sheet = changing.open_sheet(contact_uuid=contact_uuid, actor=actor)
    except changing.NoContact:
        return _gone(request, contact_uuid)
    if request.method != "POST":
        return _sheet_page(request, EditForm(sheet=sheet))
    form = EditForm(request.POST, sheet=sheet)
    if not form.is_valid():
        focus_first_error(form)
        return _sheet_page(request, form, status=422)
    token = form.cleaned_data["form_token"]
    saved = changing.save(sheet=sheet, typed=form.changes, shown=form.prints(), actor=actor, token=token)
    outcome = saved.outcome
    if outcome is None:
        if saved.clashes:
            return _ask(request, form, saved.clashes)
        return _sheet_page(request, EditForm(sheet=sheet), nothing_changed=True)
    if outcome.done:
        say(request, outcome)
        return go_to(request, reverse("contacts:contact", args=[contact_uuid]))
    if outcome.unknown or outcome.under_way:
        return go_to(request, reverse("contacts:edit", args=[contact_uuid]))
    return _not_saved(request, form, outcome)


def _not_saved(request: StaffRequest, form: EditForm, outcome: Outcome) -> HttpResponse:
    """The form once more with what was typed, and why it was not saved."""
    if isinstance(outcome.error, changing.ChangedSince):
        sheet = changing.open_sheet(contact_uuid=form.sheet.contact.uuid, actor=actor_of(request))
        again = EditForm(request.POST, sheet=sheet)
        if again.is_valid():
            clashes = changing.clashing(sheet, changing.changed(sheet, again.changes), again.prints())
            if clashes:
                return _ask(request, again, clashes)
    data = request.POST.copy()
    if outcome.outcome != "planned":
        data["form_token"] = form_token()
    again = EditForm(data, sheet=form.sheet)
    if isinstance(outcome.error, PiggyRejected):
        again.refuse(outcome.error.fields)
        focus_first_error(again)
    return _sheet_page(request, again, refusal=outcome.words, status=NOT_DONE)


def _ask(request: StaffRequest, form: EditForm, clashes: Any) -> HttpResponse:
    """Both values side by side. Nothing was sent."""
    again = asking(form, [change.name for change in clashes], request.POST, form_token())
    names = named([change.label for change in clashes])
    return _sheet_page(request, again, clashes=names, status=NOT_DONE)


def _sheet_page(request: StaffRequest, form: EditForm, status: int = 200, **context: Any) -> HttpResponse:
    contact_uuid = form.sheet.contact.uuid
    context |= {
        "contact_uuid": contact_uuid,
        "contact": form.sheet.contact,
        "sheet": form.sheet,
        "form": form,
        "groups": list(form.groups()),
        "open_acts": changing.open_acts(contact_uuid=contact_uuid),
        "sees_identity": request.user.has_perm("contacts.see_identity"),
        "may_claim": request.user.has_perm("contacts.claim_contact"),
    }
    return render_page(request, "contacts/editing/edit.html", context, partial="sheet", status=status)


@require_safe
@permission_required("contacts.manage_subscriptions", raise_exception=True)
def subscriptions(request: StaffRequest, contact_uuid: str) -> HttpResponse:
    """Every kind of mail, and whether this customer gets it."""
    try:
        page = subscribing.open_page(contact_uuid=contact_uuid)
    except changing.NoContact:
        return _gone(request, contact_uuid)
    context = {
        "contact_uuid": contact_uuid,
        "contact": page.contact.value,
        "page": page,
        "tokens": [(line, form_token()) for line in page.lines],
        "may_claim": request.user.has_perm("contacts.claim_contact"),
    }
    return render_page(request, "contacts/editing/subscriptions.html", context, status=503 if page.error else 200)


@called("Subscribe a customer")
@require_POST
@permission_required("contacts.manage_subscriptions", raise_exception=True)
@shop_required
def subscribe(request: StaffRequest, contact_uuid: str) -> HttpResponse:
    return _subscription_act(request, contact_uuid, subscribing.subscribe)


@called("Unsubscribe a customer")
@require_POST
@permission_required("contacts.manage_subscriptions", raise_exception=True)
@shop_required
def unsubscribe(request: StaffRequest, contact_uuid: str) -> HttpResponse:
    return _subscription_act(request, contact_uuid, subscribing.unsubscribe)


def _subscription_act(request: StaffRequest, contact_uuid: str, service: Any) -> HttpResponse:
    """Do it once for each form, and show the list as it is afterwards."""
    form = TypeForm(request.POST)
    if form.is_valid():
        type_uuid, token = form.cleaned_data["type"], form.cleaned_data["form_token"]
        outcome = service(contact_uuid=contact_uuid, type_uuid=type_uuid, actor=actor_of(request), token=token)
        say(request, outcome)
    else:
        words = "Nothing was changed: the form was not complete."
        messages.add_message(request, messages.INFO, words, extra_tags="refused")
    return go_to(request, reverse("contacts:subscriptions", args=[contact_uuid]))


def _gone(request: StaffRequest, contact_uuid: str) -> HttpResponse:
    return render_page(request, "contacts/lookup/gone.html", {"contact_uuid": contact_uuid}, status=404)


def _time_zone(request: StaffRequest) -> str:
    return request.shop.time_zone if request.shop else settings.TIME_ZONE


def _region(request: StaffRequest) -> str:
    return place_of(_time_zone(request)).region
