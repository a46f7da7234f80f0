"""From bytes to plain values and back: query strings and bodies the PHP way, answers as PHP's encoder writes them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

MAX_BODY = 1_000_000
"""Bytes of a request body that are read; more is refused with 413."""
MAX_DEPTH = 5

_encode = json.JSONEncoder(separators=(",", ":")).encode


def to_json(value: Any) -> bytes:
    """Compact JSON in ASCII with ``\\/`` for every slash, as PHP's json_encode does by default."""
    return _encode(value).replace("/", "\\/").encode("ascii")


def parse_pairs(text: str) -> dict[str, Any]:
    """``a=1&b[c][d]=2&e[]=3`` as nested dicts; a later key wins, as in PHP."""
    tree: dict[str, Any] = {}
    for key, value in parse_qsl(text, keep_blank_values=True, errors="replace"):
        if "[" in key:
            _put(tree, key, value)
        else:
            tree[key] = value
    return tree


def _put(tree: dict[str, Any], key: str, value: str) -> None:
    head, _, rest = key.partition("[")
    steps = [head, *(step.rstrip("]") for step in rest.split("["))][:MAX_DEPTH]
    node = tree
    for step in steps[:-1]:
        below = node.get(step)
        if not isinstance(below, dict):
            below = node[step] = {}
        node = below
    last = steps[-1] or str(len(node))
    node[last] = value


def parse_body(raw: bytes, content_type: str) -> dict[str, Any]:
    """The fields of a JSON or form body. Anything that is not an object of fields counts as no fields at all, so that
    it is refused for what it lacks; that is how the framework behind the API treats it."""
    if not raw:
        return {}
    if "json" in content_type or (not content_type and raw[:1] == b"{"):
        try:
            value = json.loads(raw)
        except (ValueError, RecursionError):
            return {}
        return value if isinstance(value, dict) else {}
    if content_type.startswith("application/x-www-form-urlencoded") or not content_type:
        return parse_pairs(raw.decode("utf-8", "replace"))
    return {}


NO_META = object()
"""For answers whose envelope holds the data alone."""


@dataclass(slots=True)
class Answer:
    """What a handler gives back. ``bare`` answers have no data/meta envelope."""

    data: Any
    status: int = 200
    meta: Any = None
    extra: dict[str, Any] = field(default_factory=dict)
    bare: bool = False

    def body(self) -> Any:
        if self.bare:
            return self.data
        meta = {} if self.meta is NO_META else {"meta": self.meta}
        return {"data": self.data, **meta, **self.extra}
