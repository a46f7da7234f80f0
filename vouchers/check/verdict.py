"""What a voucher's state means at the desk: one loud word, the reason, and what to do next.

Pure: from facts to words. Piggy's status is never derived from dates (its own samples break such rules); dates only
explain it.
"""

from dataclasses import dataclass
from datetime import datetime

from piggyadmin.piggy.payloads import Voucher
from piggyadmin.templatetags.words import day, moment_words


@dataclass(frozen=True, slots=True)
class Facts:
    """All that the words depend on. Times are aware."""

    voucher: Voucher
    mine: bool = False  # this person locked it, and holds the key
    locked_by: str = ""  # a colleague who locked it from here
    locked_at_shop: str = ""
    free_at: datetime | None = None  # when our own lock ends by itself
    perhaps_ours_until: datetime | None = None  # our lock's answer was lost: it may be our lock, until then
    redeem_sent_at: datetime | None = None  # a redemption from here whose outcome nobody knows yet
    redeemed_by: str = ""  # who redeemed it from here, if it was from here
    redeemed_at_shop: str = ""
    just_redeemed_at: datetime | None = None  # this very act of this very person
    just_redeemed_times: int = 1


@dataclass(frozen=True, slots=True)
class Verdict:
    look: str  # done, refused or unknown: colour and shape
    word: str
    value: str  # what the voucher gives: its promotion's name
    reason: str
    next: str
    detail: str = ""
    can_lock: bool = False
    can_redeem: bool = False
    can_look: bool = False


def verdict_on(facts: Facts) -> Verdict:
    voucher = facts.voucher
    value = (voucher.promotion.name if voucher.promotion else None) or voucher.name or "Voucher"
    if facts.redeem_sent_at:
        return Verdict(
            "unknown",
            "No answer",
            "We do not know if it was redeemed.",
            f"Sent at {moment_words(facts.redeem_sent_at, seconds=True)}, then the line broke. "
            "It may have happened, or not.",
            "Wait. Do not redeem it again.",
            "We are reading the voucher back from Piggy. Take the discount off only when this turns green.",
            can_look=True,
        )
    if facts.just_redeemed_at:
        return Verdict(
            "done",
            f"Redeemed {facts.just_redeemed_times} times" if facts.just_redeemed_times > 1 else "Redeemed",
            value,
            f"At {moment_words(facts.just_redeemed_at, seconds=True)}, by you. {_uses_left(voucher)}".strip(),
            "Give it now.",
            "It is done: the same code will be refused from here on."
            if voucher.status == "REDEEMED"
            else "It is done. The code can be used again later.",
        )
    match voucher.status:
        case "ACTIVE":
            return _active(voucher, value)
        case "LOCKED":
            return _locked(facts, value)
        case "REDEEMED":
            return _used(facts, value)
        case "EXPIRED":
            ended = f" It ended on {day(voucher.expiration_date)}." if voucher.expiration_date else ""
            return _no(
                "Expired", value, f"Its time is over.{ended}", "Do not accept it.", "Nobody can use it any more."
            )
        case "DEACTIVATED":
            return _no(
                "Withdrawn",
                value,
                "It was switched off.",
                "Do not accept it.",
                "Ask marketing if the customer disagrees.",
            )
        case "INACTIVE":
            starts = f" It starts on {day(voucher.activation_date)}." if voucher.activation_date else ""
            return _no(
                "Not yet",
                value,
                f"It is not valid yet.{starts}",
                "Do not accept it today.",
                "The customer can come back.",
            )
        case status:
            return _no(
                "Unclear",
                value,
                f"Piggy calls it “{status.lower()}”, which we do not know.",
                "Do not accept it.",
                "Ask an admin.",
            )


def _no(word: str, value: str, reason: str, next_: str, detail: str) -> Verdict:
    return Verdict("refused", word, reason, value, next_, detail)


def _uses_left(voucher: Voucher) -> str:
    left, all_ = voucher.redemptions_remaining, voucher.total_redemptions_allowed
    if left is None or all_ is None or all_ <= 1:
        return ""
    return f"{left} of {all_} uses left."


def _active(voucher: Voucher, value: str) -> Verdict:
    until = f"Until {day(voucher.expiration_date)}." if voucher.expiration_date else "No end date."
    return Verdict(
        "done",
        "Valid",
        value,
        " ".join(words for words in (until, _uses_left(voucher)) if words),
        "Next: lock it, then take the order.",
        "Locked, no other till can use it. Nothing has been used yet.",
        can_lock=True,
    )


def _locked(facts: Facts, value: str) -> Verdict:
    if facts.mine:
        until = f" until {moment_words(facts.free_at, seconds=True)}" if facts.free_at else ""
        return Verdict(
            "done",
            "Locked for you",
            value,
            f"Nobody else can use it{until}. {_uses_left(facts.voucher)}".strip(),
            "Next: redeem it when the customer agrees.",
            "Nothing has been used yet. Release it if the customer changes their mind.",
            can_redeem=True,
        )
    if facts.locked_by:
        where = f" at {facts.locked_at_shop}" if facts.locked_at_shop else ""
        until = f" until {moment_words(facts.free_at, seconds=True)}" if facts.free_at else ""
        return _no(
            "Locked", value, f"{facts.locked_by}{where} holds it{until}.", "Wait, or ask them.", "Check it again then."
        )
    if facts.perhaps_ours_until:
        until = moment_words(facts.perhaps_ours_until)
        return Verdict(
            "unknown",
            "Locked",
            f"Locked, perhaps by us, until {until}.",
            f"We sent a lock and got no answer, so we hold no key to it. {value}",
            f"It cannot be redeemed here before {until}.",
            "Nothing has been used. Piggy frees it by itself then; check it again.",
            can_look=True,
        )
    return _no(
        "Locked",
        value,
        "Another till or system holds it.",
        "Wait, then check it again.",
        "Piggy frees it within an hour.",
    )


def _used(facts: Facts, value: str) -> Verdict:
    at = facts.voucher.redeemed_at
    when = f"{day(at)}, {moment_words(at)[-5:]}" if at else "It was redeemed before"
    where = f", at {facts.redeemed_at_shop}" if facts.redeemed_at_shop else ""
    who = f" by {facts.redeemed_by}" if facts.redeemed_by else ""
    return _no(
        "Used", value, f"{when}{where}{who}.", "Do not accept it.", "It has been used; a second time is not possible."
    )
