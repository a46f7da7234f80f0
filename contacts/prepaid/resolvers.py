"""Find out what became of an act on prepaid money whose answer was lost, by reading the transactions back.

Prepaid transactions carry no mark of ours. One new one of exactly this amount, in this shop, that no other act of ours
made, is the proof. None of them, once nothing can come any more, proves the contrary. For more a person decides.
"""

from __future__ import annotations

import zoneinfo
from collections.abc import Iterable
from datetime import timedelta

from django.utils import timezone

from piggyadmin import piggy
from piggyadmin.ledger import lateness
from piggyadmin.ledger.actions import Settlement
from piggyadmin.ledger.models import Act, Event, State
from piggyadmin.ledger.open_acts import still_open
from piggyadmin.piggy.filters import shop_of
from piggyadmin.piggy.payloads import PrepaidTransaction
from piggyadmin.templatetags.words import euros, signed_euros

SKEW = timedelta(minutes=5)  # how far Piggy's clock and ours may be apart
ROWS = 8  # transactions shown beside the question


def resolve(act: Act) -> Settlement | None:
    """Whether there is one new transaction that can only be this act's."""
    since = _since(act)
    alike, reading = _alike(act, since), _reading(act, since)
    if not alike and not lateness.may_still_come(act):
        return Settlement(False, reading)
    # One that stands just before the act was sent may be ours by another clock, or somebody else's: nobody knows.
    if len(alike) != 1 or alike[0].created_at < act.sent_at.replace(microsecond=0) or _others_open(act):
        return Settlement(None, reading)
    if shop_of(alike[0]) not in _shops(act):
        return Settlement(None, reading)
    return Settlement(True, reading, {"transaction_uuid": alike[0].uuid, "balance_after": balance_after(alike[0])})


def balance_after(transaction: PrepaidTransaction) -> int | None:
    """Cents; None where Piggy does not tell it."""
    return transaction.prepaid_balance.balance_in_cents if transaction.prepaid_balance else None


def _since(act: Act) -> list[PrepaidTransaction]:
    """The customer's transactions from some minutes before the act was sent.

    Piggy's order is not documented. Pages that come newest first are read back to that time, all others to the end.
    """
    found: list[PrepaidTransaction] = []
    earliest = act.sent_at - SKEW
    for page in piggy.get_client().each_prepaid_transaction_page(contact_uuid=act.contact_id):
        found += page.items
        dates = [each.created_at for each in page.items]
        newest_first = len(dates) > 1 and dates == sorted(dates, reverse=True) and dates[0] != dates[-1]
        if newest_first and dates[-1] < earliest:
            break
    return [each for each in found if each.created_at >= earliest]


def _alike(act: Act, entries: Iterable[PrepaidTransaction]) -> list[PrepaidTransaction]:
    """Those that may be this act's, and are no other act's. Which shop a reversal counts for Piggy does not say."""
    events = Event.objects.filter(act__contact_id=act.contact_id, outcome=State.DONE).exclude(act=act)
    explained = {event.figures.get("transaction_uuid") for event in events}
    shop = act.figures.get("shop")
    return [
        each
        for each in entries
        if each.amount_in_cents == act.figures["cents"]
        and each.uuid not in explained
        and (shop is None or shop_of(each) in (None, shop))
    ]


def _shops(act: Act) -> set[str | None]:
    """Where Piggy may count it: not told, in the act's shop, or where a transaction that is taken back was made."""
    return {None, act.shop.piggy_uuid if act.shop else None, act.figures.get("of_shop") or None}


def _others_open(act: Act) -> bool:
    """Whether another act of the same amount is open for this customer: then a transaction may be that one's."""
    others = Act.objects.filter(contact_id=act.contact_id, action__startswith="prepaid.").exclude(pk=act.pk)
    return any(other.figures.get("cents") == act.figures["cents"] for other in still_open(others))


def _reading(act: Act, entries: Iterable[PrepaidTransaction]) -> dict[str, str]:
    """The transactions since then as lines: when (in the act's shop), how much, where, and the balance after it."""
    zone = zoneinfo.ZoneInfo(act.shop.time_zone) if act.shop else timezone.get_default_timezone()
    reading: dict[str, str] = {}
    for each in list(entries)[:ROWS]:
        at = f"{each.created_at.astimezone(zone):%Y-%m-%d %H:%M:%S}"
        while at in reading:
            at += " "  # two in one second
        balance = balance_after(each)
        then = "" if balance is None else f"balance then {euros(balance)}"
        where = ((each.shop.name if each.shop else None) or "").replace("@", " at ")
        reading[at] = ", ".join(filter(None, (signed_euros(each.amount_in_cents), where, then)))
    return reading or {"prepaid transactions since then": "none"}
