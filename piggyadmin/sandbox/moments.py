"""Points in time as the API writes them: ISO 8601 with an offset, in UTC, whole seconds."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

DUTCH = ZoneInfo("Europe/Amsterdam")


def iso(epoch: float) -> str:
    """``2026-05-01T20:00:00+00:00``; such strings sort as the moments they name."""
    return datetime.fromtimestamp(int(epoch), UTC).isoformat()


def exact(epoch: float) -> str:
    """With microseconds; sorts among those of ``iso`` too."""
    return datetime.fromtimestamp(epoch, UTC).isoformat(timespec="microseconds")


def dutch(epoch: float) -> str:
    """``2026-09-04, 10:12``: how voucher batches say when, and in Dutch time."""
    return datetime.fromtimestamp(epoch, DUTCH).strftime("%Y-%m-%d, %H:%M")


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
