"""Values that no honest person types, and that every field meets one day: pasted, scanned, sent by a program."""

from collections.abc import Iterator
from dataclasses import dataclass
from zlib import crc32

from tests.wild.forms import Field

LONG = "y" * 10_000


@dataclass(frozen=True, slots=True)
class Wild:
    """What to send instead of a field's own values; no values: the field does not come at all."""

    name: str
    values: tuple[str, ...]


CORPUS = (
    Wild("NUL", ("wild\x00end",)),
    Wild("lone surrogate", ("wild\ud800end",)),
    Wild("10,000 characters", (LONG,)),
    Wild("right to left, zero width", ("\u202ewild\u200b\u200f\u2066",)),
    Wild("zero width alone", ("\u200b",)),
    Wild("blanks", ("   ",)),
    Wild("lines", ("wild\r\n\tend",)),
    Wild("-1", ("-1",)),
    Wild("0", ("0",)),
    Wild("1e309", ("1e309",)),
    Wild("NaN", ("NaN",)),
    Wild("Arabic three", ("٣",)),
    Wild("superscript two", ("²",)),
    Wild("a half", ("½",)),
    Wild("40 digits", ("9" * 40,)),
    Wild("19 digits", ("9223372036854775808",)),
    Wild("0.0000001", ("0.0000001",)),
    Wild("no such day", ("2026-02-30",)),
    Wild("no such moment", ("2026-03-29T02:30",)),
    Wild("year 1", ("0001-01-01",)),
    Wild("year 9999", ("9999-12-31T23:59",)),
    Wild("markup", ("'\"><script>wild</script>",)),
    Wild("template", ("{{ wild }}{% load x %}%(wild)s",)),
    Wild("a path", ("../../wild/..",)),
    Wild("unknown choice", ("no-such-choice",)),
    Wild("uuid of nothing", ("00000000-0000-0000-0000-000000000007",)),
    Wild("twice", ("1", "wild")),
    Wild("empty", ("",)),
    Wild("absent", ()),
)


def thrown(of: str, field: Field, count: int) -> Iterator[Wild]:
    """So many of the corpus, other ones for each field, and the same ones every time."""
    start = crc32(f"{of} {field.name}".encode())
    step = 11  # with 29 values every one is met before one comes again
    for number in range(min(count, len(CORPUS))):
        yield CORPUS[(start + number * step) % len(CORPUS)]
