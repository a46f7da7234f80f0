"""What somebody wants to award: a number of credits, or an amount that Piggy's rules turn into credits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from piggyadmin.piggy.payloads import Unit
from piggyadmin.templatetags.words import euros, in_credits

PURCHASE = "purchase_amount"  # Piggy's own default unit


@dataclass(frozen=True, slots=True)
class Wish:
    """`credits`, or `hundredths` of a unit (cents, where the unit is money); never both.

    `unit` is Piggy's name for it, "" for the account's default one.
    """

    credits: int | None = None
    hundredths: int | None = None
    unit: str = ""
    is_money: bool = True

    @property
    def value(self) -> Decimal | None:
        """The amount in whole units, as Piggy takes it: 25.40."""
        return None if self.hundredths is None else Decimal(self.hundredths) / 100

    @property
    def words(self) -> str:
        """ "€ 25.40", "3 × visits", "24 credits"."""
        if self.value is None:
            return in_credits(self.credits)
        return (
            euros(self.hundredths)
            if self.is_money
            else f"{self.value.normalize():,f} × {self.unit or 'the default unit'}"
        )

    def figures(self) -> dict[str, Any]:
        """The amount, for an act; without the credits it gives."""
        if self.value is None:
            return {}
        amount: dict[str, Any] = (
            {"unit_value_cents": self.hundredths} if self.is_money else {"unit_value": f"{self.value.normalize():f}"}
        )
        return amount | ({"unit": self.unit} if self.unit else {})


def wish_of(figures: Mapping[str, Any]) -> Wish:
    """The wish that an act's or an approval's figures tell of."""
    unit = str(figures.get("unit", ""))
    if "unit_value_cents" in figures:
        return Wish(hundredths=int(figures["unit_value_cents"]), unit=unit)
    if "unit_value" in figures:
        return Wish(hundredths=int(Decimal(figures["unit_value"]) * 100), unit=unit, is_money=False)
    return Wish(credits=int(figures["credits"]))


def is_money(unit: Unit | None) -> bool:
    """Whether amounts of this unit are euros; Piggy's own default unit is, by whatever prefix it goes."""
    return unit is None or "€" in (unit.prefix or "") or unit.name == PURCHASE
