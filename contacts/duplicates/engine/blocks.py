"""Pairs of contacts that share a key, each once, in an order that can be taken up again anywhere.

A key that very many share (a shop's telephone number, "Jan de Vries") is not walked: comparing all of them with each
other would cost far more than it finds, and those who are one person share another, sharper key as well. How many are
too many follows from `COSTLY`: a kind of key may cost that many comparisons a contact, the smallest blocks first, and
no block may hold more than `CAP` contacts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from contacts.duplicates.engine.columns import Codes, Ints
from contacts.duplicates.engine.keys import COARSE

CAP = 100  # contacts of one key
COSTLY = 1.0  # comparisons a contact, for each kind of key
COSTLY_COARSE = 0.25  # for kinds that seldom find what no other did
AT_LEAST = 100_000  # comparisons that each kind of key may cost however few contacts there are
AT_ONCE = 500_000  # pairs that are handed out together, about


@dataclass(frozen=True)
class Part:
    """Some pairs of rows, `left` < `right`. `kind` and `key` say how far the walk has come with them."""

    left: Ints
    right: Ints
    kind: int
    key: int
    share: float  # of the whole walk that is done with this part


@dataclass(frozen=True)
class _Block:
    """The blocks of one kind: rows in the order of their keys, where each block begins, how many it holds."""

    rows: Ints
    starts: Ints
    sizes: Ints
    keys: Ints

    def sample(self, every: int) -> _Block:
        drawn = self.keys % every == 0 if every > 1 else slice(None)
        return _Block(self.rows, self.starts[drawn], self.sizes[drawn], self.keys[drawn])


def walk(
    keys: Mapping[int, Ints],
    cards: tuple[int, Ints, Ints] | None = None,
    *,
    after: tuple[int, int] = (0, 0),
    every: int = 1,
) -> Iterator[Part]:
    """All pairs, kind by kind; of one key in `every`. `cards` are (kind, rows, keys) of the keys that a contact has
    many of, walked last."""
    order = sorted(keys)
    earlier: list[Codes] = []
    steps = len(order) + (cards is not None)
    for step, kind in enumerate(order):
        column = keys[kind]
        blocks = _blocks(np.arange(len(column)), column, kind)
        if kind >= after[0]:
            beyond = after[1] if kind == after[0] else 0
            for left, right, key, share in _pairs(blocks.sample(every), beyond):
                left, right = _unless_met(left, right, earlier)
                yield Part(left, right, kind, key, (step + share) / steps)
        earlier.append(_walked(column, blocks))
    if cards is not None and cards[0] >= after[0]:
        kind, rows, values = cards
        blocks = _blocks(rows, values, kind)
        beyond = after[1] if kind == after[0] else 0
        for left, right, key, share in _pairs(blocks.sample(every), beyond):
            left, right = _unless_met(*_once(left, right), earlier)
            yield Part(left, right, kind, key, (steps - 1 + share) / steps)


def cost(keys: Mapping[int, Ints]) -> int:
    """How many comparisons the walk costs at most: a pair counts for each key that it shares."""
    sizes = (_blocks(np.arange(len(column)), column, kind).sizes for kind, column in keys.items())
    return sum(int((each * (each - 1) // 2).sum()) for each in sizes)


def _blocks(rows: Ints, column: Ints, kind: int) -> _Block:
    """The blocks of a kind that are worth walking, in the order of their keys."""
    known = np.flatnonzero(column)
    order = known[np.argsort(column[known], kind="stable")]
    inside = column[order]
    starts = np.flatnonzero(np.concatenate(([True], inside[1:] != inside[:-1]))) if len(inside) else known
    sizes = np.diff(np.append(starts, len(inside)))
    worth = (sizes > 1) & (sizes <= _most(sizes, len(column) * (COSTLY_COARSE if kind in COARSE else COSTLY)))
    return _Block(rows[order], starts[worth], sizes[worth], inside[starts[worth]])


def _most(sizes: Ints, comparisons: float) -> int:
    """How many contacts a block may hold, for so many comparisons in all."""
    small = sizes[(sizes > 1) & (sizes <= CAP)]
    cost = np.bincount(small, minlength=CAP + 1) * np.arange(CAP + 1) * (np.arange(CAP + 1) - 1) // 2
    return int(np.searchsorted(np.cumsum(cost), max(AT_LEAST, comparisons), side="right")) - 1


def _walked(column: Ints, blocks: _Block) -> Codes:
    """The number of the block that each row was walked in; 0: in none, who shares its key was not met by it."""
    kept = np.zeros(len(column), np.int32)
    within = _within(blocks.starts, blocks.sizes)
    kept[blocks.rows[within]] = np.repeat(np.arange(1, len(blocks.sizes) + 1, dtype=np.int32), blocks.sizes)
    return kept


def _within(starts: Ints, sizes: Ints) -> Ints:
    """The places in all these blocks, one after another."""
    if not len(starts):
        return np.zeros(0, np.int64)
    before = np.cumsum(sizes) - sizes
    return np.repeat(starts - before, sizes) + np.arange(int(sizes.sum()))


def _pairs(blocks: _Block, beyond: int) -> Iterator[tuple[Ints, Ints, int, float]]:
    """The pairs of whole blocks, about `AT_ONCE` at a time."""
    begin = int(np.searchsorted(blocks.keys, beyond, side="right"))
    costs = np.cumsum(blocks.sizes * (blocks.sizes - 1) // 2)
    while begin < len(blocks.keys):
        done = int(costs[begin - 1]) if begin else 0
        end = max(begin + 1, int(np.searchsorted(costs, done + AT_ONCE, side="right")))
        left, right = _combined(blocks.starts[begin:end], blocks.sizes[begin:end])
        one, other = blocks.rows[left], blocks.rows[right]
        yield np.minimum(one, other), np.maximum(one, other), int(blocks.keys[end - 1]), end / len(blocks.keys)
        begin = end


def _combined(starts: Ints, sizes: Ints) -> tuple[Ints, Ints]:
    """Places of all twos in each block."""
    lefts, rights = [], []
    for apart in range(1, int(sizes.max())):
        wide = sizes > apart
        left = _within(starts[wide], sizes[wide] - apart)
        lefts.append(left)
        rights.append(left + apart)
    return np.concatenate(lefts), np.concatenate(rights)


def _unless_met(left: Ints, right: Ints, earlier: list[Codes]) -> tuple[Ints, Ints]:
    """Without the pairs that share a key of an earlier kind."""
    for column in earlier:
        ours = column[left]
        new: npt.NDArray[np.bool_] = (ours == 0) | (ours != column[right])
        if not new.all():
            left, right = left[new], right[new]
    return left, right


def _once(left: Ints, right: Ints) -> tuple[Ints, Ints]:
    """Two contacts may share several cards, and a card may stand twice with one contact."""
    apart = left != right
    twos = np.unique(np.stack((left[apart], right[apart])), axis=1)
    return twos[0], twos[1]
