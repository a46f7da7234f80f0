"""The day's bookings, a booking to make or change, and the check-in."""

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from contacts.bookings import customers, fields, known, pages, services
from contacts.bookings.forms import CheckInForm, CodeForm, DayForm, EditForm, FindForm, NewForm
from contacts.timed.fields import moment_shown
from piggyadmin.accounts.actor import actor_of
from piggyadmin.accounts.decorators import called, shop_required
from piggyadmin.accounts.models import Shop
from piggyadmin.accounts.request import StaffRequest
from piggyadmin.htmx import go_to, render_page
from piggyadmin.ledger.door import form_token, was_begun
from piggyadmin.ledger.forms import focus_first_error
from piggyadmin.ledger.outcomes import Outcome
from piggyadmin.ledger.pages import look_of, renewing, say
from piggyadmin.ledger.services import SEE_ALL
from piggyadmin.ledger.typed_again import as_typed, left_over
from piggyadmin.moments import offset_words
from piggyadmin.templatetags.words import moment_words

CLASH = 409


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("contacts.edit_booking", raise_exception=True)
@shop_required
def day(request: StaffRequest) -> HttpResponse:
    """The bookings of one day in this shop; by POST, one is opened by its code."""
    shop = _shop(request)
    today = timezone.localdate(timezone=ZoneInfo(shop.time_zone))
    asked = DayForm({"day": request.GET.get("day") or today.isoformat()})
    on = asked.cleaned_data["day"] if asked.is_valid() else today
    code = CodeForm(request.POST if request.method == "POST" else None)
    context: dict[str, Any] = {"code": code, "asked": asked}
    if code.is_valid():
        found = known.with_code(code.cleaned_data["code"])
        uuid = found[0].piggy_uuid if found else fields.uuid_in(code.cleaned_data["code"])
        if uuid and len(found) < 2:
            return go_to(request, reverse("bookings:edit", args=[uuid]))
        context |= {"several": found} if found else {}
        if not found:
            code.add_error("code", "No booking that we know has this code. Paste its id from Piggy’s own dashboard.")
    if code.errors:
        focus_first_error(code)
    lines, elsewhere = services.day_list(shop=shop, day=on)
    first = next((line.booking.pk for line in lines if line.awaited), None)
    context |= {
        "day": on,
        "today": today,
        "before": on - timedelta(days=1),
        "after": on + timedelta(days=1),
        "lists": [("In this shop", lines), ("Shop not known", elsewhere)] if elsewhere else [("", lines)],
        "any": bool(lines or elsewhere),
        "counts": _counts(lines),
        "first": first,
        "just_checked": "checked" in request.GET,  # a second press of the key must not be the next customer's
        "zone": _zone_words(shop),
    }
    wrong = code.errors or asked.errors
    return render_page(request, "contacts/bookings/day.html", context, status=422 if wrong else 200)


@called("Make a booking")
@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("contacts.edit_booking", raise_exception=True)
@shop_required
@renewing
def new(request: StaffRequest) -> HttpResponse:
    """Find the customer, then make the booking, in the shop one stands in."""
    if request.method == "POST" and "customer" in request.POST:
        return _find(request)
    if request.method == "POST":
        return _create(request)
    contact_uuid = request.GET.get("contact", "")
    if not contact_uuid:
        return _new_page(request, {"find": FindForm()})
    try:
        customer = customers.read_customer(contact_uuid=contact_uuid)
    except customers.NoCustomer as nobody:
        return _new_page(request, {"find": FindForm(), "nobody": str(nobody)}, status=404)
    shop = _shop(request)
    initial = {"shop": shop.pk, "contact": customer.uuid, "called": customer.name}
    form = NewForm(zone=ZoneInfo(shop.time_zone), initial=initial)
    form.fields["starts_at"].widget.attrs["autofocus"] = True
    return _new_page(request, {"form": form, "customer": customer})


def _find(request: StaffRequest) -> HttpResponse:
    find = FindForm(request.POST)
    if find.is_valid():
        try:
            customer = customers.find_customer(text=find.cleaned_data["customer"])
        except customers.NoCustomer as nobody:
            find.add_error("customer", str(nobody))
        else:
            return go_to(request, f"{reverse('bookings:new')}?{urlencode({'contact': customer.uuid})}")
    return _new_page(request, {"find": find}, status=422)


def _create(request: StaffRequest) -> HttpResponse:
    shop = _shop(request)
    form = NewForm(request.POST, zone=ZoneInfo(shop.time_zone))
    valid = form.is_valid()
    if form.broken or request.POST.get("contact") != request.GET.get("contact", request.POST.get("contact")):
        return _new_again(request, form)
    context = {
        "form": form,
        "customer": customers.Customer(form.cleaned_data["contact"], form.cleaned_data.get("called", "")),
    }
    if not valid:
        return _new_page(request, context, status=422)
    if form.cleaned_data["shop"] != shop.pk:
        # Another tab changed the shop; a booking's shop stays for good, so nothing is guessed.
        return _new_page(request, context | {"moved": True}, status=CLASH)
    token = form.cleaned_data["form_token"]
    twin = services.twin_of(
        contact_uuid=form.cleaned_data["contact"], starts_at=form.cleaned.get("starts_at"), actor=actor_of(request)
    )
    if twin is not None and form.cleaned_data["twin"] != twin.piggy_uuid and not was_begun(token):
        # The back button brings the filled-in form with a token of its own: asked once, never made by mistake.
        data = request.POST.copy()
        data["twin"] = twin.piggy_uuid
        asked = NewForm(data, zone=ZoneInfo(shop.time_zone))
        asked.is_valid()
        return _new_page(request, context | {"form": asked, "twin": twin}, status=CLASH)
    try:
        saving = services.create(
            contact_uuid=form.cleaned_data["contact"],
            actor=actor_of(request),
            values=form.cleaned,
            token=form.cleaned_data["form_token"],
        )
    except services.CodeTaken as taken:
        form.add_error("external_id", "Another booking has this code already.")
        return _new_page(request, context | {"taken": taken.args[0]}, status=422)
    assert saving.outcome is not None
    if saving.outcome.done:
        _say(request, saving)
        return go_to(request, reverse("bookings:edit", args=[saving.outcome.figures["booking_uuid"]]))
    if saving.outcome.refused:
        pages.renewed(form, saving.outcome)
    return _new_page(request, context | {"outcome": saving.outcome}, status=_status(saving.outcome))


def _new_again(request: StaffRequest, form: NewForm) -> HttpResponse:
    """The form was not complete, nothing was done: a whole one with the same texts, for whom the address names."""
    shop, contact_uuid = _shop(request), request.GET.get("contact") or form.cleaned_data.get("contact", "")
    nobody = "Choose the customer again."
    if contact_uuid:
        try:
            customer = customers.read_customer(contact_uuid=contact_uuid)
        except customers.NoCustomer as gone:
            nobody = str(gone)
        else:
            initial = {"shop": shop.pk, "contact": customer.uuid, "called": customer.name}
            again = as_typed(NewForm, request.POST, initial=initial, zone=ZoneInfo(shop.time_zone))
            return _new_page(request, {"form": again, "customer": customer, "incomplete": True}, status=422)
    context = {"find": FindForm(), "nobody": nobody, "typed": left_over(request.POST, form)}
    return _new_page(request, context, status=422)


@called("Change a booking")
@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("contacts.edit_booking", raise_exception=True)
@shop_required
@renewing
def edit(request: StaffRequest, booking_uuid: str) -> HttpResponse:
    """A booking with what is known of it. Only what was changed is sent, and only if nobody else changed it first."""
    actor = actor_of(request)
    sight = services.sight_of(booking_uuid=booking_uuid, actor=actor)
    if request.method != "POST":
        form = EditForm(zone=sight.zone, values=sight.values, initial={"version": sight.version})
        return _edit_page(request, sight, form)
    form = EditForm(request.POST, zone=sight.zone)
    if not form.is_valid():
        return _edit_page(request, sight, form, pages.clashes_again(form, sight), status=422)
    try:
        saving = services.save(
            booking_uuid=booking_uuid,
            actor=actor,
            version=form.cleaned_data["version"],
            typed=form.cleaned,
            changed_since=form.changed_since,
            token=form.cleaned_data["form_token"],
        )
    except services.CodeTaken as taken:
        form.add_error("external_id", "Another booking has this code already.")
        return _edit_page(request, sight, form, pages.clashes_again(form, sight), taken=taken.args[0], status=422)
    if saving.differences:
        sight = services.sight_of(booking_uuid=booking_uuid, actor=actor)
        form, clashes = pages.after_clash(form, sight, saving.differences)
        others = [pages.told(one, sight) for one in saving.differences if not one.contested]
        return _edit_page(request, sight, form, clashes, clashed=True, others=others, status=CLASH)
    if saving.outcome is None:
        messages.info(request, "Nothing was changed, so nothing was sent.", extra_tags="plain")
        return go_to(request, request.path)
    if saving.outcome.refused or saving.outcome.outcome == "planned":
        if saving.outcome.refused:
            pages.renewed(form, saving.outcome)
        sight = services.sight_of(booking_uuid=booking_uuid, actor=actor)
        return _edit_page(request, sight, form, outcome=saving.outcome, status=_status(saving.outcome))
    if saving.outcome.done:  # of all else the page itself tells
        _say(request, saving)
    return go_to(request, request.path)


@called("Check in a booking")
@require_POST
@permission_required("contacts.edit_booking", raise_exception=True)
@shop_required
def check_in(request: StaffRequest, booking_uuid: str) -> HttpResponse:
    """Check in now, from the day's list or from the booking."""
    form = CheckInForm(request.POST)
    back = reverse("bookings:edit", args=[booking_uuid])
    if not form.is_valid():
        messages.error(request, "Nothing was done: the form was not complete. Do it again.", extra_tags="refused")
        return go_to(request, back)
    if form.cleaned_data["day"]:
        back = f"{_day_url(form.cleaned_data['day'])}&{urlencode({'checked': booking_uuid})}"
    came = services.check_in(booking_uuid=booking_uuid, actor=actor_of(request), token=form.cleaned_data["form_token"])
    if isinstance(came, Outcome):
        say(request, came)
        if came.done and (whom := services.named_in_words(booking_uuid=booking_uuid)):
            messages.info(request, whom, extra_tags="plain")
    else:
        told = f"Checked in already at {moment_words(came.at)}, {came.words}. Nothing was sent."
        messages.info(request, told, extra_tags="plain")
    return go_to(request, back)


def _edit_page(
    request: StaffRequest,
    sight: services.Sight,
    form: EditForm,
    clashes: list[pages.Clash] | None = None,
    *,
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    pages.hint(form, sight.facts)
    if form.errors:
        focus_first_error(form)
    context |= {
        "sight": sight,
        "form": form,
        "parts": pages.parts(form, clashes or []),
        "clashes": clashes,
        "statuses": fields.STATUSES,
        "zone": _zone_words(sight.row.shop if sight.row and sight.row.shop else _shop(request)),
        "may_open_act": sight.open_act is not None
        and (sight.open_act.staff_id == request.user.pk or request.user.has_perm(SEE_ALL)),
        "elsewhere": bool(sight.row and sight.row.shop and sight.row.shop != _shop(request)),
        "token": form_token(),
        "check_in_shown": moment_shown(sight.checked_in_at, sight.zone) if sight.checked_in_at else "",
        "starts_shown": fields.shown("starts_at", sight.values.get("starts_at"), sight.zone),
    }
    return render_page(request, "contacts/bookings/edit.html", context, status=status)


def _new_page(request: StaffRequest, context: dict[str, Any], status: int = 200) -> HttpResponse:
    form = context.get("form")
    shop = _shop(request)
    context = {"shop": shop, "zone": _zone_words(shop), "statuses": fields.STATUSES} | context
    for one in (form, context.get("find")):
        if isinstance(one, NewForm | FindForm) and one.errors:
            focus_first_error(one)
    if form is not None:
        form.fields["external_id"].help_text = "Left empty, one is made, so that the booking can be recognised."
        context["parts"] = pages.parts(form)
    return render_page(request, "contacts/bookings/new.html", context, status=status)


def _say(request: StaffRequest, saving: services.Saving) -> None:
    """What came of it, and what Piggy's answer has otherwise or leaves open."""
    assert saving.outcome is not None
    say(request, saving.outcome)
    if saving.kept:
        told = f"Piggy kept its own: {fields.short_names(saving.kept)}. The form shows what Piggy has."
        messages.warning(request, told, extra_tags="unknown")
    if saving.unsure and saving.outcome.done:
        told = f"Piggy does not say whether it emptied: {fields.short_names(saving.unsure)}."
        messages.warning(request, told, extra_tags="unknown")


def _status(outcome: Outcome) -> int:
    return CLASH if look_of(outcome) == "refused" else 200


def _counts(lines: list[known.Line]) -> dict[str, int]:
    return {
        "bookings": len(lines),
        "people": sum(line.booking.number_of_people or 0 for line in lines),
        "checked_in": sum(line.booking.checked_in_at is not None for line in lines),
    }


def _zone_words(shop: Shop) -> str:
    """ "Europe/Amsterdam, now UTC+01:00"."""
    return f"{shop.time_zone}, now {offset_words(timezone.now(), ZoneInfo(shop.time_zone))}"


def _day_url(on: date) -> str:
    return f"{reverse('bookings:day')}?{urlencode({'day': on.isoformat()})}"


def _shop(request: StaffRequest) -> Shop:
    assert request.shop is not None  # shop_required let it through
    return request.shop
