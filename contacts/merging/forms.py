"""What people type to merge two customers."""

from __future__ import annotations

from typing import Any

from django import forms

from contacts.cards.forms import scanned
from contacts.claiming.forms import CodeForm
from contacts.models import Merge
from piggyadmin.ledger.forms import OnceForm, focus_first_error
from piggyadmin.ledger.settling import LONGEST_REASON
from piggyadmin.typed import NotReadable, clean

LONGEST_UUID = 64
COMPLETE = "The form was not complete. Open the page again."


def _uuid() -> forms.CharField:
    errors = {"required": COMPLETE, "max_length": COMPLETE}
    return forms.CharField(max_length=LONGEST_UUID, widget=forms.HiddenInput, error_messages=errors)


def _words(label: str, help_text: str, *, required: bool = True, error: str = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        required=required,
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=help_text,
        error_messages={"required": error or "Write why."},
    )


class PairForm(OnceForm):
    """The two customers, the one that disappears first."""

    source = _uuid()
    destination = _uuid()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        focus_first_error(self)
        return cleaned


class WhoseForm(PairForm):
    """Something about one of the two."""

    whose = _uuid()

    def clean_whose(self) -> str:
        whose: str = self.cleaned_data["whose"]
        if whose not in (self.cleaned_data.get("source"), self.cleaned_data.get("destination")):
            raise forms.ValidationError(COMPLETE)
        return whose


class ProofCodeForm(WhoseForm, CodeForm):
    """The code that the customer read out of the mail."""


class ScanForm(PairForm):
    card = scanned(
        "Scan a card of either",
        "A card that the customer shows now proves that it is theirs. A typed number is taken too: type it from the "
        "card in your hand alone.",
        focus=False,
    )

    def clean_card(self) -> str:
        try:
            return clean(self.cleaned_data["card"])
        except NotReadable as error:
            raise forms.ValidationError(str(error)) from error


class ProposeForm(PairForm):
    reason = _words(
        "Reason", "For whoever approves it. Kept in the audit.", error="Write why these two are one person."
    )
    at_once = forms.BooleanField(
        label="The customer is standing here: leave out the wait after the approval",
        required=False,
        help_text="The second person is never left out. Say in the reason why it cannot wait.",
    )
    confirm = forms.CharField(
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}),
        error_messages={"required": "Type it, to be sure who stays."},
    )


class ApproveForm(forms.Form):
    """The second person's word. `reason` is needed where the hold is left out against the proposal."""

    hold = forms.ChoiceField(
        label="When",
        choices=[
            ("hold", "After the hold; until then any admin can cancel it"),
            ("now", "At once: the customer is standing here"),
        ],
        widget=forms.RadioSelect,
    )
    reason = _words("Why it cannot wait", "Needed only when the hold is left out.", required=False)
    confirm = forms.CharField(
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}),
        error_messages={"required": "Type it, to be sure who stays."},
    )


class ReasonForm(forms.Form):
    """Why not, or what was found out."""

    reason = _words("Reason", "Kept in the audit, with your name.")


class MergeFilter(forms.Form):
    """The filter of the list. It lives in the URL."""

    STATES = (("", "Every state"), ("open", "Not over"), *Merge.State.choices)

    state = forms.ChoiceField(label="State", choices=STATES, required=False)
    page = forms.IntegerField(required=False, min_value=1, max_value=1_000_000, widget=forms.HiddenInput)


class StepForm(OnceForm):
    """One step of the list was done by hand."""

    step = forms.UUIDField(widget=forms.HiddenInput)
