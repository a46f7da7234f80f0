"""Points in time as the API writes them: ISO 8601 with an offset, in UTC, whole seconds."""

from __future__ import annotations

from datetime import UTC, datetime


def iso(epoch: float) -> str:
    """``2026-05-01T20:00:00+00:00``; such strings sort as the moments they name."""
    return datetime.fromtimestamp(int(epoch), UTC).isoformat()


def epoch(moment: str) -> float:
    """Seconds since 1970 of a moment written by ``iso``."""
    return datetime.fromisoformat(moment).timestamp()


def read(text: str) -> str | None:
    """The moment somebody sent, in our own spelling; None when it is none. Without an offset it counts as UTC."""
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return moment.astimezone(UTC).replace(microsecond=0).isoformat()
    except (ValueError, OverflowError):
        return None


def shown(moment: str | None) -> str | None:
    """As answers show it. Rows of 2023 and before carry a blank in place of the T, as captures of that year do."""
    if moment is not None and moment < "2024":
        return moment.replace("T", " ")
    return moment
