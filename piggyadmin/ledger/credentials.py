"""Name, password and code of a second person, typed on somebody else's screen. Nobody is signed in or out by it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from allauth.mfa.models import Authenticator
from django.contrib.auth import authenticate
from django.contrib.auth.signals import user_login_failed
from django.http import HttpRequest

if TYPE_CHECKING:
    from piggyadmin.accounts.models import Staff


def checker(request: HttpRequest) -> Callable[[str, str, str], Staff | None]:
    """A check for `approvals.grant_in_place`. Every failure counts towards the lock-out, of the name that was typed."""

    def check(username: str, password: str, totp: str) -> Staff | None:
        person = authenticate(request, username=username, password=password)
        if person is None:
            return None
        second = Authenticator.objects.filter(user=person, type=Authenticator.Type.TOTP).first()
        if second is not None and not second.wrap().validate_code(totp.strip()):
            # The password was right, so Django counted nothing: a code may not be guessed at leisure either.
            user_login_failed.send(sender=__name__, credentials={"username": username}, request=request)
            return None
        return person

    return check
