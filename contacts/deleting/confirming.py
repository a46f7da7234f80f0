"""What is typed before a customer is deleted: something of theirs, so that nobody deletes the one beside them."""

from __future__ import annotations

from dataclasses import dataclass
from unicodedata import normalize

from contacts.merging.reading import Facts


@dataclass(frozen=True, slots=True)
class Confirmation:
    """`label` asks for it; `expected` is what must be typed."""

    label: str
    expected: str
    wrong: str

    def fits(self, typed: str) -> bool:
        return _bare(typed) == _bare(self.expected)


def _bare(text: str) -> str:
    """Without case, blanks around it and ways to write an accent."""
    return normalize("NFKC", text).strip().casefold()


def confirmation(facts: Facts) -> Confirmation:
    """The e-mail address; for somebody without one the end of a card, and without a card the word "delete"."""
    if facts.contact.known_email:
        return Confirmation(
            "Type the e-mail address of who is deleted",
            facts.contact.known_email,
            "That is not this customer’s e-mail address.",
        )
    cards = sorted(facts.cards, key=lambda card: (not card.default, card.active is False))
    if cards:
        return Confirmation(
            "Type the last four characters of their card", cards[0].value[-4:], "Their card does not end like that."
        )
    return Confirmation("Type the word delete", "delete", "Type: delete")
