"""The filter of the account's referrals. It lives in the URL and names nobody."""

from typing import Any

from django import forms

STATUSES = ("pending", "completed", "failed")  # Piggy's own words
MOST_PAGE = 100_000
EVERY = [("", "Every status"), *((status, status.capitalize()) for status in STATUSES)]


class ReferralFilter(forms.Form):
    status = forms.ChoiceField(
        label="Status",
        required=False,
        choices=EVERY,
        error_messages={"invalid_choice": "Piggy has no such status of referrals."},
    )
    page = forms.IntegerField(required=False, min_value=1, max_value=MOST_PAGE, widget=forms.HiddenInput)

    @property
    def wanted(self) -> Any:
        """The status to ask Piggy for; None for every one."""
        return self.cleaned_data["status"] or None

    def figures(self) -> dict[str, str]:
        return {"status": self.cleaned_data["status"]} if self.cleaned_data["status"] else {}
