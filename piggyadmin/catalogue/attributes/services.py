"""Attributes of every entity and their groups: read live, made and changed by acts. None can be deleted by a call."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import timezone

from contacts.editing.guards import nothing_sent
from piggyadmin import piggy
from piggyadmin.catalogue.attributes import actions, resolvers
from piggyadmin.catalogue.attributes.lists import ENTITIES, TRANSACTIONS, AttributeList, Wish
from piggyadmin.catalogue.listing import CatalogueList, holds
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.canonical import canonical
from piggyadmin.ledger.door import Target, begun_with, perform, was_begun
from piggyadmin.ledger.marks import MARK
from piggyadmin.ledger.models import Act
from piggyadmin.ledger.open_acts import sent_before, still_open
from piggyadmin.ledger.outcomes import Outcome
from piggyadmin.ledger.services import acts, acts_of
from piggyadmin.piggy.client import Piggy
from piggyadmin.piggy.errors import PiggyError, PiggyRejected
from piggyadmin.piggy.payloads import AttributeDefinition, AttributeGroupDefinition

ACTS_SHOWN = 8
ADDRESSABLE = re.compile(r"[A-Za-z0-9_]{1,64}")
EARLIER = "Nobody knows yet what became of an earlier try. Look at that first."
UNREAD = "It could not be read again. Nothing was changed."
CHANGED_MEANWHILE = "It was changed in the meantime. Look at it again, and change it then."


class NoAttribute(Exception):
    """There is none of this name."""


class NotChangeable(Exception):
    """Piggy's own, the dashboard's own, or in a list without such a call: the message says which."""


class NothingChanged(Exception):
    """What was typed is what is there."""


class NameTaken(Exception):
    """There is one of this name already."""


@dataclass(frozen=True, slots=True)
class Line:
    """One attribute in its list. `why_not` says why it cannot be changed; "" where it can.

    `group` is what people call its group, where that was read; else its name."""

    where: AttributeList
    definition: AttributeDefinition
    why_not: str
    group: str

    @property
    def is_ours(self) -> bool:
        return self.definition.name == MARK


@dataclass(frozen=True, slots=True)
class Section:
    """One list that was read, or the error in its place."""

    where: AttributeList
    lines: list[Line]
    error: PiggyError | None


@dataclass(frozen=True, slots=True)
class AttributesPage:
    """`groups` is None where the list has none, or where several lists are shown."""

    sections: list[Section]
    groups: list[AttributeGroupDefinition] | None
    groups_error: PiggyError | None
    read_at: datetime
    acts: list[Act]

    @property
    def lines(self) -> list[Line]:
        return [line for section in self.sections for line in section.lines]

    @property
    def is_unread(self) -> bool:
        return any(section.error for section in self.sections)


@dataclass(frozen=True, slots=True)
class Sight:
    definition: AttributeDefinition
    groups: list[AttributeGroupDefinition]
    read_at: datetime


def open_page(where: AttributeList | None, *, type: str = "", words: str = "") -> AttributesPage:
    """One list, or all of them (`where` is None), narrowed to a type and to what holds the words. All asked at once."""
    shown = [where] if where else [*ENTITIES, TRANSACTIONS]
    calls: dict[str, Callable[[Piggy], Any]] = {each.key: each.read for each in shown}
    if where and where.read_groups:
        calls["groups"] = where.read_groups
    answers = piggy.gather(calls, seconds=settings.PIGGY_TIMEOUT)
    groups = answers.get("groups")
    titles = {group.name: group.title for group in (groups.value or [] if groups else [])}
    sections = []
    for each in shown:
        answer = answers[each.key]
        lines = [
            Line(each, one, why_not(each, one), titles.get(one.group_title, one.group_title))
            for one in answer.value or []
            if (not type or one.type == type)
            and holds(words, one.name, one.label, one.description, one.group_title, *(o.label for o in one.options))
        ]
        sections.append(Section(each, lines, answer.error))
    done = acts().filter(target_kind__in=("attribute", "attribute_group"))
    return AttributesPage(
        sections=sections,
        groups=groups.value if groups else None,
        groups_error=groups.error if groups else None,
        read_at=timezone.now(),
        acts=list(done[:ACTS_SHOWN]),
    )


FILE = CatalogueList[Line](
    "attributes",
    (
        ("entity", lambda line: line.where.key),
        ("name", lambda line: line.definition.name),
        ("label", lambda line: line.definition.title),
        ("type", lambda line: line.definition.type),
        ("group", lambda line: line.definition.group_title),
        ("options", lambda line: "; ".join(f"{each.value} = {each.label}" for each in line.definition.options)),
        ("description", lambda line: line.definition.description),
        ("piggys_own", lambda line: bool(line.definition.is_piggy_defined)),
        ("read_only", lambda line: line.definition.is_read_only),
        ("created_at", lambda line: line.definition.created_at),
    ),
)


def why_not(where: AttributeList, definition: AttributeDefinition) -> str:
    """Why this attribute cannot be changed from here; "" where it can."""
    if definition.name == MARK:
        return "This dashboard’s own mark, by which lost answers are found again."
    if definition.is_piggy_defined:
        return "Piggy’s own."
    if where.update is None:
        return "Piggy has no call that changes it."
    if not ADDRESSABLE.fullmatch(definition.name) or (where.key == "promotion-older" and not definition.id):
        return "Its name cannot stand in an address. Change it in Piggy’s own dashboard."
    return ""


def groups_of(where: AttributeList) -> list[AttributeGroupDefinition]:
    """The groups to choose from. Raises PiggyError."""
    return where.read_groups(piggy.get_client()) if where.read_groups else []


def look(where: AttributeList, *, name: str) -> Sight:
    """One attribute with the groups of its list. Raises NoAttribute, NotChangeable, PiggyError."""
    calls: dict[str, Callable[[Piggy], Any]] = {"all": where.read}
    if where.read_groups:
        calls["groups"] = where.read_groups
    answers = piggy.gather(calls, seconds=settings.PIGGY_TIMEOUT)
    for answer in answers.values():
        if answer.error is not None:
            raise answer.error
    definitions: list[AttributeDefinition] = answers["all"].value or []
    found = next((each for each in definitions if each.name == name), None)
    if found is None:
        raise NoAttribute(name)
    if no := why_not(where, found):
        raise NotChangeable(no)
    groups: list[AttributeGroupDefinition] = (answers["groups"].value or []) if where.read_groups else []
    return Sight(found, groups, answers["all"].read_at)


def create(where: AttributeList, *, wish: Wish, actor: Actor, token: str) -> Outcome:
    """Make one, once for each form; its name and type stay for good. Raises NameTaken.

    Raises PiggyError when the list cannot be read: nothing was sent.
    """
    client, target = piggy.get_client(), Target("attribute", f"{where.key}/{wish.name}")
    if not was_begun(token) and any(each.name == wish.name for each in where.read(client)):
        raise NameTaken(wish.name)
    options = list(wish.options or ())

    def call(act: Act) -> AttributeDefinition:
        _insist_on_clear(act, target)
        return where.create(client, wish)

    return perform(
        actions.CREATE,
        by=actor,
        target=target,
        figures={"attribute": wish.name, "of": where.of, "type": wish.type, "options": len(options)},
        detail={
            "label": wish.label,
            "description": wish.description,
            "options": [dict(each) for each in options],
            "group": wish.group_name,
        },
        form_token=token,
        call=call,
    )


def update(
    where: AttributeList, *, before: AttributeDefinition, wish: Wish, seen: str, actor: Actor, token: str
) -> Outcome:
    """Give one another label, description, options or group. `seen` is the `fingerprint` of what the form showed.

    Raises NothingChanged.
    """
    client, target = piggy.get_client(), Target("attribute", f"{where.key}/{before.name}")
    was = resolvers.facts_of(before)
    wanted = {
        "label": wish.label,
        "description": wish.description or was["description"],
        "options": was["options"] if wish.options is None else [[o["value"], o["label"]] for o in wish.options],
        "group": wish.group_name or was["group"],
    }
    known = begun_with(token)
    if known is None and wanted == was:
        raise NothingChanged(before.name)
    earlier = resolvers.words_of(known) if known else {}

    def call(act: Act) -> AttributeDefinition:
        _insist_on_clear(act, target)
        with nothing_sent(UNREAD):
            there = _now(where, client, before)
        if there is None or fingerprint(there) != seen:
            raise PiggyRejected(CHANGED_MEANWHILE)
        assert where.update is not None
        return where.update(client, there, wish)

    return perform(
        actions.UPDATE,
        by=actor,
        target=target,
        figures={"attribute": before.name, "of": where.of, "fields": sorted(k for k in wanted if wanted[k] != was[k])}
        if known is None
        else known.figures,
        detail={"wanted": wanted, "before": earlier.get("before", was)},
        form_token=token,
        call=call,
    )


def create_group(where: AttributeList, *, name: str, label: str, actor: Actor, token: str) -> Outcome:
    """Make a group, once for each form; no call changes or deletes one. Raises NameTaken, PiggyError as above."""
    client, target = piggy.get_client(), Target("attribute_group", f"{where.key}/{name}")
    if not was_begun(token) and any(each.name == name for each in groups_of(where)):
        raise NameTaken(name)

    def call(act: Act) -> AttributeGroupDefinition:
        _insist_on_clear(act, target)
        assert where.create_group is not None
        return where.create_group(client, name, label)

    return perform(
        actions.GROUP,
        by=actor,
        target=target,
        figures={"group": name, "of": where.of},
        detail={"label": label},
        form_token=token,
        call=call,
    )


def _now(where: AttributeList, client: Piggy, before: AttributeDefinition) -> AttributeDefinition | None:
    """The attribute as it is now, right before it is changed."""
    if where.read_one is not None:
        return where.read_one(client, before)
    return next((each for each in where.read(client) if each.name == before.name), None)


def fingerprint(definition: AttributeDefinition) -> str:
    """What of one can be changed, in a few characters: whether it still is what a form showed."""
    return hashlib.sha256(canonical(resolvers.facts_of(definition)).encode()).hexdigest()[:24]


def _insist_on_clear(act: Act, target: Target) -> None:
    if sent_before(act, still_open(acts_of(target=target))):
        raise PiggyRejected(EARLIER)
