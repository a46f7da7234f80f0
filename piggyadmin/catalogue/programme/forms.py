"""What people type about perks and units."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from django import forms
from django.core.validators import RegexValidator

from piggyadmin.catalogue.listing import WordsField, choice
from piggyadmin.ledger.forms import OnceForm
from piggyadmin.typed import NotReadable, clean

MOST_OPTIONS = 30
LONGEST = 100
KEY = RegexValidator(
    r"\A[a-z][a-z0-9_]{0,63}\Z",
    "Small letters, digits and underscores, a letter first: free_delivery.",
)
DATA_TYPES = {"boolean": "yes or no", "single_select": "one of several"}
YES, NO = "true", "false"


class ProgrammeFilter(forms.Form):
    """One field for the page's three lists: what is looked for stands in one of them."""

    q = WordsField("Tier, unit or gift card programme holds")


class TypedField(forms.CharField):
    """One line as it is typed, without what no name can hold."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"autocomplete": "off", "dir": "auto", **kwargs.pop("attrs", {})}
        super().__init__(widget=forms.TextInput(attrs=attrs), **kwargs)

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        try:
            return clean(text) if text else ""
        except NotReadable as error:
            raise forms.ValidationError(str(error)) from error


def _key_field(**kwargs: Any) -> forms.CharField:
    widget = forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"})
    return forms.CharField(max_length=64, validators=[KEY], widget=widget, **kwargs)


class PerkFilter(forms.Form):
    """It lives in the URL."""

    q = WordsField("Name holds")
    kind = choice("Kind", "every kind", DATA_TYPES.items())


class PerkForm(OnceForm):
    """A new perk. One option is the default, which every tier gets at once: the first of several, or no or yes."""

    label = TypedField(
        label="Name",
        max_length=LONGEST,
        attrs={"autofocus": True},
        help_text="What staff and customers read. It can be changed later.",
        error_messages={"required": "Give it a name."},
    )
    name = _key_field(
        label="Key",
        help_text="What other systems call it, for example free_delivery. It can never be changed.",
        error_messages={"required": "Give it a key."},
    )
    data_type = forms.ChoiceField(
        label="Kind",
        choices=[("boolean", "Yes or no"), ("single_select", "One of several values")],
        initial="boolean",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose one of the two.", "invalid_choice": "Choose one of the two."},
    )
    begins = forms.ChoiceField(
        label="Every tier begins with",
        choices=[(NO, "No"), (YES, "Yes")],
        initial=NO,
        required=False,
        widget=forms.RadioSelect,
    )
    options = forms.CharField(
        label="Values",
        required=False,
        max_length=5_000,
        widget=forms.Textarea(attrs={"rows": 5, "dir": "auto"}),
        help_text="One a line, the default first: every tier begins with that one. "
        "A key of its own comes behind an equals sign: 5 % = five.",
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("data_type") == "single_select":
            try:
                cleaned["pairs"] = _pairs(cleaned.get("options", ""))
            except forms.ValidationError as error:
                self.add_error("options", error)
        elif cleaned.get("data_type") == "boolean":
            cleaned["pairs"] = [("No", NO), ("Yes", YES)]
            if cleaned.get("begins") not in (NO, YES):
                self.add_error("begins", "Choose one of the two.")
        return cleaned

    def as_sent(self) -> dict[str, Any]:
        """The (valid) form as `perks.make` takes it."""
        typed = self.cleaned_data
        is_choice = typed["data_type"] == "single_select"
        return {
            "label": typed["label"],
            "name": typed["name"],
            "data_type": typed["data_type"],
            "options": typed["pairs"],
            "default": typed["pairs"][0][1] if is_choice else typed["begins"],
        }


def _pairs(text: str) -> list[tuple[str, str]]:
    """The lines as (label, value). Raises ValidationError for what Piggy would refuse or could not tell apart."""
    pairs = []
    for line in filter(None, (line.strip() for line in text.splitlines())):
        try:
            label, equals, key = (part.strip() for part in clean(line).rpartition("="))
        except NotReadable as error:
            raise forms.ValidationError(str(error)) from error
        if not equals:
            label, key = key, ""  # rpartition puts a line without a sign last
        value = key or _slug(label)
        if not label or not value:
            raise forms.ValidationError(f"“{line[:40]}” needs a key behind an equals sign: {line[:20]} = a_key.")
        if len(label) > LONGEST or len(value) > LONGEST:
            raise forms.ValidationError(f"A value is longer than {LONGEST} characters.")
        pairs.append((label, value))
    if len(pairs) < 2:
        raise forms.ValidationError("Type two values or more, one a line.")
    if len(pairs) > MOST_OPTIONS:
        raise forms.ValidationError(f"That is {len(pairs)} values. More than {MOST_OPTIONS} are hard to choose from.")
    values = [value for _, value in pairs]
    twice = next((value for value in values if values.count(value) > 1), "")
    if twice:
        raise forms.ValidationError(f"Two lines have the key {twice}. Give one of them its own: label = key.")
    return pairs


def _slug(label: str) -> str:
    """A key out of a label: "Ten percent" is ten_percent; "" where no letter or digit of it is plain."""
    plain = unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "_", plain.casefold()).strip("_")


class RenameForm(OnceForm):
    """A perk's new label. `before` is the one that was shown: another one by now is somebody else's change."""

    label = TypedField(label="Name", max_length=LONGEST, error_messages={"required": "Give it a name."})
    before = forms.CharField(required=False, strip=False, max_length=1_000, widget=forms.HiddenInput)


class DeleteForm(OnceForm):
    """The key of what goes, typed by hand."""

    def __init__(self, *args: Any, key: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.key = key
        self.fields["typed"] = forms.CharField(
            label="Type it to delete the perk",
            max_length=300,
            help_text=key,
            widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}),
            error_messages={"required": f"Type {key} to delete it."},
        )

    def clean_typed(self) -> str:
        typed: str = self.cleaned_data["typed"]
        if typed.strip() != self.key:
            raise forms.ValidationError(f"That is not its key. Type {self.key} to delete it.")
        return typed


class UnitForm(OnceForm):
    name = _key_field(
        label="Key",
        help_text="What other systems call it, for example visits. One of a kind, and it can never be changed.",
        error_messages={"required": "Give it a key."},
    )
    label = TypedField(
        label="Name",
        max_length=LONGEST,
        attrs={"autofocus": True},
        help_text="What staff read, for example Visits.",
        error_messages={"required": "Give it a name."},
    )
    sign = TypedField(
        label="Sign before the number",
        required=False,
        max_length=10,
        help_text="For example €. Empty: the first letter of the key.",
    )
    is_default = forms.BooleanField(
        label="Count credits from it where no unit is chosen",
        required=False,
        help_text="It takes the place of the default unit of today, at every till, at once.",
    )
