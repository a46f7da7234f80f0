"""What people type to order claim links and to print them."""

from __future__ import annotations

from typing import Any

from django import forms

from piggyadmin.amounts import StrictEurosField, WholeNumberField
from piggyadmin.ledger.forms import OnceForm
from piggyadmin.typed import NotReadable, clean
from vouchers.claim_links.orders import MOST_LINKS
from vouchers.printing.forms import PrinterChoice
from vouchers.printing.layouts import LAYOUTS

MOST_CREDITS = 1_000_000  # of one link: more is a typing mistake
SIZES = (24, 1)  # an address makes a QR of many modules: the smallest labels have no room for it


def _number() -> forms.TextInput:
    return forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})


class OrderForm(forms.Form):
    """How many, what each gives, and the words on them. Credits, or an amount of a unit; never both."""

    label = forms.CharField(
        label="Words on each card",
        max_length=60,
        help_text="For example: Thank you for coming to our opening",
        widget=forms.TextInput(attrs={"autofocus": True, "autocomplete": "off"}),
        error_messages={"required": "Write what the card says."},
    )
    quantity = WholeNumberField(
        label="How many links",
        max_length=30,
        most=MOST_LINKS,
        too_much=f"At most {MOST_LINKS} in one order.",
        help_text=f"At most {MOST_LINKS}. Each is good once.",
        widget=_number(),
        error_messages={"required": "Type how many."},
    )
    credits = WholeNumberField(
        label="Credits each",
        required=False,
        max_length=30,
        most=MOST_CREDITS,
        help_text="Given as they are, whatever the programme’s rules. Or leave it empty and type an amount.",
        widget=_number(),
    )
    amount = StrictEurosField(
        label="Or an amount each",
        required=False,
        max_length=30,
        most=MOST_CREDITS * 100,
        help_text="The rules turn it into credits when somebody claims it.",
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    unit = forms.ChoiceField(label="Of", required=False)

    def __init__(self, *args: Any, units: list[tuple[str, str]], **kwargs: Any) -> None:
        """`units` are names and words; without any only credits can be given."""
        super().__init__(*args, **kwargs)
        if not units:
            del self.fields["unit"], self.fields["amount"]
        else:
            choice: Any = self.fields["unit"]
            choice.choices = units

    def clean_label(self) -> str:
        try:
            return clean(self.cleaned_data["label"])
        except NotReadable as error:
            raise forms.ValidationError(str(error)) from error

    def clean_quantity(self) -> int:
        number: int = self.cleaned_data["quantity"]
        if number < 1:
            raise forms.ValidationError("Type at least 1.")
        return number

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or self.cleaned_data
        if self.errors.keys() & {"credits", "amount"}:
            return typed
        credits, amount = typed.get("credits"), typed.get("amount")
        if credits is not None and amount is not None:
            self.add_error("credits", "Type credits or an amount, not both.")
        elif credits is None and amount is None:
            self.add_error("credits", "Type how many credits each link gives.")
        elif credits == 0:
            self.add_error("credits", "Type at least 1.")
        elif amount == 0:
            self.add_error("amount", "Type more than zero.")
        elif amount is not None and not typed.get("unit"):
            self.add_error("amount", "Say what it is an amount of.")
        return typed


class ConfirmForm(OnceForm):
    """The order that was shown, sealed."""

    order = forms.CharField(widget=forms.HiddenInput, max_length=4000)


class LinkPrintForm(OnceForm, PrinterChoice):
    """What the links are printed on."""

    size = forms.TypedChoiceField(
        label="Printed on",
        choices=[(size, LAYOUTS[size].words.replace("voucher", "link")) for size in SIZES],
        coerce=int,
        initial=SIZES[0],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what they are printed on."},
    )
