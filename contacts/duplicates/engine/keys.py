"""The ways in which contacts may resemble each other. Those that share a key of one kind are compared.

A key is a number that stands for some parts of a contact; 0 where one of the parts is unknown. Each kind forgives
another slip, for what no kind forgives is never found: a typing error in any one field (two other fields then agree),
names in each other's place, a move, another birthday.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from contacts.duplicates.engine.columns import Columns, Ints, sounds, stands_for

NATIONAL = 10**9  # the last nine digits of a number: a country code that was guessed wrong does no harm
LETTERS = 5  # of a street, and of the end of an address


@dataclass(frozen=True)
class Kind:
    """One way to resemble each other. Only keys of a `kept` kind stand in the database, where a new contact is looked
    up by them; the full scan uses all."""

    number: int
    parts: Callable[[Parts], tuple[Ints, ...]]
    kept: bool = False


class Parts:
    """What keys are made of: a number per contact, 0 where it is unknown.

    Only what is slow to make is held: the hashes of distinct texts. A column of a million numbers is 8 MB, and there
    are many.
    """

    def __init__(self, columns: Columns) -> None:
        self.columns = columns

    @cached_property
    def _sounds(self) -> tuple[Ints, Ints]:
        return self.columns.first.hashed(sounds), self.columns.last.hashed(sounds)

    @cached_property
    def _beginnings(self) -> tuple[Ints, Ints]:
        return self.columns.first.hashed(_three), self.columns.last.hashed(_three)

    @cached_property
    def _initials(self) -> tuple[Ints, Ints]:
        return self.columns.first.hashed(_one), self.columns.last.hashed(_one)

    @property
    def first(self) -> Ints:
        return self._sounds[0][self.columns.first.codes]

    @property
    def last(self) -> Ints:
        return self._sounds[1][self.columns.last.codes]

    @property
    def names(self) -> tuple[Ints, Ints]:
        """How both names sound, the lesser first: the same when they stand in each other's place."""
        return self._in_any_order(self._sounds)

    @property
    def beginnings(self) -> tuple[Ints, Ints]:
        return self._in_any_order(self._beginnings)

    @property
    def initials(self) -> tuple[Ints, Ints]:
        return self._in_any_order(self._initials)

    def _in_any_order(self, hashes: tuple[Ints, Ints]) -> tuple[Ints, Ints]:
        first, last = hashes[0][self.columns.first.codes], hashes[1][self.columns.last.codes]
        return np.minimum(first, last), np.maximum(first, last)

    @property
    def birth(self) -> Ints:
        return self.columns.birth.astype(np.int64)

    @property
    def year(self) -> Ints:
        return self.birth // 10000

    @property
    def day(self) -> Ints:
        return self.birth % 10000

    @property
    def phone(self) -> Ints:
        return self.columns.phone % NATIONAL

    @cached_property
    def mailbox_start(self) -> Ints:
        return _each(self.columns.email, _three)

    @cached_property
    def _postcodes(self) -> Ints:
        return self.columns.postcode.hashed(str)

    @cached_property
    def _houses(self) -> Ints:
        return self.columns.house.hashed(str)

    @property
    def postcode(self) -> Ints:
        return self._postcodes[self.columns.postcode.codes]

    @property
    def house(self) -> Ints:
        return self._houses[self.columns.house.codes]

    @cached_property
    def street(self) -> Ints:
        return _each(self.columns.words, lambda text: text.replace(" ", "")[:LETTERS])


def _one(text: str) -> str:
    return text[:1]


def _three(text: str) -> str:
    return text[:3]


def _each(texts: npt.NDArray[np.object_], made: Callable[[str], str]) -> Ints:
    """Like `Distinct.hashed`, for a column of texts of which few repeat; their made parts do."""
    known: dict[str, int] = {"": 0}
    found = np.zeros(len(texts), np.int64)
    for row, text in enumerate(texts):
        if text:
            part = made(text)
            number = known.get(part)
            if number is None:
                number = known[part] = stands_for(part)
            found[row] = number
    return found


# In the order in which they are walked: the sharp ones first, for a pair is compared under the first key it shares.
KINDS = (
    Kind(1, lambda of: (of.columns.mailbox,), kept=True),
    Kind(2, lambda of: (of.phone,), kept=True),
    Kind(3, lambda of: (of.columns.local,), kept=True),
    Kind(4, lambda of: (*of.initials, of.birth), kept=True),
    Kind(5, lambda of: (*of.names, of.mailbox_start)),
    Kind(6, lambda of: (*of.names, of.year)),
    Kind(7, lambda of: of.names, kept=True),
    Kind(8, lambda of: (of.last, of.postcode), kept=True),
    Kind(9, lambda of: (of.first, of.postcode)),
    Kind(10, lambda of: (of.postcode, of.house), kept=True),
    Kind(11, lambda of: (of.street, of.house)),
    Kind(12, lambda of: (of.street, of.postcode)),
    Kind(13, lambda of: (of.last, of.street)),
    Kind(14, lambda of: (of.first, of.street)),
    Kind(15, lambda of: (of.last, of.day)),
    Kind(16, lambda of: (of.first, of.day)),
    Kind(17, lambda of: of.beginnings),
    Kind(18, lambda of: (of.birth,)),
    Kind(19, lambda of: (of.last, of.year)),
)
BY_NUMBER = {kind.number: kind for kind in KINDS}
CARD = 20  # a contact may have many: these keys do not stand in a column


COARSE = frozenset({14, 15, 16, 17, 18, 19})  # kinds that are met by many and seldom find what no other did


class Keys(Mapping[int, Ints]):
    """Per kind a key for each contact, 0 for none; made anew each time it is asked for, for it is large."""

    def __init__(self, columns: Columns) -> None:
        self._parts = Parts(columns)

    def __getitem__(self, kind: int) -> Ints:
        return mixed(*BY_NUMBER[kind].parts(self._parts))

    def __iter__(self) -> Iterator[int]:
        return iter(BY_NUMBER)

    def __len__(self) -> int:
        return len(BY_NUMBER)


def keys(columns: Columns) -> Keys:
    return Keys(columns)


def kept_keys(columns: Columns) -> dict[int, Ints]:
    """Those of the kinds that stand in the database, made once."""
    made = Keys(columns)
    return {kind.number: made[kind.number] for kind in KINDS if kind.kept}


def mixed(*parts: Ints) -> Ints:
    """One number for several parts; 0 where any part is 0 (splitmix64, the same on every machine)."""
    whole: npt.NDArray[np.uint64] = np.zeros(len(parts[0]), np.uint64)
    known = np.ones(len(parts[0]), bool)
    for part in parts:
        known &= part != 0
        whole += part.astype(np.uint64)
        whole *= np.uint64(0x9E3779B97F4A7C15)
        whole ^= whole >> np.uint64(30)
        whole *= np.uint64(0xBF58476D1CE4E5B9)
        whole ^= whole >> np.uint64(27)
        whole *= np.uint64(0x94D049BB133111EB)
        whole ^= whole >> np.uint64(31)
    numbers: Ints = (whole >> np.uint64(1)).astype(np.int64)
    numbers[numbers == 0] = 1
    numbers[~known] = 0
    return numbers
