"""What people type, paste and scan: cleaned of a scanner's marks, and refused where no code or name could be so."""

import re
import unicodedata
from typing import Any

from django import forms
from django.http import HttpRequest

# What a scanner may put before a code to say which kind of barcode it read: ]C1, ]E0, ]Q3, ...
AIM_PREFIX = re.compile(r"^\][A-Za-z]\d")
SECRET = {"password", "otp"}  # names of fields whose text is never on a page, used or not
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


def sent_values(request: HttpRequest) -> list[tuple[str, str]]:
    """All that a form sent, to be sent once more: the names and values of its fields; [] where that cannot be.

    Passwords and codes of one use are left out, and typed again where the page asks for them. A file cannot be kept.
    """
    if request.method != "POST" or request.FILES:
        return []
    own = {"csrfmiddlewaretoken", *SECRET}
    return [(name, value) for name, values in request.POST.lists() if name not in own for value in values]


class LineField(forms.CharField):
    """One line as it is typed, without what no name can hold."""

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        try:
            return clean(text) if text else ""
        except NotReadable as error:
            raise forms.ValidationError(str(error)) from error
