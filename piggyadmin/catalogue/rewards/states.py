"""A reward's fields as text, so that what was shown, sent and found can be compared."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from piggyadmin.piggy.payloads import Reward

FIELDS = ("title", "description", "required_credits")
OWN = "a_"
"""Before the name of an attribute: one called "title" is not the reward's title."""


def text_of(value: Any) -> str:
    """As two values are compared and as people read them: nothing is "", 5.0 is "5", lines end in one way."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, list | tuple):
        return ", ".join(map(text_of, value))
    if isinstance(value, dict):
        return ", ".join(f"{key}: {text_of(inner)}" for key, inner in value.items())
    return str(value).replace("\r\n", "\n").strip()


def texts_of(reward: Reward, names: Iterable[str]) -> dict[str, str]:
    """These fields of a reward as text."""
    return {
        name: text_of(reward.extra.get(name.removeprefix(OWN)) if name.startswith(OWN) else getattr(reward, name, None))
        for name in names
    }


def print_of(texts: Mapping[str, str]) -> str:
    """A fingerprint of what was shown: another one by now is somebody else's change."""
    return hashlib.sha256(json.dumps(dict(sorted(texts.items()))).encode()).hexdigest()[:32]
