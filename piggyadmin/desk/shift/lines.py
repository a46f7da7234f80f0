"""The lines of the slip: which acts are counted one by one, and what of their figures is summed. A new one is a row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from piggyadmin.templatetags.words import euros, in_credits, thousands


@dataclass(frozen=True, slots=True)
class Line:
    """One action of the ledger. `sums` is the figure that is added up, `told` how the sum is written."""

    section: str
    action: str
    words: str
    sums: str = ""
    told: Callable[[int], str] = str


def _owed(cents: int) -> str:
    """Cents as euros, with a minus where they went the other way."""
    return f"−{euros(-cents)}" if cents < 0 else euros(cents)


def _credits(number: int) -> str:
    return f"−{in_credits(-number)}" if number < 0 else in_credits(number)


def _uses(number: int) -> str:
    return f"{thousands(number)} uses"


CREDITS, REWARDS, PREPAID, GIFT_CARDS, VOUCHERS = "Credits", "Rewards", "Prepaid", "Gift cards", "Vouchers"
CUSTOMERS, CARDS, BOOKINGS, VISITS = "Customers", "Cards", "Bookings", "Visits"

LINES = (
    Line(CREDITS, "credits.award", "Awards", "credits", _credits),
    Line(CREDITS, "credits.reverse", "Awards taken back", "credits", _credits),
    Line(CREDITS, "credits.refund", "Parts of awards taken back", "credits", _credits),
    Line(CREDITS, "portal.claim_link", "Links claimed for customers", "credits", _credits),
    Line(CREDITS, "claim_links.order", "Claim links ordered"),
    Line(CREDITS, "claim_links.link", "Claim links made", "credits", _credits),  # by the dashboard: of everybody
    Line(REWARDS, "rewards.claim", "Claimed", "credits", _credits),
    Line(REWARDS, "rewards.reverse", "Claims taken back", "credits", _credits),
    Line(REWARDS, "rewards.hand_over", "Handed over"),
    Line(REWARDS, "rewards.undo_hand_over", "Hand-overs undone"),
    Line(PREPAID, "prepaid.top_up", "Top-ups", "cents", _owed),
    Line(PREPAID, "prepaid.deduct", "Deducted", "paid_cents", _owed),
    Line(PREPAID, "prepaid.reverse", "Taken back", "cents", _owed),
    Line(GIFT_CARDS, "giftcard.top_up", "Top-ups", "cents", _owed),
    Line(GIFT_CARDS, "giftcard.deduct", "Paid with a gift card", "paid_cents", _owed),
    Line(GIFT_CARDS, "giftcard.reverse", "Taken back", "cents", _owed),
    Line(GIFT_CARDS, "giftcard.correct", "Corrected", "cents", _owed),
    Line(GIFT_CARDS, "giftcard.create", "Made"),
    Line(GIFT_CARDS, "giftcard.mail", "Mailed"),
    Line(VOUCHERS, "voucher.redeem", "Redeemed"),
    Line(VOUCHERS, "voucher.redeem_many", "Several uses at once", "times", _uses),
    Line(VOUCHERS, "voucher.reverse", "Redemptions taken back"),
    Line(CUSTOMERS, "contact.claim", "Anonymous claimed"),
    Line(CUSTOMERS, "contact.claim_merged", "Joined with an account"),
    Line(CUSTOMERS, "contact.create", "New"),
    Line(CUSTOMERS, "contact.new_anonymous", "New, anonymous"),
    Line(CUSTOMERS, "contact.update", "Changed"),
    Line(CARDS, "card.link", "Linked"),
    Line(CARDS, "card.replace", "Replaced"),
    Line(BOOKINGS, "booking.create", "Made"),
    Line(BOOKINGS, "booking.update", "Changed"),
    Line(BOOKINGS, "booking.check_in", "Checked in"),
    Line(VISITS, "visit.create", "Made"),
    Line(VISITS, "visit.update", "Changed"),
)
