"""What can be done about promotions, as the ledger tells it."""

from piggyadmin.ledger.actions import Action, Words, register
from vouchers.promotions import resolvers

CREATE = register(
    Action(
        name="promotion.create",
        permission="vouchers.create_promotion",
        words=Words(
            do="Make a promotion",
            done="Made a promotion.",
            refused="No promotion was made.",
            unknown="We do not know whether the promotion was made. Do not make it again.",
            settle_question="Was the promotion made?",
        ),
        resolve=resolvers.resolve_create,
        needs_shop=False,
    )
)
