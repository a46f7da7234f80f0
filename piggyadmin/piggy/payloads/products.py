"""What is sold, and what it is sold under."""

from __future__ import annotations

from .base import Payload


class Category(Payload, frozen=True):
    """`external_identifier` is its owner's own: the till's or the web shop's."""

    uuid: str
    external_identifier: str
    name: str


class Product(Payload, frozen=True):
    uuid: str
    external_identifier: str
    name: str
    description: str | None = None
    categories: list[Category] = []
