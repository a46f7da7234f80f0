"""Attributes of everything that Piggy keeps: the lists with their filters, making one, changing one, making a group."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from piggyadmin.accounts.actor import actor_of
from piggyadmin.accounts.decorators import called
from piggyadmin.accounts.request import StaffRequest
from piggyadmin.catalogue.attributes import services
from piggyadmin.catalogue.attributes.forms import ALL, ChangeForm, GroupForm, ListForm, NewForm, written
from piggyadmin.catalogue.attributes.lists import LISTS, AttributeList
from piggyadmin.catalogue.attributes.services import Sight
from piggyadmin.catalogue.listing import wants_file
from piggyadmin.htmx import go_to, render_page
from piggyadmin.ledger.door import form_token
from piggyadmin.ledger.forms import OnceForm, focus_first_error
from piggyadmin.ledger.outcomes import Outcome
from piggyadmin.ledger.pages import look_of, renewing, say
from piggyadmin.piggy.errors import PiggyRejected

FIRST = "contact"
LOST_RACE, NO_ANSWER = 409, 503
LIST, FORM = "catalogue/attributes/list.html", "catalogue/attributes/form.html"

may_view = permission_required("catalogue.view_setup", raise_exception=True)
may_change = permission_required("catalogue.change_attributes", raise_exception=True)


@require_safe
@may_view
def attributes(request: StaffRequest) -> HttpResponse:
    """One list or all, narrowed by type and words; also as a file."""
    form = ListForm({"of": FIRST, **request.GET.dict()})
    asked = form.cleaned_data if form.is_valid() else {}
    key = asked.get("of") or FIRST
    where = None if key == ALL else LISTS[key]
    page = services.open_page(where, type=asked.get("type") or "", words=asked.get("q") or "")
    if wants_file(request) and form.is_valid() and not page.is_unread:
        return services.FILE.file(page.lines, read_at=page.read_at)
    status = 422 if not form.is_valid() else NO_ANSWER if page.is_unread else 200
    context = {"form": form, "where": where, "page": page, "is_narrowed": bool(asked.get("type") or asked.get("q"))}
    return render_page(request, LIST, context, partial="list", status=status)


@called("Make an attribute")
@require_http_methods(["GET", "HEAD", "POST"])
@may_change
@renewing
def new(request: StaffRequest, of: str) -> HttpResponse:
    """Make one; its name and type stay for good."""
    where = _list(of)
    groups = services.groups_of(where) if where.groups_on_create else []
    form = NewForm(request.POST if request.method == "POST" else None, where=where, groups=groups)
    if not form.is_valid():
        return _form(request, where, form, "new", status=422 if form.is_bound else 200)
    try:
        outcome = services.create(where, wish=form.wish, actor=actor_of(request), token=form.cleaned_data["form_token"])
    except services.NameTaken:
        form.add_error("name", f"There is an attribute of this name for {where.of} already.")
        return _form(request, where, form, "new", status=422)
    return _after(request, where, form, outcome, "new")


@called("Change an attribute")
@require_http_methods(["GET", "HEAD", "POST"])
@may_change
@renewing
def change(request: StaffRequest, of: str, name: str) -> HttpResponse:
    """Another label, description, options or group."""
    where = _list(of)
    try:
        sight = services.look(where, name=name)
    except services.NoAttribute:
        raise Http404("There is no such attribute.") from None
    except services.NotChangeable as no:
        messages.info(request, f"{name} cannot be changed here. {no}", extra_tags="refused")
        return go_to(request, _url(where))
    told: dict[str, Any] = {"where": where, "definition": sight.definition, "groups": sight.groups}
    if request.method != "POST":
        return _form(request, where, ChangeForm(initial=_initial(sight), **told), "change", sight=sight, status=200)
    form = ChangeForm(request.POST, **told)
    if not form.is_valid():
        return _form(request, where, form, "change", sight=sight, status=422)
    try:
        outcome = services.update(
            where,
            before=sight.definition,
            wish=form.wish,
            seen=form.cleaned_data["seen"],
            actor=actor_of(request),
            token=form.cleaned_data["form_token"],
        )
    except services.NothingChanged:
        messages.info(request, "Nothing was changed: it is as you typed it.", extra_tags="plain")
        return go_to(request, _url(where))
    return _after(request, where, form, outcome, "change", sight=sight)


@called("Make a group of attributes")
@require_http_methods(["GET", "HEAD", "POST"])
@may_change
@renewing
def new_group(request: StaffRequest, of: str) -> HttpResponse:
    """Make a group; no call changes or deletes one."""
    where = _list(of)
    if where.create_group is None:
        raise Http404("This list has no groups.")
    form = GroupForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _form(request, where, form, "group", status=422 if form.is_bound else 200)
    asked = form.cleaned_data
    try:
        outcome = services.create_group(
            where, name=asked["name"], label=asked["label"], actor=actor_of(request), token=asked["form_token"]
        )
    except services.NameTaken:
        form.add_error("name", f"There is a group of this name for {where.of} already.")
        return _form(request, where, form, "group", status=422)
    return _after(request, where, form, outcome, "group")


def _after(
    request: StaffRequest, where: AttributeList, form: Any, outcome: Outcome, page: str, *, sight: Sight | None = None
) -> HttpResponse:
    """What is unknown has a page of its own, which looks; what is known not done shows the form again, as typed."""
    if outcome.done:
        say(request, outcome)
        return go_to(request, _url(where))
    if outcome.unknown or outcome.under_way:
        return go_to(request, reverse("ledger:act", args=[outcome.act_id]))
    if outcome.outcome != "planned":  # the old token leads to the refusal; a planned act is sent again by it alone
        form.data = form.data.copy()
        form.data["form_token"] = form_token()
    if isinstance(outcome.error, PiggyRejected) and isinstance(form, NewForm | ChangeForm):
        form.tell(outcome.error.fields)
    told = {"told": outcome, "look": look_of(outcome)}
    return _form(request, where, form, page, sight=sight, status=LOST_RACE, **told)


def _form(
    request: StaffRequest,
    where: AttributeList,
    form: OnceForm,
    page: str,
    *,
    sight: Sight | None = None,
    status: int,
    **more: Any,
) -> HttpResponse:
    focus_first_error(form)
    context = {"where": where, "form": form, "page": page, "sight": sight, "list_url": _url(where), **more}
    return render_page(request, FORM, context, partial="form", status=status)


def _initial(sight: Sight) -> dict[str, Any]:
    definition = sight.definition
    return {
        "label": definition.title,
        "description": definition.description or "",
        "options": written(definition.options),
        "group": definition.group_title,
        "seen": services.fingerprint(definition),
    }


def _list(key: str) -> AttributeList:
    try:
        return LISTS[key]
    except KeyError:
        raise Http404("Nothing of this name has attributes.") from None


def _url(where: AttributeList) -> str:
    return f"{reverse('catalogue:attributes')}?{urlencode({'of': where.key})}"
