"""Rewards: claimed, taken back, handed over, changed. https://docs.piggy.eu/v3/oauth/rewards

A reward that is `pre_redeemable` is claimed first and collected later; until then it is a collectable reward.
"""

from collections.abc import Mapping
from typing import Any

from .caller import Caller
from .filters import check_all, contact_of, ignored, shop_of
from .inputs import checked_between, checked_id, checked_name, checked_text, checked_value, given, refusal
from .payloads import (
    CollectableReward,
    CollectableRewardRedemption,
    CreditReception,
    DigitalRewardReception,
    Reward,
    RewardReception,
)

MOST_CREDITS = 2_147_483_647
REDEEMED, REVERSED = "COLLECTED", "REVERSED"
# Keys of Piggy's own in a reward: an attribute of such a name would say something else.
TAKEN = frozenset(Reward.__struct_fields__)


class RewardCalls(Caller):
    def get_reward(self, *, reward_uuid: str) -> Reward:
        """One reward. PiggyNotFound (6003).

        https://docs.piggy.eu/v3/oauth/rewards (Get Reward)
        """

        def check(found: Reward) -> None:
            if found.uuid != reward_uuid:
                raise ignored(field="reward_uuid", operation="get_reward")

        return self._get("get_reward", "rewards/{reward_uuid}", Reward, ids={"reward_uuid": reward_uuid}, check=check)

    def update_reward(
        self,
        *,
        reward_uuid: str,
        title: str | None = None,
        description: str | None = None,
        required_credits: int | None = None,
        attributes: Mapping[str, Any] | None = None,
    ) -> Reward:
        """Change what is given; None stays as it is. `attributes` are the reward's own, by their names; one that is
        None is emptied.

        PiggyNotFound (6003), PiggyInvalid (1003; also when nothing is given).

        https://docs.piggy.eu/v3/oauth/rewards (Update Reward)
        """
        sent: dict[str, Any] = {
            "title": given(checked_text, title, field="title"),
            "description": given(checked_value, description, field="description"),
            "required_credits": None
            if required_credits is None
            else checked_between(required_credits, 0, MOST_CREDITS, field="required_credits"),
        }
        own = {
            _attribute(name): "" if value is None else checked_value(value, field=name)
            for name, value in (attributes or {}).items()
        }
        if all(value is None for value in sent.values()) and not own:
            raise refusal("title", "Change something first.")
        return self._write(
            "update_reward",
            "PUT",
            "rewards/{reward_uuid}",
            Reward,
            ids={"reward_uuid": reward_uuid},
            json={**sent, **own},
            is_ours=lambda done: (
                done.uuid == reward_uuid
                and title in (None, done.title)
                and required_credits in (None, done.required_credits)
            ),
        )

    def create_reward_reception(
        self, *, contact_uuid: str, reward_uuid: str, shop_uuid: str
    ) -> RewardReception | DigitalRewardReception:
        """Claim a reward: its credits are taken at once.

        PiggyNotFound (55031, 1008, 6003), PiggyRejected (1017 not enough credits, 1018 out of stock, 1019 claimed as
        often as it allows, 1052 switched off), PiggyInvalid (1003).

        https://docs.piggy.eu/v3/oauth/reward-receptions (Create Reward Reception)
        """

        def is_ours(done: RewardReception | DigitalRewardReception) -> bool:
            reward = reward_of(done)
            return (
                done.credits <= 0
                and contact_of(done) in (None, contact_uuid)
                and shop_of(done) in (None, shop_uuid)
                and (reward is None or reward.uuid == reward_uuid)
            )

        shape: Any = RewardReception | DigitalRewardReception  # a union, which mypy does not take for a type here
        claimed: RewardReception | DigitalRewardReception = self._write(
            "create_reward_reception",
            "POST",
            "reward-receptions",
            shape,
            json={
                "contact_uuid": checked_id(contact_uuid, field="contact_uuid"),
                "reward_uuid": checked_id(reward_uuid, field="reward_uuid"),
                "shop_uuid": checked_id(shop_uuid, field="shop_uuid"),
            },
            is_ours=is_ours,
        )
        return claimed

    def reverse_reward_reception(self, *, uuid: str) -> CreditReception:
        """Take a claim back, whole. Brings a NEW transaction that gives its credits back, with a uuid of its own.

        PiggyInvalid (1003, the only code that is documented: taken back before, collected, or not a claim).

        https://docs.piggy.eu/v3/oauth/reward-receptions (Reverse Reward Reception)
        """
        return self._write(
            "reverse_reward_reception",
            "POST",
            "reward-receptions/{reward_reception_uuid}/reverse",
            CreditReception,
            ids={"reward_reception_uuid": uuid},
            is_ours=lambda done: done.uuid != uuid and done.credits >= 0,
        )

    def list_collectable_rewards(self, *, contact_uuid: str) -> list[CollectableReward]:
        """What a contact has claimed and not collected yet. PiggyNotFound (55031), PiggyInvalid (1003).

        https://docs.piggy.eu/v3/oauth/collectable-rewards (List Collectable Rewards)
        """

        def check(found: list[CollectableReward]) -> None:
            check_all(found, _holder, contact_uuid, field="contact_uuid", operation="list_collectable_rewards")

        return self._get(
            "list_collectable_rewards",
            "collectable-rewards",
            list[CollectableReward],
            params={"contact_uuid": checked_id(contact_uuid, field="contact_uuid")},
            check=check,
        )

    def collect_collectable_reward(self, *, loyalty_transaction_uuid: str) -> CollectableRewardRedemption:
        """Hand a claimed reward over. The `uuid` of the answer is what the hand-over can be undone with, and nothing
        lists it later. Until 2025 Piggy answered with the whole reward, whose uuid is the claim's: then it is None.

        PiggyNotFound (6003; 80300 not there, collected before, or expired).

        https://docs.piggy.eu/v3/oauth/collectable-rewards (Collect Collectable Reward)
        """
        done = self._write(
            "collect_collectable_reward",
            "PUT",
            "collectable-rewards/collect/{loyalty_transaction_uuid}",
            CollectableRewardRedemption,
            ids={"loyalty_transaction_uuid": loyalty_transaction_uuid},
            is_ours=lambda done: (
                bool(done.uuid) and done.status in (None, REDEEMED) and done.has_been_collected is not False
            ),
        )
        return CollectableRewardRedemption(status=REDEEMED) if done.uuid == loyalty_transaction_uuid else done

    def reverse_collectable_reward_redemption(self, *, redemption_uuid: str) -> CollectableRewardRedemption:
        """Undo a hand-over: the reward waits to be collected again. No codes are documented.

        https://docs.piggy.eu/v3/oauth/collectable-rewards (Reverse Collectable Reward Redemption)
        """
        return self._write(
            "reverse_collectable_reward_redemption",
            "POST",
            "collectable-rewards/{collectable_reward_redemption_uuid}/reverse",
            CollectableRewardRedemption,
            ids={"collectable_reward_redemption_uuid": redemption_uuid},
            is_ours=lambda done: (
                bool(done.uuid or done.status)
                and done.uuid in (None, redemption_uuid)
                and done.status in (None, REVERSED)
            ),
        )


def reward_of(claim: RewardReception | DigitalRewardReception) -> Reward | None:
    """What was claimed, where Piggy tells it."""
    return claim.reward if isinstance(claim, RewardReception) else claim.digital_reward


def _holder(reward: CollectableReward) -> str | None:
    return reward.contact.uuid if reward.contact else None


def _attribute(name: str) -> str:
    if name in TAKEN:
        raise refusal(name, "This is a key of Piggy's own, and no attribute.")
    return checked_name(name)
