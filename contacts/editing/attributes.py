"""What each type of attribute holds: how its value is shown, typed, compared and sent.

Piggy names 21 types and hardly says what is in them. A value whose shape we do not read (`values.Misread`) is shown
as it came and never touched. The value of an attribute is JSON's: text, number, truth, list, object or None.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import Any
from zoneinfo import ZoneInfo

import phonenumbers
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from contacts.editing import controls, values
from piggyadmin import moments, phones
from piggyadmin.piggy.payloads import AttributeDefinition

Texts = dict[str, Any]  # what stands in an attribute's controls, by their suffix: {"": "Sanne"}


@dataclass(frozen=True, slots=True)
class Place:
    """Where it is typed: the zone of its times, and the country ("NL") of telephone numbers without one."""

    zone: ZoneInfo
    region: str

    @property
    def today(self) -> date:
        return timezone.localtime(timezone=self.zone).date()


def place_of(time_zone: str) -> Place:
    return Place(ZoneInfo(time_zone), phones.region_of(time_zone))


class Kind:
    """One line of text, and what the other types have in common."""

    why_not = ""  # why it cannot be written here, a sentence

    def texts(self, value: Any, place: Place) -> Texts:
        """What the controls show for a value. Raises Misread."""
        return {"": self.text(value, place)}

    def text(self, value: Any, place: Place) -> str:
        return "" if value is None else values.line(value)

    def fields(self, about: AttributeDefinition, value: Any, place: Place) -> dict[str, forms.Field]:
        return {"": self.control(about, value, place)}

    def control(self, about: AttributeDefinition, value: Any, place: Place) -> forms.Field:
        return controls.LineField()

    def joined(self, cleaned: Mapping[str, Any], place: Place) -> Any:
        """The value that the cleaned controls stand for. Raises ValidationError, a dict by suffix."""
        return cleaned[""]

    def to_send(self, new: Any, old: Any) -> Any:
        """`new` as it is sent where `old` stands."""
        return new

    def normal(self, value: Any, place: Place) -> Any:
        """What two values share that are the same. Raises Misread."""
        return self.texts(value, place)

    def told(self, value: Any, about: AttributeDefinition, place: Place) -> str:
        """A value for reading; "" for none."""
        try:
            return ", ".join(str(text) for text in self.texts(value, place).values() if text)
        except values.Misread:
            return values.as_it_came(value)

    def same(self, one: Any, other: Any, place: Place) -> bool:
        try:
            return bool(self.normal(one, place) == self.normal(other, place))
        except values.Misread:
            return bool(one == other)


class Control(Kind):
    """A type that differs in its control alone."""

    def __init__(self, make: Callable[[], forms.Field]) -> None:
        self.make = make

    def control(self, about: AttributeDefinition, value: Any, place: Place) -> forms.Field:
        return self.make()


class Lines(Control):
    def text(self, value: Any, place: Place) -> str:
        if value is None:
            return ""
        if not isinstance(value, str):
            raise values.Misread
        text = controls.plain_lines(value)
        if values.is_odd(text.translate(controls.LINES)):
            raise values.Misread
        return text


class Phone(Kind):
    """Shown as people here write it; a number that is none is shown as it stands."""

    def text(self, value: Any, place: Place) -> str:
        text = super().text(value, place)
        number = controls.phone_of(text, place.region) if text else None
        if number is None:
            return text
        here = phonenumbers.region_code_for_number(number) == place.region
        form = phonenumbers.PhoneNumberFormat.NATIONAL if here else phonenumbers.PhoneNumberFormat.INTERNATIONAL
        return phonenumbers.format_number(number, form)

    def control(self, about: AttributeDefinition, value: Any, place: Place) -> forms.Field:
        return controls.PhoneField(region=place.region)


class Number(Control):
    def text(self, value: Any, place: Place) -> str:
        if value is None or value == "":
            return ""
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            raise values.Misread
        if isinstance(value, str):
            try:
                value = float(value) if "." in value else int(value)
            except ValueError as error:
                raise values.Misread from error
        if isinstance(value, float):
            if value.is_integer():
                return str(int(value)) if abs(value) < 1e15 else values.misread()
            text = repr(value)
            return text if "e" not in text and "n" not in text else values.misread()
        return str(value)


class Colour(Control):
    def normal(self, value: Any, place: Place) -> Any:
        digits = self.text(value, place).lower().lstrip("#")
        return "".join(2 * digit for digit in digits) if len(digits) == 3 else digits


class Day(Kind):
    def text(self, value: Any, place: Place) -> str:
        return values.day_text(value)

    def control(self, about: AttributeDefinition, value: Any, place: Place) -> forms.Field:
        return controls.any_day()

    def told(self, value: Any, about: AttributeDefinition, place: Place) -> str:
        try:
            return values.day_words(self.text(value, place))
        except values.Misread:
            return values.as_it_came(value)


class BirthDay(Day):
    def control(self, about: AttributeDefinition, value: Any, place: Place) -> forms.Field:
        return controls.birthday(today=place.today)


class YesNo(Kind):
    def text(self, value: Any, place: Place) -> str:
        if value is None or value == "":
            return ""
        known = {"true": "true", "1": "true", "false": "false", "0": "false"}
        found = known.get(str(value).lower()) if isinstance(value, bool | int | str) else None
        return found or values.misread()

    def control(self, about: AttributeDefinition, value: Any, place: Place) -> forms.Field:
        return controls.YesNoField()

    def told(self, value: Any, about: AttributeDefinition, place: Place) -> str:
        return {"true": "yes", "false": "no"}.get(told := super().told(value, about, place), told)


class Moment(Kind):
    """A moment, shown on the clock of the shop. Where the clock shows it twice, a second control says which."""

    def texts(self, value: Any, place: Place) -> Texts:
        if value is None or value == "":
            return {"": "", "_which": ""}
        at = values.moment(value)
        try:
            text = moments.local_text(at, place.zone)
            return {"": text, "_which": values.which_time(text, at, place.zone)}
        except OverflowError as error:
            raise values.Misread from error

    def fields(self, about: AttributeDefinition, value: Any, place: Place) -> dict[str, forms.Field]:
        return {"": controls.LocalField(), "_which": controls.WhichField()}

    def joined(self, cleaned: Mapping[str, Any], place: Place) -> str | None:
        text, which = cleaned[""], cleaned.get("_which")
        if not text:
            return None
        try:
            local = moments.typed_local(text)
            at = moments.moment_of(local, place.zone, second=which == "second" if which else None)
        except moments.Twice as twice:
            raise ValidationError({"_which": str(twice)}) from twice
        except moments.NotAMoment as error:
            raise ValidationError({"": str(error)}) from error
        return at.astimezone(place.zone).isoformat(timespec="seconds")

    def normal(self, value: Any, place: Place) -> Any:
        return None if value is None or value == "" else values.moment(value)

    def told(self, value: Any, about: AttributeDefinition, place: Place) -> str:
        try:
            text = str(self.texts(value, place)[""])
            return f"{values.day_words(text[:10])}, {text[11:]}" if text else ""
        except values.Misread:
            return values.as_it_came(value)


class Select(Kind):
    def text(self, value: Any, place: Place) -> str:
        return "" if value is None or value == "" else values.option(value)

    def control(self, about: AttributeDefinition, value: Any, place: Place) -> forms.Field:
        return controls.PickField(options=values.options_of(about, [self.text(value, place)]))

    def told(self, value: Any, about: AttributeDefinition, place: Place) -> str:
        try:
            return values.label_of(about, self.text(value, place))
        except values.Misread:
            return values.as_it_came(value)


class MultiSelect(Kind):
    def texts(self, value: Any, place: Place) -> Texts:
        if value is None or value == "":
            return {"": []}
        if not isinstance(value, list):
            raise values.Misread
        return {"": sorted({values.option(item) for item in value})}

    def control(self, about: AttributeDefinition, value: Any, place: Place) -> forms.Field:
        return controls.ManyField(options=values.options_of(about, self.texts(value, place)[""]))

    def told(self, value: Any, about: AttributeDefinition, place: Place) -> str:
        try:
            return ", ".join(values.label_of(about, item) for item in self.texts(value, place)[""])
        except values.Misread:
            return values.as_it_came(value)


class Range(Kind):
    """Two ends. No page of Piggy's shows one: whatever shape the present value has is kept, else a text is sent."""

    ends_early = ""

    def end(self, value: Any) -> str:
        """One end as its control shows it. Raises Misread."""
        raise NotImplementedError

    def end_control(self) -> forms.Field:
        raise NotImplementedError

    def texts(self, value: Any, place: Place) -> Texts:
        if value in (None, "", [], {}):
            return {"_from": "", "_to": ""}
        first, last = (self.end(part) for part in values.ends_of(value))
        return {"_from": first, "_to": last}

    def fields(self, about: AttributeDefinition, value: Any, place: Place) -> dict[str, forms.Field]:
        return {"_from": self.end_control(), "_to": self.end_control()}

    def joined(self, cleaned: Mapping[str, Any], place: Place) -> str | None:
        first, last = cleaned["_from"], cleaned["_to"]
        if not first and not last:
            return None
        if not first or not last:
            missing = "_to" if first else "_from"
            raise ValidationError({missing: "Fill in both ends, or neither."})
        if last < first:
            raise ValidationError({"_to": self.ends_early})
        return f"{first} - {last}"

    def to_send(self, new: Any, old: Any) -> Any:
        if new is None or isinstance(old, str) or not old:
            return new
        first, last = new.split(" - ")
        return dict(zip(old, (first, last), strict=True)) if isinstance(old, dict) else [first, last]

    def told(self, value: Any, about: AttributeDefinition, place: Place) -> str:
        try:
            ends = self.texts(value, place)
        except values.Misread:
            return values.as_it_came(value)
        return f"{self.words(ends['_from'])} to {self.words(ends['_to'])}" if ends["_from"] else ""

    def words(self, end: str) -> str:
        return end


class DayRange(Range):
    ends_early = "It ends before it begins. Check both days."

    def end(self, value: Any) -> str:
        return values.day_text(value) or values.misread()

    def end_control(self) -> forms.Field:
        return controls.any_day()

    def words(self, end: str) -> str:
        return values.day_words(end)


class ClockRange(Range):
    ends_early = "It ends before it begins. A range cannot go past midnight."

    def end(self, value: Any) -> str:
        try:
            clock = time.fromisoformat(value.strip())
        except (AttributeError, ValueError) as error:
            raise values.Misread from error
        return f"{clock:%H:%M:%S}" if clock.second else f"{clock:%H:%M}"

    def end_control(self) -> forms.Field:
        return controls.ClockField()


class ReadOnly(Kind):
    def __init__(self, why_not: str) -> None:
        self.why_not = why_not


FILE = "A file cannot be sent from here. Do it in Piggy’s own dashboard."
KINDS: dict[str, Kind] = {
    "url": Control(controls.AddressField),
    "text": Kind(),
    "date": Day(),
    "phone": Phone(),
    "float": Number(controls.DecimalField),
    "color": Colour(controls.ColourField),
    "email": Control(controls.MailField),
    "number": Number(controls.WholeField),
    "select": Select(),
    "boolean": YesNo(),
    "rich_text": Lines(controls.LongField),
    "date_time": Moment(),
    "long_text": Lines(controls.LongField),
    "date_range": DayRange(),
    "time_range": ClockRange(),
    "identifier": ReadOnly(
        "Piggy may look customers up by this number, so it is not typed by hand. Link a card instead."
    ),
    "birth_date": BirthDay(),
    "file_upload": ReadOnly(FILE),
    "media_upload": ReadOnly(FILE),
    "multi_select": MultiSelect(),
    "license_plate": Control(controls.PlateField),
}


def kind_of(name: str) -> Kind:
    """The type of this name. One that Piggy has added since is shown and not written."""
    return KINDS.get(name) or ReadOnly("This dashboard does not know this type of attribute yet.")
