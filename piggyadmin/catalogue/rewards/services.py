"""Rewards, read live: the list, for all shops or one, and one of them whole."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import timezone

from piggyadmin import piggy
from piggyadmin.catalogue.listing import holds
from piggyadmin.catalogue.rewards import states
from piggyadmin.catalogue.rewards.actions import REWARD
from piggyadmin.ledger.door import Target
from piggyadmin.ledger.models import Act
from piggyadmin.ledger.open_acts import still_open
from piggyadmin.ledger.services import acts_of
from piggyadmin.piggy.errors import PiggyError, PiggyInvalid, PiggyNotFound
from piggyadmin.piggy.payloads import AttributeDefinition, Reward

ACTS_SHOWN = 8
PHYSICAL, DIGITAL = "PHYSICAL", "DIGITAL"
ACTIVE, OFF = "active", "off"


class NoReward(Exception):
    """Piggy has no reward of this id."""


@dataclass(frozen=True, slots=True)
class Listed:
    """What a filter lets through, cheapest first. `counts` are those of the whole list of that shop."""

    rewards: list[Reward]
    total: int
    counts: dict[str, int]  # by "active" and "off"
    read_at: datetime


@dataclass(frozen=True, slots=True)
class Sight:
    """One reward. The definitions of its attributes may have failed by themselves: then names stand for labels.

    How it is collected is told in the list of rewards alone; `in_list` is None where that could not be read.
    """

    reward: Reward
    in_list: Reward | None
    read_at: datetime
    attributes: list[tuple[str, str]]  # label, value as text
    definitions: list[AttributeDefinition]
    definitions_error: PiggyError | None
    open_acts: list[Act] = field(default_factory=list)
    acts: list[Act] = field(default_factory=list)


def kind_of(reward: Reward) -> str:
    """PHYSICAL or DIGITAL, under whichever of its two keys; "" where Piggy says neither."""
    return reward.reward_type or reward.type or ""


def is_active(reward: Reward) -> bool:
    return bool(reward.active if reward.is_active is None else reward.is_active)


def listed(*, words: str = "", state: str = "", kind: str = "", shop_uuid: str = "") -> Listed:
    """Rewards of all shops, or of one as Piggy filters them. Raises PiggyError.

    A reward does not name its shops, so whether Piggy applied that filter cannot be seen: at worst all are shown.
    """
    found = piggy.get_client(seconds=settings.PIGGY_TIMEOUT).list_rewards(shop_uuid=shop_uuid or None)
    read_at = timezone.now()
    chosen = [
        each
        for each in found
        if holds(words, each.title, each.description) and kind in ("", kind_of(each)) and state in ("", _state(each))
    ]
    chosen.sort(key=lambda each: (each.required_credits is None, each.required_credits or 0, each.title or ""))
    return Listed(chosen, len(found), dict(Counter(map(_state, found))), read_at)


def look(*, reward_uuid: str) -> Sight:
    """One reward with stock and cost price, how it is collected, and what its attributes are called: asked at once.

    Raises NoReward, PiggyError."""
    answers: dict[str, piggy.Answer[Any]] = piggy.gather(
        {
            "reward": lambda client: client.get_reward(reward_uuid=reward_uuid),
            "definitions": lambda client: client.list_reward_attributes(),
            "listed": lambda client: client.list_rewards(),
        },
        seconds=settings.PIGGY_TIMEOUT,
    )
    answer, told, all_of_them = answers["reward"], answers["definitions"], answers["listed"]
    if isinstance(answer.error, PiggyNotFound | PiggyInvalid):
        raise NoReward(reward_uuid) from answer.error
    reward: Reward = answer.get()
    definitions: list[AttributeDefinition] = told.value or []
    about = acts_of(target=Target(REWARD.name, reward_uuid))
    return Sight(
        reward=reward,
        in_list=next((each for each in all_of_them.value or [] if each.uuid == reward_uuid), None),
        read_at=answer.read_at,
        attributes=_attributes(reward, definitions),
        definitions=definitions,
        definitions_error=told.error,
        open_acts=list(still_open(about)),
        acts=list(about[:ACTS_SHOWN]),
    )


def _attributes(reward: Reward, definitions: list[AttributeDefinition]) -> list[tuple[str, str]]:
    """The reward's own attributes in the order of their definitions. Keys that nothing defines are none of them,
    unless the definitions could not be read."""
    if not definitions:
        return [(name, states.text_of(value)) for name, value in reward.extra.items() if not isinstance(value, dict)]
    own = [each for each in definitions if not each.is_piggy_defined]
    return [(each.title, states.text_of(reward.extra.get(each.name))) for each in own]


def _state(reward: Reward) -> str:
    return ACTIVE if is_active(reward) else OFF
