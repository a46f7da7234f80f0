"""Words about a person: kept beside the chain, proved by a digest in it, and emptied when the law asks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from piggyadmin.ledger import canonical
from piggyadmin.ledger.models import Act, ActDetail, Event

# What never belongs into figures. Names of fields may be told ("fields": ["email"]), what is in them may not.
PERSONAL = {"code", "email", "phone", "name", "first_name", "last_name", "birthday", "reason", "note"}
SECRET = {"token", "password", "release_key", "secret", "totp"}
EMAIL = re.compile(r"[^\s@]+@[^\s@]+")


def refuse_words_in(figures: Mapping[str, Any]) -> None:
    """Raise ValueError when figures hold what only a detail may hold, or what nothing may."""
    for name, value in _entries(figures):
        if name in PERSONAL | SECRET:
            raise ValueError(f"Figures hold no {name!r}: words about a person are `detail`, secrets are nowhere.")
        if isinstance(value, str) and EMAIL.search(value):
            raise ValueError(f"The figure {name!r} looks like an e-mail address: that is `detail`.")


def _entries(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _entries(inner, str(key))
        if not value:
            yield name, None
    elif isinstance(value, list | tuple):
        yield name, None
        for inner in value:
            yield from _entries(inner, "")
    else:
        yield name, value


def seal(row: Act | Event, detail: Mapping[str, Any] | None) -> ActDetail | None:
    """Put the digest of `detail` on a row that is not yet in the chain; `keep()` saves the words once it is."""
    if not detail:
        return None
    body, salt = canonical.canonical(dict(detail)), canonical.new_salt()
    row.detail_digest = canonical.digest_of(salt, body)
    return ActDetail(salt=salt, body=body)


def keep(row: Act | Event, sealed: ActDetail | None) -> None:
    if sealed is None:
        return
    sealed.act, sealed.event = (row.act, row) if isinstance(row, Event) else (row, None)
    sealed.save(force_insert=True)
