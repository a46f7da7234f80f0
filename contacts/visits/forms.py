"""What people type of a visit, in the zone of the shop they stand in."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone

from contacts.timed.forms import CLOCKS_DIFFER, LocalField, TextField, TimedForm, fold_field
from contacts.visits import fields
from piggyadmin.moments import local_text

LONGEST_STAY = timedelta(days=31)  # a wrong month, not a visit


class VisitForm(TimedForm):
    """A visit that is made or changed."""

    LABELS, MOMENTS = fields.LABELS, fields.MOMENTS
    texts_of = staticmethod(fields.texts_of)

    starts_at = LocalField(label=fields.LABELS["starts_at"])
    starts_at_fold = fold_field()
    ends_at = LocalField(label=fields.LABELS["ends_at"])
    ends_at_fold = fold_field()
    source = TextField(label=fields.LABELS["source"], help_text="What saw it: a door, a till, a person.")
    external_id = TextField(
        label=fields.LABELS["external_id"],
        widget=forms.TextInput(attrs={"spellcheck": "false", "autocapitalize": "off"}),
    )

    def __init__(self, data: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        if data is None:
            self.fields["starts_at"].widget.attrs["autofocus"] = True  # a page with an error begins at that one

    @property
    def parts(self) -> list[tuple[forms.BoundField, forms.BoundField | None]]:
        """Each field, with the question which of two equal times it is where there is one."""
        return [(self[name], self[f"{name}_fold"] if self.asks_fold(name) else None) for name in fields.NAMES]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if ends := self.both_ends():
            if ends[1] <= ends[0]:
                self.add_error("ends_at", "They left before they came. Put the end after the start.")
            elif ends[1] - ends[0] > LONGEST_STAY:
                self.add_error("ends_at", "That is more than a month. Check the day.")
        came = self.touched_moment("starts_at")
        if came and came > timezone.now() + CLOCKS_DIFFER:
            self.add_error("starts_at", "That is still to come. A visit is somebody who was here; else make a booking.")
        return data


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
