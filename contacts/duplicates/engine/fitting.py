"""The weights, found on the contacts themselves: nobody has to say which pairs are one person.

How often two strangers are alike in a field (u) is seen between twos drawn at random. How often two contacts of one
person are (m) is found by expectation maximisation over the pairs that share a key: guess which pairs are one person,
count their levels, guess again. All other twos are taken for strangers, which they nearly all are.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from contacts.duplicates.engine.columns import Codes, Columns, Distinct
from contacts.duplicates.engine.levels import FIELDS, NAMES, Comparer, Levels
from contacts.duplicates.engine.model import BUILT_IN, COMMON_NAMES, RARE, Floats, Model

ENOUGH = 2_000  # contacts; with fewer the built-in weights do better
RANDOM_TWOS = 400_000
ROUNDS = 60
FEW_HOLD = 10  # contacts that have a name; one that fewer have does not stand in the model, where it would name them
SEEN = 10  # pairs that have a level; with fewer its built-in weight holds
STEADY = 1e-5  # a change of the share of pairs that are one person, below which the fit is done
OWN = ("first name", "birthdate")  # what tells people of one household apart
FEW_RELATIVES = 0.05  # relatives for each pair of one person, below which they are not told apart
EXACT = ("e-mail", "phone")  # hardly any two strangers agree: counted among the pairs, for a sample would meet none


class Patterns:
    """Counts pairs by their levels: a few thousand patterns stand for any number of pairs."""

    def __init__(self) -> None:
        self._counts: dict[int, int] = {}

    def add(self, levels: Levels) -> None:
        codes = np.zeros(len(levels), np.int64)
        for place, name in enumerate(NAMES):
            codes = codes * len(FIELDS[name]) + levels[:, place]
        for code, count in zip(*np.unique(codes, return_counts=True), strict=True):
            self._counts[int(code)] = self._counts.get(int(code), 0) + int(count)

    def table(self) -> tuple[npt.NDArray[np.int64], Floats]:
        """The patterns, a row each, and how many pairs have them."""
        codes = np.fromiter(self._counts, np.int64, len(self._counts))
        counts = np.fromiter(self._counts.values(), float, len(self._counts))
        columns = []
        for name in reversed(NAMES):
            columns.append(codes % len(FIELDS[name]))
            codes = codes // len(FIELDS[name])
        return np.stack(columns[::-1], axis=1), counts

    def saved(self) -> dict[str, int]:
        return {str(code): count for code, count in self._counts.items()}


def strangers(comparer: Comparer, *, twos: int | None = None, seed: int = 1) -> Patterns:
    """The levels of twos drawn at random."""
    draw = np.random.default_rng(seed)
    met, twos = Patterns(), twos or RANDOM_TWOS
    for begin in range(0, twos, 250_000):
        size = min(250_000, twos - begin)
        left, right = draw.integers(0, len(comparer.columns), (2, size))
        apart = left != right
        met.add(comparer.levels(np.minimum(left, right)[apart], np.maximum(left, right)[apart]))
    return met


@dataclass
class _Seen:
    """What is counted: the pairs that share a key by their patterns, twos drawn at random, and all twos there are."""

    patterns: npt.NDArray[np.int64]
    counts: Floats
    random: dict[str, Floats]  # how many random twos have each level of each field
    everything: float  # twos
    same_day: float  # of the twos with a birthday, how many have the same
    births: float  # how many those are


@dataclass
class _Fit:
    """How often each level is met between one person's contacts (m), relatives (f) and strangers (u)."""

    m: dict[str, Floats]
    f: dict[str, Floats]
    u: dict[str, Floats]
    prior: float  # the share of all twos that are one person
    kin: float  # the share that are relatives
    chance: Floats  # of each pattern, that it is one person


def fit(
    columns: Columns, pairs: Patterns, random: Patterns, shared: dict[str, list[int]], *, share: float = 1.0
) -> Model:
    """The model of these contacts. `pairs` are those that share a key, or the `share` of them that was looked at."""
    patterns, counts = pairs.table()
    same_day, births = _agreeing(columns.birth)
    seen = _Seen(
        patterns, counts / share, _levels_met(*random.table()), len(columns) * (len(columns) - 1) / 2, same_day, births
    )
    found = _maximised(seen, len(columns), with_relatives=True)
    if found.kin < FEW_RELATIVES * found.prior:
        found = _maximised(seen, len(columns), with_relatives=False)
    met = _levels_met(patterns, counts * found.chance)
    weights = {
        name: {
            level: _bounded(math.log2(found.m[name][place] / found.u[name][place]))
            if met[name][place] >= SEEN and (place == 1 or seen.random[name][place] >= SEEN)
            else BUILT_IN.weights[name][level]
            for place, level in enumerate(levels)
            if place
        }
        for name, levels in FIELDS.items()
    }
    weights["card"] = dict(BUILT_IN.weights["card"])  # two cards of one number are too rare to learn from
    relatives = {
        name: {
            level: min(_bounded(math.log2(found.f[name][place] / found.u[name][place])), weights[name][level])
            for place, level in enumerate(levels)
            if place
        }
        for name, levels in FIELDS.items()
        if name not in OWN
    }
    return Model(
        weights=weights,
        contacts=len(columns),
        prior=math.log2(found.prior),
        relatives=relatives if found.kin else {},
        relatives_prior=math.log2(found.kin) if found.kin else -1000.0,
        names={
            "first name": _names(columns.first, found.u["first name"][1]),
            "last name": _names(columns.last, found.u["last name"][1]),
        },
        shared=shared,
        fitted=True,
    )


def _maximised(seen: _Seen, contacts: int, *, with_relatives: bool) -> _Fit:
    """Guess which pairs are one person and which are relatives, count their levels, and guess again."""
    u = _shares(seen.random, extra=0.5)
    m, f = _first_guess(), _first_guess(relatives_of=u)
    prior = 0.05 * contacts / seen.everything
    kin = prior if with_relatives else 0.0
    chance = np.zeros(len(seen.counts))
    day = seen.patterns[:, NAMES.index("birthdate")] == 1
    for _ in range(ROUNDS):
        same, related = prior * _odds(m, u, seen.patterns), kin * _odds(f, u, seen.patterns)
        whole = same + related + (1 - prior - kin)
        chance, kinship = same / whole, related / whole
        m = _shares(_levels_met(seen.patterns, seen.counts * chance), extra=1.0)
        f = _shares(_levels_met(seen.patterns, seen.counts * kinship), extra=1.0) | {name: u[name] for name in OWN}
        strange = seen.counts * (1 - chance - kinship)
        for name in EXACT:  # all that agree are among the pairs
            u[name][1] = (strange[seen.patterns[:, NAMES.index(name)] == 1].sum() + 1) / seen.everything
        u["birthdate"][1] = max(1.0, seen.same_day - float(seen.counts[day] @ chance[day])) / seen.births
        before, prior = prior, min(0.4, max(1e-15, float((seen.counts * chance).sum() / seen.everything)))
        kin = min(0.4, max(1e-15, float((seen.counts * kinship).sum() / seen.everything))) if with_relatives else 0.0
        if abs(prior - before) < STEADY * before:
            break
    return _Fit(m, f, u, prior, kin, chance)


def _odds(likely: dict[str, Floats], u: dict[str, Floats], patterns: npt.NDArray[np.int64]) -> Floats:
    bits = np.zeros(len(patterns))
    for place, name in enumerate(NAMES):
        bits += np.log2(likely[name][patterns[:, place]] / u[name][patterns[:, place]])
    odds: Floats = 2.0 ** np.minimum(bits, 500)
    return odds


def _levels_met(patterns: npt.NDArray[np.int64], counts: Floats) -> dict[str, Floats]:
    """How many pairs have each level of each field."""
    return {
        name: np.bincount(patterns[:, place], weights=counts, minlength=len(levels)).astype(float)
        for place, (name, levels) in enumerate(FIELDS.items())
    }


def _shares(met: dict[str, Floats], *, extra: float) -> dict[str, Floats]:
    """How often each level of each field is met where the field is known of both; `extra` keeps any from being 0."""
    found = {}
    for name in FIELDS:
        shares = met[name] + extra
        shares /= shares[1:].sum()
        shares[0] = 1.0  # unknown says nothing, of one person or of two
        found[name] = shares
    return found


def _agreeing(births: Codes) -> tuple[float, float]:
    """Of all twos with a birthday: how many have the same, and how many there are."""
    counts = np.unique(births[births != 0], return_counts=True)[1].astype(float)
    known = counts.sum()
    return float((counts * (counts - 1)).sum() / 2), max(1.0, float(known * (known - 1) / 2))


def _first_guess(relatives_of: dict[str, Floats] | None = None) -> dict[str, Floats]:
    """Mostly the same; relatives differ in what is a person's `OWN`, as strangers do."""
    guess = {}
    for name, levels in FIELDS.items():
        chances = np.array([0.1 if level not in ("same", "alike") else 0.2 for level in levels])
        chances[1] = 0.75
        chances /= chances[1:].sum()
        chances[0] = 1.0
        guess[name] = relatives_of[name] if relatives_of is not None and name in OWN else chances
    return guess


def _bounded(bits: float) -> float:
    return max(-12.0, min(24.0, bits))


def _names(column: Distinct, average: float) -> dict[str, float]:
    """What common names weigh less, and under "" what the others weigh more."""
    counts = np.bincount(column.codes, minlength=len(column.texts)).astype(float)
    counts[0] = 0
    known = max(1.0, counts.sum())
    order = np.argsort(-counts)[:COMMON_NAMES]
    least = max(FEW_HOLD, average * known / 2**RARE)
    names = {
        str(column.texts[code]): round(math.log2(average * known / counts[code]), 2)
        for code in order
        if counts[code] > least
    }
    return {**names, "": RARE if len(names) < COMMON_NAMES else min(RARE, max(names.values()))}
