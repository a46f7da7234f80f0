"""Rewards: the list, one of them, and changing one in two steps: what would change, then the change."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from piggyadmin.accounts.actor import actor_of
from piggyadmin.accounts.decorators import called
from piggyadmin.accounts.request import StaffRequest
from piggyadmin.catalogue.listing import CatalogueList, wants_file
from piggyadmin.catalogue.rewards import changing, services
from piggyadmin.catalogue.rewards.changing import Sheet
from piggyadmin.catalogue.rewards.forms import ChangeForm, RewardFilter
from piggyadmin.catalogue.setup.services import safe_link
from piggyadmin.htmx import go_to, render_page
from piggyadmin.ledger.forms import focus_first_error
from piggyadmin.ledger.outcomes import Outcome
from piggyadmin.ledger.pages import renewing, say

if TYPE_CHECKING:
    from piggyadmin.piggy.payloads import Reward

LOST_RACE = 409
DAY = 86_400  # s
KIND_WORDS = {"PHYSICAL": "a thing", "DIGITAL": "digital"}
REWARDS: CatalogueList[Reward] = CatalogueList(
    "rewards",
    (
        ("reward_uuid", lambda reward: reward.uuid),
        ("title", lambda reward: reward.title),
        ("description", lambda reward: reward.description),
        ("kind", lambda reward: services.kind_of(reward)),
        ("active", lambda reward: services.is_active(reward)),
        ("required_credits", lambda reward: reward.required_credits),
        ("collected_later", lambda reward: reward.pre_redeemable),
        ("expires_after_seconds", lambda reward: reward.expiration_duration),
        ("attributes", lambda reward: json.dumps(reward.extra, sort_keys=True, ensure_ascii=False)),
    ),
)


@require_safe
@permission_required("catalogue.view_programme", raise_exception=True)
def rewards(request: StaffRequest) -> HttpResponse:
    """What credits can be spent on, in every shop or one."""
    form = RewardFilter(request.GET)
    asked = form.cleaned_data if form.is_valid() else {}
    found = services.listed(
        words=asked.get("q", ""),
        state=asked.get("state", ""),
        kind=asked.get("kind", ""),
        shop_uuid=asked.get("shop", ""),
    )
    if form.is_valid() and wants_file(request):
        return REWARDS.file(found.rewards, read_at=found.read_at)
    rows = [(each, services.is_active(each), kind_words(each)) for each in found.rewards]
    context = {"form": form, "listed": found, "rows": rows, "narrowed": any(asked.values())}
    return render_page(
        request, "catalogue/rewards/rewards.html", context, partial="list", status=200 if form.is_valid() else 422
    )


@require_safe
@permission_required("catalogue.view_programme", raise_exception=True)
def reward(request: StaffRequest, reward_uuid: str) -> HttpResponse:
    """One reward, with stock and cost price, which the list does not tell."""
    try:
        sight = services.look(reward_uuid=reward_uuid)
    except services.NoReward:
        return _gone(request, reward_uuid)
    media = sight.reward.media if isinstance(sight.reward.media, dict) else {}
    context = {
        "sight": sight,
        "reward": sight.reward,
        "is_active": services.is_active(sight.reward),
        "kind": kind_words(sight.reward),
        "days": ((sight.in_list.expiration_duration if sight.in_list else None) or 0) / DAY,
        "cost_cents": None if sight.reward.cost_price is None else round(sight.reward.cost_price * 100),
        "picture": safe_link(str(media.get("value") or "")),
    }
    return render_page(request, "catalogue/rewards/reward.html", context)


@called("Change a reward")
@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("catalogue.change_reward", raise_exception=True)
@renewing
def change(request: StaffRequest, reward_uuid: str) -> HttpResponse:
    """The form; what would change; and the change, once that was looked at."""
    try:
        sheet = changing.open_sheet(reward_uuid=reward_uuid)
    except services.NoReward:
        return _gone(request, reward_uuid)
    if request.method != "POST":
        return _form(request, sheet, ChangeForm(sheet=sheet))
    done = changing.done_by(request.POST.get("form_token", ""), reward_uuid=reward_uuid, actor=actor_of(request))
    if done is not None:
        return _after(request, done, reward_uuid)
    form = ChangeForm(request.POST, sheet=sheet)
    if not form.is_valid():
        return _form(request, sheet, form, status=422)
    step = request.POST.get("step")
    if form.cleaned_data["shown"] != sheet.shown:
        return _form(request, sheet, _again(form, sheet), is_old=True, status=LOST_RACE)
    if step == "again":
        return _form(request, sheet, _again(form, sheet, token=form.cleaned_data["form_token"]))
    if step != "save":
        return _form(request, sheet, form, preview=True)
    outcome = changing.change(
        reward_uuid=reward_uuid,
        changes=form.changes(),
        shown=sheet.texts,
        actor=actor_of(request),
        token=form.cleaned_data["form_token"],
    )
    if outcome.done or outcome.unknown or outcome.under_way:
        return _after(request, outcome, reward_uuid)
    # Known not done. The very act may be sent again when its time has come: its form keeps its token.
    token = form.cleaned_data["form_token"] if outcome.outcome == "planned" else ""
    return _form(request, sheet, _again(form, sheet, token=token), told=outcome, status=LOST_RACE)


def kind_words(reward: Reward) -> str:
    kind = services.kind_of(reward)
    return KIND_WORDS.get(kind, kind.lower().replace("_", " ") or "not told")


def _again(form: ChangeForm, sheet: Sheet, *, token: str = "") -> ChangeForm:
    """The form once more with what was typed, over the reward as it is now; with a new token unless one is kept."""
    typed = {name: form.data.get(name) for name in form.fields if name not in ("form_token", "shown")}
    return ChangeForm(sheet=sheet, initial=typed | ({"form_token": token} if token else {}))


def _after(request: StaffRequest, outcome: Outcome, reward_uuid: str) -> HttpResponse:
    if outcome.unknown or outcome.under_way:  # its page says so, and looks
        return go_to(request, reverse("ledger:act", args=[outcome.act_id]))
    say(request, outcome)
    return go_to(request, reverse("catalogue:reward", args=[reward_uuid]))


def _form(
    request: StaffRequest,
    sheet: Sheet,
    form: ChangeForm,
    *,
    preview: bool = False,
    is_old: bool = False,
    told: Outcome | None = None,
    status: int = 200,
) -> HttpResponse:
    focus_first_error(form)
    context = {
        "sheet": sheet,
        "reward": sheet.sight.reward,
        "form": form,
        "changes": form.changes() if preview else [],
        "is_old": is_old,
        "told": told,
    }
    return render_page(request, "catalogue/rewards/change.html", context, partial="form", status=status)


def _gone(request: StaffRequest, reward_uuid: str) -> HttpResponse:
    return render_page(request, "catalogue/rewards/no_reward.html", {"reward_uuid": reward_uuid}, status=404)
