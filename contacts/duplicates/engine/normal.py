"""Each field of a contact in the form in which it is compared. "" is a field that says nothing."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from functools import lru_cache

# Hosts that deliver to one mailbox whatever dots stand before the @; the second name of a host leads to the first.
DOTLESS = {"gmail.com", "googlemail.com"}
HOSTS = {"googlemail.com": "gmail.com"}
# The parts of a family name that people write or leave out.
_PARTICLES = (
    "van von der den de het t ter ten te op in vd v d y e zu zum zur di da dos del della la le du el al bin ben"
)
PARTICLES = frozenset(_PARTICLES.split())
# Days that forms and cash registers fill in where nobody knows the birthday.
PLACEHOLDERS = frozenset({10101, 11111111, 18991230, 19000101, 19700101})
LETTERS = {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ß": "ss", "ı": "i"}
NOT_PLAIN, NOT_WORD = re.compile(r"[^a-z0-9]+"), re.compile(r"[\W_]+")
NUMBER = re.compile(r"\d+")
POSTCODE = re.compile(r"\b(\d{4})\s?([a-z]{2})\b")


def folded(text: str) -> str:
    """Small letters without accents, words apart by one space, no other signs."""
    if text.isascii():
        return NOT_PLAIN.sub(" ", text.lower()).strip()
    apart = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(LETTERS.get(sign, sign) for sign in apart if not unicodedata.combining(sign))
    return NOT_WORD.sub(" ", unicodedata.normalize("NFC", plain)).strip()


@lru_cache(maxsize=65536)
def name(text: str) -> str:
    """A first or last name as one word, without its "van der": "Anne-Marie" and "anne marie" are the same.

    First names too: in the other field a last name must be the same as in its own.
    """
    words = folded(text.replace("'", " ")).split()
    return "".join([word for word in words if word not in PARTICLES] or words)


def email(text: str) -> str:
    """An address without tag (+shop), and without dots where the host ignores them."""
    local, at, host = text.strip().lower().rpartition("@")
    if not at:
        return ""
    local = local.partition("+")[0] or local
    if host in DOTLESS:
        local = local.replace(".", "") or local
        host = HOSTS.get(host, host)
    return f"{local}@{host}"


def phone(text: str) -> int:
    """The digits of an international number; 0 for none. Zeros only are none."""
    digits = text[1:]
    if not (digits.isascii() and digits.isdecimal() and text[0] == "+"):
        digits = "".join(sign for sign in text if sign in "0123456789")
    return int(digits[-18:] or 0)


def birthdate(text: str) -> int:
    """19780426 out of 1978-04-26 or of eight digits, whether or not there is such a day; 0 for none."""
    digits = text[:10].replace("-", "")
    if len(digits) != 8 or not (digits.isascii() and digits.isdigit()):
        return 0
    number = int(digits)
    return 0 if number in PLACEHOLDERS else number


def address(text: str) -> tuple[str, str, str]:
    """The words, the postcode and the house number of an address; each "" where it has none.

    The last number of four digits or more is the postcode (with its letters, in the Netherlands), the first other one
    the house number.
    """
    plain = folded(text)
    dutch = POSTCODE.search(plain)
    if dutch:
        code = dutch[1] + dutch[2]
        plain = f"{plain[: dutch.start()]} {plain[dutch.end() :]}"
    numbers: list[str] = NUMBER.findall(plain)
    if not dutch:
        code = next((number for number in reversed(numbers) if len(number) >= 4), "")
        if code:
            numbers.reverse()
            numbers.remove(code)
            numbers.reverse()
    words = " ".join(word for word in plain.split() if not word.isdigit())
    return words, code, numbers[0] if numbers else ""


def matched_digest(*, first: str, last: str, email: str, phone: str, birthdate: str, address: str) -> str:
    """Stands for the fields that duplicates are found by, as they came: a verdict holds while it stays the same."""
    fields = (first, last, email, phone, birthdate, address)
    text = "".join(f"{len(field)}:{field}," for field in fields)  # lengths: no two sets of fields make one text
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
