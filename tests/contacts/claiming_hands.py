"""One person claiming one customer, and whom they meet, for the tests of claiming."""

import re
from html import unescape
from typing import Any

from tests.conftest import Person
from tests.fixtures_sandbox import SandboxAccount

HTMX = {"HX-Request": "true"}
CARD = "2600441700810092"


class Desk:
    """One person claiming one customer, by the forms that are on the page."""

    def __init__(self, person: Person, uuid: str, *, htmx: bool = False) -> None:
        self.person, self.uuid, self.headers = person, uuid, HTMX if htmx else {}
        self.path = f"/contacts/{uuid}/claim/"

    def open(self) -> "Desk":
        return self._keep(self.person.get(self.path))

    def claim(self, email: str, **fields: str) -> "Desk":
        values = self.fields_of("claim") | {"email": email} | fields
        self.sent = (self.path, values)
        return self.again()

    def again(self) -> "Desk":
        path, values = self.sent
        return self._keep(self.person.post(path, values, headers=self.headers))

    def check(self, email: str) -> "Desk":
        values = {"form_token": "a-token-of-this-page", "email": email}
        return self._keep(self.person.post(f"{self.path}check/", values, headers=self.headers))

    def fields_of(self, act: str) -> dict[str, str]:
        """The hidden fields of the form of this act that is on the page."""
        form = re.search(rf'<form[^>]* action="/contacts/{self.uuid}/{act}/".*?</form>', self.text, re.DOTALL)
        assert form, f"There is nothing to {act} on this page."
        hidden = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"(?! form=)', form.group())
        return {name: unescape(value) for name, value in hidden if name != "csrfmiddlewaretoken"}

    def follow(self) -> "Desk":
        return self._keep(self.person.get(self.page.headers.get("Location") or self.page.headers["HX-Redirect"]))

    def _keep(self, page: Any) -> "Desk":
        self.page, self.text, self.status = page, unescape(page.content.decode()), page.status_code
        return self


def add_unknown_card(sandbox: SandboxAccount) -> dict:
    """An anonymous customer with a card, 240 credits and € 12.50."""
    contact = sandbox.add_contact(anonymous=True, credits=240, prepaid_in_cents=1250)
    sandbox.add_identifier(CARD, contact_uuid=contact["uuid"], default=True)
    return contact


def add_sanne(sandbox: SandboxAccount) -> dict:
    """A customer with the address that others type."""
    return sandbox.add_contact("sanne@mail.example", firstname="Sanne", lastname="Visser", credits=1240)


def writes(sandbox: SandboxAccount) -> list[str]:
    return [call.operation for call in sandbox.calls if call.method != "GET"]


def row(sandbox: SandboxAccount, uuid: str) -> dict:
    return next(row for row in sandbox.state("contact") if row["uuid"] == uuid)
