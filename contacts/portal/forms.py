"""What people choose and type about the portal: a session's kind and options, a token, a link.

A field that holds a credential has `secret` in its name: a form that meets a locked session is kept without it.
"""

from __future__ import annotations

from typing import Any

from django import forms

from contacts.portal import reading
from piggyadmin.amounts import EurosField
from piggyadmin.ledger.forms import OnceForm
from piggyadmin.typed import NotReadable, clean

KINDS = {
    "plain": "the portal itself",
    "credits": "collect credits",
    "vouchers": "use vouchers",
    "pay_prepaid": "pay with prepaid money",
    "top_up_prepaid": "top prepaid money up",
    "redeem_giftcards": "pay with gift cards",
    "top_up_giftcards": "top a gift card up",
}
MOST_CENTS = 10_000_000  # a typing mistake, not a purchase


class SessionForm(OnceForm):
    """What the session is for, and how the screen behaves that it is opened on."""

    kind = forms.ChoiceField(
        label="What is it for?",
        choices=[(kind, words.capitalize()) for kind, words in KINDS.items()],
        initial="credits",
        error_messages={"required": "Choose what it is for.", "invalid_choice": "Choose one of the list."},
    )
    amount = EurosField(
        label="To pay, in euros",
        required=False,
        max_length=30,
        most=MOST_CENTS,
        too_much="That is more than € 100,000.00. Check it digit by digit.",
        help_text="Only for paying with gift cards.",
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    allow_multiple_giftcards = forms.BooleanField(
        label="Several gift cards may pay together", required=False, initial=True
    )
    scanner_type = forms.ChoiceField(
        label="How cards are scanned",
        initial="camera",
        choices=[("camera", "With the camera"), ("hand_scanner", "With a hand scanner")],
    )
    facing_mode = forms.ChoiceField(
        label="Which camera",
        initial="user",
        choices=[("user", "The one on the screen’s side"), ("environment", "The one on the back")],
    )
    camera_service = forms.TypedChoiceField(
        label="Camera service",
        coerce=int,
        initial=3,
        choices=[(3, "3 (Piggy’s default)"), (2, "2"), (1, "1")],
        help_text="Try another one where the camera stays black.",
    )
    primary_identification_method = forms.ChoiceField(
        label="Asked for first",
        initial="identifier",
        choices=[("identifier", "The card"), ("email", "The e-mail address")],
    )
    enable_email_identification = forms.BooleanField(label="E-mail address instead of a card", required=False)
    enable_registration = forms.BooleanField(label="New customers may register", required=False)
    enable_on_screen_keyboard = forms.BooleanField(label="Keyboard on the screen", required=False)

    OPTIONS = (
        "scanner_type",
        "facing_mode",
        "camera_service",
        "primary_identification_method",
        "enable_email_identification",
        "enable_registration",
        "enable_on_screen_keyboard",
    )

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or self.cleaned_data
        if typed.get("kind") == "redeem_giftcards" and not self.errors.get("amount") and not typed.get("amount"):
            self.add_error("amount", "Type how much is to be paid with gift cards.")
        return typed

    @property
    def options(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.OPTIONS}

    @property
    def details(self) -> list[forms.BoundField]:
        """What a desk seldom changes."""
        return [self[name] for name in (*self.OPTIONS, "allow_multiple_giftcards")]

    @property
    def is_open(self) -> bool:
        """Whether one of the seldom changed has something to say."""
        return any(field.errors for field in self.details)


class TokenForm(forms.Form):
    """The token on a customer's own phone, scanned or typed."""

    secret_token = forms.CharField(
        label="Session token",
        required=False,
        strip=False,
        max_length=10_000,
        help_text="The customer’s app shows it as a QR or as text.",
        widget=forms.TextInput(
            attrs={
                "autofocus": True,
                "autocomplete": "off",
                "autocapitalize": "off",
                "spellcheck": "false",
                "data-scan": "here",
            }
        ),
    )

    def clean_secret_token(self) -> str:
        text: str = self.cleaned_data["secret_token"]
        try:
            token = clean(text)
        except NotReadable as error:
            raise forms.ValidationError("Scan or type the token first." if not text.strip() else str(error)) from error
        if len(token) > 64 or "/" in token or "\\" in token or token in (".", ".."):
            raise forms.ValidationError("This is no session token. Scan the customer’s phone once more.")
        return token


class UseTokenForm(OnceForm, TokenForm):
    """The same, to use it."""


class LinkForm(OnceForm):
    """A claim link, scanned or pasted."""

    secret_link = forms.CharField(
        label="Claim link",
        required=False,
        strip=False,
        max_length=100_000,
        help_text="Scan the QR on the paper, or paste the link. It is not kept.",
        widget=forms.TextInput(
            attrs={
                "autofocus": True,
                "autocomplete": "off",
                "autocapitalize": "off",
                "spellcheck": "false",
                "data-scan": "here",
            }
        ),
    )
    read: reading.Read

    def clean_secret_link(self) -> str:
        text: str = self.cleaned_data["secret_link"]
        if not text.strip():
            raise forms.ValidationError("Scan or paste the link first.")
        try:
            self.read = reading.read(text)
        except reading.NotALink as error:
            raise forms.ValidationError(str(error)) from error
        return text.strip()
