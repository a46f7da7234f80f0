"""What people type about gift cards."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.core.signing import Signer
from django.core.validators import RegexValidator
from django.utils.crypto import constant_time_compare

from piggyadmin.amounts import EurosAboveZeroField, StrictEurosField
from piggyadmin.ledger.forms import OnceForm
from piggyadmin.typed import NotReadable, clean

MOST_CENTS = 10_000_000  # a typing mistake, not a gift card
LONGEST = 30  # characters of an amount
TOO_MUCH: dict[str, Any] = {"most": MOST_CENTS, "too_much": "That is more than € 100,000.00. Check it digit by digit."}
TOP_UP, DEDUCT = "top_up", "deduct"


def _amount(**more: bool) -> forms.TextInput:
    return forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", **more})


class CardForm(forms.Form):
    """The code on a gift card: case and leading zeros matter, groups of four are only for reading."""

    code = forms.CharField(label="Gift card code", required=False, strip=False, max_length=100_000)

    def clean_code(self) -> str:
        text: str = self.cleaned_data["code"]
        if not text.strip():
            raise forms.ValidationError("Scan or type a code first.")
        try:
            return clean(text)
        except NotReadable as error:
            raise forms.ValidationError(str(error)) from error


class MoveForm(forms.Form):
    """How much, and which way: the button that is pressed says it."""

    amount = EurosAboveZeroField(
        label="Amount in euros",
        max_length=LONGEST,
        widget=_amount(autofocus=True),
        error_messages={"required": "Type an amount."},
        **TOO_MUCH,
    )
    way = forms.ChoiceField(
        choices=[(DEDUCT, DEDUCT), (TOP_UP, TOP_UP)],
        error_messages={"required": "Press one of the two buttons.", "invalid_choice": "Press one of the two buttons."},
    )


class PromiseForm(OnceForm):
    """What was shown, carried by the confirm line, with the token that makes it good for one act.

    A seal holds it together: nothing is done that was not shown to this `owner` (the person, their shop, the card).
    """

    way = forms.ChoiceField(choices=[(DEDUCT, DEDUCT), (TOP_UP, TOP_UP)], widget=forms.HiddenInput)
    cents = forms.IntegerField(min_value=1, max_value=MOST_CENTS, widget=forms.HiddenInput)
    code_end = forms.CharField(
        required=False,
        max_length=4,
        widget=forms.HiddenInput,
        strip=False,
        validators=[RegexValidator(r"\A[^\x00-\x1f]*\Z", "Open the card again.")],
    )
    seal = forms.CharField(max_length=100, widget=forms.HiddenInput)

    def __init__(self, *args: Any, owner: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.owner = owner

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or self.cleaned_data
        if not self.errors:
            shown = seal_of(self.owner, typed["way"], typed["cents"], typed["code_end"])
            if not constant_time_compare(typed["seal"], shown):
                raise forms.ValidationError("This form is not complete. Type the amount again.")
        return typed


def promise_values(owner: str, way: str, cents: int, code_end: str) -> dict[str, Any]:
    """The hidden fields of a PromiseForm."""
    return {"seal": seal_of(owner, way, cents, code_end), "way": way, "cents": cents, "code_end": code_end}


def seal_of(owner: str, way: str, cents: int, code_end: str) -> str:
    return Signer(salt="vouchers.giftcards.promise").signature(json.dumps([owner, way, cents, code_end]))


class AdjustForm(OnceForm):
    """What a transaction should have been, and why. Empty takes it back whole, where Piggy can do that."""

    amount = StrictEurosField(
        label="It should have been, in euros",
        required=False,
        max_length=LONGEST,
        widget=_amount(autofocus=True),
        **TOO_MUCH,
    )
    reason = forms.CharField(
        label="Reason",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Kept in the audit, with your name.",
        error_messages={"required": "Write why."},
    )
    promised = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, can_take_back: bool, was_spent: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.can_take_back, self.was_spent = can_take_back, was_spent
        self.fields["amount"].help_text = (
            "Empty: it is taken back whole." if can_take_back else "0 takes all of it back."
        )

    def clean_amount(self) -> int | None:
        cents: int | None = self.cleaned_data["amount"]
        if cents is None and not self.can_take_back:
            raise forms.ValidationError("Type what it should have been. Only the card’s last one is taken back whole.")
        return cents

    @property
    def to_cents(self) -> int | None:
        """Signed as the transaction is; None takes it back by Piggy's own reversal."""
        cents: int | None = self.cleaned_data["amount"]
        return -cents if cents is not None and self.was_spent else cents


class MakeForm(OnceForm):
    """Make an empty card."""
