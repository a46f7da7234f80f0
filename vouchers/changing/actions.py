"""Withdrawing vouchers, giving them back and changing their end, as the ledger tells it: one act a voucher."""

from collections.abc import Mapping

from piggyadmin.ledger.actions import Action, Kind, Words, register, register_kind
from vouchers.changing import resolvers
from vouchers.models import VoucherChange

PERMISSION = "vouchers.change_voucher"
CHANGE = register_kind(Kind("voucher_change", "change of many vouchers {short}", "vouchers:change"))


def _one(name: str, kind: str, words: Words) -> Action:
    return register(
        Action(
            name=name,
            permission=PERMISSION,
            words=words,
            resolve=resolvers.resolver_of(kind),
            on_settled=resolvers.settled,
            needs_shop=False,
            settle_after=30,  # s: after a kill the one voucher in hand waits for it, the others go on
        )
    )


ONE: Mapping[str, Action] = {
    VoucherChange.Kind.DEACTIVATE: _one(
        "voucher.withdraw",
        VoucherChange.Kind.DEACTIVATE,
        Words(
            do="Withdraw voucher",
            done="Withdrew the voucher ending {code_end}.",
            refused="The voucher ending {code_end} was not withdrawn.",
            unknown="We do not know whether the voucher ending {code_end} was withdrawn.",
            settle_question="Was the voucher ending {code_end} withdrawn?",
        ),
    ),
    VoucherChange.Kind.REACTIVATE: _one(
        "voucher.give_back",
        VoucherChange.Kind.REACTIVATE,
        Words(
            do="Give voucher back",
            done="Gave the voucher ending {code_end} back.",
            refused="The voucher ending {code_end} was not given back.",
            unknown="We do not know whether the voucher ending {code_end} was given back.",
            settle_question="Was the voucher ending {code_end} given back?",
        ),
    ),
    VoucherChange.Kind.EXPIRY: _one(
        "voucher.change_end",
        VoucherChange.Kind.EXPIRY,
        Words(
            do="Change a voucher’s end",
            done="Changed the end of the voucher ending {code_end}.",
            refused="The end of the voucher ending {code_end} was not changed.",
            unknown="We do not know whether the end of the voucher ending {code_end} was changed.",
            settle_question="Does the voucher ending {code_end} end when it was to?",
        ),
    ),
}


def _many(name: str, do: str, done: str) -> Action:
    words = Words(do, done, "Not begun.", "We do not know whether it was begun.", what="{quantity:thousands}")
    return register(Action(name, PERMISSION, words, needs_shop=False, writes_to_piggy=False))


MANY: Mapping[str, Action] = {
    VoucherChange.Kind.DEACTIVATE: _many(
        "voucher.withdraw_many", "Withdraw vouchers", "Began to withdraw {quantity:thousands} vouchers."
    ),
    VoucherChange.Kind.REACTIVATE: _many(
        "voucher.give_back_many", "Give vouchers back", "Began to give {quantity:thousands} vouchers back."
    ),
    VoucherChange.Kind.EXPIRY: _many(
        "voucher.change_end_many", "Change vouchers’ end", "Began to change the end of {quantity:thousands} vouchers."
    ),
}

STOPPED = register(
    Action(
        "voucher.change_stopped",
        PERMISSION,
        Words(
            "Stop a change of vouchers",
            "Stopped a change of vouchers; {left:thousands} stay as they were.",
            "Not stopped.",
            "We do not know whether it was stopped.",
            what="{left:thousands}",
        ),
        needs_shop=False,
        writes_to_piggy=False,
    )
)
