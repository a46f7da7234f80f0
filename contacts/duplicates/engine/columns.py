"""Many contacts as columns: what is compared often is a number, what is compared as text a list of distinct texts."""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import NamedTuple

import jellyfish
import numpy as np
import numpy.typing as npt

from contacts.duplicates.engine import normal

Ints = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int32]
Texts = npt.NDArray[np.object_]
Row = tuple[int, str, str, str, str, str, str]  # what a Record is
AT_ONCE = 20_000  # rows
NO_ADDRESS = ("", "", "")


class Record(NamedTuple):
    """One contact as it is kept: `phone` is international, `birthdate` 1978-04-26; "" is unknown."""

    id: int
    first: str = ""
    last: str = ""
    email: str = ""
    phone: str = ""
    birthdate: str = ""
    address: str = ""


@dataclass(frozen=True)
class Distinct:
    """A column of texts: each row's number in the list of distinct `texts`. Number 0 is "", the unknown."""

    codes: Codes
    texts: Texts

    def of(self, rows: Ints) -> Texts:
        return self.texts[self.codes[rows]]

    @cached_property
    def lengths(self) -> Ints:
        return np.fromiter(map(len, self.texts), np.int64, len(self.texts))

    @cached_property
    def begins(self) -> Ints:
        """The first letter of each text, as a number."""
        return np.fromiter((ord(text[0]) if text else 0 for text in self.texts), np.int64, len(self.texts))

    def hashed(self, made: Callable[[str], str]) -> Ints:
        """Per text, not row, a number that stands for what `made` makes of it; 0 where that is ""."""
        return np.fromiter((stands_for(made(text)) for text in self.texts), np.int64, len(self.texts))


@dataclass(frozen=True)
class Columns:
    """`cards` are pairs of (row, what stands for a card), a row for each card of a contact."""

    ids: Ints
    first: Distinct
    last: Distinct
    email: Texts
    mailbox: Ints  # what stands for the address, and
    local: Ints  # for its part before the @
    phone: Ints
    birth: Codes  # 19780426
    words: Texts  # of the address
    postcode: Distinct
    house: Distinct
    card_rows: Ints
    cards: Ints

    def __len__(self) -> int:
        return len(self.ids)


class _Texts:
    """Gathers a column of texts that repeat: names, postcodes."""

    def __init__(self, made: Callable[[str], str]) -> None:
        self._made = made
        self._raw: dict[str, int] = {"": 0}  # as it came, to its number
        self._codes = self._raw if made is str else {"": 0}  # as it is compared
        self.rows = array("i")

    def extend(self, texts: Sequence[str]) -> None:
        known = self._raw
        codes = [known.get(text, -1) for text in texts]
        if -1 in codes:
            codes = [self._code(text) if code < 0 else code for text, code in zip(texts, codes, strict=True)]
        self.rows.extend(codes)

    def _code(self, text: str) -> int:
        code = self._raw.get(text)
        if code is None:
            code = self._raw[text] = self._codes.setdefault(self._made(text), len(self._codes))
        return code

    def column(self) -> Distinct:
        return Distinct(np.array(self.rows, np.int32), objects(list(self._codes)))


def gather(records: Iterable[Row], cards: Iterable[tuple[int, str]] = ()) -> Columns:
    """The columns of these contacts. `cards` are (contact's id, card), of contacts among them or of others."""
    gathered = _Gathered()
    rows = iter(records)
    while part := list(islice(rows, AT_ONCE)):
        gathered.extend(part)
    return gathered.columns(cards)


class _Gathered:
    def __init__(self) -> None:
        self.ids, self.phones, self.mailboxes, self.locals = array("q"), array("q"), array("q"), array("q")
        self.births = array("i")
        self.first, self.last = _Texts(normal.name), _Texts(normal.name)
        self.codes, self.houses = _Texts(str), _Texts(str)
        self.emails: list[str] = []
        self.addresses: list[str] = []
        self._hosts: dict[str, int] = {}

    def extend(self, rows: Sequence[Row]) -> None:
        ids, firsts, lasts, emails, phones, births, addresses = zip(*rows, strict=True)
        self.ids.extend(ids)
        self.first.extend(firsts)
        self.last.extend(lasts)
        for email in emails:
            self._email(normal.email(email) if email else "")
        self.phones.extend([normal.phone(phone) if phone else 0 for phone in phones])
        self.births.extend([normal.birthdate(birth) if birth else 0 for birth in births])
        read = [normal.address(address) if address else NO_ADDRESS for address in addresses]
        self.addresses += [words for words, _, _ in read]
        self.codes.extend([code for _, code, _ in read])
        self.houses.extend([house for _, _, house in read])

    def _email(self, email: str) -> None:
        self.emails.append(email)
        if not email:
            self.locals.append(0)
            self.mailboxes.append(0)
            return
        local, _, host = email.partition("@")
        number, hosted = stands_for(local), self._hosts.get(host)
        if hosted is None:
            hosted = self._hosts[host] = stands_for(host)
        self.locals.append(number)
        self.mailboxes.append((number * 31 + hosted) & MASK)

    def columns(self, cards: Iterable[tuple[int, str]]) -> Columns:
        ids = np.array(self.ids, np.int64)
        card_rows, card_values = _cards(ids, cards)
        return Columns(
            ids=ids,
            first=self.first.column(),
            last=self.last.column(),
            email=objects(self.emails),
            mailbox=np.array(self.mailboxes, np.int64),
            local=np.array(self.locals, np.int64),
            phone=np.array(self.phones, np.int64),
            birth=np.array(self.births, np.int32),
            words=objects(self.addresses),
            postcode=self.codes.column(),
            house=self.houses.column(),
            card_rows=card_rows,
            cards=card_values,
        )


MASK = (1 << 63) - 1


def stands_for(text: str) -> int:
    """A number of 63 bits that is the same on every machine and day; 0 for "" alone."""
    if not text:
        return 0
    number = int.from_bytes(hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")
    return (number & MASK) or 1


def objects(texts: list[str]) -> Texts:
    """An array of these texts (numpy would make one wide fixed-width column of them)."""
    made: Texts = np.empty(len(texts), object)
    made[:] = texts
    return made


def _cards(ids: Ints, cards: Iterable[tuple[int, str]]) -> tuple[Ints, Ints]:
    owners, values = array("q"), array("q")
    for owner, card in cards:
        owners.append(owner)
        values.append(stands_for(card.strip()))
    owned = np.array(owners, np.int64)
    order = np.argsort(ids, kind="stable")
    place = np.searchsorted(ids, owned, sorter=order)
    place[place == len(ids)] = 0
    rows = order[place] if len(ids) else np.zeros(0, np.int64)
    known = ids[rows] == owned if len(ids) else np.zeros(len(owned), bool)
    return rows[known], np.array(values, np.int64)[known]


def sounds(text: str) -> str:
    """How a name sounds; the beginning of one that is not written in Latin letters."""
    return jellyfish.soundex(text) if text.isascii() and text.isalpha() else text[:4]
