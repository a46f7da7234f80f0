"""Find out what became of a visit whose answer was lost, by reading it back: every one of ours carries a code."""

from datetime import timedelta

from contacts.visits.fields import sent_by, stands
from piggyadmin import piggy
from piggyadmin.ledger import lateness
from piggyadmin.ledger.actions import Settlement
from piggyadmin.ledger.models import Act
from piggyadmin.piggy.errors import PiggyNotFound
from piggyadmin.piggy.payloads import Visit

SKEW = timedelta(minutes=5)  # how far Piggy's clock and ours may be apart
ERASED = {"the code that was sent": "erased"}


def resolve_make(act: Act) -> Settlement | None:
    """Whether a visit with this act's code is among the customer's.

    A code is unique, so one that is found and is not older than the act is the act's. Not found is "no" once nothing
    can come any more, unless a visit of that time lacks its code: then Piggy may not have kept ours.
    """
    code = act.figures.get("own_code") or sent_by(act).get("external_id", {}).get("after")
    if not code:
        return Settlement(None, ERASED)
    found, doubtful = None, False
    for page in piggy.get_client().each_visit_page(contact_uuid=act.contact_id):
        for visit in page.items:
            found = visit if visit.external_id == code else found
            doubtful = doubtful or (not visit.external_id and _is_since(act, visit))
    if found is None:
        is_over = not doubtful and not lateness.may_still_come(act)
        return Settlement(False if is_over else None, {"visit with our code": "not there"})
    reading = {"visit with our code": found.uuid}
    if not _is_since(act, found):
        return Settlement(False, reading | {"made": "before we sent"}, code="made_otherwise")
    return Settlement(True, reading, {"visit_uuid": found.uuid})


def resolve_change(act: Act) -> Settlement | None:
    """Whether the visit has all the new values, or still all the old ones. Anything else a person decides."""
    sent = sent_by(act)
    if not sent:
        return Settlement(None, {"the values that were sent": "erased"})
    try:
        visit = piggy.get_client().get_visit(visit_uuid=act.target_id)
    except PiggyNotFound:
        return Settlement(None, {"visit": "not there any more"})
    new = [name for name, kept in sent.items() if stands(visit, name, kept["after"])]
    old = [name for name, kept in sent.items() if "before" in kept and stands(visit, name, kept["before"])]
    reading = {name: "new" if name in new else "old" if name in old else "neither" for name in sent}
    if len(new) == len(sent):
        return Settlement(True, reading)
    if len(old) == len(sent) and not lateness.may_still_come(act):
        return Settlement(False, reading)
    return Settlement(None, reading)


def _is_since(act: Act, visit: Visit) -> bool:
    return visit.created_at is None or visit.created_at >= act.sent_at - SKEW
