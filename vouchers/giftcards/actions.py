"""What can be done with gift cards, as the ledger tells it. `cents` are signed: what came onto the card."""

from piggyadmin.ledger.actions import Action, Kind, Words, register, register_kind
from vouchers.giftcards import mail_actions, marks, resolvers

CARD = register_kind(Kind("giftcard", "gift card ending {code_end}", "giftcards:card"))
PROGRAM = register_kind(Kind("giftcard_program", "gift card programme {short}"))
ATTRIBUTE = register_kind(Kind("giftcard_attribute", "gift card attribute {id}"))

CREATE = register(
    Action(
        name="giftcard.create",
        permission="vouchers.create_giftcard",
        words=Words(
            do="Make a gift card",
            done="Made the gift card ending {code_end}. It is empty.",
            refused="No gift card was made.",
            unknown="We do not know whether the gift card was made. If it was, it is empty: no money is lost.",
            settle_question="Is there one gift card more in this programme?",
        ),
        resolve=resolvers.resolve_create,
    )
)

TOP_UP = register(
    Action(
        name="giftcard.top_up",
        permission="vouchers.spend_giftcard",
        approve_permission="vouchers.approve_giftcard",
        words=Words(
            do="Top up a gift card",
            done="Put {cents:euros} on the gift card ending {code_end}.",
            refused="Nothing was put on the gift card.",
            unknown="We do not know whether {cents:euros} were put on the gift card. Do not top it up again.",
            settle_question="Were {cents:euros} put on the gift card ending {code_end}?",
            what="{cents:signed_euros}",
        ),
        resolve=resolvers.resolve_marked,
        page="giftcards:card",
    )
)

DEDUCT = register(
    Action(
        name="giftcard.deduct",
        permission="vouchers.spend_giftcard",
        words=Words(
            do="Pay with a gift card",
            done="Paid {paid_cents:euros} with the gift card ending {code_end}.",
            refused="Nothing was paid with the gift card.",
            unknown="We do not know whether {paid_cents:euros} were paid with the gift card. Do not take them again.",
            settle_question="Were {paid_cents:euros} paid with the gift card ending {code_end}?",
            what="{cents:signed_euros}",
        ),
        resolve=resolvers.resolve_marked,
    )
)

REVERSE = register(
    Action(
        name="giftcard.reverse",
        permission="vouchers.adjust_giftcard",
        words=Words(
            do="Take back a gift card transaction",
            done="Took the last transaction back: {cents:signed_euros} on the gift card ending {code_end}.",
            refused="The transaction was not taken back.",
            unknown="We do not know whether the transaction was taken back ({cents:signed_euros} on the card).",
            settle_question="Was the transaction taken back ({cents:signed_euros} on the card ending {code_end})?",
            what="{cents:signed_euros}",
        ),
        resolve=resolvers.resolve_reverse,
    )
)

CORRECT = register(
    Action(
        name="giftcard.correct",
        permission="vouchers.adjust_giftcard",
        words=Words(
            do="Correct a gift card transaction",
            done="Corrected {of_cents:signed_euros} to {to_cents:signed_euros} on the gift card ending {code_end}.",
            refused="The transaction was not corrected.",
            unknown="We do not know whether the transaction was corrected ({cents:signed_euros} on the card).",
            settle_question="Was the transaction corrected ({cents:signed_euros} on the card ending {code_end})?",
            what="{cents:signed_euros}",
        ),
        resolve=resolvers.resolve_marked,
    )
)

REVEAL = register(
    Action(
        name="giftcard.reveal",
        permission="vouchers.see_codes",
        words=Words(
            do="Show the code of a gift card",
            done="Showed the whole code of the gift card ending {code_end}.",
            refused="The code was not shown.",
            unknown="We do not know whether the code was shown.",
        ),
        writes_to_piggy=False,
    )
)

MAIL = mail_actions.MAIL
MAKE_MARK = register(marks.ATTRIBUTE.action())

MOVES = (TOP_UP.name, DEDUCT.name, REVERSE.name, CORRECT.name)
