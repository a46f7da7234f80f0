"""The limits of one kind and role, a field for each shop. Money is typed as euros and kept as cents."""

import re
from typing import Any

from django import forms

from piggyadmin.accounts.limits.services import MOST
from piggyadmin.accounts.models import Limit, Shop

EVERY_SHOP = "every_shop"


# Groups of three may be parted by a comma, a blank, or one of the blanks that do not break a line.
WHOLE = re.compile(r"[0-9]+|[0-9]{1,3}(?:[, \u00a0\u202f][0-9]{3})+")
ENGLISH = re.compile(rf"(?P<whole>{WHOLE.pattern})?(?:\.(?P<part>[0-9]{{0,2}}))?")
DUTCH = re.compile(r"(?P<whole>[0-9]+|[0-9]{1,3}(?:[. \u00a0\u202f][0-9]{3})+),(?P<part>[0-9]{1,2})")


class WholeNumberField(forms.CharField):
    """A whole number of credits or vouchers; "5,000" and "5 000" are 5000. Empty is None."""

    example = "Type a whole number, for example 500."

    def clean(self, value: Any) -> int | None:
        text = super().clean(value)
        if not text:
            return None
        amount = self.amount_of(text)
        if amount is None:
            raise forms.ValidationError(self.example)
        if amount > MOST:
            raise forms.ValidationError("That is too much to be a limit.")
        return amount

    def amount_of(self, text: str) -> int | None:
        return _digits(text) if WHOLE.fullmatch(text) else None


class EurosField(WholeNumberField):
    """Euros, answered in cents: "50", "50.00", "50,00", "€ 1,085.50" and "1.085,50" are understood. Empty is None."""

    example = "Type euros, for example 50 or 12.50."

    def amount_of(self, text: str) -> int | None:
        plain = text.removeprefix("€").strip()
        found = ENGLISH.fullmatch(plain) or DUTCH.fullmatch(plain)
        if found is None or not (found["whole"] or found["part"]):
            return None
        return _digits(found["whole"] or "0") * 100 + int((found["part"] or "").ljust(2, "0"))


def _digits(text: str) -> int:
    return int(re.sub(r"[^0-9]", "", text))


class LimitsForm(forms.Form):
    """One field for every shop without its own, then one for each shop. `amounts()` answers what was typed."""

    def __init__(self, *args: Any, kind: str, role: str, shops: list[Shop], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind, self.role, self.shops = kind, role, shops
        is_money = kind == Limit.Kind.PREPAID_CENTS
        make = EurosField if is_money else WholeNumberField
        now = {row.shop_id: row.amount for row in Limit.objects.filter(kind=kind, role=role)}
        attributes = {"inputmode": "decimal" if is_money else "numeric", "autocomplete": "off"}
        for shop in [None, *shops]:
            amount = now.get(shop.pk if shop else None)
            self.fields[field_name(shop)] = make(
                label=shop.name if shop else "Every shop",
                help_text="Empty: as every shop." if shop else "Empty: no limit.",
                required=False,
                max_length=30,
                widget=forms.TextInput(attrs=attributes),
                initial="" if amount is None else f"{amount / 100:.2f}" if is_money else str(amount),
            )

    def amounts(self) -> dict[Shop | None, int | None]:
        return {shop: self.cleaned_data[field_name(shop)] for shop in [None, *self.shops]}


def field_name(shop: Shop | None) -> str:
    return f"shop_{shop.pk.hex}" if shop else EVERY_SHOP
