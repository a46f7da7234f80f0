"""The limits of one kind and role, a field for each shop. Money is typed as euros and kept as cents; a pause, in s."""

from typing import Any

from django import forms

from piggyadmin.accounts.limits.services import LONGEST_PAUSE, MOST, PAUSES
from piggyadmin.accounts.models import Limit, Shop
from piggyadmin.amounts import EurosField, WholeNumberField

EVERY_SHOP = "every_shop"


class LimitsForm(forms.Form):
    """One field for every shop without its own, then one for each shop. `amounts()` answers what was typed."""

    def __init__(self, *args: Any, kind: str, role: str, shops: list[Shop], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind, self.role, self.shops = kind, role, shops
        is_money = kind == Limit.Kind.PREPAID_CENTS
        is_pause = kind in PAUSES
        make = EurosField if is_money else WholeNumberField
        now = {row.shop_id: row.amount for row in Limit.objects.filter(kind=kind, role=role)}
        attributes = {"inputmode": "decimal" if is_money else "numeric", "autocomplete": "off"}
        for shop in [None, *shops]:
            amount = now.get(shop.pk if shop else None)
            self.fields[field_name(shop)] = make(
                label=shop.name if shop else "Every shop",
                help_text="Empty: as every shop." if shop else "Empty: no pause." if is_pause else "Empty: no limit.",
                required=False,
                max_length=30,
                most=LONGEST_PAUSE if is_pause else MOST,
                too_much="That is longer than a day (86,400 s)." if is_pause else "That is too much to be a limit.",
                widget=forms.TextInput(attrs=attributes),
                initial="" if amount is None else f"{amount / 100:.2f}" if is_money else str(amount),
            )

    def amounts(self) -> dict[Shop | None, int | None]:
        return {shop: self.cleaned_data[field_name(shop)] for shop in [None, *self.shops]}


def field_name(shop: Shop | None) -> str:
    return f"shop_{shop.pk.hex}" if shop else EVERY_SHOP
