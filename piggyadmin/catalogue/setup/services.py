"""Shops, subscription types, forms, automations and the brand kit, read live. Nothing here changes them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone

from piggyadmin import piggy
from piggyadmin.accounts.models import Shop as OurShop
from piggyadmin.accounts.models import Staff
from piggyadmin.catalogue.listing import holds
from piggyadmin.catalogue.setup.wording import SHOP_TYPES
from piggyadmin.piggy.client import Piggy
from piggyadmin.piggy.errors import PiggyInvalid, PiggyNotFound
from piggyadmin.piggy.payloads import Automation, Form, Shop, SubscriptionType

T = TypeVar("T")
COLOR = re.compile(r"#[0-9A-Fa-f]{6}")
COLORS = (
    ("Primary", "primary_color"),
    ("Secondary", "secondary_color"),
    ("Tertiary", "tertiary_color"),
    ("Fourth", "fourth_color"),
    ("Text", "font_color"),
)
LOGOS = (("Small logo", "small_logo_url"), ("Large logo", "large_logo_url"), ("Cover", "cover_image_url"))


class NoShop(Exception):
    """Piggy has no shop of this id."""


@dataclass(frozen=True, slots=True)
class Listed(Generic[T]):
    """What a filter lets through of a list, how long the whole list is, and when it was read."""

    items: list[T]
    total: int
    read_at: datetime


@dataclass(frozen=True, slots=True)
class ShopLine:
    """A shop as Piggy has it, and our own row of it, which keeps the time zone."""

    shop: Shop
    ours: OurShop | None

    @property
    def is_ours(self) -> bool:
        return self.ours is not None and self.ours.is_active


@dataclass(frozen=True, slots=True)
class ShopSight:
    line: ShopLine
    staff: int  # who may work there by name; everybody else who is named for no shop may as well
    read_at: datetime


@dataclass(frozen=True, slots=True)
class Color:
    """`shown` is the colour as #rrggbb, "" when what Piggy keeps is nothing that can safely be drawn."""

    words: str
    told: str
    shown: str


@dataclass(frozen=True, slots=True)
class Brand:
    colors: list[Color]
    links: list[tuple[str, str, str]]  # words, the address as it is kept, "" or the address where it may be followed
    font: str
    description: str
    read_at: datetime


def shops(*, words: str = "", kind: str = "") -> Listed[ShopLine]:
    """Piggy's shops, by name. Raises PiggyError."""
    found = _client().list_shops()
    read_at = timezone.now()
    ours = {each.piggy_uuid: each for each in OurShop.objects.all()}
    chosen = [each for each in found if holds(words, each.name, each.reference) and _is_of(each, kind)]
    lines = [ShopLine(each, ours.get(each.uuid)) for each in sorted(chosen, key=lambda each: _folded(each.name))]
    return Listed(lines, len(found), read_at)


def shop(*, shop_uuid: str) -> ShopSight:
    """One shop. Raises NoShop, PiggyError."""
    try:
        found = _client().get_shop(shop_uuid=shop_uuid)
    except (PiggyNotFound, PiggyInvalid) as error:
        raise NoShop(shop_uuid) from error
    read_at = timezone.now()
    ours = OurShop.objects.filter(piggy_uuid=shop_uuid).first()
    staff = Staff.objects.filter(shops=ours, is_active=True).count() if ours else 0
    return ShopSight(ShopLine(found, ours), staff, read_at)


def subscription_types(*, words: str = "", strategy: str = "") -> Listed[SubscriptionType]:
    """What customers can be written about. Raises PiggyError."""
    found = _client().list_subscription_types()
    chosen = [
        each for each in found if holds(words, each.name, each.description) and strategy in ("", each.strategy or "")
    ]
    return Listed(chosen, len(found), timezone.now())


def forms(*, status: str = "", kind: str = "", words: str = "") -> Listed[Form]:
    """Forms of one status and type, as Piggy filters them. `total` is what Piggy sent. Raises PiggyError."""
    found = _client().list_forms(status=status or None, type=kind or None)
    chosen = [each for each in found if holds(words, each.name)]
    return Listed(sorted(chosen, key=lambda each: _folded(each.name)), len(found), timezone.now())


def automations(*, status: str = "", words: str = "") -> Listed[Automation]:
    """What Piggy does by itself. Raises PiggyError."""
    found = _client().list_automations()
    chosen = [
        each
        for each in found
        if holds(words, each.name, each.event) and status in ("", "active" if each.is_active else "inactive")
    ]
    return Listed(sorted(chosen, key=lambda each: _folded(each.name)), len(found), timezone.now())


def brand() -> Brand:
    """How the account looks. Raises PiggyError."""
    kit = _client().get_brand_kit()
    read_at = timezone.now()
    return Brand(
        colors=[
            Color(words, told, color_of(told)) for words, name in COLORS if (told := str(getattr(kit, name) or ""))
        ],
        links=[(words, told, safe_link(told)) for words, name in LOGOS if (told := str(getattr(kit, name) or ""))],
        font=kit.font_family or "",
        description=kit.description or "",
        read_at=read_at,
    )


def color_of(told: str) -> str:
    """A colour as #rrggbb, "" for everything else that may stand in its place."""
    return told.lower() if COLOR.fullmatch(told) else ""


def safe_link(address: str | None) -> str:
    """An address that may be followed from here, "" for all that is not plain https."""
    text = address or ""
    try:
        url = urlsplit(text)
        fine = url.scheme == "https" and bool(url.hostname) and "@" not in url.netloc
    except ValueError:
        fine = False
    return text if fine and text.isprintable() and " " not in text else ""


def _is_of(shop: Shop, kind: str) -> bool:
    """Whether a shop is of this type; "other" is every one that has no words of ours, "" is all."""
    return kind in ("", shop.type) or (kind == "other" and shop.type not in SHOP_TYPES)


def _client() -> Piggy:
    return piggy.get_client(seconds=settings.PIGGY_TIMEOUT)


def _folded(text: str | None) -> str:
    return (text or "").casefold()
