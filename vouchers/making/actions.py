"""Making one voucher, as the ledger tells it."""

from piggyadmin.ledger.actions import Action, Words, register
from vouchers.making import resolvers

MAKE = register(
    Action(
        name="voucher.make",
        permission="vouchers.make_batch",
        words=Words(
            do="Make a voucher",
            done="Made the voucher ending {code_end}.",
            refused="The voucher was not made.",
            unknown="We do not know whether the voucher was made. Do not make it again.",
            settle_question="Was the voucher made?",
        ),
        resolve=resolvers.resolve_make,
        needs_shop=False,
    )
)
