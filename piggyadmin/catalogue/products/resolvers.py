"""What became of a write to a product or a category whose answer was lost: Piggy finds each by its identifier."""

from __future__ import annotations

from typing import Any

from piggyadmin import piggy
from piggyadmin.catalogue.products.sorts import SORTS, Item, Sort, item_of
from piggyadmin.ledger import lateness
from piggyadmin.ledger.actions import Settlement
from piggyadmin.ledger.models import Act, ActDetail
from piggyadmin.piggy.client import Piggy
from piggyadmin.piggy.errors import PiggyNotFound


def resolve_create(act: Act) -> Settlement | None:
    """There was none of this identifier when it was sent. One that is called otherwise may be somebody else's."""
    words = words_of(act)
    if not words.get("identifier"):
        return None  # erased
    there = find(piggy.get_client(), sort_of(act), str(words["identifier"]))
    if there is None:
        return Settlement(_not_yet(act), {"there": False})
    same = there.name == words.get("name")
    reading = {"there": True, "called_as_sent": same}
    return Settlement(True if same else None, reading, {f"{act.target_kind}_uuid": there.uuid})


def resolve_find_or_create(act: Act) -> Settlement | None:
    """It is there now: that is all that was wanted. Whether it was before, the act itself tells."""
    words = words_of(act)
    if not words.get("identifier"):
        return None  # erased
    there = find(piggy.get_client(), sort_of(act), str(words["identifier"]))
    if there is None:
        return Settlement(_not_yet(act), {"there": False})
    figures = {f"{act.target_kind}_uuid": there.uuid, "how": how(was_there=bool(act.figures.get("was_there")))}
    return Settlement(True, {"there": True}, figures)


def resolve_change(act: Act) -> Settlement | None:
    """As it was wanted: done. As it was before: not done, or not yet. Anything else: a person decides."""
    words = words_of(act)
    if "wanted" not in words:
        return None  # erased
    there = _get(act)
    if there is None:
        return Settlement(False, {"there": False}, code="gone")
    told = facts_of(there)
    if told == words["wanted"]:
        return Settlement(True, {"as_wanted": True})
    if told == words.get("before"):
        return Settlement(_not_yet(act), {"as_wanted": False, "as_before": True})
    return Settlement(None, {"as_wanted": False, "as_before": False})


def resolve_delete(act: Act) -> Settlement:
    there = _get(act)
    return Settlement(True if there is None else _not_yet(act), {"there": there is not None})


def how(*, was_there: bool) -> str:
    return "found: it was there already" if was_there else "made: there was none"


def facts_of(item: Item) -> dict[str, Any]:
    """What can be changed of one, for comparing and for the ledger's words."""
    return {"name": item.name, "description": item.description, "categories": item.category_uuids}


def words_of(act: Act) -> dict[str, Any]:
    """What an act keeps beside the chain: identifiers and names."""
    kept = ActDetail.objects.filter(act=act, event=None).first()
    return dict(kept.words) if kept else {}


def sort_of(act: Act) -> Sort:
    return SORTS[act.target_kind]


def find(client: Piggy, sort: Sort, identifier: str) -> Item | None:
    """The one with this identifier. Raises PiggyError, but not for its absence."""
    try:
        return item_of(sort.find(client, identifier))
    except PiggyNotFound:
        return None


def _get(act: Act) -> Item | None:
    sort = sort_of(act)
    try:
        return item_of(sort.get(piggy.get_client(), act.target_id))
    except PiggyNotFound:
        return None


def _not_yet(act: Act) -> bool | None:
    """What "not so" means: nothing yet while it may still come, else that it was not done."""
    return None if lateness.may_still_come(act) else False
