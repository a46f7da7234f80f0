"""Automations, and running one for a contact: what the client asks for and what comes back."""

from typing import Any

AUTOMATION = {"uuid": "a-1", "name": "Welcome back", "status": "active", "event": "contact_updated"}

READS: list[tuple[str, dict[str, Any], str, Any]] = [
    ("list_automations", {}, "/automations", [AUTOMATION]),
]
WRITES: list[tuple[str, dict[str, Any], str, str, Any, Any]] = [
    (
        "create_automation_run",
        {"contact_uuid": "c-1", "automation_uuid": "a-1", "data": {"table": "12"}},
        "POST",
        "/automations/runs",
        {"contact_uuid": "c-1", "automation_uuid": "a-1", "data": {"table": "12"}},
        [],
    ),
]
