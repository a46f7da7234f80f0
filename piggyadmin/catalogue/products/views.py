"""Products and categories: the lists, finding one, making, changing and deleting one. The sort comes with the URL."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from piggyadmin.accounts.actor import actor_of
from piggyadmin.accounts.decorators import called
from piggyadmin.accounts.request import StaffRequest
from piggyadmin.catalogue.listing import wants_file
from piggyadmin.catalogue.products import services
from piggyadmin.catalogue.products.forms import ChangeForm, DeleteForm, FindForm, FindOrCreateForm, ListForm, NewForm
from piggyadmin.catalogue.products.services import Choices, Sight
from piggyadmin.catalogue.products.sorts import PRODUCT, Item, Sort
from piggyadmin.htmx import go_to, render_page
from piggyadmin.ledger.door import begun_with, form_token
from piggyadmin.ledger.forms import OnceForm, focus_first_error
from piggyadmin.ledger.outcomes import Outcome
from piggyadmin.ledger.pages import look_of, renewing, say

LOST_RACE = 409
TEMPLATES = "catalogue/products"

may_view = permission_required("catalogue.view_products", raise_exception=True)
may_change = permission_required("catalogue.change_products", raise_exception=True)


@require_safe
@may_view
def items(request: StaffRequest, sort: Sort) -> HttpResponse:
    """One page as Piggy has it, narrowed to what holds the words; or all of them as a file."""
    form = ListForm(request.GET)
    asked = form.cleaned_data if form.is_valid() else {}
    words = asked.get("q") or ""
    if wants_file(request) and form.is_valid():
        try:
            return services.file_of(sort).file(services.for_file(sort, words=words))
        except services.TooMany:
            return _list(request, sort, form, too_many=True, status=422)
    return _list(request, sort, form, status=200 if form.is_valid() else 422)


def _list(request: StaffRequest, sort: Sort, form: ListForm, *, status: int, **more: Any) -> HttpResponse:
    asked = form.cleaned_data if form.is_valid() else {}
    number, words = asked.get("page") or 1, asked.get("q") or ""
    listed = services.listed(sort, number=number, words=words)
    before = (number - 1) * services.PAGE_SIZE
    context = {
        "sort": sort,
        "form": form,
        "words": words,
        "listed": listed,
        "rows": [(item, reverse(f"catalogue:{sort.name}", args=[item.uuid])) for item in listed.items],
        "first": before + 1,
        "until": before + listed.received,
        "find_form": more.pop("find_form", None) or FindForm(),
        "urls": _urls(sort),
        "most_rows": services.FILE_ROWS,
        **more,
    }
    return render_page(request, f"{TEMPLATES}/list.html", context, partial="list", status=status)


@require_POST
@may_view
def find(request: StaffRequest, sort: Sort) -> HttpResponse:
    """Lead to the one with this identifier. By POST, so that what is typed stands in no log."""
    form = FindForm(request.POST)
    if not form.is_valid():
        focus_first_error(form)
        return _list(request, sort, ListForm({}), find_form=form, status=422)
    found = services.find(sort, identifier=form.cleaned_data["identifier"])
    if found is None:
        typed = form.cleaned_data["identifier"]
        create = FindOrCreateForm(initial={"identifier": typed}, auto_id="id_create_%s")
        create.fields["identifier"].widget.attrs.pop("autofocus", None)
        return _list(request, sort, ListForm({}), find_form=form, missing=typed, create_form=create, status=404)
    return go_to(request, reverse(f"catalogue:{sort.name}", args=[found.uuid]))


@called("Find or create a product or category")
@require_http_methods(["GET", "HEAD", "POST"])
@may_change
@renewing
def find_or_create(request: StaffRequest, sort: Sort) -> HttpResponse:
    """Make sure that there is one with this identifier, and say whether there was."""
    form = FindOrCreateForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _form(request, sort, form, "find_or_create", status=422 if form.is_bound else 200)
    token = form.cleaned_data["form_token"]
    outcome = services.find_or_create(sort, wish=form.wish, actor=actor_of(request), token=token)
    if outcome.done:
        return _to_it(request, sort, outcome)
    return _not_done(request, sort, form, outcome, "find_or_create")


@called("Make a product or category")
@require_http_methods(["GET", "HEAD", "POST"])
@may_change
@renewing
def new(request: StaffRequest, sort: Sort) -> HttpResponse:
    """Make one with an identifier that is free."""
    choices = services.choices() if sort is PRODUCT else None
    form = NewForm(request.POST if request.method == "POST" else None, sort=sort, choices=choices)
    if not form.is_valid():
        return _form(request, sort, form, "new", choices=choices, status=422 if form.is_bound else 200)
    token = form.cleaned_data["form_token"]
    try:
        outcome = services.make(sort, wish=form.wish, actor=actor_of(request), token=token)
    except services.Taken as taken:
        form.add_error("identifier", f"There is a {sort.name} with this identifier already: {taken.item.name}.")
        return _form(request, sort, form, "new", choices=choices, taken=taken.item, status=422)
    if outcome.done:
        return _to_it(request, sort, outcome)
    return _not_done(request, sort, form, outcome, "new", choices=choices)


@require_safe
@may_view
def item(request: StaffRequest, sort: Sort, uuid: str) -> HttpResponse:
    """One of them, as Piggy has it now, and what was done with it from here."""
    try:
        sight = services.look(sort, uuid=uuid)
    except services.NoItem:
        return _gone(request, sort, uuid)
    context = {"sort": sort, "sight": sight, "item": sight.item, "urls": _urls(sort, uuid)}
    return render_page(request, f"{TEMPLATES}/item.html", context)


@called("Change a product or category")
@require_http_methods(["GET", "HEAD", "POST"])
@may_change
@renewing
def change(request: StaffRequest, sort: Sort, uuid: str) -> HttpResponse:
    """Give one another name, description or categories. The identifier stays."""
    try:
        sight = services.look(sort, uuid=uuid)
    except services.NoItem:
        return _gone(request, sort, uuid)
    choices = _choices_of(sort, sight.item)
    if request.method != "POST":
        return _form(request, sort, _change_form(sort, sight.item, choices), "change", sight, choices=choices)
    form = ChangeForm(request.POST, sort=sort, choices=choices)
    if not form.is_valid():
        return _form(request, sort, form, "change", sight, choices=choices, status=422)
    kept = tuple(sight.item.category_uuids)
    try:
        outcome = services.change(
            sort,
            item=sight.item,
            wish=form.about(sight.item.identifier, kept=kept),
            seen=form.cleaned_data["seen"],
            actor=actor_of(request),
            token=form.cleaned_data["form_token"],
        )
    except services.NothingChanged:
        messages.info(request, f"Nothing was changed: the {sort.name} is as you typed it.", extra_tags="plain")
        return go_to(request, _urls(sort, uuid)["item"])
    if outcome.done:
        say(request, outcome)
        return go_to(request, _urls(sort, uuid)["item"])
    return _not_done(request, sort, form, outcome, "change", sight, choices=choices)


@called("Delete a product or category")
@require_http_methods(["GET", "HEAD", "POST"])
@may_change
def delete(request: StaffRequest, sort: Sort, uuid: str) -> HttpResponse:
    """Take one away for good, its identifier typed."""
    try:
        sight = services.look(sort, uuid=uuid)
    except services.NoItem:
        earlier = begun_with(request.POST.get("form_token", ""), by=actor_of(request))
        if earlier is not None:  # the second click of the form that deleted it
            return go_to(request, reverse("ledger:act", args=[earlier.pk]))
        return _gone(request, sort, uuid)
    form = DeleteForm(request.POST if request.method == "POST" else None, item=sight.item)
    if not form.is_valid():
        return _form(request, sort, form, "delete", sight, status=422 if form.is_bound else 200)
    token = form.cleaned_data["form_token"]
    outcome = services.delete(sort, item=sight.item, actor=actor_of(request), token=token)
    if outcome.done:
        say(request, outcome)
        return go_to(request, _urls(sort)["list"])
    return _not_done(request, sort, form, outcome, "delete", sight)


def _change_form(sort: Sort, item: Item, choices: Choices | None) -> ChangeForm:
    initial = {
        "name": item.name,
        "description": item.description,
        "categories": item.category_uuids,
        "seen": services.fingerprint(item),
    }
    return ChangeForm(initial=initial, sort=sort, choices=choices)


def _choices_of(sort: Sort, item: Item) -> Choices | None:
    """The categories to choose from, with those it is under first of all: a choice never drops one unseen."""
    if sort is not PRODUCT:
        return None
    choices = services.choices()
    offered = {each.uuid for each in choices.categories}
    own = [Item(each.uuid, each.external_identifier, each.name) for each in item.categories if each.uuid not in offered]
    return Choices([*own, *choices.categories], choices.is_all)


def _form(
    request: StaffRequest,
    sort: Sort,
    form: OnceForm,
    page: str,
    sight: Sight | None = None,
    *,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    focus_first_error(form)
    context = {"sort": sort, "form": form, "sight": sight, "item": sight.item if sight else None, "page": page}
    context |= {"urls": _urls(sort, sight.item.uuid if sight else ""), **more}
    return render_page(request, f"{TEMPLATES}/form.html", context, partial="form", status=status)


def _not_done(
    request: StaffRequest,
    sort: Sort,
    form: OnceForm,
    outcome: Outcome,
    page: str,
    sight: Sight | None = None,
    **more: Any,
) -> HttpResponse:
    """What is unknown has a page of its own, which looks; what is known not done shows the form again, as typed."""
    if outcome.unknown or outcome.under_way:
        return go_to(request, reverse("ledger:act", args=[outcome.act_id]))
    if outcome.outcome != "planned":  # the old token leads to the refusal; a planned act is sent again by it alone
        again = request.POST.copy()
        again["form_token"] = form_token()
        form.data = again
    told = {"told": outcome, "look": look_of(outcome)}
    return _form(request, sort, form, page, sight, status=LOST_RACE, **told, **more)


def _to_it(request: StaffRequest, sort: Sort, outcome: Outcome) -> HttpResponse:
    say(request, outcome)
    return go_to(request, reverse(f"catalogue:{sort.name}", args=[outcome.figures[f"{sort.name}_uuid"]]))


def _gone(request: StaffRequest, sort: Sort, uuid: str) -> HttpResponse:
    context = {"sort": sort, "uuid": uuid, "urls": _urls(sort)}
    return render_page(request, f"{TEMPLATES}/gone.html", context, status=404)


def _urls(sort: Sort, uuid: str = "") -> dict[str, str]:
    """The addresses of one sort, for templates that serve both."""
    urls = {
        "list": reverse(f"catalogue:{sort.many}"),
        "find": reverse(f"catalogue:{sort.name}-find"),
        "find_or_create": reverse(f"catalogue:{sort.name}-find-or-create"),
        "new": reverse(f"catalogue:{sort.name}-new"),
    }
    if uuid:
        urls["item"] = reverse(f"catalogue:{sort.name}", args=[uuid])
        urls |= {name: reverse(f"catalogue:{sort.name}-{name}", args=[uuid]) for name in ("change", "delete")}
    return urls
