"""What people type, paste and scan: cleaned of a scanner's marks, and refused where no code or name could be so."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest

# What a scanner may put before a code to say which kind of barcode it read: ]C1, ]E0, ]Q3, ...
AIM_PREFIX = re.compile(r"^\][A-Za-z]\d")
SECRET_NAME = re.compile(r"pass(word|phrase)?\d?$|password|secret|\botp\b", re.IGNORECASE)
"""The name of a field whose text is kept nowhere and given back on no page, used or not."""
CSRF = "csrfmiddlewaretoken"
LONGEST = 254  # no e-mail address, card or code is longer


class NotReadable(ValueError):
    """What was typed cannot be anything; the message says why, for the person who typed it."""


def clean(text: str) -> str:
    """`text` without the marks of a scanner around it.

    Raises NotReadable for what no code, name or address may hold, so that it never reaches Piggy.
    """
    text = AIM_PREFIX.sub("", text.strip("\r\n\t \x02\x03\x1d\ufeff"))
    text = unicodedata.normalize("NFC", text).strip()
    if not text:
        raise NotReadable("Scan, paste or type something first.")
    if len(text) > LONGEST:
        raise NotReadable(
            f"That is {len(text):,} characters. No card, code, number or address is longer than {LONGEST}."
        )
    if any(unicodedata.category(character) in ("Cc", "Cs", "Co", "Cn", "Zl", "Zp") for character in text):
        raise NotReadable("There is a control character in it. Scan once more, or type it by hand.")
    return text


@dataclass(frozen=True, slots=True)
class Sent:
    """What a form sent, to be sent once more: names and values of its fields. `left_out`: a password, a code of one
    use or a file was among them, and has to be typed or chosen again."""

    fields: tuple[tuple[str, str], ...]
    left_out: bool = False

    def __bool__(self) -> bool:
        return bool(self.fields)


def sent_by(request: HttpRequest) -> Sent:
    """What can be kept of a form; without fields for a page that was only opened."""
    if request.method != "POST":
        return Sent(())
    pairs = [(name, str(value)) for name, values in request.POST.lists() for value in values if name != CSRF]
    plain = tuple((name, value) for name, value in pairs if not SECRET_NAME.search(name))
    return Sent(plain, left_out=len(plain) < len(pairs) or bool(request.FILES))


class LineField(forms.CharField):
    """One line as it is typed, without what no name can hold."""

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        try:
            return clean(text) if text else ""
        except NotReadable as error:
            raise forms.ValidationError(str(error)) from error
