"""What somebody typed to find a contact, taken apart."""

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache

import phonenumbers

from contacts.search.folding import folded, folded_name
from piggyadmin import phones

LONGEST = 254  # characters: no name, address or card that is looked for is longer
MOST_WORDS = 6
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
NUMBER_MARKS = re.compile(r"[\s().\-/]+")
# Little words of names: left out, joined and shortened by everybody as they please, so no name is required to have one.
PARTICLES = frozenset(
    [
        *("van", "von", "de", "der", "den", "des", "het", "ter", "ten", "te", "op", "in", "v", "vd", "vdr", "vande"),
        *("vander", "vanden", "la", "le", "el", "al", "da", "di", "du", "do", "dos", "bin", "ben", "st", "t"),
    ]
)
JOINED = re.compile(r"^(?:vanden|vander|vande|van|von|vd|der|den|de|ter|ten)(?=.{3})")


@dataclass(frozen=True)
class Word:
    """One typed word: as words of a name ("anne-marie" is two), and as part of an e-mail address."""

    names: tuple[str, ...]
    mail: str

    @cached_property
    def is_particle(self) -> bool:
        return all(name in PARTICLES or len(name) == 1 for name in self.names) and "@" not in self.mail


@dataclass(frozen=True)
class Question:
    text: str
    words: tuple[Word, ...] = ()  # those with letters
    digits: str = ""  # nothing but a number was typed; with its "+"
    parts: tuple[str, ...] = ()  # numbers typed beside words
    uuid: str = ""

    @cached_property
    def required(self) -> tuple[Word, ...]:
        """The words that a contact must have."""
        return tuple(word for word in self.words if not word.is_particle) or self.words


def question_of(text: str) -> Question:
    """Whatever was typed. What cannot be looked for leaves nothing to ask."""
    text = "".join(char if char.isprintable() else " " for char in text[: LONGEST + 1]).strip()
    if len(text) > LONGEST:
        return Question("")
    if inside := UUID.search(text):  # also within a pasted address of a page
        return Question(text, uuid=inside.group().lower())
    compact = NUMBER_MARKS.sub("", text)
    digits = compact.removeprefix("+")
    if digits.isascii() and digits.isdigit():
        return Question(text, digits=compact)
    words, parts = [], []
    for token in text.split():
        number = NUMBER_MARKS.sub("", token).removeprefix("+")
        if len(number) >= 3 and number.isascii() and number.isdigit():
            parts.append(number)
            continue
        word = Word(tuple(folded_name(token).split()) if "@" not in token else (), folded(token))
        if word.names or word.mail:
            words.append(word)
    return Question(text, tuple(words[:MOST_WORDS]), parts=tuple(parts[:2]))


@lru_cache(maxsize=2048)
def spellings(name: str) -> tuple[str, ...]:
    """A word of a name, and the ways in which others write it: "meyer" and "meijer", "vdberg" and "berg"."""
    found = [name, name.replace("ij", "y"), name.replace("y", "ij")]
    if apart := JOINED.sub("", name):
        found.append(apart)
    return tuple(dict.fromkeys(way for way in found if len(way) > 1 or way == name))


def number_begins(digits: str, *, time_zone: str) -> str:
    """How a number that begins so begins when it is written with its country; "" when it cannot be told."""
    if digits.startswith("+"):
        return digits
    if digits.startswith("00"):
        return f"+{digits[2:]}" if len(digits) > 3 else ""
    if digits.startswith("0"):
        return f"+{phonenumbers.country_code_for_region(phones.region_of(time_zone))}{digits[1:]}"
    return ""
