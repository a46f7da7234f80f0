"""What people type about rewards."""

from __future__ import annotations

from typing import Any

from django import forms

from piggyadmin.ledger.forms import OnceForm
from piggyadmin.ledger.settling import LONGEST_REASON


class ClaimForm(OnceForm):
    """Claim a reward for the credits that were shown."""

    promised = forms.IntegerField(min_value=0, max_value=2**31, widget=forms.HiddenInput)


class HandOverForm(OnceForm):
    """Mark a claimed reward as handed over."""


class BackForm(OnceForm):
    """Why a claim is taken back, or a hand-over undone."""

    reason = forms.CharField(
        label="Reason",
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 2, "autofocus": True}),
        help_text="Kept in the audit, with your name.",
        error_messages={"required": "Write why."},
    )


def renewed(form: OnceForm, data: Any) -> OnceForm:
    """The same form as it was sent, good for another act."""
    typed = data.copy()
    typed["form_token"] = type(form)()["form_token"].initial
    fresh = type(form)(typed)
    fresh.is_valid()
    return fresh
