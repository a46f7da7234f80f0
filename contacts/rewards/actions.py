"""What can be done about rewards, as the ledger tells it. `credits` are signed: what came to the customer."""

from contacts.rewards import resolvers
from piggyadmin.ledger.actions import Action, Kind, Words, register, register_kind

CLAIMED = register_kind(Kind("claim", "claim {short}"))

CLAIM = register(
    Action(
        name="rewards.claim",
        permission="contacts.claim_reward",
        words=Words(
            do="Claim a reward",
            done="Claimed {reward}: {credits:in_credits}.",
            refused="The reward was not claimed.",
            unknown="We do not know whether {reward} was claimed. Do not claim it again, and give nothing out yet.",
            settle_question="Was {reward} claimed ({credits:in_credits})?",
            what="{credits:signed}",
        ),
        resolve=resolvers.resolve_claim,
        page="contacts:rewards",
    )
)

REVERSE = register(
    Action(
        name="rewards.reverse",
        permission="contacts.claim_reward",  # and one's own at once, or contacts.reverse_reward: see `told`
        words=Words(
            do="Take a claim of a reward back",
            done="Took the claim of {reward} back: {credits:in_credits} returned.",
            refused="The claim was not taken back.",
            unknown="We do not know whether the claim of {reward} was taken back ({credits:in_credits}).",
            settle_question="Was the claim of {reward} taken back ({credits:in_credits} returned)?",
            what="{credits:signed}",
        ),
        resolve=resolvers.resolve_reverse,
    )
)

HAND_OVER = register(
    Action(
        name="rewards.hand_over",
        permission="contacts.claim_reward",
        words=Words(
            do="Hand over a claimed reward",
            done="Handed {reward} over.",
            refused="The reward was not marked as handed over.",
            unknown="We do not know whether {reward} was marked as handed over.",
            settle_question="Is {reward} marked as handed over?",
        ),
        resolve=resolvers.resolve_hand_over,
    )
)

UNDO = register(
    Action(
        name="rewards.undo_hand_over",
        permission="contacts.claim_reward",  # as REVERSE
        words=Words(
            do="Undo the hand-over of a reward",
            done="Undid the hand-over of {reward}. It waits again.",
            refused="The hand-over was not undone.",
            unknown="We do not know whether the hand-over of {reward} was undone.",
            settle_question="Does {reward} wait to be handed over again?",
        ),
        resolve=resolvers.resolve_undo,
    )
)

ALL = (CLAIM.name, REVERSE.name, HAND_OVER.name, UNDO.name)
