"""What people type to find, make and change products and categories."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.html import format_html

from piggyadmin.catalogue.products.services import Choices
from piggyadmin.catalogue.products.sorts import Item, Sort, Wish
from piggyadmin.catalogue.rewards.forms import LinesField
from piggyadmin.ledger.forms import OnceForm
from piggyadmin.typed import LineField

LONGEST = 250  # Piggy's own bound is not documented; what is longer fits no till's line
LAST_PAGE = 20_000
TYPED = {"autocomplete": "off", "spellcheck": "false", "autocapitalize": "off"}


class ListForm(forms.Form):
    """Words to look for, and the page. They live in the URL."""

    q = LineField(
        label="Words on this page",
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    page = forms.IntegerField(required=False, min_value=1, max_value=LAST_PAGE, widget=forms.HiddenInput)


class FindForm(forms.Form):
    """The identifier of one, whole."""

    identifier = LineField(
        label="External identifier",
        max_length=LONGEST,
        widget=forms.TextInput(attrs=TYPED),
        error_messages={"required": "Type or scan the whole identifier."},
    )


def _identifier(**more: Any) -> LineField:
    return LineField(
        label="External identifier",
        max_length=LONGEST,
        help_text="As the till or the web shop knows it. It cannot be changed here later.",
        widget=forms.TextInput(attrs={**TYPED, **more}),
        error_messages={"required": "Type the identifier by which the till knows it."},
    )


def _name(**more: Any) -> LineField:
    return LineField(
        label="Name",
        max_length=LONGEST,
        widget=forms.TextInput(attrs={"autocomplete": "off", **more}),
        error_messages={"required": "Give it a name."},
    )


class FindOrCreateForm(OnceForm):
    identifier = _identifier(autofocus=True)
    name = _name()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].help_text = "Only used when there is none yet: what is there keeps its name."

    @property
    def wish(self) -> Wish:
        return Wish(self.cleaned_data["identifier"], self.cleaned_data["name"])


class _AboutForm(OnceForm):
    """Name, and for a product description and categories."""

    name = _name()

    def __init__(self, *args: Any, sort: Sort, choices: Choices | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not sort.is_product:
            return
        self.fields["description"] = LinesField(label="Description", required=False)  # a web shop's has many lines
        if choices is not None and choices.categories:
            self.fields["categories"] = forms.MultipleChoiceField(
                label="Categories",
                required=False,
                choices=[
                    (each.uuid, format_html("<span><bdi>{}</bdi></span>", each.name)) for each in choices.categories
                ],
                widget=forms.CheckboxSelectMultiple,
                error_messages={"invalid_choice": "One of these categories is gone. Choose again."},
            )

    def about(self, identifier: str, *, kept: tuple[str, ...] = ()) -> Wish:
        """What was typed. `kept` are the categories it stays under where none could be offered."""
        asked = self.cleaned_data
        chosen = tuple(sorted(asked["categories"])) if "categories" in self.fields else kept
        return Wish(identifier, asked["name"], asked.get("description", ""), chosen)


class NewForm(_AboutForm):
    identifier = _identifier(autofocus=True)

    field_order = ("identifier", "name")

    @property
    def wish(self) -> Wish:
        return self.about(self.cleaned_data["identifier"])


class ChangeForm(_AboutForm):
    """`seen` is what the form was made from: somebody else's change in the meantime is not overwritten."""

    seen = forms.CharField(max_length=64, widget=forms.HiddenInput)


class DeleteForm(OnceForm):
    typed = forms.CharField(
        max_length=LONGEST,
        widget=forms.TextInput(attrs={**TYPED, "autofocus": True}),
        error_messages={"required": "Type it, so that nothing else is deleted."},
    )

    def __init__(self, *args: Any, item: Item, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._item = item
        self.fields["typed"].label = f"Type its identifier: {item.identifier}"

    def clean_typed(self) -> str:
        typed: str = self.cleaned_data["typed"]
        if typed.strip() != self._item.identifier.strip():
            raise forms.ValidationError("That is another identifier. Nothing was deleted.")
        return typed
