"""The table of operations. A resource module registers each call with ``@operation``; nothing else lists them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from piggyadmin.sandbox.call import Call
    from piggyadmin.sandbox.wire import Answer

BASE = "/api/v3/oauth/clients"
Handler = Callable[["Call"], "Answer"]


@dataclass(frozen=True, slots=True)
class Operation:
    """One call of the API. ``path`` is whole, with its ``{parameters}``; ``id`` is the contract's operationId."""

    id: str
    method: str
    path: str
    handler: Handler
    writes: bool
    """Whether it changes anything: what the fault groups "writes" and "reads" go by."""


OPERATIONS: dict[str, Operation] = {}


@dataclass(slots=True)
class Node:
    """A step in a path. ``methods`` is empty for steps that only lead on and for paths kept free for later calls."""

    fixed: dict[str, Node] = field(default_factory=dict)
    open: Node | None = None
    methods: dict[str, Operation] = field(default_factory=dict)


ROOT = Node()


def operation(
    method: str, path: str, operation_id: str, *, writes: bool | None = None, base: str = BASE
) -> Callable[[Handler], Handler]:
    """Register a handler: ``@operation("GET", "/shops/{shop_uuid}", "get_shop")``."""

    def register(handler: Handler) -> Handler:
        changes = method != "GET" if writes is None else writes
        entry = Operation(operation_id, method, base + path, handler, changes)
        OPERATIONS[operation_id] = entry
        _node(entry.path).methods[method] = entry
        return handler

    return register


def keep_free(path: str) -> None:
    """Keep a documented path that is not there yet from being taken for a parameter of its neighbour
    (``/contacts/merge`` is no contact called "merge")."""
    _node(BASE + path)


def _node(path: str) -> Node:
    node = ROOT
    for step in _steps(path):
        if step.startswith("{"):
            node.open = node.open or Node()
            node = node.open
        else:
            node = node.fixed.setdefault(step, Node())
    return node


def _steps(path: str) -> list[str]:
    return path.strip("/").split("/")


def match(path: str) -> tuple[dict[str, Operation], list[str]] | None:
    """The operations of a path by method, and the values of its parameters in order. None: no such path.

    A trailing slash is ignored: Piggy's own SDK appends one here and there."""
    node = ROOT
    values: list[str] = []
    for step in _steps(path):
        below = node.fixed.get(step)
        if below is None:
            below = node.open
            if below is None or not step:
                return None
            values.append(step)
        node = below
    return (node.methods, values) if node.methods else None
