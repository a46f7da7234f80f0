"""Rewards of one customer: what they can have here, and each write about it. The only caller of Piggy for that."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied

from contacts.credits.services import NoCustomer, balance_after
from contacts.rewards.actions import CLAIM, HAND_OVER, REVERSE, UNDO
from contacts.rewards.proving import FIRST, Proof
from contacts.rewards.told import Told, open_acts, told_of
from piggyadmin import piggy
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.door import Target, begun_with, perform, was_begun
from piggyadmin.ledger.models import Act
from piggyadmin.ledger.open_acts import sent_before
from piggyadmin.ledger.outcomes import Outcome
from piggyadmin.piggy.client import Piggy
from piggyadmin.piggy.errors import PiggyInvalid, PiggyNotFound, PiggyRejected
from piggyadmin.piggy.filters import shop_of
from piggyadmin.piggy.payloads import (
    CollectableReward,
    CollectableRewardRedemption,
    Contact,
    CreditReception,
    DigitalRewardReception,
    LoyaltyTransaction,
    Reward,
    RewardReception,
)
from piggyadmin.piggy.pool import Answer
from piggyadmin.piggy.rewards import reward_of
from piggyadmin.templatetags.words import in_credits, thousands

CLAIMS_SHOWN = 20
LONGEST_TITLE = 80
STILL_OPEN = "Nobody knows yet what became of an earlier act on this customer’s rewards. Look at that first."

AnyClaim = RewardReception | DigitalRewardReception


class NoReward(Exception):
    """The shop gives no such reward (any more)."""


class NoClaim(Exception):
    """The customer has claimed no such reward, as far as Piggy tells."""


class NoProof(Exception):
    """Nobody has shown yet who stands there; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A reward of the shop, and whether this customer can claim it now. `why_not` is "" when they can."""

    reward: Reward
    why_not: str

    @property
    def uuid(self) -> str:
        return self.reward.uuid

    @property
    def title(self) -> str:
        return self.reward.title or "Reward without a name"

    @property
    def credits(self) -> int:
        return self.reward.required_credits or 0

    @property
    def is_digital(self) -> bool:
        return self.reward.reward_type == "DIGITAL"

    @property
    def waits(self) -> bool:
        """Whether it is claimed first and handed over later."""
        return bool(self.reward.pre_redeemable) and not self.is_digital


@dataclass(frozen=True, slots=True)
class Claimed:
    """A claim as Piggy shows it, and what was done about it from here."""

    entry: AnyClaim
    told: Told
    waits: bool
    until: datetime | None
    read_at: datetime

    @property
    def uuid(self) -> str:
        return self.entry.uuid

    @property
    def title(self) -> str:
        reward = reward_of(self.entry)
        return self.entry.title or (reward.title if reward else None) or "Reward without a name"

    @property
    def credits(self) -> int:
        """What it cost, above zero."""
        return -self.entry.credits

    @property
    def has_expired(self) -> bool:
        return self.waits and self.until is not None and self.until <= self.read_at

    @property
    def was_handed_over(self) -> bool:
        """Whether it once waited, and was handed over since."""
        reward = reward_of(self.entry)
        collected = isinstance(self.entry, RewardReception) and self.entry.has_been_collected
        waited = bool(reward and reward.pre_redeemable)
        return self.told.handed_over is not None or bool(collected and waited)

    @property
    def stands(self) -> bool:
        """Whether it can be taken back: not taken back before, and not handed over."""
        return not self.told.is_reversed and not self.was_handed_over


@dataclass(frozen=True, slots=True)
class RewardsPage:
    """Each part with the moment it was read, or the error in its place."""

    contact_uuid: str
    contact: Contact
    read_at: datetime
    offers: Answer[list[Offer]]
    waiting: Answer[list[CollectableReward]]
    claims: Answer[list[Claimed]]
    total: int | None
    open_act: Act | None


def open_page(*, contact_uuid: str, actor: Actor) -> RewardsPage:
    """All that the page shows, asked at once. Raises NoCustomer, and PiggyError when the customer cannot be read."""
    calls = _offer_calls(contact_uuid, actor) | {
        "waiting": lambda client: client.list_collectable_rewards(contact_uuid=contact_uuid),
        "claims": lambda client: client.list_loyalty_transactions(
            contact_uuid=contact_uuid, kind="reward_receptions", limit=CLAIMS_SHOWN
        ),
    }
    answers = piggy.gather(calls, seconds=settings.PIGGY_TIMEOUT)
    contact = _contact(contact_uuid, answers)
    told, claims = told_of(contact_uuid), answers["claims"]
    rows = [_claimed(entry, told, claims.read_at) for entry in _only_claims(claims.value.items if claims.value else [])]
    return RewardsPage(
        contact_uuid=contact_uuid,
        contact=contact,
        read_at=answers["contact"].read_at,
        offers=_offers(contact, answers),
        waiting=answers["waiting"],
        claims=Answer(claims.read_at, rows if claims.ok else None, claims.error),
        total=claims.value.total if claims.value else None,
        open_act=open_acts(contact_uuid).first(),
    )


@dataclass(frozen=True, slots=True)
class ClaimPage:
    """One reward, and what claiming it would come to."""

    contact_uuid: str
    contact: Contact
    read_at: datetime
    offer: Offer
    open_act: Act | None

    @property
    def expected(self) -> int | None:
        return None if self.contact.credits is None else self.contact.credits - self.offer.credits


def open_claim(*, contact_uuid: str, reward_uuid: str, actor: Actor) -> ClaimPage:
    """One reward as it can be claimed here and now. Raises NoCustomer, NoReward, PiggyError."""
    answers = piggy.gather(_offer_calls(contact_uuid, actor), seconds=settings.PIGGY_TIMEOUT)
    contact = _contact(contact_uuid, answers)
    offer = next((each for each in _offers(contact, answers).get() if each.uuid == reward_uuid), None)
    if offer is None:
        raise NoReward(reward_uuid)
    return ClaimPage(contact_uuid, contact, answers["contact"].read_at, offer, open_acts(contact_uuid).first())


@dataclass(frozen=True, slots=True)
class OneClaim:
    """One claim on a page of its own."""

    contact_uuid: str
    contact: Contact
    read_at: datetime
    claimed: Claimed
    open_act: Act | None

    @property
    def balance_then(self) -> int | None:
        return None if self.contact.credits is None else self.contact.credits + self.claimed.credits


def open_one(*, contact_uuid: str, claim_uuid: str) -> OneClaim:
    """The claim and its customer. Raises NoCustomer, NoClaim, PiggyError."""
    calls: dict[str, Callable[[Piggy], Any]] = {
        "contact": lambda client: client.get_contact(contact_uuid=contact_uuid),
        "entry": lambda client: _find(client, contact_uuid, claim_uuid),
    }
    answers = piggy.gather(calls, seconds=settings.PIGGY_TIMEOUT)
    contact, entry = _contact(contact_uuid, answers), answers["entry"].get()
    if entry is None:
        raise NoClaim(claim_uuid)
    claimed = _claimed(entry, told_of(contact_uuid), answers["entry"].read_at)
    return OneClaim(contact_uuid, contact, answers["contact"].read_at, claimed, open_acts(contact_uuid).first())


# --- writes


def claim(*, contact_uuid: str, offer: Offer, proof: Proof | None, actor: Actor, token: str) -> Outcome:
    """Claim a reward; its credits are taken at once. Raises NoProof unless it was shown who stands there.

    Refused without asking Piggy while an earlier act on this customer's rewards is open.
    """
    assert actor.shop is not None  # the ledger refuses a write without a shop
    shop_uuid, begun = actor.shop.piggy_uuid, begun_with(token)
    if proof is None and begun is None:
        raise NoProof(FIRST)

    def call(act: Act) -> AnyClaim:
        _check_free(act)
        if (act.figures["reward_uuid"], act.figures["credits"]) != (offer.uuid, -offer.credits):
            raise PiggyRejected(f"{offer.title} costs {in_credits(offer.credits)} now. Look at the numbers again.")
        return piggy.get_client().create_reward_reception(
            contact_uuid=contact_uuid, reward_uuid=offer.uuid, shop_uuid=shop_uuid
        )

    # An act that Piggy asked us to send later is sent as it was begun.
    figures = begun.figures if begun else {
        "reward_uuid": offer.uuid,
        "reward": _told_title(offer.title),
        "credits": -offer.credits,
        "shop": shop_uuid,
        "proof": proof.kind if proof else "",
    }  # fmt: skip
    return perform(
        CLAIM,
        by=actor,
        target=Target("contact", contact_uuid),
        figures=figures,
        form_token=token,
        call=call,
        done_figures=lambda answer: {
            "claim_uuid": answer.uuid,
            "credits": answer.credits,
            "balance_after": balance_after(answer),
            "waits": isinstance(answer, RewardReception) and answer.has_been_collected is False,
        },
    )


def hand_over(*, one: OneClaim, proof: Proof | None, actor: Actor, token: str) -> Outcome:
    """Mark a claimed reward as handed over. Raises NoProof, unless it was claimed in this visit."""
    claimed = one.claimed
    if proof is None and not claimed.told.was_now(actor) and not was_begun(token):
        raise NoProof(FIRST)

    def call(act: Act) -> CollectableRewardRedemption:
        _check_free(act)
        return piggy.get_client().collect_collectable_reward(loyalty_transaction_uuid=claimed.uuid)

    return perform(
        HAND_OVER,
        by=actor,
        target=_target(one),
        figures={"claim_uuid": claimed.uuid, "reward": _told_title(claimed.title)},
        form_token=token,
        call=call,
        done_figures=lambda answer: {"redemption_uuid": answer.uuid or ""},
    )


def undo(*, one: OneClaim, actor: Actor, reason: str, token: str) -> Outcome:
    """Undo a hand-over: the reward waits again. Raises PermissionDenied."""
    claimed, begun = one.claimed, begun_with(token, action=UNDO)
    redemption = str(begun.figures["redemption_uuid"]) if begun else claimed.told.redemption
    if begun is None and not claimed.told.may_undo(actor):
        raise PermissionDenied("This hand-over is not yours to undo now.")

    def call(act: Act) -> CollectableRewardRedemption:
        _check_free(act)
        return piggy.get_client().reverse_collectable_reward_redemption(redemption_uuid=redemption)

    return perform(
        UNDO,
        by=actor,
        target=_target(one),
        figures={
            "claim_uuid": claimed.uuid,
            "reward": _told_title(claimed.title),
            "redemption_uuid": redemption,
        },
        detail={"reason": reason},
        form_token=token,
        call=call,
    )


def reverse(*, one: OneClaim, actor: Actor, reason: str, token: str) -> Outcome:
    """Take a claim back, whole: its credits return. Raises PermissionDenied."""
    claimed = one.claimed
    if not claimed.told.may_reverse(actor) and not was_begun(token):
        raise PermissionDenied("This claim is not yours to take back now.")

    def call(act: Act) -> CreditReception:
        _check_free(act)
        now = told_of(one.contact_uuid).get(claimed.uuid, Told())
        if now.is_reversed:
            raise PiggyRejected("It has been taken back already.")
        if now.handed_over is not None:
            raise PiggyRejected("It has been handed over. Undo the hand-over first.")
        return piggy.get_client().reverse_reward_reception(uuid=claimed.uuid)

    return perform(
        REVERSE,
        by=actor,
        target=_target(one),
        figures={
            "claim_uuid": claimed.uuid,
            "reward": _told_title(claimed.title),
            "credits": claimed.credits,
            "of_shop": shop_of(claimed.entry) or "",
        },
        detail={"reason": reason},
        form_token=token,
        call=call,
        done_figures=lambda answer: {
            "reversal_uuid": answer.uuid,
            "credits": answer.credits,
            "balance_after": balance_after(answer),
        },
    )


def words_of(outcome: Outcome) -> str:
    """A done act in words, with the balance after it, and what is left to do."""
    words, balance = [outcome.words], outcome.figures.get("balance_after")
    if balance is not None:
        words.append(f"The balance is {thousands(balance)}.")
    if outcome.figures.get("waits"):
        words.append("It waits to be handed over.")
    return " ".join(words)


# --- reading


def _offer_calls(contact_uuid: str, actor: Actor) -> dict[str, Callable[[Piggy], Any]]:
    shop_uuid = actor.shop.piggy_uuid if actor.shop else None
    return {
        "contact": lambda client: client.get_contact(contact_uuid=contact_uuid),
        "claimable": lambda client: client.list_rewards(shop_uuid=shop_uuid, contact_uuid=contact_uuid),
        "rewards": lambda client: client.list_rewards(shop_uuid=shop_uuid),
    }


def _contact(contact_uuid: str, answers: dict[str, Answer[Any]]) -> Contact:
    if isinstance(answers["contact"].error, PiggyNotFound | PiggyInvalid):
        raise NoCustomer(contact_uuid)
    contact: Contact = answers["contact"].get()
    return contact


def _offers(contact: Contact, answers: dict[str, Answer[Any]]) -> Answer[list[Offer]]:
    """The shop's rewards, those that can be claimed first, then by what they cost."""
    rewards, claimable = answers["rewards"], answers["claimable"]
    error = rewards.error or claimable.error
    if error is not None:
        return Answer(rewards.read_at, error=error)
    can = {reward.uuid for reward in claimable.get()}
    offers = [Offer(reward, _why_not(reward, contact, reward.uuid in can)) for reward in rewards.get()]
    offers.sort(key=lambda each: (each.why_not != "", each.credits, each.title))
    return Answer(rewards.read_at, offers)


def _why_not(reward: Reward, contact: Contact, can: bool) -> str:
    """Why this customer cannot claim it now. Piggy's list names no reasons, and may not have been filtered at all."""
    if False in (reward.is_active, reward.active):
        return "switched off"
    if contact.credits is not None and (reward.required_credits or 0) > contact.credits:
        return f"{in_credits((reward.required_credits or 0) - contact.credits)} short"
    return "" if can else "out of stock, or claimed as often as it allows"


def _only_claims(entries: Iterable[LoyaltyTransaction]) -> list[AnyClaim]:
    return [each for each in entries if not isinstance(each, CreditReception)]


def _claimed(entry: AnyClaim, told: dict[str, Told], read_at: datetime) -> Claimed:
    physical = entry if isinstance(entry, RewardReception) else None
    mine = told.get(entry.uuid, Told())
    return Claimed(
        entry=entry,
        told=mine,
        waits=bool(physical and physical.has_been_collected is False and not mine.is_reversed),
        until=physical.expires_at if physical else None,
        read_at=read_at,
    )


def _find(client: Piggy, contact_uuid: str, claim_uuid: str) -> AnyClaim | None:
    """The claim with this uuid; an award is none."""
    for page in client.each_loyalty_transaction_page(contact_uuid=contact_uuid):
        for entry in page.items:
            if entry.uuid == claim_uuid:
                return None if isinstance(entry, CreditReception) else entry
    return None


def _check_free(act: Act) -> None:
    """Raise PiggyRejected while an act that was sent before this one is open: of two tills one goes on."""
    if sent_before(act, open_acts(act.contact_id)):
        raise PiggyRejected(STILL_OPEN)


def _target(one: OneClaim) -> Target:
    return Target("claim", one.claimed.uuid, contact_id=one.contact_uuid)


def _told_title(title: str) -> str:
    """A reward's name as a figure of the ledger, where nothing may look like an address."""
    return title.replace("@", " at ")[:LONGEST_TITLE]
