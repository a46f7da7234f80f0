"""What became of a definition whose answer was lost: the lists say it, for names are unique in them and stay."""

from __future__ import annotations

from typing import Any

from piggyadmin import piggy
from piggyadmin.catalogue.attributes.lists import LISTS, SELECTS, AttributeList
from piggyadmin.ledger import lateness
from piggyadmin.ledger.actions import Settlement
from piggyadmin.ledger.models import Act, ActDetail
from piggyadmin.piggy.payloads import AttributeDefinition


def resolve_create(act: Act) -> Settlement | None:
    """There was none of its name when it was sent, so one of its type and label is ours; else a person decides."""
    words, where, name = words_of(act), *_place(act)
    there = _definition(where, name)
    if there is None:
        return Settlement(_not_yet(act), {"there": False})
    same = (there.type, there.title) == (act.figures.get("type"), words.get("label"))
    return Settlement(True if same else None, {"there": True, "as_sent": same})


def resolve_update(act: Act) -> Settlement | None:
    """As it was wanted: done. As it was before: not done, or not yet. Anything else: a person decides."""
    words, where, name = words_of(act), *_place(act)
    if "wanted" not in words:
        return None  # erased
    there = _definition(where, name)
    if there is None:
        return Settlement(False, {"there": False}, code="gone")
    told = facts_of(there)
    if told == words["wanted"]:
        return Settlement(True, {"as_wanted": True})
    return Settlement(_not_yet(act) if told == words.get("before") else None, {"as_wanted": False})


def resolve_group(act: Act) -> Settlement | None:
    where, name = _place(act)
    if where.read_groups is None:
        return None
    there = any(group.name == name for group in where.read_groups(piggy.get_client()))
    return Settlement(True if there else _not_yet(act), {"there": there})


def facts_of(definition: AttributeDefinition) -> dict[str, Any]:
    """What can be changed of one, for comparing and for the ledger's words."""
    return {
        "label": definition.title,
        "description": definition.description or "",
        "options": [[each.value, each.label] for each in definition.options] if definition.type in SELECTS else [],
        "group": definition.group_title,
    }


def words_of(act: Act) -> dict[str, Any]:
    kept = ActDetail.objects.filter(act=act, event=None).first()
    return dict(kept.words) if kept else {}


def _place(act: Act) -> tuple[AttributeList, str]:
    key, _, name = act.target_id.partition("/")
    return LISTS[key], name


def _definition(where: AttributeList, name: str) -> AttributeDefinition | None:
    return next((each for each in where.read(piggy.get_client()) if each.name == name), None)


def _not_yet(act: Act) -> bool | None:
    """What "not so" means: nothing yet while it may still come, else that it was not done."""
    return None if lateness.may_still_come(act) else False
