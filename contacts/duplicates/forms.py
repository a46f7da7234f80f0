"""What reviewers choose: which pairs to see, and what they say of one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import RegexValidator

from contacts.duplicates.services import OPEN, SHOWN, Filter
from contacts.duplicates.words import WHY
from contacts.models import DuplicatePair
from piggyadmin.converters import PiggyIdConverter
from piggyadmin.ledger.forms import OnceForm

Verdict = DuplicatePair.Verdict
KEEP = "keep:"  # and the contact that remains if both are one person
SCORES = {"": "Every score", "10": "10 and up", "15": "15 and up", "20": "20 and up", "30": "30 and up"}


class FilterForm(forms.Form):
    """The list's filter. It lives in the URL."""

    show = forms.ChoiceField(required=False, choices=list(SHOWN.items()), widget=forms.HiddenInput)
    score = forms.ChoiceField(label="Score", required=False, choices=list(SCORES.items()))
    page = forms.IntegerField(required=False, min_value=1, max_value=1_000_000, widget=forms.HiddenInput)

    @property
    def asked(self) -> Filter:
        """What to show; everything that is to be decided where the address cannot be read."""
        if not self.is_valid():
            return Filter()
        score = self.cleaned_data["score"]
        return Filter(show=self.cleaned_data["show"] or OPEN, score=float(score) if score else None)

    @property
    def number(self) -> int:
        return (self.cleaned_data.get("page") if self.is_valid() else None) or 1


class VerdictForm(OnceForm):
    """One verdict and why. `seen` is the pair as it was shown."""

    verdict = forms.ChoiceField(
        label="Are they one person?",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose one of the four.", "invalid_choice": "Choose one of the four."},
    )
    why = forms.ChoiceField(
        label="Why?",
        required=False,
        choices=list(WHY.items()),
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": "Choose one of these reasons."},
    )
    words = forms.CharField(
        label="In your own words",
        required=False,
        max_length=500,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text="Kept in the audit, with your name.",
    )
    seen = forms.CharField(max_length=200, widget=forms.HiddenInput)

    def __init__(self, *args: Any, keepers: tuple[str, str], **kwargs: Any) -> None:
        """`keepers` are the contacts on the left and on the right: either may remain."""
        super().__init__(*args, **kwargs)
        verdict: Any = self.fields["verdict"]
        left, right = keepers
        verdict.choices = [
            (KEEP + left, "Same person, keep the left one"),
            (KEEP + right, "Same person, keep the right one"),
            (Verdict.DIFFERENT.value, "Not the same person"),
            (Verdict.FAMILY.value, "Family"),
        ]

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or self.cleaned_data
        says_nothing = not any(typed.get(name) or name in self.errors for name in ("why", "words"))
        if typed.get("verdict") == Verdict.DIFFERENT and says_nothing:
            self.add_error("why", "Say why they are not the same: choose one, or write it below.")
        return typed

    @property
    def keep(self) -> str:
        """The contact that shall remain; "" for a verdict that they are not one person."""
        verdict = str(self.cleaned_data["verdict"])
        return verdict.removeprefix(KEEP) if verdict.startswith(KEEP) else ""

    @property
    def said(self) -> str:
        return Verdict.SAME.value if self.keep else str(self.cleaned_data["verdict"])


class ReopenForm(OnceForm):
    """Take a verdict back."""

    seen = forms.CharField(max_length=200, widget=forms.HiddenInput)


class LeaveForm(OnceForm):
    """Take one contact out of the family."""

    contact = forms.CharField(max_length=64, validators=[RegexValidator(rf"\A{PiggyIdConverter.regex}\Z")])


class ScanForm(OnceForm):
    """Nothing but the token: one form, one search."""
