"""Two admins who delete a customer, and the job that does it, for the tests of deleting."""

import re
import time
from html import unescape
from typing import Any

from django.utils import timezone

from contacts.deleting.kind import KIND
from contacts.held import running
from contacts.models import Deletion
from piggyadmin.ledger.models import ActState
from tests.conftest import Person
from tests.fixtures_sandbox import SandboxAccount

CALL = "delete_contact"
PATIENCE = 20  # s


def add_customer(
    sandbox: SandboxAccount, email: str = "sanne@mail.example", card: str = "2600441700810092"
) -> dict[str, Any]:
    """Sanne Visser with a card, 120 credits and € 4.50. `given` makes the same row again."""
    given = {"firstname": "Sanne", "lastname": "Visser", "credits": 120, "prepaid_in_cents": 450}
    contact = sandbox.add_contact(email, **given)
    sandbox.add_identifier(card, contact_uuid=contact["uuid"], default=True)
    return {**contact, "given": {**given, "uuid": contact["uuid"]}}


def sent(sandbox: SandboxAccount) -> int:
    return sum(call.operation == CALL for call in sandbox.calls)


class Admin:
    """One admin, by the forms that are on the page."""

    def __init__(self, person: Person) -> None:
        self.person = person

    def open(self, contact: dict[str, Any]) -> "Admin":
        self.path = f"/contacts/{contact['uuid']}/delete/"
        self._keep(self.person.get(self.path))
        token = re.search(r'name="form_token" value="([\w-]+)"', self.text)
        self.token = token.group(1) if token else ""
        return self

    def propose(self, **fields: str) -> "Admin":
        values = {"type": "GDPR", "reason": "She asked for it", "typed": "sanne@mail.example"}
        self.values = {"form_token": self.token} | values | fields
        return self.again()

    def again(self) -> "Admin":
        return self._keep(self.person.post(self.path, self.values))

    def see(self, row: Deletion) -> "Admin":
        return self._keep(self.person.get(f"/contacts/deletions/{row.pk}/"))

    def decide(self, row: Deletion, act: str, **fields: str) -> "Admin":
        if act.startswith("approve"):
            fields = {"hold": "now" if row.customer_is_here else "hold"} | fields
        return self._keep(self.person.post(f"/contacts/deletions/{row.pk}/{act}/", fields))

    def follow(self) -> "Admin":
        return self._keep(self.person.get(self.page["Location"]))

    @property
    def row(self) -> Deletion:
        assert self.status == 303, self.text
        return Deletion.objects.get(pk=self.page["Location"].split("/")[-2])

    def _keep(self, page: Any) -> "Admin":
        self.page, self.text, self.status = page, unescape(page.content.decode()), page.status_code
        return self


def proposed(one: Admin, contact: dict[str, Any], **fields: str) -> Deletion:
    return one.open(contact).propose(**fields).row


def drive(row: Deletion, *, until: tuple[str, ...], seconds: float = PATIENCE) -> None:
    """Go on with it as workers would, each look at once, until it is in one of these states."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        Deletion.objects.filter(pk=row.pk).exclude(state=Deletion.State.HELD).update(look_at=None)
        ActState.objects.filter(act__target_id=row.pk, outcome="unknown").update(next_look_at=timezone.now())
        running.advance(KIND, row.pk, seconds=0)
        row.refresh_from_db()
        if row.state in until:
            return
        time.sleep(0.02)
    raise AssertionError(f"{row.state} after {seconds} s: {row.problems}")
