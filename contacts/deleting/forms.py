"""What people type to delete a customer."""

from __future__ import annotations

from typing import Any

from django import forms

from contacts.deleting.confirming import Confirmation
from contacts.models import Deletion
from piggyadmin.ledger.approvals import LONGEST_REASON
from piggyadmin.ledger.forms import ApproverForm, OnceForm, focus_first_error

TYPES = (
    (Deletion.Type.DEFAULT, "Standard: Piggy keeps a detailed log"),
    (Deletion.Type.GDPR, "GDPR: Piggy, and this dashboard, remove every reference to the person"),
)


class ConfirmedForm(forms.Form):
    """A form that wants something of the customer's typed. Without facts nothing can be compared."""

    typed = forms.CharField(
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}),
        error_messages={"required": "Type it, so that nobody else is deleted."},
    )

    def __init__(self, *args: Any, confirmation: Confirmation | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._confirmation = confirmation
        self.fields["typed"].label = confirmation.label if confirmation else "Type who is deleted"

    def clean_typed(self) -> str:
        typed: str = self.cleaned_data["typed"]
        if self._confirmation and not self._confirmation.fits(typed):
            raise forms.ValidationError(self._confirmation.wrong)
        return typed

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        focus_first_error(self)
        return cleaned


class ProposeForm(ConfirmedForm, OnceForm):
    type = forms.ChoiceField(
        label="Which deletion",
        choices=TYPES,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose one of the two."},
    )
    reason = forms.CharField(
        label="Reason",
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="For whoever approves it. Kept in the audit, and erased with the person after a GDPR deletion.",
        error_messages={"required": "Write why this customer is deleted."},
    )
    at_once = forms.BooleanField(
        label="The customer is standing here: leave out the wait after the approval",
        required=False,
        help_text="The second person is never left out. Say in the reason why it cannot wait.",
    )

    field_order = ("type", "reason", "at_once", "typed", "form_token")


class ApproveForm(ConfirmedForm):
    """The second person's word. `why_now` is needed where the hold is left out against the proposal."""

    hold = forms.ChoiceField(
        label="When",
        choices=(
            ("hold", "After the hold; until then any admin can cancel it"),
            ("now", "At once: the customer is standing here"),
        ),
        widget=forms.RadioSelect,
        error_messages={"required": "Choose one of the two."},
    )
    why_now = forms.CharField(
        label="Why it cannot wait",
        required=False,
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Needed only when the hold is left out and the proposal did not say so.",
    )

    field_order: tuple[str, ...] = ("hold", "why_now", "typed")


class InPlaceForm(ApproveForm, ApproverForm):
    """The second person's word, on the screen of whoever proposed it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["approver"].widget.attrs.pop("autofocus", None)

    field_order = ("hold", "why_now", "typed", "approver", "password", "otp")


class ReasonForm(forms.Form):
    """Why not, or what was found out."""

    reason = forms.CharField(
        label="Reason",
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Kept in the audit, with your name.",
        error_messages={"required": "Write why."},
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        focus_first_error(self)
        return cleaned


class ListForm(forms.Form):
    """The filter of the list. It lives in the URL."""

    STATES = (("", "Every state"), ("open", "Not over"), *Deletion.State.choices)

    state = forms.ChoiceField(label="State", choices=STATES, required=False)
    page = forms.IntegerField(required=False, min_value=1, max_value=1_000_000, widget=forms.HiddenInput)
