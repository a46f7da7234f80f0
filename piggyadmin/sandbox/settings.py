"""What a test or the demo may set about an account: how long Piggy takes, what the programme allows, what it has.

One row of the kind "settings"; what is not in it has its default from here.
"""

from __future__ import annotations

from typing import Any

from piggyadmin.sandbox.account import Account

KIND = "settings"
DEFAULTS: dict[str, Any] = {
    "marks": True,  # False: loyalty transaction attributes can be defined, but receptions drop what is sent
    "merge_seconds": 180.0,  # how long a merge takes once it is accepted ("may take a few minutes")
    "delete_seconds": 180.0,  # how long a deletion takes once it is accepted
    "batch_seconds": 1.0,  # how long after its call the vouchers of a batch are there; 0: at once
    "trail_seconds": 60.0,  # how long current_values go on showing what was before a claim
    "portal": True,  # False: no contacts portal, so nothing can be verified (55032)
    "running": [],  # contacts for whom another credit reception is running (60001)
    "max_amount": 50_000,  # the most credits one reception may give (1015)
    "default_unit": True,  # False: without the unit "purchase_amount" that every account begins with
    "contact_limit": None,  # contacts the account may have (60000); None: any number
    "account_secret": "demo-account-secret",  # signs the webhooks of subscriptions without a secret of their own
    "webhooks": "right",  # or how they go wrong: one of WEBHOOKS
    "webhook_retry_seconds": 5.0,  # before a webhook is tried again; each further time it is twice as long
    "anonymous_makes_card": False,  # True: an anonymous contact's card need not exist before
}

WEBHOOKS = ("right", "drop", "twice", "backwards", "forged")
"""How webhooks are delivered: as they should be, not at all, twice, newest first (of half a second), wrongly signed."""


def setting(account: Account, name: str) -> Any:
    row = account.table(KIND).get(KIND) or {}
    return row.get(name, DEFAULTS[name])


def all_settings(account: Account) -> dict[str, Any]:
    return {name: setting(account, name) for name in DEFAULTS}


def change(account: Account, wanted: dict[str, Any]) -> None:
    """Lay some settings over the present ones. ValueError for one that does not exist or has the wrong type."""
    for name, value in wanted.items():
        if name not in DEFAULTS:
            raise ValueError(f"There is no setting {name!r}; there are {', '.join(DEFAULTS)}.")
        if not _fits(DEFAULTS[name], value) or (name == "webhooks" and value not in WEBHOOKS):
            raise ValueError(f"{name} cannot be {value!r}.")
    with account.commit():
        account.put(KIND, {**(account.table(KIND).get(KIND) or {"uuid": KIND}), **wanted})


def _fits(default: Any, value: Any) -> bool:
    if default is None:
        return value is None or (isinstance(value, int) and not isinstance(value, bool))
    if isinstance(default, bool) or isinstance(value, bool):
        return isinstance(default, bool) and isinstance(value, bool)
    if isinstance(default, float):
        return isinstance(value, int | float)
    return isinstance(value, type(default))
