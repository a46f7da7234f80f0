"""The pause after five wrong passwords or codes. django-axes counts and refuses; nothing else in the site does.

Counted by sign-in name, whether or not anybody has that name: the answers must not tell the two apart.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from axes.handlers.proxy import AxesProxyHandler
from axes.helpers import get_cool_off
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth.signals import user_login_failed
from django.http import HttpRequest
from django.utils import timezone

from piggyadmin.accounts.models import Staff

NUMBERS = ("No", "One", "Two", "Three", "Four", "Five")


def name_of(request: HttpRequest, credentials: Mapping[str, Any] | None = None) -> str | None:
    """The sign-in name that axes counts by: from the credentials, the form, or the session's own person.

    allauth hands over `username`, its form and axes itself call the field `login`; letter case never matters.
    """
    given = credentials or {}
    name = given.get("username") or given.get("login") or request.POST.get("login")
    user = getattr(request, "user", None)
    if not name and user is not None and user.is_authenticated:
        name = user.get_username()
    return str(name).strip().casefold().replace("\0", "")[:150] if name else None


def tries_left(request: HttpRequest, name: str) -> int:
    """How many wrong tries `name` has before the pause."""
    failures = AxesProxyHandler.get_failures(request, {"username": name})
    return max(0, settings.AXES_FAILURE_LIMIT - int(failures))


def tries_words(left: int) -> str:
    """How it is said: two tries left, then a pause of five minutes."""
    count = f"{NUMBERS[left] if left < len(NUMBERS) else left} {'try' if left == 1 else 'tries'}"
    return f"{count} left, then a pause of five minutes."


def is_paused(request: HttpRequest, name: str) -> bool:
    return not AxesProxyHandler.is_allowed(request, {"username": name})


def free_again_at(name: str) -> datetime | None:
    """When `name` may try again; None when it may now."""
    pause = get_cool_off() or timedelta(0)
    rows = AccessAttempt.objects.filter(username=name, attempt_time__gte=timezone.now() - pause)
    tries = list(rows.order_by("attempt_time").values_list("attempt_time", "failures_since_start"))
    left = sum(failures for _, failures in tries)
    for at, failures in tries:
        left -= failures
        if left < settings.AXES_FAILURE_LIMIT:
            return at + pause
    return None


def count_failure(request: HttpRequest, staff: Staff) -> None:
    """Tell axes of a wrong code or password that did not pass through Django's `authenticate`."""
    user_login_failed.send(sender=__name__, credentials={"username": staff.get_username()}, request=request)


def forgive(staff: Staff) -> None:
    """Forget the wrong tries of a person who has just shown the right password."""
    AxesProxyHandler.reset_attempts(username=staff.get_username().casefold())
