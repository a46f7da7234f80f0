"""Names typed with a slip: what the words of all names are, and which of them differ from a typed one by one slip.

A slip is one letter too many, too few, wrong, or two swapped. All that a typed word may have been meant to be is made
(some hundred texts) and looked up at once, which costs the same however many names there are.
"""

from collections.abc import Iterable

from contacts.models import NamePiece
from contacts.search import index
from contacts.search.index import Needle, Where

SHORTEST, LONGEST = 4, 15  # letters of a word that is looked at for slips
BEGINNINGS = range(SHORTEST, 9)  # how much of a longer word somebody may have typed so far
AT_ONCE = 900  # rows of one statement
ALPHABETS = ("abcdefghijklmnopqrstuvwxyz", "αβγδεζηθικλμνξοπρστυφχψω", "абвгдежзиклмнопрстуфхцчшщъыьэюя")


def learn(search_names: Iterable[str]) -> None:
    """Take the words of folded names in; those that are known already cost one look."""
    words = {word for name in search_names for word in name.split() if _fits(word)}
    new = {piece for word in words - index.current().pieces_among(sorted(words)) for piece in _pieces(word)}
    rows = [NamePiece(piece=piece) for piece in sorted(new)]  # in one order: two processes must not lock each other
    NamePiece.objects.bulk_create(rows, batch_size=AT_ONCE, ignore_conflicts=True)


def drop_unused(search_name: str) -> None:
    """Take those words of a folded name out that no other contact's name has: call it after that one is gone."""
    looked_up = index.current()
    for word in {word for word in search_name.split() if _fits(word)}:
        if looked_up.candidates([[Needle(Where.NAME, f" {word} ")]], limit=1):
            continue
        unused = [
            piece for piece in _pieces(word) if not looked_up.candidates([[Needle(Where.NAME, f" {piece}")]], limit=1)
        ]
        NamePiece.objects.filter(piece__in=unused).delete()


def slips_of(words: Iterable[str]) -> set[str]:
    """The known words, and beginnings of words, that are one slip away from one of `words`."""
    early: set[str] = set()
    late: dict[str, set[str]] = {}
    for word in words:
        if _fits(word):
            first, behind = _one_slip_away(word)
            early |= first
            late.setdefault(word[:SHORTEST], set()).update(behind)
    if not late:
        return set()
    known = index.current().pieces_among([*early, *(late.keys() - early)])
    # Of every known word the beginning is known, too: where it is not, half of the texts need no look.
    rest = set().union(*(texts for begun, texts in late.items() if begun in known))
    return (known & early) | (index.current().pieces_among(list(rest)) if rest else set())


def _fits(word: str) -> bool:
    return SHORTEST <= len(word) <= LONGEST


def _pieces(word: str) -> set[str]:
    return {word} | {word[:length] for length in BEGINNINGS if length < len(word)}


def _one_slip_away(word: str) -> tuple[set[str], set[str]]:
    """The texts with a slip in the first letters of `word`, and those that begin as it does."""
    letters = next((alphabet for alphabet in ALPHABETS if any(char in alphabet for char in word)), "")
    halves = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    early, late = _slips(halves[:SHORTEST], letters), _slips(halves[SHORTEST:], letters)
    return early - {word}, late - {word}


def _slips(halves: list[tuple[str, str]], letters: str) -> set[str]:
    """One slip where the halves meet."""
    meant = {head + tail[1:] for head, tail in halves if tail}
    meant |= {head + tail[1] + tail[0] + tail[2:] for head, tail in halves if len(tail) > 1}
    meant |= {head + letter + tail[1:] for head, tail in halves if tail for letter in letters}
    meant |= {head + letter + tail for head, tail in halves for letter in letters}
    return meant
