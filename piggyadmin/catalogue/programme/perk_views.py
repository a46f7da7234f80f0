"""Perks: the list, one of them with its options, making, renaming and deleting one."""

from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from piggyadmin.accounts.actor import actor_of
from piggyadmin.accounts.decorators import called
from piggyadmin.accounts.request import StaffRequest
from piggyadmin.catalogue.listing import CatalogueList, wants_file
from piggyadmin.catalogue.programme import perks
from piggyadmin.catalogue.programme.forms import DATA_TYPES, DeleteForm, PerkFilter, PerkForm, RenameForm
from piggyadmin.htmx import go_to, render_page
from piggyadmin.ledger.forms import focus_first_error
from piggyadmin.ledger.outcomes import Outcome
from piggyadmin.ledger.pages import renewing, say
from piggyadmin.piggy.payloads import Perk

LOST_RACE = 409
PERKS = CatalogueList[Perk](
    "perks",
    (
        ("perk_uuid", lambda perk: perk.uuid),
        ("name", lambda perk: perk.label),
        ("key", lambda perk: perk.name),
        ("kind", lambda perk: perk.data_type),
        ("values", lambda perk: "; ".join(f"{each.label} ({each.value})" for each in perk.options)),
        ("default", lambda perk: next((each.value for each in perk.options if each.default), None)),
    ),
)
may_see = permission_required("catalogue.view_programme", raise_exception=True)
may_change = permission_required("catalogue.change_programme", raise_exception=True)


@require_safe
@may_see
def listed(request: StaffRequest) -> HttpResponse:
    """Every perk, or those whose name holds what was typed."""
    form = PerkFilter(request.GET)
    asked = form.cleaned_data if form.is_valid() else {}
    found = perks.listed(words=asked.get("q", ""), data_type=asked.get("kind", ""))
    if form.is_valid() and wants_file(request):
        return PERKS.file(found.perks, read_at=found.read_at)
    rows = [(perk, kind_words(perk)) for perk in found.perks]
    context = {"form": form, "listed": found, "rows": rows, "narrowed": any(asked.values())}
    return render_page(
        request, "catalogue/programme/perks.html", context, partial="list", status=200 if form.is_valid() else 422
    )


@require_safe
@may_see
def perk(request: StaffRequest, perk_uuid: str) -> HttpResponse:
    """One perk, with its values and what was done about it."""
    return _perk(request, perk_uuid)


@called("Make a perk")
@require_http_methods(["GET", "HEAD", "POST"])
@may_change
@renewing
def new(request: StaffRequest) -> HttpResponse:
    """Make a perk. What its page then shows is read again: the answer of making one tells no values."""
    form = PerkForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _new(request, form, status=422 if form.is_bound else 200)
    typed = dict(form.cleaned_data)
    token = typed.pop("form_token")
    outcome = perks.make(**form.as_sent(), actor=actor_of(request), token=token)
    if outcome.done:
        say(request, outcome)
        return go_to(request, reverse("catalogue:perk", args=[outcome.figures["perk_uuid"]]))
    if outcome.unknown or outcome.under_way:  # its page says so, and looks
        return go_to(request, reverse("ledger:act", args=[outcome.act_id]))
    # Known not done. The very act may be sent again when its time has come: its form keeps its token.
    kept = {"form_token": token} if outcome.outcome == "planned" else {}
    return _new(request, PerkForm(initial=typed | kept), told=outcome, status=LOST_RACE)


@called("Rename a perk")
@require_POST
@may_change
@renewing
def rename(request: StaffRequest, perk_uuid: str) -> HttpResponse:
    form = RenameForm(request.POST)
    if not form.is_valid():
        return _perk(request, perk_uuid, form, status=422)
    label, before = form.cleaned_data["label"], form.cleaned_data["before"]
    if label == before:
        form.add_error("label", "That is its name already.")
        return _perk(request, perk_uuid, form, status=422)
    outcome = perks.rename(
        perk_uuid=perk_uuid,
        label=label,
        before=before,
        actor=actor_of(request),
        token=form.cleaned_data["form_token"],
    )
    return _after(request, outcome, perk_uuid)


@called("Delete a perk")
@require_http_methods(["GET", "HEAD", "POST"])
@may_change
def delete(request: StaffRequest, perk_uuid: str) -> HttpResponse:
    """What deleting it means, and the deleting, once its key was typed."""
    try:
        sight = perks.look(perk_uuid=perk_uuid)
    except perks.NoPerk:
        earlier = perks.deleted_by(request.POST.get("form_token", ""), perk_uuid=perk_uuid, actor=actor_of(request))
        return _after(request, earlier, "") if earlier else _gone(request, perk_uuid)
    key = sight.perk.name or "delete"
    form = DeleteForm(request.POST if request.method == "POST" else None, key=key)
    if not form.is_valid():
        focus_first_error(form)
        context = {"sight": sight, "form": form, "key": key}
        status = 422 if form.is_bound else 200
        return render_page(request, "catalogue/programme/perk_delete.html", context, status=status)
    label = sight.perk.label or ""
    outcome = perks.delete(
        perk_uuid=perk_uuid, label=label, actor=actor_of(request), token=form.cleaned_data["form_token"]
    )
    return _after(request, outcome, "" if outcome.done else perk_uuid)


def kind_words(perk: Perk) -> str:
    return DATA_TYPES.get(perk.data_type or "", (perk.data_type or "not told").replace("_", " "))


def _after(request: StaffRequest, outcome: Outcome, perk_uuid: str) -> HttpResponse:
    """To the perk's page, or the list once it is gone; to the act where nobody knows what came of it."""
    if outcome.unknown or outcome.under_way:
        return go_to(request, reverse("ledger:act", args=[outcome.act_id]))
    say(request, outcome)
    where = reverse("catalogue:perk", args=[perk_uuid]) if perk_uuid else reverse("catalogue:perks")
    return go_to(request, where)


def _perk(request: StaffRequest, perk_uuid: str, form: RenameForm | None = None, *, status: int = 200) -> HttpResponse:
    try:
        sight = perks.look(perk_uuid=perk_uuid)
    except perks.NoPerk:
        return _gone(request, perk_uuid)
    if form is None:
        form = RenameForm(initial={"label": sight.perk.label, "before": sight.perk.label})
    focus_first_error(form)
    context = {"sight": sight, "perk": sight.perk, "kind": kind_words(sight.perk), "form": form}
    return render_page(request, "catalogue/programme/perk.html", context, status=status)


def _new(request: StaffRequest, form: PerkForm, *, told: Outcome | None = None, status: int) -> HttpResponse:
    focus_first_error(form)
    context = {"form": form, "told": told}
    return render_page(request, "catalogue/programme/perk_new.html", context, partial="form", status=status)


def _gone(request: StaffRequest, perk_uuid: str) -> HttpResponse:
    return render_page(request, "catalogue/programme/no_perk.html", {"perk_uuid": perk_uuid}, status=404)
