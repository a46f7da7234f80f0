"""What people choose before they print: a layout, sheets, a printer; and how far a printer shifts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

from piggyadmin.ledger.forms import OnceForm
from vouchers.models import Printer
from vouchers.printing.layouts import LAYOUTS
from vouchers.printing.services import MOST_SHEETS

FARTHEST = 10  # mm


def _whole(label: str) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        min_value=1,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"invalid": "Type a whole number, for example 7."},
    )


class PrinterChoice(forms.Form):
    """Which printer the paper goes to, for its offset."""

    printer = forms.ModelChoiceField(
        Printer.objects.all(),
        label="Printer",
        required=False,
        empty_label="a printer that shifts nothing",
        error_messages={"invalid_choice": "This printer is no longer in the list."},
    )


class PrintForm(OnceForm, PrinterChoice):
    """One sheet, told by its address. `size` is the layout that the page showed."""

    size = forms.TypedChoiceField(choices=[(size, size) for size in LAYOUTS], coerce=int, widget=forms.HiddenInput)

    @property
    def is_broken(self) -> bool:
        """Whether what no person types is missing or wrong: the page is to be shown anew."""
        return "size" in self.errors or "form_token" in self.errors


class RangeForm(PrintForm):
    """Sheets from one to another, at most twenty a page."""

    first = _whole("From sheet")
    last = _whole("to sheet")
    field_order = ("first", "last", "printer")

    def __init__(self, *args: Any, total: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.total = total

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("first"), cleaned.get("last")
        for name in ("first", "last"):
            if (cleaned.get(name) or 0) > self.total:
                self.add_error(name, f"There are {self.total:,} sheets.")
        if first and last and not self.errors:
            if last < first:
                self.add_error("last", f"That is before sheet {first:,}.")
            elif last - first >= MOST_SHEETS:
                self.add_error("last", f"At most {MOST_SHEETS} sheets at a time: up to {first + MOST_SHEETS - 1:,}.")
        return cleaned


class OpenForm(forms.Form):
    """The way to one sheet, or to one voucher's receipt, by its number."""

    what = forms.ChoiceField(label="Open", choices=[("sheet", "sheet"), ("receipt", "receipt of voucher")])
    number = _whole("Number")

    def __init__(self, *args: Any, most: Mapping[str, int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.most = most

    def clean_number(self) -> int:
        number: int = self.cleaned_data["number"]
        most = self.most.get(self.cleaned_data.get("what", ""), number)
        if number > most:
            raise forms.ValidationError(f"The last one is {most:,}.")
        return number


class LayoutForm(forms.Form):
    """The layout of a run. `sure` is set by the page that says what a change means once sheets are printed."""

    size = forms.TypedChoiceField(
        label="What the vouchers are printed on",
        choices=[(layout.size, layout.words) for layout in LAYOUTS.values()],
        coerce=int,
        widget=forms.RadioSelect,
    )
    sure = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, too_long: set[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.too_long = too_long

    def clean_size(self) -> int:
        size: int = self.cleaned_data["size"]
        if size in self.too_long:
            raise forms.ValidationError("The codes of this batch are too long for these labels.")
        return size


def _millimetres(label: str, hint: str) -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        initial=0,
        min_value=-FARTHEST,
        max_value=FARTHEST,
        decimal_places=1,
        max_digits=3,
        help_text=hint,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        error_messages={"invalid": "Type millimetres, for example 0.5 or -1."},
    )


class PrinterForm(forms.ModelForm):  # type: ignore[type-arg]  # no generic at run time
    """A printer and how far its paper must be shifted, so that what it prints lands on the labels."""

    right_mm = _millimetres("Shift to the right, mm", "Below zero shifts to the left.")
    down_mm = _millimetres("Shift down, mm", "Below zero shifts up.")

    class Meta:
        model = Printer
        fields = ("name", "right_mm", "down_mm")
        labels = {"name": "Name of the printer"}
        error_messages = {"name": {"unique": "There is a printer of this name."}}
        widgets = {"name": forms.TextInput(attrs={"autocomplete": "off"})}
