"""What every page's frame shows: where one is, who one is, and which pages this person may open."""

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache, partial
from typing import Any

from django.conf import settings
from django.contrib.auth.context_processors import PermWrapper
from django.http import HttpRequest
from django.template.context_processors import csrf
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString

from piggyadmin.accounts.roles import ROLE_NAMES
from piggyadmin.desk.scanner.device import scanner_of
from piggyadmin.frame import PARTS
from piggyadmin.navigation import NAVIGATION, Group
from vouchers.batches.progress import finished_for

# The pages themselves stand in navigation.py.
ENVIRONMENTS = {
    "practice": ("Practice", "Nothing here reaches customers."),
    "demo": ("Demo", "A stand-in Piggy with invented customers. Nothing here reaches anyone."),
    "test": ("Test", "Nothing here reaches customers."),
}


@lru_cache(maxsize=512)
def _navigation(may: frozenset[str], here: str) -> SafeString:
    """What a person with these permissions may open: the same for everybody of a role, so it is made once a page."""
    groups = (
        Group(
            group.words,
            tuple(replace(entry, url=reverse(entry.url_name)) for entry in group.entries if entry.permission in may),
        )
        for group in NAVIGATION
    )
    shown = [group for group in groups if group.entries]
    return render_to_string("_navigation.html", {"groups": shown, "here": here}) if shown else SafeString("")


def frame(request: HttpRequest) -> dict[str, Any]:
    user = getattr(request, "user", None)
    name, words = ENVIRONMENTS.get(settings.PIGGYADMIN_ENV, ("", ""))
    context: dict[str, Any] = {"environment": name, "environment_words": words, "account": settings.PIGGYADMIN_ACCOUNT}
    context |= csrf(request)
    if user is None or not user.is_authenticated:
        return context | _parts(request, context)
    may = user.get_all_permissions()
    here = request.resolver_match.view_name if request.resolver_match else ""
    context |= {
        "navigation": _navigation(frozenset(may), here),
        "here": here,
        "finished_runs": finished_for(user.pk) if "vouchers.make_batch" in may else [],
        "may_use_box": "desk.use_box" in may,
        "role_words": ROLE_NAMES.get(user.role, "No role yet"),
        "idle_seconds": settings.IDLE_SECONDS,
        "scanner": scanner_of(request),
        "in_practice": settings.PIGGYADMIN_ENV == "practice",
        "practice_url": settings.PRACTICE_URL,
    }
    return context | (getattr(request, "frame_parts", None) or _parts(request, context))


def _parts(request: HttpRequest, context: dict[str, Any]) -> dict[str, Callable[[], SafeString]]:
    """The frame's larger parts, made when they are shown: some pages have another box, and a part of one has none."""
    user = getattr(request, "user", None)

    def part(template: str) -> SafeString:
        return render_to_string(template, context | {"user": user, "perms": PermWrapper(user) if user else {}})

    return {name: partial(part, template) for name, template in PARTS.items()}
