"""Piggy's error codes in words for staff: what happened, and where it helps what to do next.

Piggy's own sentences are bilingual for some codes, unlike from page to page for others, and may name a person:
they are never matched on and never shown as ours. The codes are those of https://docs.piggy.eu/v3/error-handling
and of the "Possible errors" beneath each call.
"""

import re
from collections.abc import Collection

WORDS: dict[int, str] = {
    1000: "Piggy had an internal error.",
    1003: "Piggy did not accept what was sent. Check what you typed.",
    1008: "Piggy does not know this shop. Ask an admin to refresh the shops.",
    1010: "This card is not activated yet.",
    1013: "This card is not registered.",
    1015: "That is more credits than the programme allows. Give fewer.",
    1017: "The customer does not have enough credits.",
    1018: "This reward is out of stock.",
    1019: "The customer has claimed this reward as often as it allows.",
    1027: "Piggy does not know this till transaction.",
    1028: "Piggy does not know this award of credits.",
    1034: "These credits were already collected.",
    1041: "Piggy does not know these waiting credits.",
    1048: "Piggy does not know this card.",
    1052: "This reward is switched off.",
    1053: "Piggy does not accept the account's secret. Tell an admin.",
    1100: "Piggy does not know this gift card programme.",
    1102: "This shop has no loyalty programme. Tell an admin.",
    1103: "Piggy does not know this loyalty programme.",
    1114: "Only gift cards that cannot be topped up can be used here.",
    3000: "The customer's sign-in at Piggy has expired.",
    5001: "Piggy does not know this gift card.",
    5002: "This gift card has expired.",
    5003: "There is not enough money on this gift card.",
    5006: "This gift card cannot be topped up.",
    5007: "This gift card belongs to no gift card programme.",
    5008: "That is more than this gift card may hold.",
    5010: "Piggy does not know this gift card transaction.",
    6001: "This till transaction already gave credits.",
    6003: "Piggy does not know this reward.",
    6007: "The linked e-mail template lacks a field it needs. Tell an admin.",
    7002: "The account at Piggy is not active. Tell an admin.",
    7010: "This gift card is not valid.",
    7011: "Our key has no access to this account at Piggy. Tell an admin.",
    7015: "This shop may not use this gift card programme.",
    13010: "This code is not right. Ask the customer to read it again, or send a new one.",
    55004: "Piggy does not know this marketing programme.",
    55005: "The customer is already in this marketing programme.",
    55007: "Piggy does not know this loyalty card.",
    55012: "Piggy does not know this member.",
    55016: "This card already belongs to a customer.",
    55017: "This member exists already.",
    55018: "The loyalty programme is not active. Tell an admin.",
    55020: "Piggy does not know this recipient.",
    55021: "Only digital gift cards can be created here.",
    55024: "These credits were given by another shop.",
    55025: "Only the last transaction of a gift card can be reversed.",
    55030: "Piggy does not know this kind of subscription. Load the page again.",
    55031: "Piggy does not know this customer.",
    55032: "The account has no customer portal at Piggy, so nothing can be proved by code. Tell an admin.",
    55045: "A unit of this name exists already.",
    55046: "The account has no default unit. Tell an admin.",
    60000: "The account's usage limit at Piggy is reached. Tell an admin.",
    60001: "Piggy is still giving this customer other credits. Nothing was given now: try again in a moment.",
    60003: "Piggy does not know this card.",
    60004: "This card is switched off.",
    60005: "A customer with this e-mail address exists already. Find that customer instead.",
    60006: "A card with this number exists already. Scan it to see whose it is.",
    60007: "Piggy does not know this unit. Load the page again.",
    60009: "An attribute of this name exists already.",
    60011: "This card is not linked to a customer, so there is nothing to unlink.",
    60013: "Piggy does not know this, or not any more. Check it, or load the page again.",
    60014: "This card is already linked to a customer. Scan it to see whose it is; unlink it there first.",
    60016: "This customer is no longer anonymous. Load the page again to see who it is.",
    60018: "Piggy needs a number of credits for this link.",
    60019: "Piggy needs a unit and a value for this link.",
    80002: "Piggy does not know this promotion.",
    80003: "A voucher with this code exists already.",
    80004: "No voucher has this code.",
    80005: "This voucher was already redeemed.",
    80006: "This voucher has expired.",
    80008: "No more vouchers can be given out of this promotion.",
    80012: "This voucher was withdrawn.",
    80014: "This voucher is not valid yet.",
    80017: "This voucher is locked, perhaps by another till. Try again later.",
    80019: "This voucher cannot be used that often any more.",
    80020: "This promotion is switched off.",
    80300: "Piggy does not know this, or it has expired.",
    110000: "Piggy does not know this perk.",
}

# Calls that carry nothing of what anybody typed: a button alone, or a page that is read.
UNTYPED = re.compile(
    r"(get|list|lock|release|redeem|multi_redeem|collect|reverse|delete|merge|subscribe|unsubscribe|unlink|send)_\w+"
    r"|create_(reward_reception|automation_run|portal_session|giftcard)"
)
# Alone they are a switch of a card, a withdrawal, a check-in.
UNTYPED_VALUES = {"contact_identifier_value", "contact_identifier_active", "status", "checked_in_at"}
NOT_ACCEPTED = "Piggy did not accept this. Load the page again before you repeat it; if it stays so, tell an admin."

UNREADABLE = "Piggy's answer could not be read. Try again; if it stays, tell an admin."
NOT_ABOUT_IT = "Piggy's answer was not about what we asked, so nothing of it is shown. Tell an admin."
UNREACHABLE = "Piggy cannot be reached. Nothing was sent. Try again in a moment."
NO_TIME = "There was no time left to ask Piggy. Nothing was sent. Try again."
BUSY = "Too much is being asked of Piggy at once. Nothing was sent. Try again in a moment."
MAINTENANCE = "Maintenance at Piggy. Try again in a few minutes."
BROKEN = "Piggy has a problem at the moment. Try again in a few minutes."
KEY_REFUSED = "Piggy does not accept our key. Tell an admin."
UNKNOWN = "We do not know whether Piggy did this. Look before you try again."


def refusal(code: int | None, status: int | None) -> str:
    """The sentence for a refusal; for a code that is new to us its number, so that it can be looked up."""
    if code is not None:
        return WORDS.get(code, f"Piggy refused this (code {code}).")
    return f"Piggy refused this (HTTP {status})."


def not_accepted(operation: str, sent: Collection[str]) -> str:
    """The sentence for a 1003: to check what was typed, where something was. `sent` are the names of the values."""
    is_untyped = UNTYPED.fullmatch(operation) or (sent and UNTYPED_VALUES.issuperset(sent))
    return NOT_ACCEPTED if is_untyped else WORDS[1003]


def silence(seconds: float) -> str:
    """The sentence for no answer in time."""
    return f"Piggy did not answer in {seconds:.3g} s. Try again."


def wait(seconds: float) -> str:
    """The sentence for a 429, or for a pause that Piggy asked for."""
    whole = max(1, int(seconds + 0.999))
    return f"Piggy asks us to wait {whole} s. This was not done. Try again after that."
