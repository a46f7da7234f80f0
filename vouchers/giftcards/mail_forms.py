"""What people type to mail a gift card: to whom; and the confirming of just that."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.core.signing import Signer
from django.utils.crypto import constant_time_compare

from piggyadmin.ledger.forms import OnceForm
from piggyadmin.typed import NotReadable, clean


class WhoForm(forms.Form):
    """The customer, by card or e-mail address, or by their id where a link brought it."""

    who = forms.CharField(
        label="Card or e-mail address of the customer",
        required=False,
        strip=False,
        max_length=10_000,
        help_text="Scan their card, or type the address. It must be one that Piggy knows.",
        widget=forms.TextInput(
            attrs={"autofocus": True, "autocomplete": "off", "spellcheck": "false", "data-scan": "here"}
        ),
    )

    def clean_who(self) -> str:
        text: str = self.cleaned_data["who"]
        if not text.strip():
            raise forms.ValidationError("Scan a card or type an address first.")
        try:
            return clean(text)
        except NotReadable as error:
            raise forms.ValidationError(str(error)) from error


class MailForm(OnceForm):
    """Whom it is mailed to, as shown. A seal holds it together: nobody gets a card who was not shown."""

    contact_uuid = forms.CharField(max_length=64, widget=forms.HiddenInput)
    seal = forms.CharField(max_length=100, widget=forms.HiddenInput)

    def __init__(self, *args: Any, owner: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.owner = owner

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or self.cleaned_data
        if not self.errors and not constant_time_compare(typed["seal"], seal_of(self.owner, typed["contact_uuid"])):
            raise forms.ValidationError("This form is not complete. Choose the customer again.")
        return typed


def seal_of(owner: str, contact_uuid: str) -> str:
    return Signer(salt="vouchers.giftcards.mail").signature(json.dumps([owner, contact_uuid]))
