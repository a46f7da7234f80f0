"""Chance, seeded or not. One door, so that one place says why it need not be the cryptographic kind."""

from __future__ import annotations

import random


def dice(seed: str | None = None) -> random.Random:
    """The same rolls for the same seed; without one, different rolls every time."""
    return random.Random(seed)  # noqa: S311  nothing secret hangs on what a stand-in rolls
