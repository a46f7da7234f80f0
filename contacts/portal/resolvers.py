"""Find out what became of a link, a session or a claim whose answer was lost."""

from __future__ import annotations

import zoneinfo
from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

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


def in_nobodys_hands(act: Act) -> Settlement | None:
    """A link or a session whose address never reached us was shown to nobody, whether or not Piggy made it.

    What the act promised, that it was shown, did not happen; and what Piggy may have made opens nowhere without its
    address. So nobody is asked.
    """
    if lateness.may_still_come(act):
        return None
    return Settlement(False, {"its address": "never reached us"}, code="nobody_has_it")


def resolve_claim(act: Act) -> Settlement | None:
    """Whether the credits of a claimed link are among the customer's transactions.

    A claim carries no mark of ours. One reception of just what the link gives, alone in its time and no other act's, is
    the proof. It may also be that the customer claimed the same link on their own phone: then they have what we meant
    to give them, once, all the same. None at all, once nothing can come any more, is the proof of the contrary.
    """
    since = [entry for entry in _receptions(act) if entry.created_at >= act.sent_at - SKEW]
    explained = _explained(act)
    others = [entry for entry in since if entry.uuid not in explained and not entry.extra.get(MARK)]
    alike = [entry for entry in others if _gives_the_same(entry, act)]
    reading = _reading(act, since)
    if not alike and not lateness.may_still_come(act):
        return Settlement(None if any(_may_be_it(entry, act) for entry in others) else False, reading)
    if len(alike) != 1 or alike[0].created_at < act.sent_at.replace(microsecond=0) or _others_open(act):
        return Settlement(None, reading)
    return Settlement(True, reading, {"reception_uuid": alike[0].uuid, "credits": alike[0].credits})


def _receptions(act: Act) -> list[CreditReception]:
    found: list[CreditReception] = []
    for page in piggy.get_client().each_loyalty_transaction_page(contact_uuid=act.contact_id):
        found += [entry for entry in page.items if isinstance(entry, CreditReception)]
        if page.items and page.items[-1].created_at < act.sent_at - SKEW:
            break
    return found


def _gives_the_same(entry: CreditReception, act: Act) -> bool:
    if not _is_there(entry, act):
        return False
    if "unit_value" not in act.figures:
        return bool(entry.credits == act.figures["credits"])
    unit = entry.unit.name if entry.unit else None
    same_value = entry.unit_value is not None and Decimal(str(entry.unit_value)) == Decimal(act.figures["unit_value"])
    return same_value and unit in (None, act.figures["unit"])


def _may_be_it(entry: CreditReception, act: Act) -> bool:
    """Whether these may be the credits of an amount: Piggy does not always tell of what they were counted."""
    return "unit_value" in act.figures and entry.unit_value is None and entry.credits > 0 and _is_there(entry, act)


def _is_there(entry: CreditReception, act: Act) -> bool:
    return (entry.shop.uuid if entry.shop else None) in (None, act.figures["link_shop"])


def _explained(act: Act) -> set[str]:
    """Receptions that are known to be other acts of ours on this customer."""
    events = Event.objects.filter(act__contact_id=act.contact_id, outcome=State.DONE).exclude(act=act)
    names = ("reception_uuid", "reversal_uuid", "refund_uuid")
    return {str(event.figures[name]) for event in events for name in names if event.figures.get(name)}


def _others_open(act: Act) -> bool:
    others = Act.objects.filter(contact_id=act.contact_id, action=act.action).exclude(pk=act.pk)
    return still_open(others).exists()


def _reading(act: Act, entries: Iterable[CreditReception]) -> dict[str, str]:
    """The receptions since then as lines: when (in the act's shop), how many credits, where."""
    zone = zoneinfo.ZoneInfo(act.shop.time_zone) if act.shop else timezone.get_default_timezone()
    reading: dict[str, str] = {}
    for entry in list(entries)[:ROWS]:
        at = f"{entry.created_at.astimezone(zone):%Y-%m-%d %H:%M:%S}"
        while at in reading:
            at += " "  # two in one second
        where = ((entry.shop.name if entry.shop else None) or "").replace("@", " at ")
        reading[at] = f"{signed(entry.credits)} credits{f', {where}' if where else ''}"
    return reading or {"credits since then": "none"}
