"""How money of an order is written: in the order's own currency."""

from django import template

from piggyadmin.templatetags.words import euros

register = template.Library()

WITHOUT_PARTS = {"BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF"} | {
    "XOF",
    "XPF",
}
"""Currencies whose lowest denomination is the whole one. All others are taken to have hundredths."""


@register.filter
def how_many(quantity: float | None) -> str:
    """2, 0.25: a number of things, or of kilos, without zeros that say nothing."""
    if quantity is None:
        return "not told"
    return f"{quantity:,.3f}".rstrip("0").rstrip(".")


@register.filter
def in_currency(amount: int | None, currency: str | None) -> str:
    """An amount in the lowest denomination: € 11.40 (also where no currency is told), CHF 11.40, JPY 1,140."""
    if amount is None:
        return "not told"
    if currency in (None, "", "EUR"):
        return euros(amount)
    sign, size = ("−" if amount < 0 else ""), abs(amount)
    if currency in WITHOUT_PARTS:
        return f"{sign}{currency}\u00a0{size:,}"
    return f"{sign}{currency}\u00a0{size // 100:,}.{size % 100:02}"
