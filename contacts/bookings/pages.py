"""How a booking's form is laid out: each field with how its value is known, and the choices after a clash."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.forms import BoundField

from contacts.bookings import fields
from contacts.bookings.forms import BookingForm, EditForm
from contacts.bookings.known import Fact
from contacts.bookings.services import Difference, Sight
from contacts.timed.fields import moment_shown
from piggyadmin.ledger.door import form_token
from piggyadmin.ledger.outcomes import Outcome
from piggyadmin.moments import NotAMoment, typed_local
from piggyadmin.piggy.errors import PiggyRejected
from piggyadmin.templatetags.words import moment_words

NOT_KNOWN = "Not known here; empty leaves it as it is."


@dataclass(frozen=True, slots=True)
class Clash:
    """Two values for one field: somebody else's, saved meanwhile, and what this person typed."""

    name: str
    label: str
    theirs: str
    who: str
    mine: str
    was: str
    text: str  # what was typed, to be sent again
    fold: str
    pick: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """One field of the page: the field itself, which of two equal times it is, or the choice between two values."""

    field: BoundField
    fold: BoundField | None = None
    clash: Clash | None = None


def parts(form: BookingForm, clashes: Iterable[Clash] = ()) -> list[Part]:
    by_name = {clash.name: clash for clash in clashes}
    return [
        Part(
            form[name],
            fold=form[f"{name}_fold"] if form.asks_fold(name) else None,
            clash=by_name.get(name),
        )
        for name in fields.NAMES
        if name in form.fields
    ]


def hint(form: BookingForm, facts: Mapping[str, Fact]) -> None:
    """Say under each field how its value is known."""
    for name in fields.NAMES:
        fact = facts.get(name)
        form.fields[name].help_text = f"{capital(fact.words)}, {moment_words(fact.at)}." if fact else NOT_KNOWN


def after_clash(form: EditForm, sight: Sight, differences: Iterable[Difference]) -> tuple[EditForm, list[Clash]]:
    """A new form on the booking as it is now, with what this person typed, and a choice for each contested field."""
    contested = [one.name for one in differences if one.contested]
    initial: dict[str, Any] = {"version": sight.version}
    for name in fields.NAMES:
        if name not in form.untouched:
            initial |= {name: form.data.get(name, ""), f"{name}_fold": form.data.get(f"{name}_fold", "")}
    initial["clash"] = json.dumps({name: form.base_texts.get(name, "") for name in contested})
    fresh = EditForm(zone=sight.zone, values=sight.values, initial=initial)
    return fresh, [_clash(name, sight, form.data, form.base_texts.get(name, "")) for name in contested]


def clashes_again(form: EditForm, sight: Sight) -> list[Clash]:
    """The choices once more, for a form that came back with something missing."""
    return [
        _clash(
            name,
            sight,
            form.typed,
            form.was[name],
            pick=pick,
            error=" ".join(str(error) for error in form.errors.get(name, [])),
        )
        for name, pick in form.picked.items()
    ]


def told(one: Difference, sight: Sight) -> dict[str, str]:
    """A field that only somebody else changed: label, its value now, and who."""
    who = f"{one.fact.words}, {moment_words(one.fact.at, seconds=True)}" if one.fact else ""
    return {"label": one.label, "theirs": fields.shown(one.name, one.theirs, sight.zone), "who": who}


def renewed(form: BookingForm, outcome: Outcome) -> None:
    """A form that comes back after a refusal: a token of its own, for the old one leads to that refusal.

    What Piggy said of single fields stands beside them.
    """
    form.data = {**{name: form.data.get(name, "") for name in form.data}, "form_token": form_token()}
    for name in outcome.error.fields if isinstance(outcome.error, PiggyRejected) else ():
        if name in fields.NAMES:
            form.add_error(name, "Piggy does not take this. Change it, or leave it as it was.")


def _clash(name: str, sight: Sight, typed: Mapping[str, Any], was: str, **more: str) -> Clash:
    fact, text = sight.facts.get(name), str(typed.get(name, ""))
    return Clash(
        name=name,
        label=fields.LABELS[name],
        theirs=fields.shown(name, sight.values.get(name), sight.zone),
        who=f"{fact.words}, {moment_words(fact.at, seconds=True)}" if fact else "",
        mine=text_shown(name, text, sight.zone),
        was=text_shown(name, was, sight.zone),
        text=text,
        fold=str(typed.get(f"{name}_fold", "")),
        **more,
    )


def text_shown(name: str, text: str, zone: ZoneInfo) -> str:
    """What was typed, as a page says it."""
    if not text.strip():
        return "nothing"
    if name in fields.MOMENTS:
        try:
            return moment_shown(typed_local(text).replace(tzinfo=zone), zone)
        except NotAMoment:
            return text
    return f"€ {text}" if name == "prepaid_amount" else text


def capital(words: str) -> str:
    return words[:1].upper() + words[1:]
