"""What people type of a booking: a new one, a changed one, whom it is for, which day a list is of."""

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator, MaxValueValidator, MinValueValidator
from django.utils import timezone

from contacts.bookings import fields
from contacts.timed.forms import CLOCKS_DIFFER, MOST_TYPED, LocalField, TextField, TimedForm, fold_field, texts_in
from piggyadmin.amounts import EurosField, WholeNumberField
from piggyadmin.ledger.forms import EARLIEST as EARLIEST_DAY
from piggyadmin.ledger.forms import LATEST as LATEST_DAY
from piggyadmin.ledger.forms import DayInput, OnceForm

THEIRS, MINE = "theirs", "mine"


class PeopleField(WholeNumberField):
    example = "Type a whole number of people, for example 4."

    def clean(self, value: Any) -> int | None:
        people = super().clean(value)
        if people == 0:
            raise ValidationError(f"A booking is for 1 to {fields.MOST_PEOPLE:,} people.")
        return people


class BookingForm(TimedForm):
    """The fields of a booking, in the zone of its shop."""

    LABELS, MOMENTS = fields.LABELS, fields.MOMENTS
    texts_of = staticmethod(fields.typed_texts)

    starts_at = LocalField(label="Starts")
    starts_at_fold = fold_field()
    ends_at = LocalField(label="Ends")
    ends_at_fold = fold_field()
    number_of_people = PeopleField(
        label="Party size",
        required=False,
        most=fields.MOST_PEOPLE,
        too_much=f"A booking is for 1 to {fields.MOST_PEOPLE:,} people.",
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    status = TextField(label="Status", widget=forms.TextInput(attrs={"list": "statuses", "autocapitalize": "off"}))
    company_name = TextField(label="Company")
    prepaid_amount = EurosField(
        label="Prepaid, in euros", required=False, widget=forms.TextInput(attrs={"inputmode": "decimal"})
    )
    source = TextField(label="Source")
    external_id = TextField(label="Code elsewhere", widget=forms.TextInput(attrs={"spellcheck": "false"}))
    checked_in_at = LocalField(label="Checked in")
    checked_in_at_fold = fold_field()

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        ends = self.both_ends()
        if ends and ends[1] <= ends[0]:
            self.add_error("ends_at", "It ends before it starts. Put the end after the start.")
        checked_in = self.touched_moment("checked_in_at")
        if checked_in and checked_in > timezone.now() + CLOCKS_DIFFER:
            self.add_error("checked_in_at", "Nobody has checked in yet at that time. Type a time that has been.")
        return data


class EditForm(BookingForm):
    """Change a booking that stood at `version` when the page was made.

    `clash` names the fields that somebody else changed too, with what they were before; for each there is a choice,
    `pick_...`: theirs or mine.
    """

    version = forms.IntegerField(min_value=0, max_value=2**31, widget=forms.HiddenInput)
    clash = forms.CharField(required=False, max_length=MOST_TYPED, widget=forms.HiddenInput, strip=False)

    def __init__(self, data: Mapping[str, Any] | None = None, *, zone: ZoneInfo, **kwargs: Any) -> None:
        self.typed: Mapping[str, Any] = data or {}  # before the picks
        self.was = {name: text for name, text in texts_in(self.typed.get("clash")).items() if name in fields.NAMES}
        self.picked = {name: str(self.typed.get(f"pick_{name}", "")) for name in self.was}
        super().__init__(_after_picks(data, self.picked), zone=zone, **kwargs)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        for name, pick in self.picked.items():
            if pick not in (THEIRS, MINE):
                self.add_error(name, "Choose one of the two.")
        return data


class NewForm(BookingForm):
    """A new booking; `shop` is the one that was picked when the page was made."""

    shop = forms.UUIDField(widget=forms.HiddenInput)
    contact = forms.CharField(max_length=64, widget=forms.HiddenInput)
    called = forms.CharField(required=False, max_length=MOST_TYPED, widget=forms.HiddenInput)  # for the heading alone
    twin = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)  # a like one that was shown

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if not data.get("starts_at") and "starts_at" not in self.errors:
            self.add_error("starts_at", "When does it start?")
        return data


class FindForm(forms.Form):
    """Whom is the booking for? A card, or the e-mail address of the customer's account."""

    customer = TextField(
        label="Customer’s card or e-mail",
        widget=forms.TextInput(
            attrs={
                "data-scan": "here",
                "data-scan-now": True,
                "autocomplete": "off",
                "spellcheck": "false",
                "autofocus": True,
            }
        ),
    )

    def clean_customer(self) -> str:
        text = self.cleaned_data["customer"]
        if text is None:
            raise ValidationError("Scan the customer’s card first.")
        if "@" in text:
            EmailValidator("That is not a whole e-mail address. Check it letter by letter.")(text)
        return str(text)


class CodeForm(forms.Form):
    """A booking's own id at Piggy, or its code in another system."""

    code = TextField(label="Open one by its code")

    def clean_code(self) -> str:
        text = self.cleaned_data["code"]
        if text is None:
            raise ValidationError("Paste or type a code first.")
        return str(text)


class DayForm(forms.Form):
    """Which day a list is of. It lives in the URL."""

    day = forms.DateField(
        label="Day",
        widget=DayInput,
        input_formats=["%Y-%m-%d"],
        validators=[MinValueValidator(EARLIEST_DAY), MaxValueValidator(LATEST_DAY)],
        error_messages={"invalid": "Write a day as 2026-11-20."},
    )


class CheckInForm(OnceForm):
    """Check in now. `day` leads back to that day's list."""

    day = forms.DateField(
        required=False,
        input_formats=["%Y-%m-%d"],
        validators=[MinValueValidator(EARLIEST_DAY), MaxValueValidator(LATEST_DAY)],
    )


def _after_picks(data: Mapping[str, Any] | None, picked: Mapping[str, str]) -> Mapping[str, Any] | None:
    """What was sent, with the texts of the other person wherever those were picked."""
    if data is None:
        return None
    base, plain = texts_in(data.get("base")), {name: data.get(name, "") for name in data}
    for name in [name for name, pick in picked.items() if pick == THEIRS]:
        plain[name] = base.get(name, "")
        plain[f"{name}_fold"] = base.get(f"{name}_fold", "")
    return plain
