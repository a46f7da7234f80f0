"""Find out what became of a change to perks or units whose answer was lost: Piggy's lists of them say it."""

from piggyadmin import piggy
from piggyadmin.ledger import lateness
from piggyadmin.ledger.actions import Settlement
from piggyadmin.ledger.models import Act, ActDetail
from piggyadmin.piggy.errors import PiggyNotFound


def resolve_create_perk(act: Act) -> Settlement | None:
    """There was none of its name when it was sent, so one that has it now is ours; with two, a person decides."""
    wanted = _kept(act, "perk_name")
    if not wanted:
        return None  # its name was erased
    found = [each.uuid for each in piggy.get_client().list_perks() if each.name == wanted]
    reading = {"perks of this name": len(found)}
    if len(found) == 1:
        return Settlement(True, reading, {"perk_uuid": found[0]})
    return Settlement(None if found else _not_yet(act), reading)


def resolve_rename_perk(act: Act) -> Settlement | None:
    """Whether it has the label that was sent, or still the one of before. Any other label: a person decides."""
    wanted, before = _kept(act, "label"), _kept(act, "label_before")
    if not wanted:
        return None
    try:
        label = piggy.get_client().get_perk(perk_uuid=act.target_id).label or ""
    except PiggyNotFound:
        return Settlement(None, {"perk": "gone"})
    if label == wanted:
        return Settlement(True, {"label": "the new one"})
    if label == before:
        return Settlement(_not_yet(act), {"label": "the one of before"})
    return Settlement(None, {"label": "another one"})


def resolve_delete_perk(act: Act) -> Settlement:
    found = any(each.uuid == act.target_id for each in piggy.get_client().list_perks())
    return Settlement(_not_yet(act) if found else True, {"perk": "there" if found else "gone"})


def resolve_create_unit(act: Act) -> Settlement:
    """A unit is known by its name, which nobody can change; there was none of it when it was sent."""
    found = any(each.name == act.target_id for each in piggy.get_client().list_units())
    return Settlement(True if found else _not_yet(act), {"unit": "there" if found else "not there"})


def _kept(act: Act, name: str) -> str:
    """A word that an act sent, "" when it was erased."""
    detail = ActDetail.objects.filter(act=act, event=None).first()
    return str(detail.words.get(name, "")) if detail else ""


def _not_yet(act: Act) -> bool | None:
    """What "not so" means: nothing yet while it may still come, else that it was not done."""
    return None if lateness.may_still_come(act) else False
