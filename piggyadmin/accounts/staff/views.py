"""The pages about people, for admins. A fresh password is asked for before each of them."""

import uuid
from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from piggyadmin.accounts import lockout
from piggyadmin.accounts.actor import actor_of
from piggyadmin.accounts.decorators import called, fresh_sign_in_required
from piggyadmin.accounts.models import Staff
from piggyadmin.accounts.staff import services
from piggyadmin.accounts.staff.forms import AddForm, PersonForm
from piggyadmin.htmx import go_to, render_page

may_manage = permission_required("accounts.manage_staff", raise_exception=True)


@require_safe
@may_manage
@fresh_sign_in_required
def list_staff(request: HttpRequest) -> HttpResponse:
    has_codes = Authenticator.objects.filter(user=OuterRef("pk"), type=Authenticator.Type.TOTP)
    people = Staff.objects.prefetch_related("groups", "shops").annotate(has_second_factor=Exists(has_codes))
    context = {"people": people.order_by("-is_active", "name")}
    return render_page(request, "accounts/staff/list.html", context, partial="people")


@called("Add a person")
@require_http_methods(["GET", "HEAD", "POST"])
@may_manage
@fresh_sign_in_required
@sensitive_post_parameters("password")
def add(request: HttpRequest) -> HttpResponse:
    form = AddForm(request.POST or None)
    if form.is_valid():
        try:
            given = services.add_staff(by=actor_of(request), **form.cleaned_data)
        except services.RefusedError as refused:
            form.add_error(refused.field or None, refused.message)
        else:
            return show_once(request, given, typed=bool(form.cleaned_data["password"]))
    return render_page(
        request, "accounts/staff/add.html", {"form": form}, partial="form", status=422 if form.errors else 200
    )


@called("Change a person")
@require_http_methods(["GET", "HEAD", "POST"])
@may_manage
@fresh_sign_in_required
def change(request: HttpRequest, staff_id: uuid.UUID) -> HttpResponse:
    person = get_object_or_404(Staff.objects.prefetch_related("groups", "shops"), pk=staff_id)
    now = {"name": person.name, "role": person.role, "shops": person.shops.all(), "is_active": person.is_active}
    form = PersonForm(request.POST or None, initial=now, person=person)
    if form.is_valid():
        try:
            changed = services.change_staff(by=actor_of(request), staff=person, **form.cleaned_data)
        except services.RefusedError as refused:
            form.add_error(refused.field or None, refused.message)
        else:
            words = f"{form.cleaned_data['name']}: saved." if changed else "Nothing was different."
            messages.success(request, words, extra_tags="done")
            return go_to(request, reverse("accounts:staff"))
    context, status = person_context(person, form), 422 if form.errors else 200
    return render_page(request, "accounts/staff/change.html", context, partial="form", status=status)


def person_context(person: Staff, form: PersonForm) -> dict[str, Any]:
    authenticators = Authenticator.objects.filter(user=person, type=Authenticator.Type.TOTP)
    return {"person": person, "form": form, "has_second_factor": authenticators.exists()}


@called("Make a new password")
@require_POST
@may_manage
@fresh_sign_in_required
def password(request: HttpRequest, staff_id: uuid.UUID) -> HttpResponse:
    person = get_object_or_404(Staff, pk=staff_id)
    try:
        given = services.reset_password(by=actor_of(request), staff=person)
    except services.RefusedError as refused:
        messages.error(request, refused.message, extra_tags="refused")
        return go_to(request, reverse("accounts:staff-change", args=[person.pk]))
    lockout.forgive(person)
    return show_once(request, given)


def show_once(request: HttpRequest, given: services.GivenPassword, *, typed: bool = False) -> HttpResponse:
    """The one page that shows a made password. It is never stored: not by us, not by a browser, not by a cache."""
    response = render_page(request, "accounts/staff/password.html", {"given": given, "typed": typed}, partial="given")
    response["Cache-Control"] = "no-store, private"
    return response


@called("Switch off a second factor")
@require_POST
@may_manage
@fresh_sign_in_required
def second_factor(request: HttpRequest, staff_id: uuid.UUID) -> HttpResponse:
    person = get_object_or_404(Staff, pk=staff_id)
    try:
        was_on = services.remove_second_factor(by=actor_of(request), staff=person)
    except services.RefusedError as refused:
        messages.error(request, refused.message, extra_tags="refused")
    else:
        words = "is switched off, and every session has ended" if was_on else "was not on"
        messages.success(request, f"The second factor of {person.name} {words}.", extra_tags="done")
    return go_to(request, reverse("accounts:staff-change", args=[person.pk]))
