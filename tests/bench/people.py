"""Made-up customers of a shop chain, some of them two or three times: what duplicates are found among.

A second entry comes about as it does at a counter: another e-mail address or none, a telephone number left out, a name
typed wrongly or with its two parts in each other's place, an initial, a birthday with day and month turned, a move.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import NamedTuple

_FIRST = (
    "jan peter johan maria anna sanne emma daan sem lucas lieke noor femke bram thijs lotte eva sara "
    "julia tess fleur pieter hendrik willem cornelis johanna elisabeth margaretha marijke anja monique "
    "ingrid petra karin esther linda mark dennis jeroen bas martijn michiel erik rob hans kees henk "
    "gerrit wim ton fatima mohamed ahmed youssef aisha samira ali mehmet emine ayse murat sophie "
    "charlotte olivia mila zoe nora ella liam noah finn levi luuk milan james benjamin adam max tim stijn "
    "ruben jesse niels wouter sander koen maarten joost floris hugo victor oscar felix theo"
)
FIRST = _FIRST.split()
_LAST = (
    "jong jansen vries berg bakker dijk visser smit meijer boer mulder groot bos vos peters hendriks "
    "leeuwen dekker brouwer wit dijkstra smits graaf meer kok jacobs haan vermeulen heuvel veen broek "
    "bruijn schouten beek willems vliet ven hoekstra maas verhoeven koster dam wal prins blom huisman "
    "peeters kuipers veenstra kuiper veld gerritsen scholten driessen martens postma yilmaz kaya demir "
    "ozturk elamrani benali haddad janssen claes wouters goossens"
)
LAST = _LAST.split()
PARTICLES = ["", "", "", "van ", "de ", "van de ", "van der ", "van den "]
HOSTS = ["gmail.com", "gmail.com", "gmail.com", "hotmail.com", "outlook.com", "ziggo.nl", "kpnmail.nl", "icloud.com"]
STREETS = ["straat", "laan", "weg", "plein", "hof", "dreef", "kade", "singel", "pad"]
LETTERS = "abcdefghijklmnopqrstuvwxyz"


class Person(NamedTuple):
    """One entry; `who` is the same for all entries of one person."""

    id: int
    who: int
    first: str
    last: str
    email: str
    phone: str
    birthdate: str
    street: str
    house: str
    postcode: str
    city: str

    @property
    def address(self) -> str:
        return " ".join(f"{self.street} {self.house}, {self.postcode} {self.city}".split()).strip(" ,")


def people(count: int, *, again: float = 0.1, seed: int = 5) -> Iterator[Person]:
    """`count` entries; `again` of them are second and third entries of people who stood there before."""
    return _Town(random.Random(seed)).entries(count, again)


class _Town:
    def __init__(self, draw: random.Random) -> None:
        self.draw = draw
        self.taken: set[str] = set()
        self.firsts = FIRST + [self._word(2) for _ in range(3_000)]
        self.lasts = LAST + [self._word(3) for _ in range(40_000)]
        self.cities = [self._word(3) for _ in range(400)]
        self.streets = [self._word(2) + draw.choice(STREETS) for _ in range(8_000)]

    def entries(self, count: int, again: float) -> Iterator[Person]:
        originals: list[Person] = []
        family: Person | None = None
        for number in range(1, count + 1):
            if originals and self.draw.random() < again:
                yield self._second(number, self.draw.choice(originals))
                continue
            person = self._person(number, family if self.draw.random() < 0.2 else None)
            family = person
            originals.append(person)
            yield person

    def _person(self, number: int, family: Person | None) -> Person:
        draw = self.draw
        first = self._common(self.firsts).title()
        last = family.last if family else draw.choice(PARTICLES) + self._common(self.lasts).title()
        home = family or self._home()
        return Person(
            id=number,
            who=number,
            first=first if draw.random() < 0.97 else "",
            last=last if draw.random() < 0.97 else "",
            email=self._email(first, last) if draw.random() < 0.9 else "",
            phone=family.phone if family and draw.random() < 0.4 else self._phone() if draw.random() < 0.7 else "",
            birthdate=self._day() if draw.random() < 0.85 else "",
            street=home.street,
            house=home.house,
            postcode=home.postcode,
            city=home.city,
        )

    def _second(self, number: int, one: Person) -> Person:
        """The same person again."""
        draw = self.draw
        told = one._replace(id=number)
        kind = draw.random()
        if kind < 0.3:
            told = told._replace(email="")
        elif kind < 0.55:
            told = told._replace(email=self._email(one.first or "x", one.last or "y"))
        elif kind < 0.7:
            told = told._replace(email=self._slip(one.email))
        elif kind < 0.85:
            told = told._replace(email=one.email.replace("@", "+shop@"))
        if draw.random() < 0.45:
            told = told._replace(phone="" if draw.random() < 0.5 else self._phone())
        if draw.random() < 0.25:
            told = told._replace(first=self._slip(one.first) if draw.random() < 0.7 else one.first[:1])
        if draw.random() < 0.2:
            told = told._replace(last=self._slip(one.last))
        if draw.random() < 0.04:
            told = told._replace(first=told.last, last=told.first)
        if draw.random() < 0.2:
            told = told._replace(birthdate=self._other_day(one.birthdate))
        if draw.random() < 0.25:
            home = self._home()
            told = told._replace(street=home.street, house=home.house, postcode=home.postcode, city=home.city)
        elif draw.random() < 0.15:
            told = told._replace(street=self._slip(one.street))
        return told

    def _home(self) -> Person:
        draw = self.draw
        if draw.random() < 0.3:
            return Person(0, 0, "", "", "", "", "", "", "", "", "")
        code = f"{draw.randint(1000, 9999)} {draw.choice('ABCDEFGHJK')}{draw.choice('ABCDEFGHJK')}"
        return Person(
            *(0, 0, "", "", "", "", ""), self._street().title(), str(draw.randint(1, 250)), code, self._city().title()
        )

    def _street(self) -> str:
        return self.draw.choice(self.streets)

    def _city(self) -> str:
        return self._common(self.cities)

    def _common(self, words: list[str]) -> str:
        """The first of these far oftener than the last."""
        return words[int(len(words) * self.draw.random() ** 3.5)]

    def _word(self, syllables: int) -> str:
        parts = (self.draw.choice("bdfghjklmnprstvwz") + self.draw.choice("aeiouy") for _ in range(syllables))
        return "".join(parts) + self.draw.choice("nrstkl ").strip()

    def _email(self, first: str, last: str) -> str:
        """An address that nobody else has."""
        while (made := self._address(first, last)) in self.taken:
            pass
        self.taken.add(made)
        return made

    def _address(self, first: str, last: str) -> str:
        names = [first.lower(), last.replace(" ", "").lower()]
        local = self.draw.choice(["", ".", "_"]).join(names if self.draw.random() < 0.7 else [names[0][:1], names[1]])
        return f"{local}{self.draw.randint(1, 9999) if self.draw.random() < 0.7 else ''}@{self.draw.choice(HOSTS)}"

    def _phone(self) -> str:
        return f"+316{self.draw.randint(10_000_000, 99_999_999)}"

    def _day(self) -> str:
        return f"{self.draw.randint(1940, 2007)}-{self.draw.randint(1, 12):02}-{self.draw.randint(1, 28):02}"

    def _other_day(self, day: str) -> str:
        if not day or self.draw.random() < 0.4:
            return ""
        year, month, number = day.split("-")
        kind = self.draw.random()
        if kind < 0.3 and int(number) <= 12:
            return f"{year}-{number}-{month}"
        if kind < 0.7:
            return f"{year}-{month}-{self.draw.randint(1, 28):02}"
        return f"{int(year) + self.draw.choice([-10, -1, 1, 10])}-{month}-{number}"

    def _slip(self, text: str) -> str:
        if len(text) < 3:
            return text
        place = self.draw.randrange(1, len(text))
        kind = self.draw.randrange(4)
        if kind == 0:
            return text[:place] + text[place + 1 :]
        if kind == 1:
            return text[:place] + self.draw.choice(LETTERS) + text[place:]
        if kind == 2:
            return text[:place] + self.draw.choice(LETTERS) + text[place + 1 :]
        return text[: place - 1] + text[place] + text[place - 1] + text[place + 1 :]
