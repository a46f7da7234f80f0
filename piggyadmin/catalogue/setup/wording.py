"""Piggy's words for these things, as people read them; one that is new to us is shown as it is."""

from collections.abc import Mapping

SHOP_TYPES: Mapping[str, str] = {"physical": "a shop", "web": "a web shop", "on_site": "on site"}
STRATEGIES: Mapping[str, str] = {
    "OPT_OUT": "everybody, until they leave",
    "OPT_IN": "who asks for it",
    "DOUBLE_OPT_IN": "who asks, and says so again by mail",
}
FORM_STATUSES: Mapping[str, str] = {"PUBLISHED": "published", "DRAFT": "a draft", "BIN": "in the bin"}
FORM_TYPES: Mapping[str, str] = {"PUBLIC": "for everybody", "PRIVATE": "for those who have the link"}
EVENTS: Mapping[str, str] = {
    "contact_created": "a customer is new",
    "contact_updated": "a customer changes",
    "credit_reception_created": "credits are given",
    "credit_balance_increased": "a balance grows",
    "physical_reward_reception_created": "a reward is claimed",
    "digital_reward_reception_created": "a digital reward is claimed",
    "tier_reached": "a tier is reached",
    "order_paid": "an order is paid",
    "visit_created": "a visit is made",
    "booking_created": "a booking is made",
    "booking_updated": "a booking changes",
    "voucher_created": "a voucher is made",
    "voucher_redeemed": "a voucher is redeemed",
    "form_submission_completed": "a form is filled in",
    "form_submission_approved": "a filled-in form is approved",
    "form_submission_rejected": "a filled-in form is rejected",
    "prepaid_transaction_created": "prepaid money moves",
    "referral_completed_by_contact": "somebody brought a customer",
    "referral_completed_for_contact": "somebody was brought",
}


def said(words: Mapping[str, str], value: str | None) -> str:
    """Ours for Piggy's word; its own, in small letters, where it is new to us."""
    return words.get(value or "", (value or "not told").replace("_", " ").lower())
