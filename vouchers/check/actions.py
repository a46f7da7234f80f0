"""What can be done to a voucher at the desk, as the ledger tells them."""

from piggyadmin.ledger.actions import Action, Kind, Words, register, register_kind
from vouchers.check import resolvers

VOUCHER = register_kind(Kind("voucher", "voucher ending {code_end}", "vouchers:voucher"))

LOCK = register(
    Action(
        name="voucher.lock",
        permission="vouchers.redeem_voucher",
        words=Words(
            do="Lock voucher",
            done="Locked the voucher ending {code_end}.",
            refused="No lock of ours stands on the voucher ending {code_end}.",
            unknown="We do not know whether the voucher ending {code_end} is locked. Nothing has been used.",
            settle_question="Was the voucher ending {code_end} locked?",
        ),
        resolve=resolvers.resolve_lock,
        looks=(2, 8, 20, 60, 300, 3700),  # the last one after Piggy's own hour: then no lock of ours can stand
    )
)

REDEEM = register(
    Action(
        name="voucher.redeem",
        permission="vouchers.redeem_voucher",
        words=Words(
            do="Redeem voucher",
            done="Redeemed the voucher ending {code_end}.",
            refused="The voucher ending {code_end} was not redeemed.",
            unknown="We do not know whether the voucher ending {code_end} was redeemed. Do not redeem it again.",
            settle_question="Was the voucher ending {code_end} redeemed?",
        ),
        resolve=resolvers.resolve_redeem,
        on_settled=resolvers.settled_redeem,
    )
)

REDEEM_MANY = register(
    Action(
        name="voucher.redeem_many",
        permission="vouchers.redeem_voucher",
        words=Words(
            do="Redeem voucher {times} times",
            done="Redeemed the voucher ending {code_end} {times} times.",
            refused="The voucher ending {code_end} was not redeemed.",
            unknown="We do not know whether the voucher ending {code_end} was redeemed {times} times. "
            "Do not redeem it again.",
            settle_question="Was the voucher ending {code_end} redeemed {times} times?",
        ),
        resolve=resolvers.resolve_redeem_many,
        on_settled=resolvers.settled_redeem,
    )
)
REDEEMS = (REDEEM, REDEEM_MANY)

RELEASE = register(
    Action(
        name="voucher.release",
        permission="vouchers.redeem_voucher",
        words=Words(
            do="Release voucher",
            done="Released the voucher ending {code_end}.",
            refused="The voucher ending {code_end} was not released.",
            unknown="We do not know whether the voucher ending {code_end} is free again. Nothing has been used.",
            settle_question="Is the voucher ending {code_end} free again?",
        ),
        resolve=resolvers.resolve_release,
        on_settled=resolvers.settled_release,
    )
)

REVERSE = register(
    Action(
        name="voucher.reverse",
        permission="vouchers.reverse_redemption",
        words=Words(
            do="Take back redemption",
            done="Took back a redemption of the voucher ending {code_end}.",
            refused="The redemption of the voucher ending {code_end} was not taken back.",
            unknown="We do not know whether the redemption of the voucher ending {code_end} was taken back.",
            settle_question="Was the redemption of the voucher ending {code_end} taken back?",
        ),
        resolve=resolvers.resolve_reverse,
        on_settled=resolvers.settled_reverse,
    )
)

REVEAL = register(
    Action(
        name="voucher.reveal",
        permission="vouchers.see_codes",
        words=Words(
            do="Show a voucher’s code",
            done="Saw the code of the voucher ending {code_end}.",
            refused="The code was not shown.",
            unknown="We do not know whether the code was shown.",
        ),
        needs_shop=False,
        writes_to_piggy=False,
    )
)
