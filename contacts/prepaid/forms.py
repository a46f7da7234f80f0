"""What people type about prepaid money."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.core.signing import Signer
from django.utils.crypto import constant_time_compare

from contacts.credits.forms import LONGEST, MOST_CENTS, TOO_MUCH
from piggyadmin.amounts import EurosAboveZeroField
from piggyadmin.ledger.forms import OnceForm
from piggyadmin.ledger.settling import LONGEST_REASON

TOP_UP, DEDUCT = "top_up", "deduct"
WAYS = [(TOP_UP, TOP_UP), (DEDUCT, DEDUCT)]
PRESS = "Press one of the buttons."


class MoveForm(forms.Form):
    """How much, and which way: the button that is pressed says it. `reason` is for deducting alone."""

    amount = EurosAboveZeroField(
        label="Amount in euros",
        max_length=LONGEST,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "autofocus": True}),
        error_messages={"required": "Type an amount."},
        **TOO_MUCH,
    )
    reason = forms.CharField(
        label="Reason, to deduct",
        required=False,
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Needed unless the customer has shown who they are. Kept in the audit, with your name.",
    )
    way = forms.ChoiceField(choices=WAYS, error_messages={"required": PRESS, "invalid_choice": PRESS})

    def __init__(self, *args: Any, may_deduct: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_deduct:
            del self.fields["reason"]


class PromiseForm(OnceForm):
    """What was shown, carried by the confirm line, with the token that makes it good for one act.

    A seal holds it together: nothing is done that was not shown to this `owner` (the person, their shop, the customer).
    """

    way = forms.ChoiceField(choices=WAYS, widget=forms.HiddenInput)
    cents = forms.IntegerField(min_value=1, max_value=MOST_CENTS, widget=forms.HiddenInput)
    reason = forms.CharField(required=False, max_length=LONGEST_REASON, widget=forms.HiddenInput)
    seal = forms.CharField(max_length=100, widget=forms.HiddenInput)

    def __init__(self, *args: Any, owner: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.owner = owner

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or self.cleaned_data
        if not self.errors and not constant_time_compare(
            typed["seal"], _seal(self.owner, typed["way"], typed["cents"])
        ):
            raise forms.ValidationError("This form is not complete. Type the amount again.")
        return typed


def promise_values(owner: str, way: str, cents: int, reason: str = "") -> dict[str, Any]:
    """The hidden fields of a PromiseForm."""
    return {"seal": _seal(owner, way, cents), "way": way, "cents": cents, "reason": reason}


def _seal(owner: str, way: str, cents: int) -> str:
    return Signer(salt="contacts.prepaid.promise").signature(json.dumps([owner, way, cents]))


class BackForm(OnceForm):
    """Why a transaction is taken back."""

    reason = forms.CharField(
        label="Reason",
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 2, "autofocus": True}),
        help_text="Kept in the audit, with your name.",
        error_messages={"required": "Write why."},
    )
