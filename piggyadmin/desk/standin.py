"""The stand-in Piggy's own books, which only the demo and practice may look into and write to. Nothing of Piggy's."""

from __future__ import annotations

import json
import urllib.request
from typing import Any

from django.conf import settings

SECONDS = 10
HAVE_ONE = ("demo", "practice")  # the installations whose Piggy is always a stand-in of their own


def ask(path: str, body: dict[str, Any] | None = None) -> Any:
    """What `/_sandbox/<path>` answers; with a body it is a POST. OSError when no stand-in does: then it is no such."""
    request = urllib.request.Request(  # noqa: S310 (a stand-in of this machine: see `piggyadmin.together`)
        f"{settings.PIGGY_BASE_URL}/_sandbox/{path}",
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": f"Bearer {settings.PIGGY_TOKEN}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310 (as above)
        return json.load(answer)
