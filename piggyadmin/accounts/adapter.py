"""How allauth is told that this house is closed: no sign-up, no mail, no way out to other hosts."""

import time
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode

from piggyadmin.accounts import lockout
from piggyadmin.accounts.lock.session import SIGNED_IN_AT
from piggyadmin.accounts.shops.picking import pick_at_sign_in


def is_own_path(url: str) -> bool:
    """True for a path of ours; an address with a host, or one that a browser would read as having one, is not."""
    return url.startswith("/") and url_has_allowed_host_and_scheme(url, allowed_hosts=None)


class ClosedAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_stages(self) -> list[str]:
        """After the password only the second factor: there is no mail, phone or code to confirm."""
        return ["allauth.mfa.stages.AuthenticateStage"]

    def is_safe_url(self, url: str) -> bool:
        return is_own_path(url)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return settings.LOGIN_REDIRECT_URL

    def get_logout_redirect_url(self, request: HttpRequest) -> str:
        return reverse("account_login")

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("accounts:me")

    def add_message(self, request: HttpRequest, level: int, *args: Any, **kwargs: Any) -> None:
        """allauth's own sentences, in the look of our notices."""
        tags = {messages.SUCCESS: "done", messages.ERROR: "refused"}
        super().add_message(request, level, *args, **{"extra_tags": tags.get(level, "")} | kwargs)

    def respond_user_inactive(self, request: HttpRequest, user: Any) -> HttpResponse:
        return HttpResponseRedirect(reverse("account_login"))

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """No mail is sent from here: what changes is in the ledger."""

    def post_login(self, request: HttpRequest, user: Any, **hooks: Any) -> HttpResponse:
        response = super().post_login(request, user, **hooks)
        after = response.headers["Location"]
        if not pick_at_sign_in(request, user):
            after = f"{reverse('accounts:pick-shop')}?{urlencode({'next': after})}"
        if user.password_was_given:
            after = f"{reverse('account_change_password')}?{urlencode({'next': after})}"
        return HttpResponseRedirect(after)

    def reauthenticate(self, user: Any, password: str) -> bool:
        right = super().reauthenticate(user, password)
        if right:
            lockout.forgive(user)
        return right

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """A sign-in of the last 15 minutes is fresh enough; allauth alone would ask for the password at once again."""
        records = get_authentication_records(self.request, self.request.user)
        newest = max([self.request.session.get(SIGNED_IN_AT, 0), *(record["at"] for record in records)])
        if time.time() - newest < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT:
            return False
        return super().is_reauthentication_required(app=app, **kwargs)
