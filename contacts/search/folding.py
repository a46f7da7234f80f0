"""Texts as search compares them: without case, accents and the like. What is stored and what is typed pass here."""

import unicodedata

# Letters that Unicode does not take apart, written as people type them.
LETTERS = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "ħ": "h", "ı": "i", "ŋ": "n"}
)
LONGEST = 300  # characters of a text that are looked at


def folded(text: str) -> str:
    """Lower case, no accents, one blank between words: "Þórunn  ØSTERGÅRD" is "thorunn ostergard"."""
    apart = unicodedata.normalize("NFKD", text[:LONGEST].casefold()).translate(LETTERS)
    bare = "".join(char for char in apart if not unicodedata.combining(char))
    kept = "".join(char if char.isalnum() or char in "@.-_+'" else " " for char in unicodedata.normalize("NFC", bare))
    return " ".join(kept.split())


APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "`": "'", "´": "'"})
NOT_IN_NAMES = str.maketrans({"'": "", ".": "", "-": " ", "_": " ", "@": " ", "+": " "})


def folded_name(text: str) -> str:
    """A name as its words are compared: "O’Brien-v.d. Berg" is "obrien vd berg"."""
    return " ".join(folded(text[:LONGEST].translate(APOSTROPHES)).translate(NOT_IN_NAMES).split())
