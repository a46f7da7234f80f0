"""What each likeness weighs, in bits: log2 of how much oftener it is seen between two contacts of one person.

A pair is likely one person when its weights together outweigh `prior`: how rare such pairs are among all twos.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from contacts.duplicates.engine.columns import Columns, Ints
from contacts.duplicates.engine.keys import mixed
from contacts.duplicates.engine.levels import FIELDS, NAMES, Levels

Floats = npt.NDArray[np.float64]
FAMILY = "family"  # the reason of a pair whose both are of one household
FAMILY_WEIGHT = -12.0  # bits
HOUSEHOLD = "household"  # the reason of a pair that may be relatives: much alike, but for what tells relatives apart
LEAST_TOLD = 0.1  # bits that a household must weigh to be told among the reasons
SMALLEST = 1_000  # contacts
RARE = 3.0  # bits that a rare name may weigh more than names do on average
COMMON_NAMES = 400  # how many names, of each kind, have a weight of their own


@dataclass(frozen=True)
class Model:
    """`weights` are by field and level. `names` has, by field, what the same name weighs more or less than names do on
    average: common ones less; a name that is not in it weighs `RARE` more or what is said there under "".

    `relatives` has the same weights for two people of one household, `relatives_prior` how rare those are. A pair that
    fits a household as well weighs so much less: not a shared address, only the given name and birthday then decide.

    `shared` are values, hashed but for birthdays, that too many hold to say anything: a shop's telephone number.
    """

    weights: Mapping[str, Mapping[str, float]]
    contacts: int
    prior: float  # bits; negative
    names: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    shared: Mapping[str, Sequence[int]] = field(default_factory=dict)
    relatives: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    relatives_prior: float = -1000.0  # bits
    fitted: bool = False

    def as_json(self) -> dict[str, Any]:
        return {
            "version": 1,
            "weights": {
                name: {level: round(bits, 3) for level, bits in of.items()} for name, of in self.weights.items()
            },
            "contacts": self.contacts,
            "prior": round(self.prior, 3),
            "relatives": {
                name: {level: round(bits, 3) for level, bits in of.items()} for name, of in self.relatives.items()
            },
            "relatives_prior": round(self.relatives_prior, 3),
            "names": {name: {text: round(bits, 2) for text, bits in of.items()} for name, of in self.names.items()},
            "shared": {name: list(values) for name, values in self.shared.items()},
        }

    @cached_property
    def table(self) -> Floats:
        """Weights by field and level."""
        return _table(self.weights)

    @cached_property
    def relatives_table(self) -> Floats:
        return _table(self.relatives)

    def name_more(self, name: str, text: str) -> float:
        """What having this same name weighs more than having the same name does on average."""
        names = self.names.get(name, {})
        return names.get(text, names.get("", 0.0))

    def probability(self, score: float) -> float:
        """That both are one person, 0 to 1, as far as this model can tell."""
        bits = max(-1000.0, min(1000.0, score + self.prior))
        return float(1 / (1 + 2.0**-bits))

    @property
    def threshold(self) -> float:
        """The score from which on it is likelier that both are one person than not."""
        return -self.prior

    def for_size(self, contacts: int) -> Model:
        """The same weights in a smaller or larger account: the more contacts, the rarer are twos of one person.

        None counts as smaller than `SMALLEST`, or the same name alone would do there.
        """
        prior = self.prior - math.log2(max(SMALLEST, contacts) / max(SMALLEST, self.contacts))
        relatives_prior = self.relatives_prior + prior - self.prior
        return replace(self, prior=prior, relatives_prior=relatives_prior, contacts=contacts)


@dataclass(frozen=True)
class Scales:
    """Weighs pairs of these columns by a model."""

    model: Model
    columns: Columns

    @cached_property
    def _more(self) -> tuple[Floats, Floats]:
        """By text of the first, and of the last names: what the same one weighs more or less."""
        columns = zip(NAMES, (self.columns.first, self.columns.last), strict=False)
        first, last = (
            np.fromiter((self.model.name_more(name, text) for text in of.texts), float, len(of.texts))
            for name, of in columns
        )
        return first, last

    def _first_more(self, levels: Levels, left: Ints) -> Floats:
        return np.where(levels[:, 0] == 1, self._more[0][self.columns.first.codes[left]], 0.0)

    def _last_more(self, levels: Levels, left: Ints) -> Floats:
        return np.where(levels[:, 1] == 1, self._more[1][self.columns.last.codes[left]], 0.0)

    def sums(self, levels: Levels, left: Ints) -> Floats:
        """The weights of each pair together. `left` are the rows of one of each two."""
        model, last = self.model, self._last_more(levels, left)
        total = last + self._first_more(levels, left)
        for place in range(len(NAMES)):
            total += model.table[place][levels[:, place]]
        return total - self._household(levels, last)

    def _household(self, levels: Levels, last: Floats) -> Floats:
        """How much less each pair weighs because it may be two of one household."""
        kin = last + self.model.relatives_prior
        for place in range(len(NAMES)):
            kin += self.model.relatives_table[place][levels[:, place]]
        less: Floats = np.logaddexp2(0.0, kin)
        return less

    def reasons(self, levels: Levels, left: Ints) -> list[list[tuple[str, str, float]]]:
        """(field, level, weight) of each pair, the heaviest first."""
        first, last = self._first_more(levels, left), self._last_more(levels, left)
        household = self._household(levels, last)
        rows = zip(levels.tolist(), first.tolist(), last.tolist(), household.tolist(), strict=True)
        return [self._reasons(*row) for row in rows]

    def _reasons(self, levels: list[int], first: float, last: float, household: float) -> list[tuple[str, str, float]]:
        more = (first, last)
        found = [
            (name, FIELDS[name][level], round(float(weights[level]) + (more[place] if place < 2 else 0.0), 1))
            for place, (name, level, weights) in enumerate(zip(NAMES, levels, self.model.table, strict=True))
            if level
        ]
        if household >= LEAST_TOLD:
            found.append((HOUSEHOLD, "likely", -round(household, 1)))
        return sorted(found, key=lambda reason: -abs(reason[2]))


def _table(weights: Mapping[str, Mapping[str, float]]) -> Floats:
    table = np.zeros((len(FIELDS), max(map(len, FIELDS.values()))))
    for row, (name, levels) in enumerate(FIELDS.items()):
        for column, level in enumerate(levels):
            table[row, column] = weights.get(name, {}).get(level, 0.0)
    return table


def from_json(saved: Mapping[str, Any]) -> Model:
    return Model(
        weights=saved["weights"],
        contacts=saved["contacts"],
        prior=saved["prior"],
        relatives=saved.get("relatives", {}),
        relatives_prior=saved.get("relatives_prior", -1000.0),
        names=saved.get("names", {}),
        shared=saved.get("shared", {}),
        fitted=True,
    )


def without(columns: Columns, shared: Mapping[str, Sequence[int]]) -> Columns:
    """The columns without those values that too many share."""
    if not any(shared.values()):
        return columns
    phones, boxes, births = (np.array(shared.get(name, ()), np.int64) for name in ("phone", "e-mail", "birthdate"))
    common = np.isin(columns.mailbox, boxes)
    return replace(
        columns,
        phone=np.where(np.isin(mixed(columns.phone), phones), 0, columns.phone),
        mailbox=np.where(common, 0, columns.mailbox),
        local=np.where(common, 0, columns.local),
        birth=np.where(np.isin(columns.birth, births), 0, columns.birth).astype(np.int32),
    )


MANY = 12  # contacts that hold one telephone number or address: no family is that large


def too_common(columns: Columns) -> dict[str, list[int]]:
    """The values that too many contacts hold; for a birthday that is five times what a common day has."""
    births = columns.birth.astype(np.int64)
    known = max(1, int(np.count_nonzero(births)))
    return {
        "phone": _held_by(mixed(columns.phone), MANY),
        "e-mail": _held_by(columns.mailbox, MANY),
        "birthdate": _held_by(births, max(MANY, 5 * known // 20_000)),
    }


def _held_by(column: Ints, most: int) -> list[int]:
    values, counts = np.unique(column[column != 0], return_counts=True)
    return [int(value) for value in values[counts > most]]


# For accounts with too few contacts to fit weights on. Rounded from fits on made-up and public sets of people.
BUILT_IN = Model(
    weights={
        "first name": {"same": 6.5, "alike": 5.5, "roughly alike": 1.5, "initial": 1.5, "swapped": 11.0, "other": -3.5},
        "last name": {"same": 8.0, "alike": 7.0, "roughly alike": 2.0, "initial": 1.0, "other": -3.5},
        "e-mail": {"same": 15.0, "alike": 11.0, "other": -1.5},
        "phone": {"same": 14.0, "alike": 9.0, "other": -1.5},
        "birthdate": {"same": 13.0, "alike": 7.0, "roughly alike": 2.5, "other": -4.0},
        "address": {"same": 11.0, "alike": 8.0, "roughly alike": 2.5, "other": -2.0},
        "postcode": {"same": 9.0, "alike": 4.0, "other": -2.5},
        "house number": {"same": 5.0, "other": -2.0},
        "card": {"same": 12.0},
    },
    relatives={
        "last name": {"same": 7.8, "alike": 3.0, "roughly alike": 1.0, "initial": 0.0, "other": -2.0},
        "e-mail": {"same": 8.0, "alike": 2.0, "other": -0.1},
        "phone": {"same": 13.0, "alike": 2.0, "other": -0.6},
        "address": {"same": 10.5, "alike": 6.0, "roughly alike": 1.5, "other": -1.5},
        "postcode": {"same": 8.7, "alike": 2.0, "other": -1.5},
        "house number": {"same": 4.7, "other": -1.0},
    },
    contacts=1000,
    prior=math.log2(0.1 / 1000),
    relatives_prior=math.log2(0.1 / 1000),
)
