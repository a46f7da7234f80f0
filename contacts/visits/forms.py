"""What people type of a visit, in the zone of the shop they stand in."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from contacts.bookings.forms import MOST_TYPED, LocalField, TextField
from contacts.visits import fields
from piggyadmin.ledger.forms import OnceForm
from piggyadmin.moments import NotAMoment, Twice, local_text, moment_of, typed_local, which_words

CLOCKS_DIFFER = timedelta(minutes=5)
LONGEST_STAY = timedelta(days=31)  # a wrong month, not a visit


def _fold_field() -> forms.ChoiceField:
    return forms.ChoiceField(required=False, choices=[("0", "first"), ("1", "second")], widget=forms.RadioSelect)


class VisitForm(OnceForm):
    """A visit that is made or changed.

    `base` holds the texts that the page showed: a field whose text is still that is untouched, neither judged nor
    sent. `cleaned` has the touched ones alone, moments in UTC, None for what was emptied.
    """

    base = forms.CharField(required=False, max_length=MOST_TYPED, widget=forms.HiddenInput, strip=False)
    zone = forms.CharField(max_length=64, widget=forms.HiddenInput)
    starts_at = LocalField(label=fields.LABELS["starts_at"])
    starts_at_fold = _fold_field()
    ends_at = LocalField(label=fields.LABELS["ends_at"])
    ends_at_fold = _fold_field()
    source = TextField(label=fields.LABELS["source"], help_text="What saw it: a door, a till, a person.")
    external_id = TextField(
        label=fields.LABELS["external_id"],
        widget=forms.TextInput(attrs={"spellcheck": "false", "autocapitalize": "off"}),
    )

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, zone: ZoneInfo, values: Mapping[str, Any] | None = None
    ) -> None:
        """`values` are those that Piggy has, for a page that is shown the first time."""
        texts = fields.texts_of(values or {}, zone)
        super().__init__(data, initial={**texts, "base": json.dumps(texts), "zone": zone.key})
        self.typed_zone = _zone(data.get("zone"), zone) if data is not None else zone
        self.base_texts = _texts(data.get("base")) if data is not None else texts
        self.untouched = {name for name in fields.NAMES if data is not None and self._is_untouched(name)}
        for name in self.untouched:
            kept = self.fields[name]
            self.fields[name] = forms.CharField(label=kept.label, required=False, widget=kept.widget)
        self.asked: set[str] = set()
        for name in fields.MOMENTS:
            self._offer_folds(name)
        if data is None:
            self.fields["starts_at"].widget.attrs["autofocus"] = True  # a page with an error begins at that one

    @property
    def parts(self) -> list[tuple[forms.BoundField, forms.BoundField | None]]:
        """Each field, with the question which of two equal times it is where there is one."""
        return [(self[name], self[f"{name}_fold"] if name in self.asked else None) for name in fields.NAMES]

    @property
    def broken(self) -> bool:
        """Whether something is wrong that nobody can see or mend: a hidden field."""
        return any(hidden.errors for hidden in self.hidden_fields())

    @property
    def cleaned(self) -> dict[str, Any]:
        """The touched fields with their new values."""
        return {name: self.cleaned_data[name] for name in fields.NAMES if name not in self.untouched}

    def changed_since(self, values: Mapping[str, Any]) -> set[str]:
        """The fields that are no longer as this form's page showed them."""
        now = fields.texts_of(values, self.typed_zone)
        return {
            name
            for name in fields.NAMES
            if any(now.get(key, "") != self.base_texts.get(key, "") for key in (name, f"{name}_fold"))
        }

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
        if both_stand and starts and ends and not {"starts_at", "ends_at"} <= self.untouched:
            if ends <= starts:
                self.add_error("ends_at", "They left before they came. Put the end after the start.")
            elif ends - starts > LONGEST_STAY:
                self.add_error("ends_at", "That is more than a month. Check the day.")
        came = data.get("starts_at")
        if "starts_at" not in self.untouched and isinstance(came, datetime) and came > timezone.now() + CLOCKS_DIFFER:
            self.add_error("starts_at", "That is still to come. A visit is somebody who was here; else make a booking.")
        return data

    def _is_untouched(self, name: str) -> bool:
        keys = (name, f"{name}_fold") if name in fields.MOMENTS else (name,)
        return all(self.data.get(key, "") == self.base_texts.get(key, "") for key in keys)

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
            return moment_of(typed_local(self.base_texts.get(name, "")), self.typed_zone, second=fold == "1")
        except NotAMoment:
            return None

    def _offer_folds(self, name: str) -> None:
        """Where the clock shows this time twice, say which two moments it may be."""
        text = self.data.get(name, "") if self.is_bound else self.initial.get(name, "")
        field: Any = self.fields[f"{name}_fold"]
        try:
            moment_of(typed_local(text), self.typed_zone)
        except Twice as both:
            first, second = (which_words(at, self.typed_zone) for at in (both.first, both.second))
            field.label = f"{fields.LABELS[name]}: which {text[-5:]}?"
            field.choices = [("0", f"The first, {first}"), ("1", f"The second, {second}")]
            self.asked.add(name)
        except NotAMoment:
            pass


class NewVisitForm(VisitForm):
    """A new visit; `shop` is the one that was picked when the page was made: a visit's shop stays for good."""

    shop = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, data: Mapping[str, Any] | None = None, *, zone: ZoneInfo, shop: Any = None) -> None:
        super().__init__(data, zone=zone)
        if shop is not None:
            self.initial["shop"] = shop
        if data is None:  # most visits are noted while the customer stands there
            self.initial["starts_at"] = local_text(timezone.now(), zone)
            self._offer_folds("starts_at")
        self.fields["external_id"].help_text = "Left empty, one is made, so that the visit can be recognised."

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if not data.get("starts_at") and "starts_at" not in self.errors:
            self.add_error("starts_at", "When did they come?")
        return data


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
