"""How a row of the ledger becomes bytes, and bytes a hash: the part that an auditor can redo with any tool.

Canonical JSON is `json.dumps` with keys sorted by code point, no blanks, every character beyond ASCII written as
`\\uXXXX` (those beyond the basic plane as a surrogate pair, lower-case hex), no NaN and no infinity. Figures are stored
as this very text, because a database's own JSON type rewrites numbers and the order of keys, and refuses some strings.

A row's hash is the SHA-256, in lower-case hex, of the canonical JSON of one object:

- `"row"` is `"act"` or `"event"`; every column follows under its own name, but for `hash` itself;
- a column that is null or empty text is left out, so that a column added later changes no hash;
- a UUID is its 36 characters, a number a number, a moment `2026-11-20T14:04:12.000123Z` (UTC, six digits);
- `figures` is the stored text, as one string;
- `prev_hash` is the hash of the row before it, 64 zeros for the first.

A detail's digest is the SHA-256 of its salt (16 bytes) followed by its canonical text.
"""

import base64
import hashlib
import json
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

GENESIS = "0" * 64


def canonical(value: Any) -> str:
    """`value` as canonical JSON, ASCII only. Raises TypeError or ValueError for what JSON cannot hold."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def hash_of(kind: str, columns: Mapping[str, Any]) -> str:
    """The hash of a row of this kind ("act" or "event") with these columns."""
    document = {name: _plain(value) for name, value in columns.items() if value not in (None, "")}
    return hashlib.sha256(canonical({"row": kind, **document}).encode("ascii")).hexdigest()


def _plain(value: Any) -> str | int:
    if isinstance(value, int):
        return int(value)
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, UUID | str):
        return str(value)
    return canonical(value)  # figures


def new_salt() -> str:
    return secrets.token_hex(16)


def digest_of(salt: str, text: str) -> str:
    """The digest of a detail: it proves what was written, and without its salt tells nothing about it."""
    return hashlib.sha256(bytes.fromhex(salt) + text.encode("utf-8")).hexdigest()


def mark_of(act_id: UUID) -> str:
    """The short mark that an act carries to Piggy and onto pages: 16 characters, made from the act's id."""
    return base64.b32encode(hashlib.sha256(act_id.bytes).digest()[:10]).decode("ascii")
