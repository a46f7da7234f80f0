"""``/_sandbox/``: how tests and the demo arrange an account, read what was asked of it and order faults.

Authorised by the account's own bearer token; never counted, limited, slowed or broken.

    POST   /_sandbox/add/<kind>   fields, loosely   -> the row as it was made, uuid and all
    POST   /_sandbox/seed         {contacts, seed}  -> the demo's cast in this account
    GET    /_sandbox/state/<kind>                   -> all rows of a kind
    GET    /_sandbox/calls                          -> the calls so far;  DELETE forgets them
    POST   /_sandbox/faults       see ``faults.Fault``;  GET lists them, DELETE clears
    POST   /_sandbox/clock        {advance: seconds}
    POST   /_sandbox/settings     see ``settings.DEFAULTS``;  GET shows them
    GET    /_sandbox/deliveries                     -> {tried: [...], waiting}: webhooks;  DELETE forgets the tried
    POST   /_sandbox/confirm      {contact_uuid, subscription_type_uuid}: follow the link of a double opt-in mail
"""

from __future__ import annotations

from typing import Any

from piggyadmin.sandbox import cast, settings
from piggyadmin.sandbox.account import Account
from piggyadmin.sandbox.faults import Fault
from piggyadmin.sandbox.make import MakeError, make
from piggyadmin.sandbox.resources import subscriptions

PREFIX = "/_sandbox/"
FARTHEST = 200 * 365 * 86_400
"""Seconds the clock may be moved in one go."""
Result = tuple[int, Any]


def handle(account: Account, method: str, path: str, body: dict[str, Any]) -> Result:
    """Status and JSON body. What is asked wrongly is a 400 with a sentence."""
    name, _, kind = path.removeprefix(PREFIX).strip("/").partition("/")
    with account.lock:
        account.catch_up()
        try:
            return _do(account, f"{method} {name}", kind, body)
        except (MakeError, TypeError, ValueError) as error:
            return 400, {"message": str(error)}


def _do(account: Account, wish: str, kind: str, body: dict[str, Any]) -> Result:
    match wish:
        case "POST add":
            with account.commit():
                return 201, make(account, kind, body)
        case "POST seed":
            cast.seed(account, contacts=int(body.get("contacts", 0)), seed=int(body.get("seed", 1)))
            return 201, {"contacts": len(account.table("contact"))}
        case "GET state":
            return 200, list(account.table(kind))
        case "GET calls":
            return 200, [call.as_dict() for call in account.calls]
        case "DELETE calls":
            account.calls.clear()
            return 200, []
        case "GET faults":
            return 200, [fault.as_dict() for fault in account.faults]
        case "POST faults":
            fault = Fault(**body)
            account.add_fault(fault)
            return 201, fault.as_dict()
        case "DELETE faults":
            account.faults.clear()
            return 200, []
        case "POST clock":
            seconds = float(body.get("advance", 0))
            if abs(seconds) > FARTHEST:
                raise ValueError("The clock does not go that far.")
            account.advance(seconds)
            account.catch_up()
            return 200, {"now": account.now()}
        case "GET settings":
            return 200, settings.all_settings(account)
        case "POST settings":
            settings.change(account, body)
            return 200, settings.all_settings(account)
        case "GET deliveries":
            tried = [delivered.as_dict() for delivered in account.deliveries]
            return 200, {"tried": tried, "waiting": account.deliveries_waiting}
        case "DELETE deliveries":
            account.deliveries.clear()
            return 200, []
        case "POST confirm":
            subscriptions.confirm(account, str(body.get("contact_uuid")), str(body.get("subscription_type_uuid")))
            return 200, {}
    return 404, {"message": f"There is no {wish}."}
