"""A gift card mailed to a customer, as the ledger tells it. Imported by `actions`, so that it is found there."""

from piggyadmin.ledger.actions import Action, Words, register

MAIL = register(
    Action(
        name="giftcard.mail",
        permission="vouchers.send_giftcard",
        words=Words(
            do="Mail a gift card",
            done="Had Piggy mail the gift card ending {code_end} to the customer.",
            refused="The gift card was not mailed.",
            unknown="We do not know whether the gift card ending {code_end} was mailed. Do not mail it again.",
            settle_question="Did the customer get the mail with the gift card ending {code_end}?",
        ),
    )
)
