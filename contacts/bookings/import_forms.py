from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from contacts.bookings.reading import MOST_BYTES
from contacts.timed.forms import LocalField
from piggyadmin.ledger.forms import OnceForm
from piggyadmin.moments import NotAMoment, moment_of


class FileForm(forms.Form):
    """A file of bookings, and when it was made: what was set here since then is younger, and stays."""

    file = forms.FileField(
        label="CSV file",
        allow_empty_file=True,  # said with the other things that a file may be
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
        error_messages={"required": "Choose a file first."},
    )
    as_of = LocalField(label="When was the file made?")

    def __init__(self, *args: Any, zone: ZoneInfo, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = zone
        self.fields["as_of"].help_text = f"By the clock of {zone.key}. What was set here after that stays as it is."

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise ValidationError(f"The file is larger than {MOST_BYTES // 1024 // 1024} MB. Divide it.")
        return file

    def clean_as_of(self) -> datetime:
        local = self.cleaned_data["as_of"]
        if local is None:
            raise ValidationError("Say when it was made.")
        try:
            at = moment_of(local, self.zone, second=False)  # of two, the earlier one overwrites less
        except NotAMoment as error:
            raise ValidationError(str(error)) from error
        if at > timezone.now():
            raise ValidationError("That is still to come. Say when the file was made.")
        return at


class ConfirmForm(OnceForm):
    """Import what was shown."""

    plan = forms.CharField(max_length=64, widget=forms.HiddenInput)
