"""A booking's pages as a browser uses them, and what the stand-in Piggy was asked."""

import html
import re
from typing import Any

import pytest

from contacts.models import Booking
from piggyadmin.ledger import lateness
from piggyadmin.ledger.models import Act
from tests.conftest import Person
from tests.fixtures_sandbox import SandboxAccount

ELSEWHERE = "7c1d5a52-1b1e-4a57-9a04-5a0d6f5e7b01"
HTMX = {"HX-Request": "true"}


class Form:
    """The form of a booking's page, as a browser has it: hidden fields and all, changed by hand and sent."""

    def __init__(self, person: Person, path: str, *, htmx: bool = False) -> None:
        self.person, self.path, self.headers = person, path, HTMX if htmx else {}
        self.take(person.get(path))

    def take(self, page: Any) -> "Form":
        self.page, self.text, self.status = page, html.unescape(page.text), page.status_code
        found = re.search(r'<form method="post" action="[^"]+" data-save>.*?</form>', page.text, re.DOTALL)
        self.fields = fields_of(found.group()) if found else {}
        return self

    def send(self, **typed: str) -> "Form":
        self.sent = self.fields | typed
        return self.again()

    def again(self) -> "Form":
        self.take(self.person.post(self.path.partition("?")[0], self.sent, headers=self.headers, follow=True))
        return self

    @property
    def errors(self) -> str:
        return " ".join(re.findall(r'<span class="error"[^>]*>.*?</svg>(.*?)</span>', self.page.text, re.DOTALL))


def fields_of(markup: str) -> dict[str, str]:
    """What a browser would send of a form nobody has touched."""
    values = {}
    for tag in re.findall(r"<input[^>]+>", markup):
        attributes = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if attributes.get("type") == "radio" and " checked" not in tag:
            continue
        values[attributes["name"]] = html.unescape(attributes.get("value", ""))
    return values


def writes(sandbox: SandboxAccount) -> list[str]:
    return [call.operation for call in sandbox.calls if call.method != "GET"]


def sent(sandbox: SandboxAccount) -> dict[str, Any]:
    """The body of the last write."""
    return [call.body for call in sandbox.calls if call.method != "GET"][-1]


def edit(person: Person, uuid: str, **options: bool) -> Form:
    return Form(person, f"/bookings/{uuid}/edit/", **options)


def at_piggy(sandbox: SandboxAccount) -> dict[str, Any]:
    [row] = sandbox.state("booking")
    return row


def settle(admin: Person, act: Act, *, happened: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lateness, "may_still_come", lambda act: False)  # its minute is over
    word = {"happened": "yes" if happened else "no", "reason": "Seen in Piggy's own dashboard."}
    page = admin.post(f"/audit/{act.pk}/settle/", word, follow=True)
    assert page.status_code == 200


def check_in_form(person: Person, path: str) -> dict[str, str]:
    found = re.search(
        r'<form method="post" action="(/bookings/[^"]+/check-in/)">.*?</form>', person.get(path).text, re.S
    )
    assert found, "There is nobody to check in."
    return {"path": found.group(1), **fields_of(found.group())}


def press(person: Person, form: dict[str, str]) -> str:
    fields = dict(form)
    return html.unescape(person.post(fields.pop("path"), fields, follow=True).text)


def add_sanne(sandbox: SandboxAccount) -> dict[str, Any]:
    return sandbox.add_contact("sanne@mail.example", firstname="Sanne", lastname="Visser")


def book_dinner(person: Person, sandbox: SandboxAccount, sanne: dict[str, Any]) -> str:
    """A booking made here: 21 November 2026, 19:00 to 21:00 in Amsterdam, for four."""
    made = Form(person, f"/bookings/new/?contact={sanne['uuid']}").send(
        starts_at="2026-11-21T19:00",
        ends_at="2026-11-21T21:00",
        number_of_people="4",
        status="created",
        source="Phone",
        external_id="RSV-1",
    )
    assert made.status == 200, made.errors
    sandbox.forget_calls()
    return Booking.objects.get().piggy_uuid
