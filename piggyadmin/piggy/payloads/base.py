"""What every struct of Piggy's shares."""

from __future__ import annotations

import msgspec


class Payload(msgspec.Struct, frozen=True, kw_only=True):
    def __repr__(self) -> str:
        known = getattr(self, "uuid", None)
        return f"<{type(self).__name__} {known}>" if known else f"<{type(self).__name__}>"
