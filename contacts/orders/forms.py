"""What people type about orders."""

from dataclasses import dataclass
from typing import Any

from django import forms

from piggyadmin.amounts import StrictEurosField, WholeNumberField
from piggyadmin.typed import NotReadable, clean

LONGEST_NUMBER = 255  # characters of a till's number, as Piggy takes them
LONGEST_NAME = 100
MOST_CENTS = 10_000_000
ROWS = 3
TOO_MUCH: dict[str, Any] = {"most": MOST_CENTS, "too_much": "That is more than € 100,000.00. Check it digit by digit."}


@dataclass(frozen=True, slots=True)
class Line:
    """Something that is bought: what, how many, and the price of one in cents."""

    name: str
    quantity: int
    price: int

    @property
    def cents(self) -> int:
        return self.quantity * self.price


class NumberForm(forms.Form):
    """The number that a till gave an order."""

    number = forms.CharField(
        label="Number of the order",
        strip=True,
        max_length=LONGEST_NUMBER,
        help_text="As it stands on the receipt, or in the web shop’s mail.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "off"}),
        error_messages={"required": "Type the number that stands on the receipt."},
    )

    def clean_number(self) -> str:
        try:
            return clean(self.cleaned_data["number"])
        except NotReadable as error:
            raise forms.ValidationError(str(error)) from error


class PurchaseForm(forms.Form):
    """A purchase that is only thought of: its total, or some lines that make one, or both."""

    total = StrictEurosField(
        label="Total in euros",
        required=False,
        max_length=30,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        help_text="What would be paid at the till.",
        **TOO_MUCH,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for row in range(1, ROWS + 1):
            self.fields[f"name_{row}"] = forms.CharField(
                label="What", required=False, max_length=LONGEST_NAME, widget=_plain("text")
            )
            self.fields[f"quantity_{row}"] = WholeNumberField(
                label="How many", required=False, max_length=10, most=10_000, widget=_plain("numeric")
            )
            self.fields[f"price_{row}"] = StrictEurosField(
                label="Price of one, in euros", required=False, max_length=30, widget=_plain("decimal"), **TOO_MUCH
            )

    @property
    def rows(self) -> list[list[forms.BoundField]]:
        """The fields of each line, for the page."""
        names = ("name", "quantity", "price")
        return [[self[f"{name}_{row}"] for name in names] for row in range(1, ROWS + 1)]

    @property
    def has_lines(self) -> bool:
        """Whether somebody wrote into a line, rightly or not: then the lines are shown."""
        return any(field.value() for row in self.rows for field in row)

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or self.cleaned_data
        lines = []
        for row in range(1, ROWS + 1):
            name, quantity, price = (typed.get(f"{field}_{row}") for field in ("name", "quantity", "price"))
            if not name and quantity is None and price is None:
                continue
            if not name and f"name_{row}" not in self.errors:
                self.add_error(f"name_{row}", "Say what it is.")
            elif name:
                self._check_name(row, name)
            if price is None and f"price_{row}" not in self.errors:
                self.add_error(f"price_{row}", "Say what one of it costs.")
            if quantity == 0:
                self.add_error(f"quantity_{row}", "Type one or more.")
            lines.append(Line(name or "", quantity or 1, price or 0))
        if self.errors:
            return typed
        total = typed.get("total")
        if total is None and not lines:
            self.add_error("total", "Type a total, or what is bought below.")
        elif total == 0:
            self.add_error("total", "Type more than zero.")
        elif total is None and not 0 < sum(line.cents for line in lines) <= MOST_CENTS:
            self.add_error("total", "The lines make no total that a till could take. Check them digit by digit.")
        return typed | {"lines": lines, "cents": total if total is not None else sum(line.cents for line in lines)}

    def _check_name(self, row: int, name: str) -> None:
        try:
            clean(name)
        except NotReadable as error:
            self.add_error(f"name_{row}", str(error))


def _plain(mode: str) -> forms.TextInput:
    return forms.TextInput(attrs={"inputmode": mode, "autocomplete": "off"})
