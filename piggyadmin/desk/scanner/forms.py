from django import forms
from django.core.exceptions import ValidationError

from piggyadmin.desk.scanner.device import LEAST_GAP_MS, LONGEST_PREFIX, MOST_GAP_MS, Scanner, is_prefix

LONGEST_SCAN = 200


class TryForm(forms.Form):
    """One scan of the test code, and what the page measured of it (nothing where no script runs)."""

    scan = forms.CharField(
        label="Scan the bars into this field",
        strip=False,
        max_length=LONGEST_SCAN,
        error_messages={
            "required": "Scan the bars on this page first.",
            "max_length": "That is far longer than the test code. Scan only the bars on this page.",
        },
    )
    ended = forms.ChoiceField(choices=[(key, key) for key in ("", "Enter", "Tab")], required=False)
    slowest = forms.IntegerField(required=False, min_value=0, max_value=60_000)


class ScannerForm(forms.Form):
    """What this computer's scanner needs."""

    sent_first = forms.CharField(
        label="It sends before every code",
        required=False,
        max_length=LONGEST_PREFIX,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text="Left out of every scan. Empty for most scanners.",
    )
    gap_ms = forms.IntegerField(
        label="Milliseconds between two characters",
        min_value=LEAST_GAP_MS,
        max_value=MOST_GAP_MS,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        help_text=f"{LEAST_GAP_MS} to {MOST_GAP_MS}. Quicker typing counts as a scan.",
        error_messages={"invalid": "Type a whole number of milliseconds, for example 35."},
    )

    def clean_sent_first(self) -> str:
        prefix: str = self.cleaned_data["sent_first"]
        if not is_prefix(prefix):
            raise ValidationError("A prefix is a few letters, digits or signs of a plain keyboard, without blanks.")
        return prefix

    def scanner(self) -> Scanner:
        return Scanner(self.cleaned_data["gap_ms"], self.cleaned_data["sent_first"])
