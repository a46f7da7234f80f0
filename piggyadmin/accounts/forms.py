"""The forms of signing in."""

from typing import Any, cast

from allauth.account.adapter import get_adapter
from allauth.account.forms import ChangePasswordForm, LoginForm, ReauthenticateForm
from allauth.core import context
from django import forms
from django.core.validators import MaxLengthValidator
from django.http import HttpRequest, HttpResponse

from piggyadmin.accounts import lockout
from piggyadmin.accounts.models import Shop, Staff
from piggyadmin.accounts.shops.picking import DEVICE_COOKIE, WANTED_KEY

LONGEST = 1000  # characters: hashing takes longer the more there is, and nobody has so long a password


def plain(field: forms.Field) -> None:
    """allauth's fields in our manner: a label instead of a placeholder, and an end to what may be typed."""
    field.widget.attrs.pop("placeholder", None)
    field.validators.append(MaxLengthValidator(LONGEST))


class SignInForm(LoginForm):
    """Name, password and the shop one stands in. Whether the shop is theirs is checked after the sign-in."""

    tries = ""  # how many are left, once one was wrong

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        login, password = self.fields["login"], self.fields["password"]
        login.label, password.label, password.help_text = "Name", "Password", ""
        for field in (login, password):
            plain(field)
        shops = list(Shop.objects.filter(is_active=True).values_list("pk", "name"))
        if shops:  # a new house has none until an admin has signed in and read them
            self.fields["shop"] = forms.ChoiceField(
                label="Shop you are in",
                required=False,
                choices=[("", "Choose your shop")] + [(str(pk), name) for pk, name in shops],
                initial=self.request.COOKIES.get(DEVICE_COOKIE, "") if self.request else "",
            )

    def _clean_with_password(self, credentials: dict[str, Any]) -> dict[str, Any]:
        try:
            cleaned: dict[str, Any] = super()._clean_with_password(credentials)
        except forms.ValidationError:
            self.tries = lockout.tries_words(lockout.tries_left(self.request, self.cleaned_data["login"]))
            raise forms.ValidationError(f"That name and password do not fit. {self.tries}", code="mismatch") from None
        return cleaned

    def login(self, request: HttpRequest, redirect_url: str | None = None) -> HttpResponse:
        # Asked for by the adapter once the person is really in, which may be a second factor later.
        request.session[WANTED_KEY] = self.cleaned_data.get("shop", "")
        answer: HttpResponse = super().login(request, redirect_url=redirect_url)
        return answer


class PasswordAgainForm(ReauthenticateForm):
    """One's own password once more, before something that needs it. A wrong one counts."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        password = self.fields["password"]
        password.label, password.help_text = "Password", ""
        plain(password)

    def clean_password(self) -> str:
        try:
            return str(super().clean_password())
        except forms.ValidationError:
            raise wrong_password(self.user) from None


class OwnPasswordForm(ChangePasswordForm):
    """A new password of one's own, after the old one. A wrong old one counts."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = {"oldpassword": "Password until now", "password1": "New password", "password2": "New password again"}
        for name, label in words.items():
            field = self.fields[name]
            field.label = label
            plain(field)
        self.fields["oldpassword"].help_text = ""
        self.fields["password1"].help_text = "Ten characters or more. A sentence is easy to remember."

    def clean_oldpassword(self) -> str:
        staff, password = cast(Staff, self.user), str(self.cleaned_data["oldpassword"])
        if not get_adapter().reauthenticate(staff, password):
            raise wrong_password(staff)
        return password


def wrong_password(staff: Staff) -> forms.ValidationError:
    left = lockout.tries_words(lockout.tries_left(context.request, staff.get_username()))
    return forms.ValidationError(f"That is not your password. {left}")


class LockForm(PasswordAgainForm):
    """The password at the lock. It also stands in a dialog over any page, so its id must be nobody else's."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="lock_%s", **kwargs)
