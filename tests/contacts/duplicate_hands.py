"""Pairs to review, and a reviewer with the page of one, for the tests of duplicates."""

from __future__ import annotations

import re
from datetime import date, timedelta
from html import unescape
from itertools import count
from typing import Any

from django.utils import timezone

from contacts.copy.reading_again import read_again
from contacts.duplicates import comparing
from contacts.models import ContactCopy, DuplicatePair, How
from tests.conftest import Person
from tests.fixtures_sandbox import SandboxAccount

HTMX = {"HX-Request": "true"}
TOKENS = (f"a-form-of-this-test-{number}" for number in count())


def copied(uuid: str, **facts: Any) -> ContactCopy:
    """A contact of the copy, of which Piggy need not know."""
    told = {"read_at": timezone.now(), "how": How.PAGE, "matched": f"digest-of-{uuid}"[:32]}
    return ContactCopy.objects.create(contact_uuid=uuid, **told | facts)


def paired(first: str, second: str, *, score: float = 20.0, **facts: Any) -> DuplicatePair:
    """A pair as a search would have found it."""
    first, second = sorted((first, second))
    told: dict[str, Any] = {"found_at": timezone.now() - timedelta(hours=2), "scored_at": timezone.now()}
    told["reasons"] = [["phone", "same", 14.0], ["first name", "alike", 4.0], ["birthdate", "other", -2.0]]
    return DuplicatePair.objects.create(first_uuid=first, second_uuid=second, score=score, **told | facts)


def two_sannes(sandbox: SandboxAccount, **facts: Any) -> DuplicatePair:
    """Two contacts of one person at Piggy and in the copy, found as a pair by their likeness."""
    both = []
    for email, lastname in (("sanne@mail.example", "Visser"), ("s.visser@work.example", "Vissser")):
        told = {"firstname": "Sanne", "lastname": lastname, "phonenumber": "+31612345678", "birthdate": "1988-03-04"}
        uuid = sandbox.add_contact(email, **told | facts)["uuid"]
        read_at_piggy(uuid)
        both.append(uuid)
    first, second = sorted(both)
    return DuplicatePair.objects.get(first_uuid=first, second_uuid=second)


def read_at_piggy(uuid: str) -> ContactCopy:
    read_again(uuid, how=How.OPENED, with_cards=True)
    return ContactCopy.objects.get(contact_uuid=uuid)


def family_of(*names: str, lastname: str = "Bakker") -> list[str]:
    """Copies of people with one name and one telephone number; each two of them are a pair."""
    uuids = []
    for number, name in enumerate(names):
        uuid = f"{name.lower()}-{number}"
        copied(
            uuid,
            firstname=name,
            lastname=lastname,
            email=f"{name.lower()}@mail.example",
            phone="+31655551118",
            phone_e164="+31655551118",
            birthdate=date(1980 + number, 2, 3 + number),
        )
        uuids.append(uuid)
    for number, one in enumerate(uuids):
        for other in uuids[number + 1 :]:
            comparing.rescore(paired(one, other))
    return uuids


class Reviewer:
    """One person with the page of one pair, by the forms that are on it."""

    def __init__(self, person: Person, pair: DuplicatePair, query: str = "") -> None:
        self.person, self.pair = person, pair
        self.path, self.query = f"/contacts/duplicates/{pair.pk}/", query
        self.open()

    def open(self) -> Reviewer:
        return self._keep(self.person.get(self.path + self.query))

    def say(self, verdict: str, **fields: str) -> Reviewer:
        """Send the form of the page with this verdict ("different", "keep:<uuid>", ...)."""
        self.sent = {"form_token": self.value("form_token"), "seen": self.value("seen"), "verdict": verdict} | fields
        return self.again()

    def again(self) -> Reviewer:
        return self._keep(self.person.post(self.path + self.query, self.sent))

    def take_back(self) -> Reviewer:
        values = {"form_token": next(TOKENS), "seen": self.value("seen")}
        return self._keep(self.person.post(f"{self.path}reopen/", values))

    def take_out(self, uuid: str) -> Reviewer:
        return self._keep(self.person.post(f"{self.path}leave/", {"form_token": next(TOKENS), "contact": uuid}))

    def live(self, **headers: str) -> Reviewer:
        return self._keep(self.person.get(f"{self.path}live/{self.query}", headers=headers))

    def value(self, name: str) -> str:
        """A hidden field of the verdict's form, as it stands on the page."""
        form = self.text[self.text.index('id="verdict"') :] if name == "form_token" else self.text
        found = re.search(rf'name="{name}" value="([^"]*)"', form)
        assert found, f"There is no {name} on this page."
        return found.group(1)

    def now(self) -> DuplicatePair:
        self.pair.refresh_from_db()
        return self.pair

    def _keep(self, page: Any) -> Reviewer:
        self.page, self.text, self.status = page, unescape(page.content.decode()), page.status_code
        self.leads_to = page.headers.get("Location", "")
        return self
