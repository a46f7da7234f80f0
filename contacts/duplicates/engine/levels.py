"""How alike two contacts are in each field: a level per field, for many pairs at once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA, JaroWinkler

from contacts.duplicates.engine.columns import Columns, Distinct, Ints, Texts
from contacts.duplicates.engine.keys import NATIONAL

Levels = npt.NDArray[np.int8]
Bools = npt.NDArray[np.bool_]

# The fields, and for each its levels. The first says nothing: unknown of one or both.
UNKNOWN = "unknown"
FIELDS: dict[str, tuple[str, ...]] = {
    "first name": (UNKNOWN, "same", "alike", "roughly alike", "initial", "swapped", "other"),
    "last name": (UNKNOWN, "same", "alike", "roughly alike", "initial", "other"),
    "e-mail": (UNKNOWN, "same", "alike", "other"),
    "phone": (UNKNOWN, "same", "alike", "other"),
    "birthdate": (UNKNOWN, "same", "alike", "roughly alike", "other"),
    "address": (UNKNOWN, "same", "alike", "roughly alike", "other"),
    "postcode": (UNKNOWN, "same", "alike", "other"),
    "house number": (UNKNOWN, "same", "other"),
    "card": (UNKNOWN, "same"),
}
NAMES = list(FIELDS)


def number(field: str, level: str) -> int:
    return FIELDS[field].index(level)


# Likenesses of 0 to 1 from which on two texts count as alike, and as roughly alike.
NAME_ALIKE, NAME_ROUGHLY = 0.9, 0.78
ADDRESS_ALIKE, ADDRESS_ROUGHLY = 0.82, 0.6
TWO_THREADS = 20_000  # texts from which on they are compared by two threads: a scan's, never a request's


@dataclass(frozen=True)
class Comparer:
    """Compares rows of these columns."""

    columns: Columns

    def levels(self, left: Ints, right: Ints) -> Levels:
        """A row per pair, a column per field of `FIELDS`."""
        of = self.columns
        found = np.zeros((len(left), len(NAMES)), np.int8, order="F")
        found[:, 0] = _names(of.first, left, right, "first name")
        found[:, 1] = _names(of.last, left, right, "last name")
        self._swap(found, left, right)
        found[:, 2] = self._emails(left, right)
        found[:, 3] = self._phones(left, right)
        found[:, 4] = self._birthdates(left, right)
        found[:, 5] = self._addresses(left, right)
        found[:, 6] = _codes(of.postcode, left, right, "postcode")
        found[:, 7] = _codes(of.house, left, right, "house number")
        found[:, 8] = self._cards(left, right)
        return found

    def _swap(self, found: Levels, left: Ints, right: Ints) -> None:
        """First and last name in each other's place: said by the first name, the last name then says nothing."""
        first, last = self.columns.first, self.columns.last
        apart = number("first name", "roughly alike"), number("first name", "other")
        others = np.isin(found[:, 0], apart) & np.isin(found[:, 1], (3, number("last name", "other")))
        places = np.flatnonzero(others)
        if not len(places):
            return
        one, two = left[places], right[places]
        crossed = _alike(JaroWinkler.similarity, first.of(one), last.of(two)) >= NAME_ALIKE
        places, one, two = places[crossed], one[crossed], two[crossed]
        places = places[_alike(JaroWinkler.similarity, last.of(one), first.of(two)) >= NAME_ALIKE]
        found[places, 0] = number("first name", "swapped")
        found[places, 1] = 0

    def _emails(self, left: Ints, right: Ints) -> Levels:
        boxes, texts = self.columns.mailbox, self.columns.email
        known = (boxes[left] != 0) & (boxes[right] != 0)
        level = np.where(known, number("e-mail", "other"), 0).astype(np.int8)
        same = known & (boxes[left] == boxes[right])
        alike = known & ~same & (self.columns.local[left] == self.columns.local[right])
        rest = np.flatnonzero(known & ~same & ~alike)
        close = _alike(OSA.distance, texts[left[rest]], texts[right[rest]], cutoff=2) <= 2
        level[same] = number("e-mail", "same")
        level[alike] = level[rest[close]] = number("e-mail", "alike")
        return level

    def _phones(self, left: Ints, right: Ints) -> Levels:
        one, two = self.columns.phone[left], self.columns.phone[right]
        known = (one != 0) & (two != 0)
        same = known & (one % NATIONAL == two % NATIONAL)
        level = np.where(known, number("phone", "other"), 0).astype(np.int8)
        slip = known & _one_digit_off(one, two, 18)
        level[slip] = number("phone", "alike")
        level[same] = number("phone", "same")
        return level

    def _birthdates(self, left: Ints, right: Ints) -> Levels:
        one, two = self.columns.birth[left].astype(np.int64), self.columns.birth[right].astype(np.int64)
        known = (one != 0) & (two != 0)
        years, months, days = one // 10000, one // 100 % 100, one % 100
        years2, months2, days2 = two // 10000, two // 100 % 100, two % 100
        turned = (years == years2) & (months == days2) & (days == months2)
        equal = (years == years2).astype(np.int8) + (months == months2) + (days == days2)
        level = np.where(known, number("birthdate", "other"), 0).astype(np.int8)
        level[known & (equal == 2)] = number("birthdate", "roughly alike")
        level[known & (turned | _one_digit_off(one, two, 8))] = number("birthdate", "alike")
        level[known & (one == two)] = number("birthdate", "same")
        return level

    def _addresses(self, left: Ints, right: Ints) -> Levels:
        texts = self.columns.words
        known = self._has_words[left] & self._has_words[right]
        level = np.where(known, number("address", "other"), 0).astype(np.int8)
        places = np.flatnonzero(known)
        one, two = texts[left[places]], texts[right[places]]
        likeness = _alike(fuzz.token_sort_ratio, one, two, cutoff=100 * ADDRESS_ROUGHLY) / 100
        level[places[likeness >= ADDRESS_ROUGHLY]] = number("address", "roughly alike")
        level[places[likeness >= ADDRESS_ALIKE]] = number("address", "alike")
        level[places[one == two]] = number("address", "same")
        return level

    @cached_property
    def _has_words(self) -> Bools:
        return np.fromiter(map(bool, self.columns.words), bool, len(self.columns.words))

    def _cards(self, left: Ints, right: Ints) -> Levels:
        size = max(1, len(self.columns))
        return np.isin(left * size + right, self._card_twos).astype(np.int8)

    @cached_property
    def _card_twos(self) -> Ints:
        """The pairs of rows that share a card, each as one number. Few: a card belongs to one contact, but moves."""
        order = np.argsort(self.columns.cards, kind="stable")
        rows, cards = self.columns.card_rows[order], self.columns.cards[order]
        again = np.flatnonzero(cards[1:] == cards[:-1])
        one, two = np.minimum(rows[again], rows[again + 1]), np.maximum(rows[again], rows[again + 1])
        return np.unique(one * max(1, len(self.columns)) + two)


def _names(column: Distinct, left: Ints, right: Ints, field: str) -> Levels:
    one, two = column.codes[left], column.codes[right]
    known = (one != 0) & (two != 0)
    same = known & (one == two)
    level = np.where(same, number(field, "same"), 0).astype(np.int8)
    places = np.flatnonzero(known & ~same)
    texts, others = column.texts[one[places]], column.texts[two[places]]
    likeness = _alike(JaroWinkler.similarity, texts, others, cutoff=NAME_ROUGHLY)
    lengths, begins = column.lengths, column.begins
    short = np.minimum(lengths[one[places]], lengths[two[places]]) == 1
    initial = short & (begins[one[places]] == begins[two[places]])
    near = likeness >= NAME_ROUGHLY
    unlike = np.flatnonzero(~near)  # short names: Jaro and Winkler see little of "Jn" in "Jan"
    near[unlike] = _alike(OSA.distance, texts[unlike], others[unlike], cutoff=1) <= 1
    level[places] = np.select(
        [initial, likeness >= NAME_ALIKE, near],
        [number(field, "initial"), number(field, "alike"), number(field, "roughly alike")],
        number(field, "other"),
    )
    return level


def _codes(column: Distinct, left: Ints, right: Ints, field: str) -> Levels:
    one, two = column.codes[left], column.codes[right]
    known = (one != 0) & (two != 0)
    level = np.where(known, number(field, "other"), 0).astype(np.int8)
    if "alike" in FIELDS[field]:
        places = np.flatnonzero(known & (one != two))
        close = _alike(OSA.distance, column.texts[one[places]], column.texts[two[places]], cutoff=1) <= 1
        level[places[close]] = number(field, "alike")
    level[known & (one == two)] = number(field, "same")
    return level


def _alike(scorer: Any, one: Texts, two: Texts, *, cutoff: float | None = None) -> npt.NDArray[np.float32]:
    if not len(one):
        return np.zeros(0, np.float32)
    workers = 2 if len(one) > TWO_THREADS else 1
    return process.cpdist(one, two, scorer=scorer, score_cutoff=cutoff, dtype=np.float32, workers=workers)


# What two numbers can differ by when one digit is another, or two neighbours stand in each other's place.
OFF_BY = np.array(sorted({digit * 10**place for digit in (*range(1, 10), *range(9, 82, 9)) for place in range(17)}))


def _one_digit_off(one: Ints, two: Ints, digits: int) -> Bools:
    """One digit is another, or two neighbours stand in each other's place."""
    apart = np.abs(one - two)
    found: Bools = OFF_BY[np.minimum(np.searchsorted(OFF_BY, apart), len(OFF_BY) - 1)] == apart
    few = np.flatnonzero(found)
    found[few] = _differ_by_one(one[few], two[few], digits)
    return found


def _differ_by_one(one: Ints, two: Ints, digits: int) -> Bools:
    wrong = np.zeros(len(one), np.int8)
    turned = np.zeros(len(one), bool)
    before, before2 = one % 10, two % 10
    for place in range(digits):
        digit, digit2 = (before, before2) if not place else (one // 10**place % 10, two // 10**place % 10)
        if place:
            turned |= (digit == before2) & (digit2 == before) & (digit != digit2)
        wrong += digit != digit2
        before, before2 = digit, digit2
    found: Bools = (wrong == 1) | ((wrong == 2) & turned)
    return found
