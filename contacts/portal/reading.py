"""A claim link as it was scanned or pasted, taken apart. What it says is proved by Piggy alone, when it is claimed."""

from __future__ import annotations

from piggyadmin.piggy.errors import PiggyInvalid
from piggyadmin.piggy.loyalty_tokens import LONGEST_LINK, LoyaltyToken, read_link

Read = LoyaltyToken


class NotALink(ValueError):
    """What was scanned is no claim link; the message says why."""


def read(text: str) -> Read:
    """Raises NotALink; nothing is asked of Piggy."""
    if len(text.strip()) > LONGEST_LINK:
        raise NotALink("That is too long for a claim link.")
    try:
        return read_link(text)
    except PiggyInvalid as error:
        raise NotALink(
            "This is no claim link that we can read. Scan it once more; part of it may be missing."
        ) from error
