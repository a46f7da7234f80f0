import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator, MaxValueValidator, MinValueValidator
from django.utils import timezone

from contacts.bookings import fields
from piggyadmin.amounts import EurosField, WholeNumberField
from piggyadmin.ledger.forms import EARLIEST as EARLIEST_DAY
from piggyadmin.ledger.forms import LATEST as LATEST_DAY
from piggyadmin.ledger.forms import DayInput, OnceForm
from piggyadmin.moments import NotAMoment, Twice, moment_of, typed_local, which_words
from piggyadmin.typed import NotReadable, clean

MOST_TYPED = 100_000  # what a field takes at all; how much is too much is said beside it
CLOCKS_DIFFER = timedelta(minutes=5)
THEIRS, MINE = "theirs", "mine"


class TextField(forms.CharField):
    """One line, or nothing (None)."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, strip=False, max_length=MOST_TYPED, **kwargs)

    def clean(self, value: Any) -> str | None:
        text = super().clean(value)
        if not text.strip():
            return None
        try:
            return clean(text)
        except NotReadable as error:
            raise ValidationError(str(error)) from error


class PeopleField(WholeNumberField):
    example = "Type a whole number of people, for example 4."

    def clean(self, value: Any) -> int | None:
        people = super().clean(value)
        if people == 0:
            raise ValidationError(f"A booking is for 1 to {fields.MOST_PEOPLE:,} people.")
        return people


class MomentInput(forms.DateTimeInput):
    input_type = "datetime-local"

    def format_value(self, value: Any) -> str | None:
        return value.replace(" ", "T") if isinstance(value, str) else None


class LocalField(forms.CharField):
    """A local date and time, answered without a zone: which moment it is, the shop says, and once a year the person."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=MOST_TYPED, widget=MomentInput(), **kwargs)

    def clean(self, value: Any) -> datetime | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            return typed_local(text)
        except NotAMoment as error:
            raise ValidationError(str(error)) from error


def _fold_field() -> forms.ChoiceField:
    return forms.ChoiceField(required=False, choices=[("0", "first"), ("1", "second")], widget=forms.RadioSelect)


class BookingForm(OnceForm):
    """The fields of a booking, in the zone of its shop.

    `base` holds the texts that the page showed; a field whose text is still that is untouched: neither judged nor sent.
    `cleaned` has the touched ones alone, moments in UTC, None for what was emptied.
    """

    base = forms.CharField(required=False, max_length=MOST_TYPED, widget=forms.HiddenInput, strip=False)
    zone = forms.CharField(max_length=64, widget=forms.HiddenInput)
    starts_at = LocalField(label="Starts")
    starts_at_fold = _fold_field()
    ends_at = LocalField(label="Ends")
    ends_at_fold = _fold_field()
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
    checked_in_at_fold = _fold_field()

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        zone: ZoneInfo,
        values: Mapping[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        """`values` are those that are known, for a page that is shown the first time."""
        texts = fields.typed_texts(values or {}, zone)
        initial = {**texts, "base": json.dumps(texts), "zone": zone.key, **(kwargs.pop("initial", None) or {})}
        super().__init__(data, initial=initial, **kwargs)
        self.typed_zone = _zone(data.get("zone"), zone) if data is not None else zone
        self.base_texts = _texts(data.get("base")) if data is not None else texts
        self.untouched = {name for name in fields.NAMES if self._is_untouched(name)}
        for name in self.untouched if data is not None else ():
            kept = self.fields[name]
            self.fields[name] = forms.CharField(label=kept.label, required=False, widget=kept.widget)
        self.asked: set[str] = set()
        for name in fields.MOMENTS:
            self._offer_folds(name)

    def asks_fold(self, name: str) -> bool:
        """Whether this field's time is shown twice by the clock, so that there is a choice to make."""
        return name in self.asked

    def changed_since(self, values: Mapping[str, Any]) -> set[str]:
        """The fields that are no longer as this form's page showed them."""
        now = fields.typed_texts(values, self.typed_zone)
        folds = {name for name in fields.MOMENTS if now[f"{name}_fold"] != self.base_texts.get(f"{name}_fold", "")}
        return folds | {name for name in fields.NAMES if now[name] != self.base_texts.get(name, "")}

    @property
    def broken(self) -> bool:
        """Whether something is wrong that nobody can see or mend: a hidden field."""
        return any(hidden.errors for hidden in self.hidden_fields())

    @property
    def cleaned(self) -> dict[str, Any]:
        """The touched fields with their new values."""
        return {name: self.cleaned_data[name] for name in fields.NAMES if name not in self.untouched}

    def clean_zone(self) -> str:
        name = str(self.cleaned_data["zone"])
        if name not in available_timezones():
            raise ValidationError("This form is not complete. Open the page again.")
        return name

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for name in fields.MOMENTS:
            if name not in self.untouched and data.get(name) is not None:
                data[name] = self._moment(name, data[name])
        starts, ends = self._effective("starts_at"), self._effective("ends_at")
        both_stand = not {"starts_at", "ends_at"} & set(self.errors)
        judged = not {"starts_at", "ends_at"} <= self.untouched
        if both_stand and judged and starts and ends and ends <= starts:
            self.add_error("ends_at", "It ends before it starts. Put the end after the start.")
        checked_in = data.get("checked_in_at")
        if "checked_in_at" not in self.untouched and checked_in and checked_in > timezone.now() + CLOCKS_DIFFER:
            self.add_error("checked_in_at", "Nobody has checked in yet at that time. Type a time that has been.")
        return data

    def _is_untouched(self, name: str) -> bool:
        if self.data.get(name, "") != self.base_texts.get(name, ""):
            return False
        fold = f"{name}_fold"
        return name not in fields.MOMENTS or self.data.get(fold, "") == self.base_texts.get(fold, "")

    def _moment(self, name: str, local: datetime) -> datetime | None:
        chosen = self.cleaned_data.get(f"{name}_fold")
        try:
            return moment_of(local, self.typed_zone, second=chosen == "1" if chosen else None)
        except NotAMoment as error:
            self.add_error(name, str(error))
            return None

    def _effective(self, name: str) -> datetime | None:
        """The moment that this form would leave there."""
        if name not in self.untouched:
            found = self.cleaned_data.get(name)
            return found if isinstance(found, datetime) and found.tzinfo else None
        try:
            fold = self.base_texts.get(f"{name}_fold")
            local = typed_local(self.base_texts.get(name, ""))
            return moment_of(local, self.typed_zone, second=fold == "1")
        except NotAMoment:
            return None

    def _offer_folds(self, name: str) -> None:
        """Where the clock shows this time twice, say which two moments it may be; nowhere else is there a choice."""
        field = self.fields[f"{name}_fold"]
        text = self.data.get(name, "") if self.is_bound else self.initial.get(name, "")
        try:
            moment_of(typed_local(text), self.typed_zone)
        except Twice as both:
            first, second = (which_words(at, self.typed_zone) for at in (both.first, both.second))
            field.label = f"{fields.LABELS[name]}: which {text[-5:]}?"
            field.choices = [("0", f"The first, {first}"), ("1", f"The second, {second}")]  # type: ignore[attr-defined]
            self.asked.add(name)
        except NotAMoment:
            pass


class EditForm(BookingForm):
    """Change a booking that stood at `version` when the page was made.

    `clash` names the fields that somebody else changed too, with what they were before; for each there is a choice,
    `pick_...`: theirs or mine.
    """

    version = forms.IntegerField(min_value=0, max_value=2**31, widget=forms.HiddenInput)
    clash = forms.CharField(required=False, max_length=MOST_TYPED, widget=forms.HiddenInput, strip=False)

    def __init__(self, data: Mapping[str, Any] | None = None, *, zone: ZoneInfo, **kwargs: Any) -> None:
        self.typed: Mapping[str, Any] = data or {}  # before the picks
        self.was = {name: text for name, text in _texts(self.typed.get("clash")).items() if name in fields.NAMES}
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


def focus_first_error(form: forms.Form) -> None:
    """Let the page begin at the first field that something is wrong with."""
    wrong = [name for name in form.fields if name in form.errors and not form[name].is_hidden]
    for name in form.fields:
        form.fields[name].widget.attrs.pop("autofocus", None)
    if wrong:
        form.fields[wrong[0]].widget.attrs["autofocus"] = True


def _after_picks(data: Mapping[str, Any] | None, picked: Mapping[str, str]) -> Mapping[str, Any] | None:
    """What was sent, with the texts of the other person wherever those were picked."""
    if data is None:
        return None
    base, plain = _texts(data.get("base")), {name: data.get(name, "") for name in data}
    for name in [name for name, pick in picked.items() if pick == THEIRS]:
        plain[name] = base.get(name, "")
        plain[f"{name}_fold"] = base.get(f"{name}_fold", "")
    return plain


def _texts(sent: Any) -> dict[str, str]:
    """The texts that a hidden field carries; {} for anything else."""
    try:
        found = json.loads(str(sent or "{}"))
    except (ValueError, RecursionError):
        return {}
    pairs = found.items() if isinstance(found, dict) else ()
    return {str(name): value for name, value in pairs if isinstance(value, str)}


def _zone(name: Any, default: ZoneInfo) -> ZoneInfo:
    return ZoneInfo(name) if isinstance(name, str) and name in available_timezones() else default
