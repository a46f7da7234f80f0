"""Automations: https://docs.leat.com/v3/oauth/automations

One can be run for a contact. What it then does (a mail, a voucher) does not happen here; that it was run is in rows of
the kind "automation_run", which no call of the API lists.
"""

from __future__ import annotations

from typing import Any

from piggyadmin.sandbox import moments
from piggyadmin.sandbox.call import Call
from piggyadmin.sandbox.errors import invalid
from piggyadmin.sandbox.inputs import Inputs
from piggyadmin.sandbox.registry import operation
from piggyadmin.sandbox.store import Row
from piggyadmin.sandbox.wire import Answer

RUNNABLE = "contact_updated"
"""The one event whose automations can be run by hand."""


def automation_view(row: Row) -> dict[str, Any]:
    return {
        "uuid": row["uuid"],
        "name": row["name"],
        "status": row["status"],
        "event": row["event"],
        "created_at": moments.shown(row["created_at"]),
        "updated_at": moments.shown(row["updated_at"]),
    }


@operation("GET", "/automations", "list_automations")
def list_automations(call: Call) -> Answer:
    return call.answer([automation_view(row) for row in call.account.table("automation")])


@operation("POST", "/automations/runs", "create_automation_run")
def create_automation_run(call: Call) -> Answer:
    """Answers an empty list. That one which is off, or waits for another event, is refused with 1003 is our
    assumption: the page only says that it cannot be run."""
    sent = call.sent()
    contact_uuid = sent.text("contact_uuid", required=True)
    automation_uuid = sent.text("automation_uuid", required=True)
    data = _data(sent)
    sent.done()
    contact = call.row("contact", contact_uuid or "", 55031)
    automation = call.row("automation", automation_uuid or "", 60013)
    if automation["event"] != RUNNABLE:
        raise invalid("automation_uuid", f"The automation does not start on {RUNNABLE}.")
    if automation["status"] != "active":
        raise invalid("automation_uuid", "The automation is not active.")
    run = {
        "uuid": call.account.new_uuid(),
        "contact_uuid": contact["uuid"],
        "automation_uuid": automation["uuid"],
        "data": data,
        "created_at": call.account.now(),
    }
    call.account.put("automation_run", run)
    return call.answer([])


def _data(sent: Inputs) -> Any:
    """A map or a list of whatever; nothing is said of what an automation makes of it."""
    data = sent.fields.get("data")
    if data is None or data == "":
        return {}
    if not isinstance(data, dict | list):
        sent.wrong("data", "must be an array.")
        return {}
    return data
