"""What is done to people, shops and limits, as the ledger tells it. Nothing here is sent to Piggy.

Figures hold names of fields and numbers; names of people and old and new values go into the act's detail.
"""

from piggyadmin.ledger.actions import Action, Kind, Words, register, register_kind

register_kind(Kind(name="staff", words="staff {username}", url_name="accounts:staff-change"))
register_kind(Kind(name="shop", words="shop {short}", url_name="accounts:shop"))
register_kind(Kind(name="limit", words="limit on {kind} for {role}"))


def _own(name: str, permission: str, do: str, done: str) -> Action:
    """An act of ours alone: it is done when it is written, so nothing of it can be refused or stay unknown."""
    words = Words(do=do, done=done, refused="Not done.", unknown="We do not know whether it was done.")
    return register(Action(name=name, permission=permission, words=words, needs_shop=False, writes_to_piggy=False))


STAFF_ADDED = _own("staff.added", "accounts.manage_staff", "Add a person", "Added {username} as {role}.")
STAFF_CHANGED = _own("staff.changed", "accounts.manage_staff", "Change a person", "Changed {fields} of {username}.")
PASSWORD_RESET = _own(
    "staff.password_reset", "accounts.manage_staff", "Reset a password", "Gave {username} a new password."
)
MFA_REMOVED = _own(
    "staff.mfa_removed",
    "accounts.manage_staff",
    "Switch off a second factor",
    "Switched off the second factor of {username}.",
)
SHOP_CHANGED = _own("shop.changed", "accounts.manage_shops", "Change a shop", "Changed {fields} of the shop.")
SHOPS_READ = _own(
    "shops.read",
    "accounts.manage_shops",
    "Read shops from Piggy",
    "Read the shops: {added} new, {changed} changed, {gone} gone.",
)
LIMIT_CHANGED = _own(
    "limit.changed", "accounts.manage_limits", "Change a limit", "Changed a limit from {old} to {new}."
)
