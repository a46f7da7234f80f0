"""Find out what became of credits whose answer was lost, by reading the customer's transactions back.

What we give carries our mark: seen again, it is a proof. Not seen, it proves something only in an account of which we
know that it returns marks. A reversal carries none: a transaction of just that size, alone in its time, is the proof.
"""

from __future__ import annotations

import zoneinfo
from collections.abc import Iterable
from datetime import timedelta

from django.utils import timezone

from contacts.credits import marks
from piggyadmin import piggy
from piggyadmin.ledger import lateness
from piggyadmin.ledger.actions import Settlement
from piggyadmin.ledger.marks import MARK
from piggyadmin.ledger.models import Act, Event, State
from piggyadmin.ledger.open_acts import still_open
from piggyadmin.piggy.payloads import CreditReception
from piggyadmin.templatetags.words import signed

SKEW = timedelta(minutes=5)  # how far Piggy's clock and ours may be apart
ROWS = 8  # transactions shown beside the question


def resolve_marked(act: Act) -> Settlement | None:
    """Whether the award (or the part taken back) with this act's mark is among the customer's transactions."""
    entries = _transactions(act)
    is_part = "of_credits" in act.figures
    # Piggy does not say whether the reversal of an award carries the award's mark on: its sign tells them apart.
    own = next((entry for entry in entries if _mark_of(entry) == act.mark and (entry.credits < 0) == is_part), None)
    if own is not None:
        figures = {"credits": own.credits, "reception_uuid": own.uuid, "marked": True}
        if is_part:  # the award it belongs to keeps its own number
            figures["refund_uuid"] = figures.pop("reception_uuid")
        return Settlement(True, _reading(act, [own], "found"), figures)
    with_mark = bool(act.figures.get("with_mark"))
    reading = _reading(act, _since(act, entries), "not there" if with_mark else "none was sent")
    if not with_mark or lateness.may_still_come(act) or _may_be_unmarked(act, entries):
        return Settlement(None, reading)
    return Settlement(False if marks.come_back(map(_mark_of, entries)) else None, reading)


def _may_be_unmarked(act: Act, entries: Iterable[CreditReception]) -> bool:
    """Whether there is a transaction that may be this one without its mark: the account may have lost the attribute."""
    is_back = "of_credits" in act.figures
    return any((entry.credits < 0) is is_back and not _mark_of(entry) for entry in _since(act, entries))


def resolve_reverse(act: Act) -> Settlement | None:
    """Whether the award was taken back: one new transaction of the opposite size, and no other it could be.

    None at all, once nothing can come any more, is the proof that it was not: a reversal always brings one.
    """
    entries, explained = _transactions(act), _explained(act)
    alike = [
        entry
        for entry in _since(act, entries)
        if entry.credits == act.figures["credits"] and not _is_part(entry) and entry.uuid not in explained
    ]
    reading = _reading(act, _since(act, entries), "")
    if not alike and not lateness.may_still_come(act):
        return Settlement(False, reading)
    if len(alike) != 1 or alike[0].created_at < act.sent_at.replace(microsecond=0) or _others_open(act):
        return Settlement(None, reading)
    return Settlement(True, reading, {"reversal_uuid": alike[0].uuid})


def _transactions(act: Act) -> list[CreditReception]:
    """The customer's credits, the newest first, back to some minutes before the act was sent and perhaps further."""
    found: list[CreditReception] = []
    for page in piggy.get_client().each_loyalty_transaction_page(contact_uuid=act.contact_id):
        found += [entry for entry in page.items if isinstance(entry, CreditReception)]
        if page.items and page.items[-1].created_at < act.sent_at - SKEW:
            break
    return found


def _since(act: Act, entries: Iterable[CreditReception]) -> list[CreditReception]:
    return [entry for entry in entries if entry.created_at >= act.sent_at - SKEW]


def _mark_of(entry: CreditReception) -> str:
    return str(entry.extra.get(MARK) or "")


def _is_part(entry: CreditReception) -> bool:
    """Whether this is a part that somebody took back from here."""
    mark = _mark_of(entry)
    return bool(mark) and Act.objects.filter(mark=mark, action="credits.refund").exists()


def _explained(act: Act) -> set[str]:
    """Transactions that are known to be other acts of ours on this customer."""
    events = Event.objects.filter(act__contact_id=act.contact_id, outcome=State.DONE).exclude(act=act)
    events = events.filter(act__action__in=("credits.reverse", "credits.refund"))
    told = (event.figures.get("reversal_uuid") or event.figures.get("refund_uuid") for event in events)
    return {str(uuid) for uuid in told if uuid}


def _others_open(act: Act) -> bool:
    """Whether another reversal of the same size is open for this customer: then a transaction may be that one's."""
    others = Act.objects.filter(contact_id=act.contact_id, action=act.action).exclude(pk=act.pk)
    return any(other.figures.get("credits") == act.figures["credits"] for other in still_open(others))


def _reading(act: Act, entries: Iterable[CreditReception], mark: str) -> dict[str, str]:
    """The transactions since then as lines: when (in the act's shop), how many credits, where."""
    zone = zoneinfo.ZoneInfo(act.shop.time_zone) if act.shop else timezone.get_default_timezone()
    reading = {"our mark": mark} if mark else {}
    shown = list(entries)[:ROWS]
    for entry in shown:
        at = f"{entry.created_at.astimezone(zone):%Y-%m-%d %H:%M:%S}"
        while at in reading:
            at += " "  # two in one second
        where = ((entry.shop.name if entry.shop else None) or "").replace("@", " at ")
        reading[at] = f"{signed(entry.credits)} credits{f', {where}' if where else ''}"
    if not shown:
        reading["credits since then"] = "none"
    return reading
