"""A form whose fields lie at a time: what was not touched is neither judged nor sent; an hour that comes twice asks."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError

from piggyadmin.ledger.forms import OnceForm
from piggyadmin.moments import NotAMoment, Twice, moment_of, typed_local, which_words
from piggyadmin.typed import NotReadable, clean
from piggyadmin.zones import known_zones, zone_named

MOST_TYPED = 100_000  # what a field takes at all; how much is too much is said beside it
CLOCKS_DIFFER = timedelta(minutes=5)


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


def fold_field() -> forms.ChoiceField:
    """Which of two equal times of one night is meant."""
    return forms.ChoiceField(required=False, choices=[("0", "first"), ("1", "second")], widget=forms.RadioSelect)


class TimedForm(OnceForm):
    """The fields of something that lies at a time, in the zone of its shop: `starts_at`, `ends_at` and what else
    `LABELS` names, each of `MOMENTS` with a field `..._fold` beside it.

    `base` holds the texts that the page showed; a field whose text is still that is untouched: neither judged nor sent.
    `cleaned` has the touched ones alone, moments in UTC, None for what was emptied.
    """

    LABELS: ClassVar[Mapping[str, str]]
    MOMENTS: ClassVar[tuple[str, ...]]

    base = forms.CharField(required=False, max_length=MOST_TYPED, widget=forms.HiddenInput, strip=False)
    zone = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        zone: ZoneInfo,
        values: Mapping[str, Any] | None = None,
        initial: Mapping[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        """`values` are those that are known, for a page that is shown the first time; `initial` goes before them."""
        texts = self.texts_of(values or {}, zone)
        super().__init__(
            data, initial={**texts, "base": json.dumps(texts), "zone": zone.key, **(initial or {})}, **kwargs
        )
        self.typed_zone = zone_named(data.get("zone"), zone) if data is not None else zone
        self.base_texts = texts_in(data.get("base")) if data is not None else texts
        self.untouched = {name for name in self.LABELS if data is not None and self._is_untouched(name)}
        for name in self.untouched:
            kept = self.fields[name]
            self.fields[name] = forms.CharField(label=kept.label, required=False, widget=kept.widget)
        self.asked: set[str] = set()
        for name in self.MOMENTS:
            self._offer_folds(name)

    @staticmethod
    def texts_of(values: Mapping[str, Any], zone: ZoneInfo) -> dict[str, str]:
        """All fields as this form shows them, `..._fold` included."""
        raise NotImplementedError

    def asks_fold(self, name: str) -> bool:
        """Whether this field's time is shown twice by the clock, so that there is a choice to make."""
        return name in self.asked

    def changed_since(self, values: Mapping[str, Any]) -> set[str]:
        """The fields that are no longer as this form's page showed them."""
        now = self.texts_of(values, self.typed_zone)
        return {
            name
            for name in self.LABELS
            if any(now.get(key, "") != self.base_texts.get(key, "") for key in self._keys(name))
        }

    @property
    def broken(self) -> bool:
        """Whether something is wrong that nobody can see or mend: a hidden field."""
        return any(hidden.errors for hidden in self.hidden_fields())

    @property
    def cleaned(self) -> dict[str, Any]:
        """The touched fields with their new values."""
        return {name: self.cleaned_data[name] for name in self.LABELS if name not in self.untouched}

    def clean_zone(self) -> str:
        name = str(self.cleaned_data["zone"])
        if name not in known_zones():
            raise ValidationError("This form is not complete. Open the page again.")
        return name

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for name in self.MOMENTS:
            if name not in self.untouched and data.get(name) is not None:
                data[name] = self._moment(name, data[name])
        return data

    def both_ends(self) -> tuple[datetime, datetime] | None:
        """When it starts and ends by this form; None where one is missing or wrong, or neither was touched."""
        pair = {"starts_at", "ends_at"}
        if pair & set(self.errors) or pair <= self.untouched:
            return None
        starts, ends = self._effective("starts_at"), self._effective("ends_at")
        return (starts, ends) if starts and ends else None

    def touched_moment(self, name: str) -> datetime | None:
        """The moment that was typed here, once it is cleaned; None where nothing was, or nothing right."""
        found = self.cleaned_data.get(name)
        return found if name not in self.untouched and isinstance(found, datetime) else None

    def _keys(self, name: str) -> tuple[str, ...]:
        return (name, f"{name}_fold") if name in self.MOMENTS else (name,)

    def _is_untouched(self, name: str) -> bool:
        return all(self.data.get(key, "") == self.base_texts.get(key, "") for key in self._keys(name))

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
        """Where the clock shows this time twice, say which two moments it may be; nowhere else is there a choice."""
        field: Any = self.fields[f"{name}_fold"]
        text = self.data.get(name, "") if self.is_bound else self.initial.get(name, "")
        try:
            moment_of(typed_local(text), self.typed_zone)
        except Twice as both:
            first, second = (which_words(at, self.typed_zone) for at in (both.first, both.second))
            field.label = f"{self.LABELS[name]}: which {text[-5:]}?"
            field.choices = [("0", f"The first, {first}"), ("1", f"The second, {second}")]
            self.asked.add(name)
        except NotAMoment:
            pass


def texts_in(sent: Any) -> dict[str, str]:
    """The texts that a hidden field carries; {} for anything else."""
    try:
        found = json.loads(str(sent or "{}"))
    except (ValueError, RecursionError):
        return {}
    pairs = found.items() if isinstance(found, dict) else ()
    return {str(name): value for name, value in pairs if isinstance(value, str)}
