"""The second factor: codes of an authenticator app, or of a printed list. Wrong ones count like wrong passwords."""

import base64
import hashlib
import re
from typing import Any

from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from cryptography.fernet import Fernet, MultiFernet
from django import forms
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.utils.encoding import force_bytes

from piggyadmin.accounts import lockout
from piggyadmin.accounts.forms import plain
from piggyadmin.accounts.models import Staff


def _cipher() -> MultiFernet:
    """Keys from SECRET_KEY and its fallbacks: a copy of the database alone opens no second factor."""
    secrets = [force_bytes(secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    digests = [hashlib.sha256(b"piggyadmin second factor " + secret).digest() for secret in secrets]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])


class SecondFactorAdapter(DefaultMFAAdapter):
    def get_totp_label(self, user: AbstractBaseUser) -> str:
        return str(user.get_username())

    def build_totp_svg(self, url: str) -> str:
        """The QR code on white: allauth's own is black on nothing, which no phone reads from a dark page."""
        svg = str(super().build_totp_svg(url))
        return re.sub(r"<svg[^>]*>", r'\g<0><rect width="100%" height="100%" fill="#fff"/>', svg, count=1)

    def encrypt(self, text: str) -> str:
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _cipher().decrypt(encrypted_text.encode()).decode()


class CountedCode:
    """Refuses while the name is paused, before a code is looked at, and counts a wrong one."""

    user: Staff

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        code = self.fields["code"]  # type: ignore[attr-defined]
        code.label = "Code"
        plain(code)
        code.widget.attrs.update({"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True})

    def clean_code(self) -> str:
        request, name = context.request, self.user.get_username()
        if lockout.is_paused(request, name):
            request.axes_locked_out = True
            raise forms.ValidationError("Too many wrong tries.")
        try:
            code: str = super().clean_code()  # type: ignore[misc]
        except forms.ValidationError:
            lockout.count_failure(request, self.user)
            left = lockout.tries_words(lockout.tries_left(request, name))
            raise forms.ValidationError(f"That code does not fit. {left}") from None
        return code


class CodeForm(CountedCode, AuthenticateForm):
    pass


class CodeAgainForm(CountedCode, ReauthenticateForm):
    pass


class ActivateForm(CountedCode, ActivateTOTPForm):
    pass
