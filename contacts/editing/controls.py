"""The controls of the edit page: what people type for an attribute, and what Piggy would be sent for it.

Each field answers a plain value as JSON has it, None for an empty one, and refuses in a sentence what cannot be meant.
"""

import re
import unicodedata
from collections.abc import Sequence
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

import phonenumbers
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from piggyadmin import amounts, phones
from piggyadmin.ledger.forms import DayInput
from piggyadmin.typed import NotReadable, clean

LONGEST_TEXT = 10_000  # characters of a note
LARGEST = 2**31 - 1
MOST_DIGITS = 15  # what every reader of JSON keeps exactly
ODD = ("Cc", "Cs", "Co", "Cn", "Zl", "Zp")  # control characters, halves of characters, no characters
LINES = str.maketrans("", "", "\n\t")
COLOUR = re.compile(r"#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})")
PLATE = re.compile(r"[^\W_]+(?:[ .\-·]?[^\W_]+)*")
DAYS = ("%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y", "%d.%m.%Y")
NO_DAY = "There is no such day. Write it as 2026-11-20."
OLDEST = 120  # years
# A comma or point before exactly three digits may part thousands as well as begin a fraction.
EITHER = re.compile(r"[+-]?[0-9]{1,3}[,][0-9]{3}")
DECIMAL = re.compile(r"(?P<sign>[+-]?)(?P<whole>[0-9]*)(?:[.,](?P<part>[0-9]+))?")


class LineField(forms.CharField):
    """One line of text. Its descendants say in `meant` what it stands for."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = kwargs.pop("attrs", {})
        widget = kwargs.pop("widget", forms.TextInput)
        super().__init__(
            strip=False,
            required=False,
            widget=widget(attrs={"autocomplete": "off", "spellcheck": "false", "dir": "auto", **attrs}),
            **kwargs,
        )

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text.strip():
            return None
        try:
            return self.meant(clean(text))
        except NotReadable as error:
            raise ValidationError(str(error)) from error

    def meant(self, text: str) -> Any:
        return text


class LongField(forms.CharField):
    """Text of many lines. Lines and tabs are kept, every other control character is refused."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(strip=False, required=False, widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}), **kwargs)

    def clean(self, value: Any) -> str | None:
        text = unicodedata.normalize("NFC", plain_lines(super().clean(value)))
        if not text.strip():
            return None
        if len(text) > LONGEST_TEXT:
            raise ValidationError(f"That is {len(text):,} characters. At most {LONGEST_TEXT:,} can be kept.")
        if any(unicodedata.category(character) in ODD for character in text.translate(LINES)):
            raise ValidationError("There is a control character in it. Type it by hand.")
        return text


def plain_lines(text: str) -> str:
    """Line ends as they are kept: browsers send both characters of a Windows line."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


class AddressField(LineField):
    """A web address, http or https only."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(attrs={"inputmode": "url"}, **kwargs)

    def meant(self, text: str) -> str:
        try:
            parts = urlsplit(text)
            host = parts.hostname
        except ValueError:
            host = None
        if host is None or parts.scheme.lower() not in ("http", "https") or any(char.isspace() for char in text):
            raise ValidationError("Write a whole web address, for example https://koffie.example.")
        return text


class MailField(LineField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(attrs={"inputmode": "email"}, **kwargs)

    def meant(self, text: str) -> str:
        return whole_email(text)


def whole_email(text: str) -> str:
    """The address that was typed or pasted. Raises ValidationError for what is none."""
    address = text.removeprefix("mailto:").strip("<>; ")
    try:
        validate_email(address)
    except ValidationError as error:
        raise ValidationError("That is not a whole e-mail address. Check it letter by letter.") from error
    return address


class PhoneField(LineField):
    """A telephone number, kept as +31612345678; without a country code it is one of `region` (as "NL")."""

    def __init__(self, *, region: str = phones.DEFAULT_REGION, **kwargs: Any) -> None:
        super().__init__(widget=forms.TextInput, attrs={"inputmode": "tel"}, **kwargs)
        self.region = region

    def meant(self, text: str) -> str:
        number = phone_of(text, self.region)
        if number is None:
            raise ValidationError("No telephone number is like that. Check it digit by digit.")
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def phone_of(text: str, region: str) -> phonenumbers.PhoneNumber | None:
    """The number that a text is, if there can be such a number."""
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    return number if phonenumbers.is_valid_number(number) and not number.extension else None


class WholeField(LineField):
    """A whole number, also below zero; "5,000" and "5 000" are 5000."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(attrs={"inputmode": "numeric"}, **kwargs)

    def meant(self, text: str) -> int:
        plain = text.replace("−", "-")
        digits = plain.removeprefix("-").removeprefix("+")
        if amounts.WHOLE.fullmatch(digits) is None:
            raise ValidationError("Type a whole number, for example 12.")
        bare = re.sub(r"[^0-9]", "", digits).lstrip("0") or "0"
        if len(bare) > MOST_DIGITS or int(bare) > LARGEST:
            raise ValidationError("That number is too large. Check it digit by digit.")
        return -int(bare) if plain.startswith("-") else int(bare)


class DecimalField(LineField):
    """A number with a fraction, after a point or a comma. What may be read in two ways is asked again."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(attrs={"inputmode": "decimal"}, **kwargs)

    def meant(self, text: str) -> int | float:
        plain = text.replace("−", "-").replace("\u00a0", "")
        if EITHER.fullmatch(plain):
            joined, pointed = plain.replace(",", ""), plain.replace(",", ".")
            raise ValidationError(f"Is that {joined} or {pointed}? Write it that way.")
        found = DECIMAL.fullmatch(plain)
        if found is None or not (found["whole"] or found["part"]):
            raise ValidationError("Type a number, for example 12.5.")
        whole, part = found["whole"].lstrip("0"), (found["part"] or "").rstrip("0")
        if len(whole) + len(part) > MOST_DIGITS or int(whole or "0") > LARGEST:
            raise ValidationError("That number has too many digits. Check it digit by digit.")
        exact = Decimal(f"{found['sign']}{whole or '0'}.{part or '0'}")
        return int(exact) if exact == exact.to_integral_value() else float(exact)


class ColourField(LineField):
    """A colour as #1a2b3c."""

    def meant(self, text: str) -> str:
        found = COLOUR.fullmatch(text)
        if found is None:
            raise ValidationError("Write a colour as #1a2b3c.")
        return f"#{found[1].lower()}"


class PlateField(LineField):
    """A number plate of any country, in capitals; how its groups are parted is kept."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(attrs={"autocapitalize": "characters"}, **kwargs)

    def meant(self, text: str) -> str:
        if len(text) > 15 or PLATE.fullmatch(text) is None:
            raise ValidationError("A number plate has letters and digits, at most 15. Write it as on the car.")
        return text.upper()


class DayField(forms.DateField):
    """A day, answered as 2026-11-20. `earliest` and `latest` bound it; the words say what is wrong outside."""

    def __init__(self, *, earliest: date, latest: date, too_early: str, too_late: str, **kwargs: Any) -> None:
        super().__init__(
            required=False, widget=DayInput, input_formats=DAYS, error_messages={"invalid": NO_DAY}, **kwargs
        )
        self.earliest, self.latest = earliest, latest
        self.too_early, self.too_late = too_early, too_late

    def clean(self, value: Any) -> str | None:
        day: date | None = super().clean(value)
        if day is None:
            return None
        if day < self.earliest:
            raise ValidationError(self.too_early)
        if day > self.latest:
            raise ValidationError(self.too_late)
        return day.isoformat()


def any_day(**kwargs: Any) -> DayField:
    words = "Check the year."
    return DayField(earliest=date(1800, 1, 1), latest=date(2200, 12, 31), too_early=words, too_late=words, **kwargs)


def birthday(*, today: date, **kwargs: Any) -> DayField:
    """A day on which somebody alive may have been born."""
    return DayField(
        earliest=today - timedelta(days=round(OLDEST * 365.25)),
        latest=today,
        too_early=f"That is more than {OLDEST} years ago. Check the year.",
        too_late="That day is still to come. Check the year.",
        **kwargs,
    )


class ClockInput(forms.TimeInput):
    input_type = "time"

    def format_value(self, value: Any) -> str | None:
        return value if isinstance(value, str) else None


class ClockField(forms.TimeField):
    """A time of day, answered as 14:30."""

    def __init__(self, **kwargs: Any) -> None:
        words = {"invalid": "There is no such time. Write it as 14:30."}
        formats = ["%H:%M", "%H:%M:%S", "%H.%M"]
        super().__init__(required=False, widget=ClockInput, input_formats=formats, error_messages=words, **kwargs)

    def clean(self, value: Any) -> str | None:
        clock: time | None = super().clean(value)
        return None if clock is None else f"{clock:%H:%M:%S}" if clock.second else f"{clock:%H:%M}"


class MomentInput(forms.TextInput):
    input_type = "datetime-local"


class LocalField(forms.CharField):
    """A day and time as the shop's clock shows it; which moment it is, is for whoever knows the zone."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, widget=MomentInput, **kwargs)


class PickField(forms.ChoiceField):
    """One of the options, or none."""

    def __init__(self, *, options: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        words = {"invalid_choice": "That is not one of the options any more. Choose another one."}
        super().__init__(required=False, choices=[("", "Not set"), *options], error_messages=words, **kwargs)

    def clean(self, value: Any) -> str | None:
        chosen: str = super().clean(value)
        return chosen or None


class YesNoField(forms.ChoiceField):
    """Yes, no, or not set."""

    def __init__(self, **kwargs: Any) -> None:
        choices = [("true", "Yes"), ("false", "No"), ("", "Not set")]
        words = {"invalid_choice": "Choose one of the three."}
        super().__init__(required=False, choices=choices, widget=forms.RadioSelect, error_messages=words, **kwargs)

    def clean(self, value: Any) -> bool | None:
        return {"true": True, "false": False}.get(super().clean(value))


class ManyField(forms.MultipleChoiceField):
    """Any of the options."""

    def __init__(self, *, options: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        words = {"invalid_choice": "One of them is not an option any more. Choose again."}
        widget = forms.CheckboxSelectMultiple
        super().__init__(required=False, choices=options, widget=widget, error_messages=words, **kwargs)

    def clean(self, value: Any) -> list[str] | None:
        return list(super().clean(value)) or None


class WhichField(forms.ChoiceField):
    """Which of the two times of one night, when the clock goes back."""

    def __init__(self, **kwargs: Any) -> None:
        choices = [
            ("first", "The first time, before the clock goes back"),
            ("second", "The second time, an hour later"),
        ]
        words = {"invalid_choice": "Choose one of the two."}
        super().__init__(required=False, choices=choices, widget=forms.RadioSelect, error_messages=words, **kwargs)
