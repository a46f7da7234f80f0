"""What people type to find and to change rewards."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from django import forms

from piggyadmin.accounts.models import Shop
from piggyadmin.amounts import WholeNumberField
from piggyadmin.catalogue.listing import WordsField, choice
from piggyadmin.catalogue.programme.forms import TypedField
from piggyadmin.catalogue.rewards import changing
from piggyadmin.catalogue.rewards.changing import LONG, NUMBERS, Sheet
from piggyadmin.catalogue.rewards.states import OWN
from piggyadmin.ledger.forms import OnceForm

if TYPE_CHECKING:
    from piggyadmin.piggy.payloads import AttributeDefinition

STATES = {"active": "active", "off": "off"}
KINDS = {"PHYSICAL": "things", "DIGITAL": "digital ones"}


class RewardFilter(forms.Form):
    """It lives in the URL."""

    q = WordsField("Title or description holds")
    state = choice("State", "active and off", STATES.items())
    kind = choice("Kind", "every kind", KINDS.items())
    shop = forms.ChoiceField(label="Shop", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        shop: Any = self.fields["shop"]
        shop.choices = [("", "every shop"), *Shop.objects.filter(is_active=True).values_list("piggy_uuid", "name")]


class LinesField(forms.CharField):
    """Text of several lines; nothing that cannot be typed."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.Textarea(attrs={"rows": 4, "dir": "auto"})
        super().__init__(max_length=5_000, widget=widget, **kwargs)

    def clean(self, value: Any) -> str:
        text: str = super().clean(value).replace("\r\n", "\n").replace("\r", "\n")
        if not all(character.isprintable() or character in "\n\t\u00a0\u200d\u200e\u200f" for character in text):
            raise forms.ValidationError("There is a control character in it. Type it by hand.")
        return text


class NumberField(forms.CharField):
    """A number with a point or a comma; empty is None. Answers an int where it is whole, else a float."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=30, widget=forms.TextInput(attrs={"inputmode": "decimal"}), **kwargs)

    def clean(self, value: Any) -> int | float | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            number = Decimal(text.replace(",", "."))
        except InvalidOperation as error:
            raise forms.ValidationError("Type a number, for example 2.5.") from error
        if not number.is_finite() or abs(number) > 10**12:
            raise forms.ValidationError("Type a number, for example 2.5.")
        return int(number) if number == number.to_integral_value() else float(number)


class ChangeForm(OnceForm):
    """A reward's fields and attributes. `shown` is a fingerprint of what the form began from."""

    title = TypedField(label="Title", max_length=200, error_messages={"required": "Give it a title."})
    required_credits = WholeNumberField(
        label="Credits it costs",
        max_length=30,
        error_messages={"required": "Type how many credits it costs, 0 for nothing."},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    description = LinesField(label="Description", required=False)
    shown = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, sheet: Sheet, **kwargs: Any) -> None:
        initial = {**sheet.texts, "shown": sheet.shown, **kwargs.pop("initial", {})}
        super().__init__(data, initial=initial, **kwargs)
        self.sheet = sheet
        for definition in sheet.attributes:
            self.fields[f"{OWN}{definition.name}"] = _control(definition, sheet.texts[f"{OWN}{definition.name}"])

    @property
    def attributes(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith(OWN)]

    def clean_description(self) -> str:
        text: str = self.cleaned_data["description"]
        if not text.strip() and self.sheet.texts["description"]:
            raise forms.ValidationError("Piggy cannot be told to empty a description. Type another one.")
        return text.strip()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and not self.changes():
            raise forms.ValidationError("Nothing is changed yet.")
        return cleaned

    def changes(self) -> list[changing.Difference]:
        """What would change, of a form without errors."""
        return changing.differences(self.sheet, self.cleaned_data)


def _control(definition: AttributeDefinition, now: str) -> forms.Field:
    about: dict[str, Any] = {
        "label": definition.title,
        "required": False,
        "help_text": definition.description or "",
    }
    if definition.type in LONG:
        return LinesField(**about)
    if definition.type in NUMBERS:
        return NumberField(**about)
    if definition.type == "boolean":
        return _Truth(choices=[("", "not told"), ("yes", "Yes"), ("no", "No")], **about)
    if definition.type == "select":
        values = [(each.value, each.label or each.value) for each in definition.options]
        if now and now not in dict(values):
            values.append((now, now))  # kept before its option went
        return _Empty(choices=[("", "nothing"), *values], **about)
    return TypedField(max_length=255, **about)


class _Truth(forms.ChoiceField):
    def clean(self, value: Any) -> bool | None:
        return {"yes": True, "no": False}.get(super().clean(value))


class _Empty(forms.ChoiceField):
    def clean(self, value: Any) -> str | None:
        return super().clean(value) or None
