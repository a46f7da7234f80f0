"""Find out what became of an act on a gift card whose answer was lost, by reading its transactions back.

All that happens to a card's money stands among its transactions, with its exact amount. Our mark is a proof. None of
that amount that could be ours is the proof of the contrary, once nothing can come any more.
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
from piggyadmin.piggy.payloads import GiftcardTransaction
from piggyadmin.templatetags.words import signed_euros

SKEW = timedelta(minutes=5)  # how far Piggy's clock and ours may be apart
ROWS = 8  # transactions shown beside the question


def resolve_marked(act: Act) -> Settlement | None:
    """Whether the transaction with this act's mark is on the card; without a mark none of its amount proves a "no".

    Piggy does not say whether the reversal of a transaction carries its mark on: the amount tells them apart.
    """
    since = _since(act)
    own = next((each for each in since if each.mark == act.mark and each.amount_in_cents == act.figures["cents"]), None)
    reading = _reading(act, since)
    if own is not None:
        return Settlement(True, reading, {"transaction_uuid": own.uuid or "", "marked": True})
    return Settlement(_unless_it_may_be_there(act, _alike(act, since)), reading)


def resolve_reverse(act: Act) -> Settlement | None:
    """Whether the card's last transaction was taken back: a reversal carries no mark of ours.

    The proof is one new transaction of the opposite amount, right after the one that was taken back, and no other.
    """
    since = _since(act)
    alike, reading = _alike(act, since), _reading(act, since)
    follows = _following(since, str(act.figures["of"]))
    if len(alike) == 1 and follows is alike[0] and alike[0].created_at >= act.sent_at.replace(microsecond=0):
        return Settlement(True, reading, {"transaction_uuid": alike[0].uuid or ""})
    return Settlement(_unless_it_may_be_there(act, alike), reading)


def resolve_create(act: Act) -> Settlement | None:
    """Whether there are more cards of the programme than before: a card has no mark, but none ever goes away.

    One more may be somebody else's, so that alone proves nothing; a new card is empty, and nothing is lost with it.
    """
    now = piggy.get_client().list_giftcards(program_uuid=act.target_id, limit=1).total
    before = act.figures.get("cards_before")
    reading = {"cards of the programme before": before, "cards of the programme now": now}
    settled = now is not None and now == before and not lateness.may_still_come(act)
    return Settlement(False if settled else None, {name: count for name, count in reading.items() if count is not None})


def _unless_it_may_be_there(act: Act, alike: list[GiftcardTransaction]) -> bool | None:
    return None if alike or lateness.may_still_come(act) else False


def _since(act: Act) -> list[GiftcardTransaction]:
    """The card's transactions from some minutes before the act was sent, and the one before them; newest first."""
    client, found = piggy.get_client(), list[GiftcardTransaction]()
    card = client.get_giftcard(giftcard_uuid=act.target_id)
    for page in client.each_giftcard_transaction_page(card=card):
        for each in page.items:
            found.append(each)
            if each.created_at < act.sent_at - SKEW and each.uuid != act.figures.get("of"):
                return found
    return found


def _alike(act: Act, entries: Iterable[GiftcardTransaction]) -> list[GiftcardTransaction]:
    """Those that may be this act's, by when they came and how much they are, and that are no other act's."""
    events = Event.objects.filter(act__target_kind="giftcard", act__target_id=act.target_id, outcome=State.DONE)
    explained = {event.figures.get("transaction_uuid") for event in events.exclude(act=act)}
    return [
        each
        for each in entries
        if each.amount_in_cents == act.figures["cents"]
        and each.created_at >= act.sent_at - SKEW
        and each.uuid not in explained
        and not _is_anothers(each)
    ]


def _is_anothers(entry: GiftcardTransaction) -> bool:
    """Whether its mark proves that another act made it. With another amount it may be a reversal that carries it on."""
    acts = Act.objects.filter(mark=entry.mark) if entry.mark else ()
    return any(act.figures.get("cents") == entry.amount_in_cents for act in acts)


def _following(entries: list[GiftcardTransaction], uuid: str) -> GiftcardTransaction | None:
    """The transaction that came right after this one."""
    at = next((number for number, each in enumerate(entries) if each.uuid == uuid), 0)
    return entries[at - 1] if at else None


def _reading(act: Act, entries: Iterable[GiftcardTransaction]) -> dict[str, str]:
    """The transactions since then as lines: when (in the act's shop), how much, where."""
    zone = zoneinfo.ZoneInfo(act.shop.time_zone) if act.shop else timezone.get_default_timezone()
    reading: dict[str, str] = {}
    for each in [each for each in entries if each.created_at >= act.sent_at - SKEW][:ROWS]:
        at = f"{each.created_at.astimezone(zone):%Y-%m-%d %H:%M:%S}"
        while at in reading:
            at += " "  # two in one second
        where = ((each.shop.name if each.shop else None) or "").replace("@", " at ")
        mark = ", with our mark" if each.mark == act.mark else ""
        reading[at] = f"{signed_euros(each.amount_in_cents)}{f', {where}' if where else ''}{mark}"
    return reading or {"on the card since then": "nothing"}
