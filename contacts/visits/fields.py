"""The fields of a visit: their names at Piggy, ours in words, and their values as text, as JSON and as shown."""

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from contacts.timed.fields import as_json, fold_text, moment_shown
from piggyadmin.ledger.models import Act
from piggyadmin.moments import local_text
from piggyadmin.piggy.payloads import Visit

MOMENTS = ("starts_at", "ends_at")
LABELS = {
    "starts_at": "Came",
    "ends_at": "Left",
    "source": "Source",
    "external_id": "Code elsewhere",
}
"""Every field that can be changed, in the order of the page."""

NAMES = tuple(LABELS)


def values_of(visit: Visit) -> dict[str, Any]:
    return {name: getattr(visit, name) for name in NAMES}


def texts_of(values: Mapping[str, Any], zone: ZoneInfo) -> dict[str, str]:
    """All fields as the form shows them; `..._fold` is "0" or "1" for one of two equal times of one night."""
    texts = {name: local_text(at, zone) if (at := values.get(name)) else "" for name in MOMENTS}
    texts |= {f"{name}_fold": fold_text(values.get(name), zone) for name in MOMENTS}
    return texts | {name: values.get(name) or "" for name in ("source", "external_id")}


def shown(name: str, value: Any, zone: ZoneInfo) -> str:
    """A value in words, for a page; "nothing" for none."""
    if value in (None, ""):
        return "nothing"
    return moment_shown(value, zone) if name in MOMENTS else str(value)


def in_words(names: Any) -> str:
    """ "came, code elsewhere": the fields for a sentence, in the order of the page."""
    return ", ".join(LABELS[name].lower() for name in NAMES if name in set(names))


def detail_of(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """The old and new values of an act, as its detail keeps them."""
    return {
        name: {
            **({"before": as_json(before[name])} if name in before else {}),
            "after": as_json(after[name]),
        }
        for name in NAMES
        if name in after
    }


def sent_by(act: Act) -> dict[str, dict[str, Any]]:
    """What `detail_of` kept with an act; {} once its words are erased."""
    kept = act.details.filter(event=None).first()
    words = kept.words if kept else {}
    return {name: words[name] for name in NAMES if name in words}


def stands(visit: Visit, name: str, kept: Any) -> bool:
    """Whether this field of the visit is what an act kept as text. Piggy keeps whole seconds."""
    value = getattr(visit, name)
    if value is None or kept is None:
        return value in (None, "") and kept in (None, "")
    if name in MOMENTS:
        return bool(as_json(value.replace(microsecond=0)) == kept)
    return bool(value == kept)
