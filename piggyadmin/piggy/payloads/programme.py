"""Perks: what a tier may give."""

from __future__ import annotations

from .base import Payload


class PerkOption(Payload, frozen=True):
    label: str | None = None
    value: str | None = None
    default: bool | None = None


class Perk(Payload, frozen=True):
    """`data_type` is boolean or single_select. The answer of making one may show no options: read it again."""

    uuid: str
    label: str | None = None
    name: str | None = None
    data_type: str | None = None
    options: list[PerkOption] = []
