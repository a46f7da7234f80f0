"""The colour that printed sheets take from the account's brand kit: its primary one, where it reads well on white."""

from __future__ import annotations

import hashlib
import re

from django.conf import settings
from django.core.cache import cache

from piggyadmin import piggy
from piggyadmin.piggy.errors import PiggyError

KEPT_SECONDS = 3600
KEPT_AFTER_FAILURE = 60  # s
ASK_SECONDS = 2.0  # a sheet does not wait longer for a colour
LEAST_CONTRAST = 4.5  # to white: names and dates are small on a label
COLOR = re.compile(r"#[0-9a-f]{6}")


def accent() -> str:
    """The colour as "#rrggbb", "" for black: none is set, it is too light for paper, or Piggy could not be asked."""
    key = _key()
    kept = cache.get(key)
    if kept is not None:
        return fit_for_paper(str(kept))
    try:
        told, seconds = piggy.get_client(seconds=ASK_SECONDS).get_brand_kit().primary_color or "", KEPT_SECONDS
    except PiggyError:
        told, seconds = "", KEPT_AFTER_FAILURE
    found = fit_for_paper(told)
    cache.set(key, found, seconds)
    return found


def fit_for_paper(told: str) -> str:
    """A colour that may stand on a sheet, in small letters; "" for whatever else somebody typed at Piggy."""
    color = told.lower()
    if not told.isascii() or not COLOR.fullmatch(color) or contrast_to_white(color) < LEAST_CONTRAST:
        return ""
    return color


def contrast_to_white(color: str) -> float:
    """The contrast of #rrggbb to white, from 1 to 21, as WCAG 2 counts it."""
    red, green, blue = (_linear(int(color[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)


def _key() -> str:
    """One for each account; its token stands in no key."""
    account = f"{settings.PIGGY_BASE_URL} {settings.PIGGY_CLIENT_ID} {settings.PIGGY_TOKEN}"
    return f"brand-accent:{hashlib.sha256(account.encode()).hexdigest()[:24]}"
