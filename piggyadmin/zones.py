"""The time zones that this machine knows."""

from functools import cache
from typing import Any
from zoneinfo import ZoneInfo, available_timezones


@cache
def known_zones() -> frozenset[str]:
    """Their names. Finding them walks through hundreds of files, so it is done once."""
    return frozenset(available_timezones())


def zone_named(name: Any, otherwise: ZoneInfo) -> ZoneInfo:
    """The zone of this name, as a form sent it; `otherwise` where there is none."""
    return ZoneInfo(name) if isinstance(name, str) and name in known_zones() else otherwise
