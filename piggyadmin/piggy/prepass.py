"""One pass over Piggy's JSON before msgspec reads it: what msgspec alone would refuse, made what it means.

Piggy's answers are PHP's: an empty object is `[]`, a missing number is `""` or `"12"`, a date is written in five ways,
an id is sometimes a number. The pass is driven by the types of the struct that is wanted, so nothing is guessed about
keys that nobody reads, and each rule stands in one function here. What fits no rule is left as it is, for msgspec to
refuse. `decode` never raises anything but `MisfitError`.
"""

import re
import threading
from collections.abc import Callable, Hashable, Mapping
from datetime import UTC, datetime, timedelta, timezone
from functools import cache, lru_cache
from typing import Any, TypeVar, cast
from zoneinfo import ZoneInfo

import msgspec
from msgspec import inspect

T = TypeVar("T")
Fit = Callable[[Any], Any]

DUTCH = ZoneInfo("Europe/Amsterdam")
WHOLE = re.compile(r"[+-]?\d{1,18}(\.0{1,6})?", re.ASCII)
NUMBER = re.compile(r"[+-]?\d{1,18}(\.\d{1,18})?", re.ASCII)
TRUE, FALSE = frozenset({"true", "1"}), frozenset({"false", "0"})
DATE = re.compile(
    r"(?P<day>\d{4}-\d\d-\d\d)"
    r"(?:(?P<between>T|t| |, )(?P<clock>\d\d:\d\d(?::\d\d)?)(?:\.(?P<fraction>\d{1,9}))?"
    r"(?P<offset>Z|z|[+-]\d\d:?\d\d)?)?",
    re.ASCII,
)
ZONE = re.compile(r"[A-Za-z]+(?:[/_+-][A-Za-z0-9_+-]+)*")


class MisfitError(ValueError):
    """An answer that does not fit; the text names the place and the type, never a value."""


def decode(data: Any, shape: type[T]) -> T:
    """`data` (decoded JSON) as `shape`, a msgspec Struct, a union of tagged ones, or a list of either."""
    try:
        return msgspec.convert(fitter(cast(Hashable, shape))(data), shape)
    except (msgspec.MsgspecError, RecursionError) as exc:
        raise MisfitError(str(exc)) from exc


@cache
def fitter(shape: Hashable) -> Fit:
    """The pass for one type, made once.

    With it msgspec learns the type, one at a time: its structs keep what it found out about their fields, already
    while it is finding out, and a second thread that meets such a half of one takes the whole process down (0.22).
    """
    with _learning:
        msgspec.json.Decoder(shape)
    return _fitter(inspect.type_info(shape))


_learning = threading.Lock()


def _fitter(kind: inspect.Type) -> Fit:
    if isinstance(kind, inspect.UnionType):
        return _union_fitter(kind)
    if isinstance(kind, inspect.StructType):
        return _struct_fitter(kind)
    if isinstance(kind, inspect.ListType | inspect.VarTupleType):
        return _list_fitter(kind.item_type)
    for known, fit in SIMPLE.items():
        if isinstance(kind, known):
            return fit
    return _as_it_is


def _union_fitter(kind: inspect.UnionType) -> Fit:
    """`X | None` is read as X; a union of tagged structs by the tag. Other unions are left to msgspec."""
    members = [member for member in kind.types if not isinstance(member, inspect.NoneType)]
    if len(members) == 1:
        return _fitter(members[0])
    by_tag = {member.tag: _struct_fitter(member) for member in members if isinstance(member, inspect.StructType)}
    tag_field = next((m.tag_field for m in members if isinstance(m, inspect.StructType)), None)

    def fit(value: Any) -> Any:
        tag = value.get(tag_field) if isinstance(value, dict) else None
        chosen = by_tag.get(tag) if isinstance(tag, str) else None
        return chosen(value) if chosen else value

    return fit


def _struct_fitter(kind: inspect.StructType) -> Fit:
    """A struct: `[]` and `""` are nothing; null for a field that has a default is that default.

    A struct with a field `extra` gets the keys it has no field for in there: Piggy inlines custom attributes as
    top-level keys. A struct whose object comes in several shapes has a `tidied` of its own, which makes them one first.
    """
    fields = [(field.encode_name, _fitter(field.type), _takes_none(field.type)) for field in kind.fields]
    names = {name for name, _, _ in fields}
    collects = "extra" in names
    tag_field, tag = kind.tag_field, kind.tag
    tidied: Callable[[Any], Any] = getattr(kind.cls, "tidied", _as_it_is)

    def fit(value: Any) -> Any:
        if value == [] or value == "":
            return None
        if not isinstance(value, dict):
            return value
        value = tidied(value)
        fitted: dict[str, Any] = {tag_field: tag} if tag_field else {}
        for name, fit_field, takes_none in fields:
            if name in value:
                got = fit_field(value[name])
                if got is not None or takes_none:
                    fitted[name] = got
        if collects:
            fitted["extra"] = {key: value[key] for key in value if key not in names and key != tag_field}
        return fitted

    return fit


def _list_fitter(item: inspect.Type) -> Fit:
    """A list: null, `""` and `{}` are empty. Items of a tagged union whose tag is new to us are left out."""
    fit_item = _fitter(item)
    members = item.types if isinstance(item, inspect.UnionType) else ()
    tags = {member.tag for member in members if isinstance(member, inspect.StructType)}
    tag_field = next((m.tag_field for m in members if isinstance(m, inspect.StructType)), None)

    def known(value: Any) -> bool:
        tag = value.get(tag_field) if isinstance(value, dict) else None
        return not isinstance(tag, str) or tag in tags

    def fit(value: Any) -> Any:
        if value is None or value in ("", {}):
            return []
        if not isinstance(value, list):
            return value
        return [fit_item(each) for each in value if not tags or known(each)]

    return fit


def _takes_none(kind: inspect.Type) -> bool:
    if isinstance(kind, inspect.UnionType):
        return any(isinstance(member, inspect.NoneType) for member in kind.types)
    return isinstance(kind, inspect.AnyType)


# The rules for single values ---------------------------------------------------------------------------------------


def whole_number(value: Any) -> Any:
    """`"12"`, `12.0` and `"12.00"` are 12; `""` is none. `"12.50"` is left: cents are never rounded by us."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str):
        text = value.strip()
        if text == "":
            return None
        if WHOLE.fullmatch(text):
            return int(text.partition(".")[0])
    return value


def number(value: Any) -> Any:
    """`"12.5"` is 12.5; `""` is none."""
    if isinstance(value, str):
        text = value.strip()
        if text == "":
            return None
        if NUMBER.fullmatch(text):
            return float(text)
    return value


def truth(value: Any) -> Any:
    """`"True"`, `"1"` and 1 are true, `"False"`, `"0"` and 0 false; `""` is none."""
    if isinstance(value, int) and value in (0, 1):
        return bool(value)
    if isinstance(value, str):
        text = value.strip().lower()
        if text == "":
            return None
        if text in TRUE or text in FALSE:
            return text in TRUE
    return value


def words(value: Any) -> Any:
    """A number where text is meant is its digits: ids come as 123 and as "123"."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return value


def mapping(value: Any) -> Any:
    """An empty object, which PHP writes `[]`; null and `""` too."""
    return {} if value is None or value in ("", []) else value


def moment(value: Any) -> Any:
    """A date as an aware datetime in UTC.

    `2026-05-01T20:00:00+00:00`, the same with a blank, with `Z`, with microseconds; without an offset it is UTC, as
    Piggy stores it; `2026-05-01, 20:00` is Dutch local time (voucher batches); `{"date", "timezone_type", "timezone"}`
    is PHP's own date. `""` is none.
    """
    if isinstance(value, Mapping) and isinstance(value.get("date"), str):
        return _moment(value["date"], zone=_zone(value.get("timezone")))
    if isinstance(value, str):
        return _moment(value, zone=UTC) if value.strip() else None
    if value is None:
        return None
    raise MisfitError(f"Expected a date, got {type(value).__name__}")


@lru_cache(maxsize=4096)  # a page of contacts asks for each of its dates several times
def _moment(text: str, *, zone: Any) -> datetime:
    found = DATE.fullmatch(text.strip())
    if not found:
        raise MisfitError("Expected a date, got other text")
    local = DUTCH if found["between"] == ", " else zone
    try:
        plain = datetime.fromisoformat(f"{found['day']}T{found['clock'] or '00:00'}")
        plain += timedelta(microseconds=int((found["fraction"] or "0").ljust(6, "0")[:6]))
        return plain.replace(tzinfo=_offset(found["offset"]) or local).astimezone(UTC)
    except (ValueError, OverflowError) as exc:
        raise MisfitError("Expected a date, got one that does not exist") from exc


def _offset(text: str | None) -> timezone | None:
    if not text:
        return None
    if text in "Zz":
        return UTC
    minutes = int(text[1:3]) * 60 + int(text[-2:])
    return timezone(timedelta(minutes=-minutes if text[0] == "-" else minutes))


def _zone(name: Any) -> Any:
    """PHP's three kinds of zone: "+02:00", an abbreviation such as "UTC", a name such as "Europe/Amsterdam"."""
    text = name if isinstance(name, str) else ""
    try:
        if re.fullmatch(r"[+-][0-9]{2}:[0-9]{2}", text):
            return _offset(text)
        if ZONE.fullmatch(text):
            return ZoneInfo("UTC" if text == "Z" else text)
    except (KeyError, ValueError, OSError) as exc:
        raise MisfitError("Expected a time zone, got an unknown one") from exc
    raise MisfitError("Expected a time zone, got none")


def _as_it_is(value: Any) -> Any:
    return value


SIMPLE: dict[type[inspect.Type], Fit] = {
    inspect.IntType: whole_number,
    inspect.FloatType: number,
    inspect.BoolType: truth,
    inspect.StrType: words,
    inspect.DateTimeType: moment,
    inspect.DictType: mapping,
}
