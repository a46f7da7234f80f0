import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator, validate_email

from piggyadmin.converters import PiggyIdConverter
from piggyadmin.ledger.forms import OnceForm
from piggyadmin.typed import NotReadable, clean

NOT_WHOLE = "That is not a whole e-mail address. Check it letter by letter."


class ClaimForm(OnceForm):
    """The customer's e-mail address. `asked` is the address whose likely slip was shown before it was sent again."""

    email = forms.CharField(
        label="The customer’s e-mail address",
        required=False,
        strip=False,
        max_length=100_000,
        widget=forms.TextInput(
            attrs={
                "inputmode": "email",
                "autocomplete": "off",
                "autocapitalize": "off",
                "spellcheck": "false",
                "autofocus": True,
            }
        ),
    )
    asked = forms.CharField(required=False, max_length=100_000, widget=forms.HiddenInput)

    def clean_email(self) -> str:
        return clean_address(self.cleaned_data["email"])


def clean_address(text: str) -> str:
    """One e-mail address as it was typed, its host in small letters. ValidationError says what is wrong with it."""
    if not text.strip():
        raise ValidationError("Type the customer’s e-mail address first.")
    try:
        text = clean(text)
    except NotReadable as error:
        raise ValidationError(str(error)) from error
    if any(unicodedata.category(character) == "Cf" for character in text):
        raise ValidationError("There is an invisible character in it. Type it by hand.")
    if text.count("@") > 1:
        raise ValidationError("That is more than one address. Type one.")
    name, _, host = text.partition("@")
    try:
        validate_email(text)
    except ValidationError as error:
        raise ValidationError(NOT_WHOLE) from error
    if "." not in host or host.startswith("["):
        raise ValidationError(NOT_WHOLE)
    return f"{name}@{host.lower()}"


class FlagForm(OnceForm):
    """Two contacts that may be one person; why is left to whoever flags them."""

    other = forms.CharField(
        widget=forms.HiddenInput,
        max_length=64,
        validators=[RegexValidator(rf"\A{PiggyIdConverter.regex}\Z", "Choose the other customer again.")],
        error_messages={"required": "Choose the other customer."},
    )
    reason = forms.CharField(
        label="Why, in a few words (may stay empty)",
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="For the admin who looks at the two. Kept in the audit, with your name.",
    )


class SendForm(OnceForm):
    """Nothing but the token: one form, one mail."""


class CodeForm(OnceForm):
    """The code that the customer reads out.

    The field is named as codes of the second factor are, so that a form kept by the idle lock leaves it out.
    """

    otp = forms.CharField(
        label="The code in the mail",
        required=False,
        strip=False,
        max_length=100_000,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code",
                "autocapitalize": "off",
                "spellcheck": "false",
                "autofocus": True,
            }
        ),
    )

    def clean_otp(self) -> str:
        text = self.cleaned_data["otp"]
        if not text.strip():
            raise ValidationError("Type the code that the customer reads out.")
        try:
            text = clean(text)
        except NotReadable as error:
            raise ValidationError(str(error)) from error
        code = "".join(text.replace("-", " ").split())
        if not (code.isascii() and code.isalnum()):
            raise ValidationError("A code has letters and digits only. Ask the customer to read it once more.")
        if len(code) > 32:
            raise ValidationError("That is too long for a code. Ask the customer to read it once more.")
        return code


class PageForm(forms.Form):
    page = forms.IntegerField(required=False, min_value=1, max_value=1_000_000)

    def number(self) -> int:
        """The page asked for (of a valid form), counted from 1."""
        asked: Any = self.cleaned_data["page"]
        return int(asked or 1)
