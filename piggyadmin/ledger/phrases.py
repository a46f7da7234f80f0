"""Sentences with figures in them: "Redeemed the voucher ending {code_end}.", "{credits:in_credits}"."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from string import Formatter
from typing import TYPE_CHECKING, Any

from piggyadmin.templatetags.words import euros, in_credits, signed, signed_euros, thousands

if TYPE_CHECKING:
    from piggyadmin.accounts.models import Shop


def _vouchers(number: int) -> str:
    return f"{thousands(number)} voucher{'' if number == 1 else 's'}"


FORMS: dict[str, Callable[[int], str]] = {
    "euros": euros,
    "in_credits": in_credits,
    "signed": signed,
    "signed_euros": signed_euros,
    "thousands": thousands,
    "vouchers": _vouchers,
}


class _Phrase(Formatter):
    """`str.format` over figures alone, with the forms above; a figure that is not there reads "?"."""

    def get_value(self, key: int | str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        return kwargs.get(str(key))

    def format_field(self, value: Any, format_spec: str) -> str:
        if value is None:
            return "?"
        if format_spec in FORMS:
            return FORMS[format_spec](value) if isinstance(value, int) else str(value)
        return str(super().format_field(value, format_spec))


def phrase(template: str, figures: Mapping[str, Any]) -> str:
    """`template` with its `{names}` filled from `figures`."""
    return _Phrase().vformat(template, (), figures)


def with_name_of(shop: Shop | None, figures: Mapping[str, Any]) -> dict[str, Any]:
    """`figures` as people read them: where they hold this shop's id at Piggy, its name."""
    told = dict(figures)
    if shop is not None and told.get("shop") == shop.piggy_uuid:
        told["shop"] = shop.name
    return told


def fields_of(template: str) -> set[str]:
    """The names that a template takes from the figures."""
    return {name for _, name, _, _ in Formatter().parse(template) if name}
