"""Two customers that are one person, and the people who merge them, for the tests of merging."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import Any
from uuid import UUID

from django.utils import timezone

from contacts.held import running
from contacts.merging.kind import KIND
from contacts.models import Merge
from tests.conftest import Person
from tests.fixtures_sandbox import SandboxAccount

REASON = "Same woman, two cards, she stood here with both."
NEW = "/contacts/merges/new/"
OLD_CARD, NEW_CARD = "2600335600813356", "2600118022104417"


class Two:
    """The one that goes (80 credits, a card, a voucher) and the one that stays (120 credits, € 4.50)."""

    def __init__(self, sandbox: SandboxAccount) -> None:
        self.sandbox = sandbox
        goes = sandbox.add_contact(
            "s.berg@gmial.example", firstname="S.", lastname="v.d. Berg", phonenumber="0612345678", credits=80
        )
        stays = sandbox.add_contact(
            "saskia@gmail.example",
            firstname="Saskia",
            lastname="van den Berg",
            phonenumber="+31612345678",
            credits=120,
            prepaid_in_cents=450,
        )
        self.source, self.destination = goes["uuid"], stays["uuid"]
        sandbox.add_identifier(OLD_CARD, contact_uuid=self.source, default=True)
        sandbox.add_identifier(NEW_CARD, contact_uuid=self.destination, default=True)
        sandbox.add_voucher("COFFEE-1", contact_uuid=self.source)

    def page(self) -> str:
        return f"{NEW}?source={self.source}&destination={self.destination}"

    def credits(self, uuid: str) -> int | None:
        """By the sandbox's own books; None for a contact that is gone."""
        rows = {row["uuid"]: row for row in self.sandbox.state("contact")}
        return rows[uuid]["credits"] if uuid in rows else None

    def merges_asked(self) -> int:
        return len([call for call in self.sandbox.calls if call.operation == "merge_contacts"])


def token_in(html: str, step: str) -> str:
    """The form token of the form of this step on the page."""
    forms = re.findall(r"<form.*?</form>", html, re.DOTALL)
    form = next(form for form in forms if f'name="step" value="{step}"' in form)
    found = re.search(r'name="form_token" value="([^"]+)"', form)
    assert found
    return unescape(found.group(1))


def propose(person: Person, two: Two, **fields: Any) -> Any:
    """Open the page, type, and send the proposal; the answer."""
    if "form_token" not in fields:
        page = person.get(two.page())
        assert page.status_code == 200, page.content.decode()
        fields["form_token"] = token_in(page.content.decode(), "propose")
    values = {
        "step": "propose",
        "source": two.source,
        "destination": two.destination,
        "reason": REASON,
        "confirm": "Van den Berg",
    }
    return person.post(NEW, {name: value for name, value in (values | fields).items() if value is not None})


def proposed(person: Person, two: Two, **fields: Any) -> Merge:
    """A merge that waits for another admin."""
    answer = propose(person, two, **fields)
    assert answer.status_code == 303, text_of(answer)
    return Merge.objects.get(pk=UUID(answer.headers["Location"].strip("/").rpartition("/")[2]))


def approve(person: Person, merge: Merge, *, at_once: bool = False, **fields: str) -> Any:
    values = {
        "step": "approve",
        "hold": "now" if at_once else "hold",
        "reason": "She is standing here." if at_once else "",
        "confirm": "van den berg",
    }
    return person.post(f"/contacts/merges/{merge.pk}/", values | fields)


def approved(person: Person, merge: Merge, *, at_once: bool = True) -> Merge:
    answer = approve(person, merge, at_once=at_once)
    assert answer.status_code == 303, text_of(answer)
    merge.refresh_from_db()
    return merge


def release(merge: Merge) -> None:
    """Let the hold, and every wait, be over."""
    past = timezone.now() - timedelta(seconds=1)
    Merge.objects.filter(pk=merge.pk, state="held").update(hold_until=past)
    Merge.objects.filter(pk=merge.pk).exclude(look_at=None).update(look_at=past)


def work(merge: Merge, *, seconds: float = 5) -> Merge:
    """What a worker does with it."""
    running.advance(KIND, merge.pk, seconds=seconds)
    merge.refresh_from_db()
    return merge


def text_of(answer: Any) -> str:
    return unescape(re.sub(r"<[^>]+>", " ", answer.content.decode()))


def words_of(answer: Any) -> str:
    """The text of a page, each run of blanks as one."""
    return " ".join(text_of(answer).split())
