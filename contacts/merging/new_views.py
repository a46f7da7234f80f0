"""Propose a merge: side by side, what proof there is, and the form. Each act on the page leads back to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from contacts.claiming import verification
from contacts.held.kinds import CannotPropose
from contacts.merging import proofs, reading, services, sides
from contacts.merging.forms import PairForm, ProofCodeForm, ProposeForm, ScanForm, WhoseForm
from contacts.merging.services import Preview
from contacts.models import Merge
from piggyadmin.accounts.actor import actor_of
from piggyadmin.accounts.decorators import called, fresh_sign_in_required, shop_required
from piggyadmin.accounts.request import StaffRequest
from piggyadmin.codes import masked_email
from piggyadmin.htmx import go_to, render_page
from piggyadmin.ledger.door import OtherValues
from piggyadmin.ledger.forms import focus_first_error
from piggyadmin.ledger.outcomes import Outcome
from piggyadmin.ledger.pages import say
from piggyadmin.ledger.typed_again import as_typed, left_over

TEMPLATE = "contacts/merging/new.html"
NOTHING = "contacts/merging/cannot.html"
LOST_RACE = 409


@called("Propose a merge")
@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("contacts.propose_merge", raise_exception=True)
@shop_required
@sensitive_post_parameters("otp")
def new(request: StaffRequest) -> HttpResponseBase:
    """`?source=&destination=` names the two, `?one=&other=` leaves to us who stays."""
    try:
        return _step(request)
    except CannotPropose as no:
        return _cannot(request, str(no), status=422)
    except reading.Gone as gone:
        return _cannot(request, "Piggy does not know one of the two (any more).", gone=gone.contact_uuid, status=404)


def _step(request: StaffRequest) -> HttpResponseBase:
    if request.method != "POST":
        return _begin(request)
    pair = _pair_of(request)
    if all(pair.values()) and any(request.POST.get(name) != uuid for name, uuid in pair.items()):
        return _again(request)  # the page was of these two, the form says otherwise
    steps: dict[str, Callable[[StaffRequest], HttpResponseBase]] = {
        "propose": _propose,
        "send": _send,
        "code": _code,
        "scan": _scan,
    }
    return steps.get(request.POST.get("step", ""), _again)(request)


def _begin(request: StaffRequest) -> HttpResponseBase:
    asked = {name: request.GET.get(name, "")[:64] for name in ("source", "destination", "one", "other")}
    if asked["one"] and asked["other"]:
        source, destination = services.default_sides(one_uuid=asked["one"], other_uuid=asked["other"])
        return go_to(request, url_of(source, destination))
    if not asked["source"] or not asked["destination"]:
        return _cannot(request, "Open a pair under Duplicates, and propose the merge from there.", status=404)
    return _page(request, services.preview(source_uuid=asked["source"], destination_uuid=asked["destination"]))


@fresh_sign_in_required
def _propose(request: StaffRequest) -> HttpResponseBase:
    form = ProposeForm(request.POST)
    if {"source", "destination", "form_token"} & set(form.errors):
        return _again(request)
    seen = _preview(form)
    wanted = seen.confirm[1]
    if "confirm" in form.cleaned_data and not services.is_confirmed(form.cleaned_data["confirm"], wanted):
        form.add_error("confirm", f"This is not who stays. Type {wanted}.")
    if not form.is_valid():
        return _page(request, seen, form=form, status=422)
    try:
        row = services.propose(
            seen=seen,
            reason=form.cleaned_data["reason"],
            at_once=form.cleaned_data["at_once"],
            actor=actor_of(request),
            token=form.cleaned_data["form_token"],
        )
    except OtherValues as no:
        form.add_error(None, str(no))
        return _page(request, seen, form=form, status=LOST_RACE)
    except CannotPropose as no:
        form.add_error("reason" if str(no) == services.NO_PROOF else None, str(no))
        return _page(request, seen, form=form, status=422 if str(no) == services.NO_PROOF else LOST_RACE)
    if row.state == Merge.State.PROPOSED:
        messages.info(request, "Proposed. Nothing is merged yet: another admin has to approve it.", "plain")
    else:
        messages.info(request, "This form was sent before. Here is what became of it.", "plain")
    return go_to(request, reverse("contacts:merge", args=[row.pk]))


def _send(request: StaffRequest) -> HttpResponseBase:
    """Have Piggy mail a code to the address of one of the two."""
    form = WhoseForm(request.POST)
    if not form.is_valid():
        return _again(request)
    whose = form.cleaned_data["whose"]
    try:
        with reading.asking_about(whose):
            outcome = verification.send(
                contact_uuid=whose, actor=actor_of(request), token=form.cleaned_data["form_token"]
            )
    except verification.NoAddress:
        return _again(request)
    return _done(request, form, outcome)


def _code(request: StaffRequest) -> HttpResponseBase:
    form = ProofCodeForm(request.POST)
    if {"source", "destination", "form_token", "whose"} & set(form.errors):
        return _again(request)
    if not form.is_valid():
        return _page(request, _preview(form), code_form=form, status=422)
    pair = (form.cleaned_data["source"], form.cleaned_data["destination"])
    whose = form.cleaned_data["whose"]
    try:
        with reading.asking_about(whose):
            outcome = proofs.check_code(
                contact_uuid=whose,
                other_uuid=pair[0] if whose == pair[1] else pair[1],
                code=form.cleaned_data["otp"],
                actor=actor_of(request),
                token=form.cleaned_data["form_token"],
            )
    except verification.NoAddress:
        return _again(request)
    return _done(request, form, outcome)


def _scan(request: StaffRequest) -> HttpResponseBase:
    form = ScanForm(request.POST)
    if {"source", "destination", "form_token"} & set(form.errors):
        return _again(request)
    if form.is_valid():
        try:
            proofs.scan(
                card=form.cleaned_data["card"],
                uuids=(form.cleaned_data["source"], form.cleaned_data["destination"]),
                actor=actor_of(request),
                token=form.cleaned_data["form_token"],
            )
        except proofs.NotProved as no:
            form.add_error("card", str(no))
        else:
            messages.info(request, "This is the number of an active card of theirs.", "done")
            return go_to(request, url_of(form.cleaned_data["source"], form.cleaned_data["destination"]))
    focus_first_error(form)
    return _page(request, _preview(form), scan_form=form, status=422)


def _done(request: StaffRequest, form: PairForm, outcome: Outcome) -> HttpResponseBase:
    say(request, outcome)
    return go_to(request, url_of(form.cleaned_data["source"], form.cleaned_data["destination"]))


def _preview(form: PairForm) -> Preview:
    return services.preview(source_uuid=form.cleaned_data["source"], destination_uuid=form.cleaned_data["destination"])


def _again(request: StaffRequest) -> HttpResponse:
    """A form that was not complete: nothing was done. The address says of whom the page is, and all that was typed
    stands on it."""
    pair = _pair_of(request)
    if not all(pair.values()):
        return _cannot(request, "The form was not complete. Nothing was done. Open the pair again.", status=422)
    return _page(
        request,
        services.preview(source_uuid=pair["source"], destination_uuid=pair["destination"]),
        form=as_typed(ProposeForm, request.POST, initial=pair),
        scan_form=as_typed(ScanForm, request.POST, initial=pair),
        incomplete=True,
        status=422,
    )


def _pair_of(request: StaffRequest) -> dict[str, str]:
    """The two whom the address names."""
    return {name: request.GET.get(name, "")[:64] for name in ("source", "destination")}


def _cannot(request: StaffRequest, words: str, *, status: int, gone: str = "") -> HttpResponse:
    typed = left_over(request.POST, ProposeForm(), ProofCodeForm(), ScanForm())
    return render_page(request, NOTHING, {"words": words, "gone": gone, "typed": typed}, status=status)


def url_of(source: str, destination: str) -> str:
    """The page of these two, whose uuids alone are in its address."""
    return f"{reverse('contacts:propose-merge')}?{urlencode({'source': source, 'destination': destination})}"


def _page(
    request: StaffRequest,
    seen: Preview,
    *,
    form: ProposeForm | None = None,
    scan_form: ScanForm | None = None,
    code_form: ProofCodeForm | None = None,
    incomplete: bool = False,
    status: int = 200,
) -> HttpResponse:
    pair = {"source": seen.source.uuid, "destination": seen.destination.uuid}
    sees_identity = request.user.has_perm("contacts.see_identity")
    form = form or ProposeForm(initial=pair)
    form.fields["confirm"].label = f"Type {seen.confirm[0]}: {seen.confirm[1]}"
    focus_first_error(form)
    context: dict[str, Any] = {
        "seen": seen,
        "left": seen.left,
        "right": seen.right,
        "left_name": sides.name_of(seen.left),
        "right_name": sides.name_of(seen.right),
        "compared": sides.compared(seen.left, seen.right, sees_identity=sees_identity),
        "expected": seen.expected,
        "address": url_of(seen.source.uuid, seen.destination.uuid),
        "incomplete": incomplete,
        "swap_url": url_of(seen.destination.uuid, seen.source.uuid),
        "form": form,
        "scan_form": scan_form or ScanForm(initial=pair),
        "proof_rows": [
            _proof_row(request, seen, facts, pair, code_form, sees_identity=sees_identity)
            for facts in (seen.source, seen.destination)
        ],
        "hold_hours": settings.MERGE_HOLD_SECONDS / 3600,
        "shortest": services.SHORTEST_WITHOUT_PROOF,
    }
    return render_page(request, TEMPLATE, context, status=status)


def _proof_row(
    request: StaffRequest,
    seen: Preview,
    facts: Any,
    pair: dict[str, str],
    code_form: ProofCodeForm | None,
    *,
    sees_identity: bool,
) -> dict[str, Any]:
    """What proof there is of one of the two, and how to get one."""
    own = pair | {"whose": facts.uuid}
    is_typed = code_form is not None and code_form.data.get("whose") == facts.uuid
    typed = code_form if is_typed and code_form is not None else ProofCodeForm(initial=own)
    if not is_typed and request.POST.get("whose") not in set(pair.values()) - {facts.uuid}:
        typed = as_typed(ProofCodeForm, request.POST, initial=own)
    if not is_typed:
        typed.fields["otp"].widget.attrs.pop("autofocus", None)
    picture = seen.left if facts.uuid == seen.source.uuid else seen.right
    email = facts.contact.known_email
    standing = seen.standings.get(facts.uuid)
    return {
        "name": sides.name_of(picture),
        "goes": facts.uuid == seen.source.uuid,
        "email": email if sees_identity else masked_email(email) if email else "",
        "shown": [each for each in seen.shown if each.contact_uuid == facts.uuid],
        "standing": standing,
        "can_send": bool(standing) and standing is not None and standing.state != "verified",
        "send_form": WhoseForm(initial=own),
        "code_form": typed,
    }
