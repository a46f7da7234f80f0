"""What can be done about rewards, as the ledger tells it. Piggy lets them be changed, not made and not deleted."""

from piggyadmin.catalogue.rewards import resolvers
from piggyadmin.ledger.actions import Action, Kind, Words, register, register_kind

REWARD = register_kind(Kind("reward", "reward {short}", "catalogue:reward"))

CHANGE = register(
    Action(
        name="reward.change",
        permission="catalogue.change_reward",
        words=Words(
            do="Change a reward",
            done="Changed the reward.",
            refused="The reward was not changed.",
            unknown="We do not know whether the reward was changed.",
            settle_question="Is the reward as it was to be?",
        ),
        resolve=resolvers.resolve_change,
        needs_shop=False,
        may_come_late=90,  # a question comes before it
    )
)
