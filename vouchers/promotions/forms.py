"""What people type to find and to make promotions."""

from typing import Any

from django import forms

from piggyadmin.amounts import WholeNumberField
from piggyadmin.ledger.forms import OnceForm
from piggyadmin.typed import LineField
from vouchers.promotions.wording import STATUSES

MOST_VOUCHERS = 10_000_000
MOST_DAYS = 3_650
LAST_PAGE = 20_000


class CountField(WholeNumberField):
    """A whole number of 1 or more; empty is None."""

    def __init__(self, *, most: int, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
        super().__init__(most=most, required=False, max_length=30, widget=widget, **kwargs)

    def clean(self, value: Any) -> int | None:
        number = super().clean(value)
        if number == 0:
            raise forms.ValidationError("Type 1 or more, or nothing for no limit.")
        return number


class SearchForm(forms.Form):
    """Part of a promotion's name. It lives in the URL."""

    q = LineField(label="Name holds", required=False, max_length=100, widget=forms.TextInput(attrs={"type": "search"}))


class ShownForm(forms.Form):
    """Which vouchers of a promotion are shown. It lives in the URL."""

    status = forms.ChoiceField(required=False, choices=[("", "all"), *STATUSES.items()])
    page = forms.IntegerField(required=False, min_value=1, max_value=LAST_PAGE)


class PromotionForm(OnceForm):
    name = LineField(
        label="Name",
        max_length=100,
        help_text="Staff and customers read it on every voucher.",
        widget=forms.TextInput(attrs={"autofocus": True, "autocomplete": "off"}),
        error_messages={"required": "Give it a name."},
    )
    description = LineField(
        label="Description",
        max_length=250,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Say in a sentence what it gives."},
    )
    voucher_limit = CountField(label="At most so many vouchers", most=MOST_VOUCHERS, help_text="Empty: no limit.")
    limit_per_contact = CountField(label="So many per customer", most=MOST_VOUCHERS, help_text="Empty: no limit.")
    days = CountField(
        label="Valid for so many days",
        most=MOST_DAYS,
        too_much="That is more than ten years. Leave it empty for no end.",
        help_text="After a voucher is made, where the voucher has no date of its own. Empty: no end.",
    )
