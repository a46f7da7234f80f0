"""Whether a promotion whose making was not answered is there now."""

from piggyadmin import piggy
from piggyadmin.ledger import lateness
from piggyadmin.ledger.actions import Settlement
from piggyadmin.ledger.models import Act, ActDetail


def resolve_create(act: Act) -> Settlement | None:
    """There was none of its name when it was sent, so one that has it now is ours; with two, a person decides."""
    detail = ActDetail.objects.filter(act=act, event=None).first()
    wanted = str(detail.words.get("name", "")) if detail else ""
    if not wanted:
        return None  # its name was erased
    found = [each.uuid for each in piggy.get_client().list_promotions() if each.name == wanted]
    reading = {"promotions_of_this_name": len(found)}
    if len(found) == 1:
        return Settlement(True, reading, figures={"promotion_uuid": found[0]})
    return Settlement(None if found or lateness.may_still_come(act) else False, reading)
