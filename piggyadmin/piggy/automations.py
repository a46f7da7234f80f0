"""Automations, and running one for a contact. https://docs.piggy.eu/v3/oauth/automations"""

from collections.abc import Mapping
from typing import Any

from .caller import Caller
from .inputs import checked_id, checked_text, checked_value
from .payloads import Automation


class AutomationCalls(Caller):
    def list_automations(self) -> list[Automation]:
        """All automations of the account: the list is not paged, and says nothing of what they do.

        https://docs.piggy.eu/v3/oauth/automations (List Automations)
        """
        return self._get("list_automations", "automations", list[Automation])

    def create_automation_run(
        self, *, contact_uuid: str, automation_uuid: str, data: Mapping[str, str] | None = None
    ) -> None:
        """Start an automation for a contact: its mails go out. Only one whose event is contact_updated can be run.

        The answer is an empty list, and no call lists runs: a run whose answer is lost cannot be looked up.
        PiggyNotFound (55031 no such contact, 60013 no such automation), PiggyInvalid (1003).

        https://docs.piggy.eu/v3/oauth/automations (Create Automation Run)
        """
        values = {
            checked_text(name, field="data"): checked_value(value, field="data") for name, value in (data or {}).items()
        }
        self._write(
            "create_automation_run",
            "POST",
            "automations/runs",
            _anything,
            json={
                "contact_uuid": checked_id(contact_uuid, field="contact_uuid"),
                "automation_uuid": checked_id(automation_uuid, field="automation_uuid"),
                "data": values or None,
            },
        )


_anything: Any = Any  # the answer is an empty list, or whatever a newer Piggy says
