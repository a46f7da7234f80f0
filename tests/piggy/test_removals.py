"""Merging, deleting, and the list that is read page by page: what is accepted of Piggy, and what is refused."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from piggyadmin.piggy.client import Piggy
from piggyadmin.piggy.errors import PiggyFilterIgnored, PiggyInvalid, PiggyNotFound
from piggyadmin.sandbox.app import make_app
from tests.fixtures_sandbox import SandboxAccount

from .conftest import data
from .test_payloads import CONTACT

URL = "http://sandbox"
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def transport() -> httpx.WSGITransport:
    return httpx.WSGITransport(app=make_app(control=True))


@pytest.fixture
def account(transport) -> SandboxAccount:
    return SandboxAccount(URL, http=httpx.Client(transport=transport))


@pytest.fixture
def piggy(transport, account) -> Piggy:
    return Piggy(base_url=URL, tokens=account.token, transport=transport)


@pytest.mark.parametrize("answer", [None, [], {}, CONTACT, True])
def test_any_success_means_that_a_removal_was_accepted(played, answer):
    played(data(answer)).piggy.merge_contacts(source_contact_uuid="a", destination_contact_uuid="b")
    played(data(answer)).piggy.delete_contact(contact_uuid="a", type="GDPR")


def test_what_cannot_be_meant_is_never_sent(played):
    play = played(data(None))
    for call in (
        lambda: play.piggy.merge_contacts(source_contact_uuid="a", destination_contact_uuid="a"),
        lambda: play.piggy.merge_contacts(source_contact_uuid="", destination_contact_uuid="a"),
        lambda: play.piggy.delete_contact(contact_uuid="a", type="SOFT"),
        lambda: play.piggy.delete_contact(contact_uuid="../shops", type="GDPR"),
        lambda: play.piggy.list_contacts(created_from=datetime(2026, 3, 2)),
    ):
        with pytest.raises(PiggyInvalid):
            call()
    assert play.requests == []


def test_a_merge_brings_everything_to_the_destination(piggy, account):
    account.add_contact("old@mail.example", uuid="old", credits=120)
    account.add_contact("new@mail.example", uuid="new", credits=80)
    piggy.merge_contacts(source_contact_uuid="old", destination_contact_uuid="new")
    assert piggy.get_contact(contact_uuid="old").credits == 120
    account.advance(181)
    assert piggy.get_contact(contact_uuid="new").credits == 200
    for ask in (
        lambda: piggy.get_contact(contact_uuid="old"),
        lambda: piggy.merge_contacts(source_contact_uuid="old", destination_contact_uuid="new"),
        lambda: piggy.delete_contact(contact_uuid="old", type="DEFAULT"),
    ):
        with pytest.raises(PiggyNotFound) as caught:
            ask()
        assert caught.value.code == 55031


def test_a_deleted_contact_is_gone_and_its_card_is_nobodys(piggy, account):
    account.add_contact("old@mail.example", uuid="old")
    account.add_identifier("2600", contact_uuid="old")
    piggy.delete_contact(contact_uuid="old", type="GDPR")
    account.advance(181)
    assert piggy.find_identifier(value="2600").contact is None
    assert piggy.create_contact(email="old@mail.example").uuid


class TestTheList:
    @pytest.fixture(autouse=True)
    def people(self, account: SandboxAccount) -> None:
        for number in (3, 1, 2, 4):
            made = (NOON + timedelta(hours=number)).isoformat()
            account.add_contact(f"c{number}@mail.example", uuid=f"c{number}", created_at=made)

    def test_it_comes_in_the_order_that_was_asked_for(self, piggy):
        assert [c.uuid for c in piggy.list_contacts(sort="created_at").items] == ["c1", "c2", "c3", "c4"]
        assert [c.uuid for c in piggy.list_contacts(sort="-created_at", limit=2).items] == ["c4", "c3"]

    def test_it_keeps_to_both_bounds_which_are_included(self, piggy):
        page = piggy.list_contacts(
            sort="created_at", created_from=NOON + timedelta(hours=2), created_to=NOON + timedelta(hours=3, seconds=0.9)
        )
        assert ([contact.uuid for contact in page.items], page.total) == (["c2", "c3"], 2)

    def test_bounds_that_are_ignored_show_nobody(self, piggy, account):
        account.fault("list_contacts", kind="ignore_filters", times=-1)
        for bounds in ({"created_from": NOON + timedelta(hours=2)}, {"created_to": NOON + timedelta(hours=2)}):
            with pytest.raises(PiggyFilterIgnored):
                piggy.list_contacts(sort="created_at", **bounds)

    @pytest.mark.parametrize("sort", ["created_at", "-created_at"])
    def test_another_order_shows_nobody(self, played, sort):
        page = [dated("a", 2), dated("b", 1), dated("c", 3)]
        with pytest.raises(PiggyFilterIgnored):
            played(data(page)).piggy.list_contacts(sort=sort)

    def test_a_contact_that_tells_no_date_passes(self, played):
        page = [dated("a", 1), {"uuid": "b"}, dated("c", 3)]
        found = played(data(page)).piggy.list_contacts(sort="created_at", created_from=NOON)
        assert [contact.uuid for contact in found.items] == ["a", "b", "c"]


def dated(uuid: str, hours: int) -> dict[str, Any]:
    return {"uuid": uuid, "current_values": {"created_at": (NOON + timedelta(hours=hours)).isoformat()}}
