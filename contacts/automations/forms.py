"""What people type to run an automation: its name once more, and what it is handed."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from django import forms

from piggyadmin.ledger.forms import OnceForm

MOST_LINES, LONGEST_VALUE = 20, 250
KEY = re.compile(r"[A-Za-z0-9_]{1,64}")
LONGEST_NAME = 255


def plain(text: str) -> str:
    """A name as it is compared: however its blanks and letters are written."""
    return " ".join(unicodedata.normalize("NFC", text).split())


class RunForm(OnceForm):
    typed = forms.CharField(
        max_length=LONGEST_NAME,
        widget=forms.TextInput(
            attrs={"autofocus": True, "autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}
        ),
        error_messages={"required": "Type its name, so that no other one is started."},
    )
    handed = forms.CharField(
        label="Data for it (can stay empty)",
        required=False,
        max_length=MOST_LINES * (LONGEST_VALUE + 70),
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off", "spellcheck": "false"}),
        help_text="One a line, as table_number = 12. Only where the automation was made to read it.",
    )
    again = forms.BooleanField(label="Start it once more: what it did then, it does again", required=False)

    def __init__(self, *args: Any, automation: str, was_run: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._automation = automation
        self.fields["typed"].label = f"Type the automation’s name: {automation}"
        self._was_run = was_run
        if not was_run:
            del self.fields["again"]

    def clean_typed(self) -> str:
        typed: str = self.cleaned_data["typed"]
        if plain(typed) != plain(self._automation):
            raise forms.ValidationError("That is another name. Nothing was started.")
        return typed

    def clean_handed(self) -> dict[str, str]:
        """The lines as a map. Nothing that Piggy could read otherwise than it was typed."""
        found: dict[str, str] = {}
        lines = [line.strip() for line in self.cleaned_data["handed"].splitlines() if line.strip()]
        if len(lines) > MOST_LINES:
            raise forms.ValidationError(f"At most {MOST_LINES} lines.")
        for number, line in enumerate(lines, start=1):
            key, equals, value = (part.strip() for part in line.partition("="))
            if not equals or not KEY.fullmatch(key):
                raise forms.ValidationError(
                    f"Line {number} is not like table_number = 12: letters, digits and underscores, then = and a value."
                )
            if key in found:
                raise forms.ValidationError(f"Line {number} names {key} a second time.")
            if not value or len(value) > LONGEST_VALUE or not value.isprintable():
                raise forms.ValidationError(
                    f"The value in line {number} is empty, longer than {LONGEST_VALUE} characters, or cannot be sent."
                )
            found[key] = value
        return found

    def clean(self) -> None:
        super().clean()
        if self._was_run and not self.cleaned_data.get("again"):
            self.add_error("again", "It was started a moment ago. Tick this if it shall be once more.")
