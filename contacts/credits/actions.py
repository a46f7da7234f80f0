"""What can be done about credits, as the ledger tells it."""

from contacts.credits import marks, resolvers
from piggyadmin.ledger.actions import Action, Kind, Words, register, register_kind

GIVEN = register_kind(Kind("award", "award {short}"))
ATTRIBUTE = register_kind(Kind("transaction_attribute", "transaction attribute {id}"))

AWARD = register(
    Action(
        name="credits.award",
        permission="contacts.award_credits",
        approve_permission="contacts.approve_award",
        words=Words(
            do="Award credits",
            done="Awarded {credits:in_credits}.",
            refused="No credits were awarded.",
            unknown="We do not know whether the award of {credits:in_credits} was made. Do not make it again.",
            settle_question="Was the award of {credits:in_credits} made?",
            what="{credits:signed}",
        ),
        resolve=resolvers.resolve_marked,
        page="contacts:award",
    )
)

REVERSE = register(
    Action(
        name="credits.reverse",
        permission="contacts.reverse_award",
        words=Words(
            do="Reverse an award",
            done="Took an award back: {credits:in_credits}.",
            refused="The award was not taken back.",
            unknown="We do not know whether the award was taken back ({credits:in_credits}).",
            settle_question="Was the award taken back ({credits:in_credits})?",
            what="{credits:signed}",
        ),
        resolve=resolvers.resolve_reverse,
    )
)

REFUND = register(
    Action(
        name="credits.refund",
        permission="contacts.reverse_award",
        words=Words(
            do="Take back a part of an award",
            done="Took back a part of an award: {credits:thousands} of {of_credits:in_credits}.",
            refused="No credits were taken back.",
            unknown="We do not know whether a part of an award was taken back ({credits:in_credits}).",
            settle_question="Was that part of the award taken back ({credits:in_credits})?",
            what="{credits:signed}",
        ),
        resolve=resolvers.resolve_marked,
    )
)

MAKE_MARK = register(marks.ATTRIBUTE.action())
