"""Claim an anonymous customer, flag two as one person, prove an address, and the list of anonymous customers met.

With htmx an act answers with the fresh part of the page, without with the whole page. What cannot be done now says why
beside the field. No address is ever in a URL.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from contacts.claiming import actions, hosts, met, others, services, verification
from contacts.claiming.forms import ClaimForm, CodeForm, FlagForm, PageForm, SendForm
from piggyadmin.accounts.actor import actor_of
from piggyadmin.accounts.decorators import called, shop_required
from piggyadmin.accounts.request import StaffRequest
from piggyadmin.htmx import go_to, render_page, wants_partial
from piggyadmin.ledger.actions import Action
from piggyadmin.ledger.door import form_token, was_begun
from piggyadmin.ledger.outcomes import Outcome
from piggyadmin.ledger.pages import own_act
from piggyadmin.piggy.errors import PiggyError, PiggyInvalid, PiggyNotFound, PiggyRateLimited, PiggyUnavailable
from piggyadmin.templatetags.words import moment_words

CLAIM, FLAG, VERIFY, MET = (f"contacts/claiming/{name}.html" for name in ("claim", "flag", "verify", "anonymous"))
WRONG_CODE = "13010"


def gone_has_a_page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """When Piggy has no such customer (any more) the page says so, and the list of those met forgets them."""

    @wraps(view)
    def shown(request: StaffRequest, contact_uuid: str) -> HttpResponse:
        try:
            return view(request, contact_uuid)
        except (PiggyNotFound, PiggyInvalid):
            met.forget(contact_uuid=contact_uuid)
            return render_page(request, "contacts/lookup/gone.html", {"contact_uuid": contact_uuid}, status=404)

    return shown


@called("Claim a customer")
@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("contacts.claim_contact", raise_exception=True)
@shop_required
@gone_has_a_page
def claim(request: StaffRequest, contact_uuid: str) -> HttpResponse:
    """Give an anonymous customer their address: looked at first, asked once about a slip, sent once."""
    if request.method != "POST":
        return _claim_page(request, contact_uuid, ClaimForm(), done=_own_act(request, contact_uuid, actions.CLAIM))
    if "use" in request.POST:  # the suggested address goes into the field; claiming is another key
        form = ClaimForm({"email": request.POST["use"], "form_token": form_token()})
        return _claim_page(request, contact_uuid, form, typed=request.POST.get("typed", "")[:254])
    form = ClaimForm(request.POST)
    if not form.is_valid():
        return _claim_page(request, contact_uuid, form)
    email, token = form.cleaned_data["email"], form.cleaned_data["form_token"]
    if not was_begun(token):  # a second click is shown what the first came to
        sight = services.look(contact_uuid=contact_uuid, email=email)
        hint = "" if form.cleaned_data["asked"] == email else hosts.suggestion(email)
        if hint or not sight.may_claim:
            status = 503 if sight.unread else 422 if sight.may_claim else 409
            return _claim_page(request, contact_uuid, form, sight=sight, hint=hint, status=status)
    outcome = services.claim(contact_uuid=contact_uuid, email=email, actor=actor_of(request), token=token)
    if outcome.done and not outcome.figures.get("merged_into"):
        return _go_on(request, "contacts:verify", contact_uuid, outcome)
    if outcome.done or outcome.unknown or outcome.under_way:
        return _go_on(request, "contacts:claim", contact_uuid, outcome)
    again = ClaimForm({"email": email, "asked": email, "form_token": form_token()})  # the old one leads to this outcome
    return _claim_page(request, contact_uuid, again, done=outcome, status=409)


@require_POST
@permission_required("contacts.claim_contact", raise_exception=True)
@gone_has_a_page
def check(request: StaffRequest, contact_uuid: str) -> HttpResponse:
    """What speaks for or against an address, asked when the typing stops. Nothing is written."""
    form = ClaimForm(request.POST)
    form.is_valid()
    email = form.cleaned_data.get("email", "")
    if wants_partial(request) and not email:
        return HttpResponse()  # not a whole address yet: what was said about the last one goes
    hint = hosts.suggestion(email)
    try:
        sight = services.look(contact_uuid=contact_uuid, email=email, with_card=not wants_partial(request))
    except (PiggyUnavailable, PiggyRateLimited):
        if not wants_partial(request):
            raise
        context = {"email": email, "form": form, "hint": hint, "unread": True}
        return render_page(request, CLAIM, context, partial="precheck", status=200)
    if wants_partial(request):
        return _claim_page(request, contact_uuid, form, sight=sight, hint=hint, partial="precheck", status=200)
    return _claim_page(request, contact_uuid, form, sight=sight, hint=hint)


@called("Flag two customers as one person")
@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("contacts.flag_duplicate", raise_exception=True)
def flag(request: StaffRequest, contact_uuid: str) -> HttpResponse:
    """Say who the other one is, keep that the two may be one person, then open the other one."""
    if request.method != "POST":
        return _flag_page(request, contact_uuid, FlagForm())
    form = FlagForm(request.POST)
    if form.is_valid():
        other_uuid = form.cleaned_data["other"]
        try:
            flagged = services.flag(
                contact_uuid=contact_uuid,
                other_uuid=other_uuid,
                reason=form.cleaned_data["reason"],
                actor=actor_of(request),
                token=form.cleaned_data["form_token"],
            )
        except services.CannotFlag as why:
            form.add_error(None, str(why))
        else:
            messages.add_message(request, messages.INFO, _flag_words(flagged), extra_tags="done")
            return go_to(request, reverse("contacts:contact", args=[other_uuid]))
    return _flag_page(request, contact_uuid, form, status=422)


@require_POST
@permission_required("contacts.flag_duplicate", raise_exception=True)
def flag_find(request: StaffRequest, contact_uuid: str) -> HttpResponse:
    """Those whom the other one may be, while it is typed; Piggy is asked only when it is sent."""
    typed = request.POST.get("q", "")
    found = others.look_for(
        typed,
        but=contact_uuid,
        time_zone=request.shop.time_zone if request.shop else "",
        ask="ask" in request.POST or not wants_partial(request),
    )
    form = FlagForm(initial={"reason": request.POST.get("reason", "")[:500]})
    status = 422 if found.problem else 200
    return _flag_page(request, contact_uuid, form, found=found, typed=typed, status=status)


@called("Send a verification mail")
@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("contacts.claim_contact", raise_exception=True)
@shop_required
@gone_has_a_page
def verify(request: StaffRequest, contact_uuid: str) -> HttpResponse:
    """How far the customer's address is proved; a POST has Piggy mail a code."""
    if request.method != "POST":
        steps = (actions.CLAIM, actions.VERIFY_SEND, actions.VERIFY_CODE)
        return _verify_page(request, contact_uuid, done=_own_act(request, contact_uuid, *steps))
    form = SendForm(request.POST)
    if not form.is_valid():
        return _verify_page(request, contact_uuid, incomplete=True, status=422)
    try:
        outcome = verification.send(
            contact_uuid=contact_uuid, actor=actor_of(request), token=form.cleaned_data["form_token"]
        )
    except verification.NoAddress:
        return _verify_page(request, contact_uuid, status=409)
    return _verified(request, contact_uuid, outcome)


@called("Check a verification code")
@require_POST
@permission_required("contacts.claim_contact", raise_exception=True)
@shop_required
@gone_has_a_page
def verify_code(request: StaffRequest, contact_uuid: str) -> HttpResponse:
    """Hand in the code that the customer reads out."""
    form = CodeForm(request.POST)
    if not form.is_valid():
        return _verify_page(request, contact_uuid, code_form=form, status=422)
    code = form.cleaned_data["otp"]
    try:
        outcome = verification.check_code(
            contact_uuid=contact_uuid, code=code, actor=actor_of(request), token=form.cleaned_data["form_token"]
        )
    except verification.NoAddress:
        return _verify_page(request, contact_uuid, status=409)
    if outcome.refused and outcome.code == WRONG_CODE:
        again = CodeForm({"otp": code, "form_token": form_token()})
        again.add_error("otp", outcome.reason)
        return _verify_page(request, contact_uuid, code_form=again, status=409)
    return _verified(request, contact_uuid, outcome)


@require_safe
@permission_required("contacts.view_contact", raise_exception=True)
def anonymous(request: StaffRequest) -> HttpResponse:
    """The anonymous customers that were opened here, the last seen first."""
    form = PageForm(request.GET)
    context: dict[str, Any] = {"may_claim": request.user.has_perm("contacts.claim_contact")}
    if form.is_valid():
        context["met"] = met.met_page(number=form.number())
    return render_page(request, MET, context, status=200 if form.is_valid() else 422)


def _claim_page(
    request: StaffRequest,
    contact_uuid: str,
    form: ClaimForm,
    *,
    sight: services.Sight | None = None,
    hint: str = "",
    typed: str = "",
    done: Outcome | None = None,
    partial: str = "claim",
    status: int = 0,
) -> HttpResponse:
    """The page as things stand now. After an act, what is known of it is shown even if nothing else can be read.

    `sight` is what was read already. `hint` is an address that the typed one may be a slip of; `typed` is what stood in
    the field before the hint was taken.
    """
    form.is_valid()  # so that its clean address is there, if it has one
    email = form.cleaned_data.get("email", "") if form.is_bound else ""
    context: dict[str, Any] = {"contact_uuid": contact_uuid, "form": form, "email": email, "done": done}
    context |= {"hint": hint, "typed": typed, "unread": None, "sight": sight, "new_token": form_token()}
    context["merged_into"] = done.figures.get("merged_into") if done and done.done else None
    if sight is None and not context["merged_into"]:
        try:
            context["sight"] = sight = services.look(contact_uuid=contact_uuid, email=email)
        except PiggyError as error:
            if done is None:
                raise
            context["unread"], status = error, 503
    if sight and partial == "claim":
        _say_beside_the_field(form, sight)
    rights = {
        "sees_identity": request.user.has_perm("contacts.see_identity"),
        "may_flag": request.user.has_perm("contacts.flag_duplicate"),
        "flag_form": FlagForm(initial={"other": sight.holder.uuid}) if sight and sight.holder else None,
    }
    status = status or (422 if form.is_bound and not form.is_valid() else 200)
    return render_page(request, CLAIM, context | rights, partial=partial, status=status)


def _say_beside_the_field(form: ClaimForm, sight: services.Sight) -> None:
    if form.is_bound and sight.holder:
        form.add_error("email", "This address has a customer already. See below.")
    elif form.is_bound and sight.refusal:
        form.add_error("email", sight.refusal)


def _own_act(request: StaffRequest, contact_uuid: str, *kinds: Action) -> Outcome | None:
    """The act of one of these kinds on this customer that `?act=` names, if it is this person's own."""
    done = own_act(request)
    mine = done and done.action in kinds and services.is_on(act_id=done.act_id, contact_uuid=contact_uuid)
    return done if mine else None


def _go_on(request: StaffRequest, url_name: str, contact_uuid: str, outcome: Outcome) -> HttpResponse:
    """Lead to a page that tells what an act came to, until another one is done there."""
    return go_to(request, f"{reverse(url_name, args=[contact_uuid])}?{urlencode({'act': outcome.act_id})}")


def _flag_page(
    request: StaffRequest,
    contact_uuid: str,
    form: FlagForm,
    *,
    found: others.Others | None = None,
    typed: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {
        "contact_uuid": contact_uuid,
        "name": others.name_of(contact_uuid),
        "flag_form": form,
        "found": found,
        "typed": typed,
        "sees_identity": request.user.has_perm("contacts.see_identity"),
        "new_token": form_token(),
    }
    return render_page(request, FLAG, context, partial="others", status=status)


def _flag_words(flagged: services.Flagged) -> str:
    if flagged.is_new:
        return "Flagged. An admin will look at the two. This is the other customer."
    by, at = flagged.flag.flagged_by.name, moment_words(flagged.flag.flagged_at)
    return f"These two were flagged already, by {by}, {at}. Nothing was changed. This is the other customer."


def _verified(request: StaffRequest, contact_uuid: str, outcome: Outcome) -> HttpResponse:
    """What a mail or a code came to."""
    if outcome.done:
        return _go_on(request, "contacts:verify", contact_uuid, outcome)
    known_not_done = not (outcome.unknown or outcome.under_way)
    return _verify_page(request, contact_uuid, done=outcome, status=409 if known_not_done else 200)


def _verify_page(
    request: StaffRequest,
    contact_uuid: str,
    *,
    code_form: CodeForm | None = None,
    done: Outcome | None = None,
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    """The page as things stand now. After an act, what is known of it is shown even if nothing else can be read."""
    context |= {"contact_uuid": contact_uuid, "done": done, "new_token": form_token()}
    context |= {"send_form": SendForm(), "code_form": code_form or CodeForm()}
    context["sees_identity"] = request.user.has_perm("contacts.see_identity")
    try:
        context["proof"] = verification.read(contact_uuid=contact_uuid)
    except PiggyError as error:
        if done is None:
            raise
        context["unread"], status = error, 503
    return render_page(request, VERIFY, context, partial="verify", status=status)
