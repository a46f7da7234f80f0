"""Find out what became of an act on a reward whose answer was lost, by reading the customer's transactions back.

Claims carry no mark of ours: one new claim of just this reward, alone in its time and no other act's, is the proof.
None at all, once nothing can come any more, proves the contrary.
"""

from __future__ import annotations

import zoneinfo
from collections.abc import Iterable, Sequence
from datetime import timedelta

from django.utils import timezone

from piggyadmin import piggy
from piggyadmin.ledger import lateness
from piggyadmin.ledger.actions import Settlement
from piggyadmin.ledger.marks import MARK
from piggyadmin.ledger.models import Act, Event, State
from piggyadmin.ledger.open_acts import still_open
from piggyadmin.piggy.filters import shop_of
from piggyadmin.piggy.payloads import (
    CreditReception,
    DigitalRewardReception,
    LoyaltyTransaction,
    RewardReception,
)
from piggyadmin.piggy.rewards import reward_of
from piggyadmin.templatetags.words import signed

SKEW = timedelta(minutes=5)  # how far Piggy's clock and ours may be apart
AWARD = "credits.award"
ROWS = 8  # transactions shown beside the question
NUMBERS = ("claim_uuid", "reception_uuid", "reversal_uuid", "refund_uuid")  # figures that name a transaction


def resolve_claim(act: Act) -> Settlement | None:
    """Whether there is one new claim of this reward that no other act of ours made."""
    entries = _since(act)
    alike = [each for each in entries if _may_be_claim(each, act) and each.uuid not in _explained(act)]
    settled = _settle(act, alike, entries)
    if settled.happened and isinstance(alike[0], RewardReception | DigitalRewardReception):
        reward = reward_of(alike[0])
        if reward is None or reward.uuid != act.figures["reward_uuid"]:
            return Settlement(None, settled.reading)
        return Settlement(True, settled.reading, {"claim_uuid": alike[0].uuid, "credits": alike[0].credits})
    return settled


def resolve_reverse(act: Act) -> Settlement | None:
    """Whether the credits came back: one new transaction of just that many, and no other it could be.

    To Piggy they are credits like any that are given: what carries an award's mark is not them, and what an open award
    or another shop may have given is for a person to judge.
    """
    entries = _since(act)
    explained = _explained(act)
    alike = [
        each
        for each in entries
        if isinstance(each, CreditReception)
        and each.credits == act.figures["credits"]
        and each.unit_value is None
        and not each.extra.get(MARK)
        and each.uuid not in explained
    ]
    settled = _settle(act, alike, entries)
    if not settled.happened:
        return settled
    award_open = still_open(Act.objects.filter(contact_id=act.contact_id, action=AWARD)).exists()
    shops = {None, act.shop.piggy_uuid if act.shop else None, act.figures.get("of_shop") or None}
    if award_open or shop_of(alike[0]) not in shops:
        return Settlement(None, settled.reading)
    return Settlement(True, settled.reading, {"reversal_uuid": alike[0].uuid})


def resolve_hand_over(act: Act) -> Settlement | None:
    """Whether it waits no more. What the hand-over can be undone with is lost with its answer."""
    waits, claim = _waits(act), _claim(act)
    reading = {"waits to be handed over": "yes" if waits else "no"}
    if waits:
        return Settlement(None if lateness.may_still_come(act) else False, reading)
    # Not in the list and not collected either: expired, or taken back elsewhere.
    if claim is None or not claim.has_been_collected:
        return Settlement(None, reading)
    return Settlement(True, reading | {"collected": "yes"}, {"redemption_uuid": ""})


def resolve_undo(act: Act) -> Settlement | None:
    """Whether it waits again."""
    waits = _waits(act)
    reading = {"waits to be handed over": "yes" if waits else "no"}
    if waits:
        return Settlement(True, reading)
    return Settlement(None if lateness.may_still_come(act) else False, reading)


def _settle(act: Act, alike: Sequence[LoyaltyTransaction], entries: Iterable[LoyaltyTransaction]) -> Settlement:
    reading = _reading(act, entries)
    if not alike and not lateness.may_still_come(act):
        return Settlement(False, reading)
    if len(alike) != 1 or alike[0].created_at < act.sent_at.replace(microsecond=0) or _others_open(act):
        return Settlement(None, reading)
    return Settlement(True, reading)


def _may_be_claim(entry: LoyaltyTransaction, act: Act) -> bool:
    """A claim of this reward, or one of which Piggy does not tell the reward."""
    if isinstance(entry, CreditReception):
        return False
    reward = reward_of(entry)
    return reward is None or reward.uuid == act.figures["reward_uuid"]


def _since(act: Act) -> list[LoyaltyTransaction]:
    """The customer's transactions, the newest first, from some minutes before the act was sent."""
    found: list[LoyaltyTransaction] = []
    for page in piggy.get_client().each_loyalty_transaction_page(contact_uuid=act.contact_id):
        found += [each for each in page.items if each.created_at >= act.sent_at - SKEW]
        if page.items and page.items[-1].created_at < act.sent_at - SKEW:
            break
    return found


def _waits(act: Act) -> bool:
    waiting = piggy.get_client().list_collectable_rewards(contact_uuid=act.contact_id)
    return any(each.uuid == act.target_id and not each.has_been_collected for each in waiting)


def _claim(act: Act) -> RewardReception | None:
    """The claim that this act is about."""
    for page in piggy.get_client().each_loyalty_transaction_page(contact_uuid=act.contact_id):
        for each in page.items:
            if each.uuid == act.target_id:
                return each if isinstance(each, RewardReception) else None
    return None


def _explained(act: Act) -> set[str]:
    """Transactions that are known to be other acts of ours on this customer."""
    events = Event.objects.filter(act__contact_id=act.contact_id, outcome=State.DONE).exclude(act=act)
    return {str(event.figures[name]) for event in events for name in NUMBERS if event.figures.get(name)}


def _others_open(act: Act) -> bool:
    """Whether another act of this kind is open for this customer: then a transaction may be that one's."""
    return still_open(Act.objects.filter(contact_id=act.contact_id, action=act.action).exclude(pk=act.pk)).exists()


def _reading(act: Act, entries: Iterable[LoyaltyTransaction]) -> dict[str, str]:
    """The transactions since then as lines: when (in the act's shop), how many credits, what, where."""
    zone = zoneinfo.ZoneInfo(act.shop.time_zone) if act.shop else timezone.get_default_timezone()
    reading: dict[str, str] = {}
    for each in list(entries)[:ROWS]:
        at = f"{each.created_at.astimezone(zone):%Y-%m-%d %H:%M:%S}"
        while at in reading:
            at += " "  # two in one second
        what = "" if isinstance(each, CreditReception) else each.title or "a reward"
        where = (each.shop.name if each.shop else None) or ""
        told = [f"{signed(each.credits)} credits", what, where]
        reading[at] = ", ".join(filter(None, told)).replace("@", " at ")
    return reading or {"transactions since then": "none"}
