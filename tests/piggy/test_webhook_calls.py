"""Webhook subscriptions, against the stand-in Piggy."""

import httpx
import pytest

from piggyadmin.piggy.client import Piggy
from piggyadmin.piggy.errors import PiggyFilterIgnored, PiggyInvalid, PiggyNotFound, PiggyOutcomeUnknown
from piggyadmin.sandbox.app import make_app
from tests.fixtures_sandbox import SandboxAccount

from .conftest import data
from .operations import WEBHOOK

URL = "http://sandbox"
WISH = {"name": "Dashboard", "url": "https://dash.example/webhooks/piggy/", "secret": "s3cret"}


@pytest.fixture
def transport() -> httpx.WSGITransport:
    return httpx.WSGITransport(app=make_app(control=True))


@pytest.fixture
def account(transport) -> SandboxAccount:
    return SandboxAccount(URL, http=httpx.Client(transport=transport))


@pytest.fixture
def piggy(transport, account) -> Piggy:
    return Piggy(base_url=URL, tokens=account.token, transport=transport)


def test_one_is_made_read_changed_and_dropped(piggy):
    made = piggy.create_webhook_subscription(**WISH, event_type="contact_updated", attributes=("email", "firstname"))
    assert (made.status, made.version, made.properties) == ("ACTIVE", "V1", ["email", "firstname"])
    assert piggy.get_webhook_subscription(uuid=made.uuid) == made
    off = piggy.update_webhook_subscription(made.uuid, status="INACTIVE", attributes=["email"])
    assert (off.status, off.properties) == ("INACTIVE", ["email"])
    piggy.delete_webhook_subscription(made.uuid)
    for ask in (
        lambda: piggy.get_webhook_subscription(uuid=made.uuid),
        lambda: piggy.update_webhook_subscription(made.uuid, name="Other"),
        lambda: piggy.delete_webhook_subscription(made.uuid),
    ):
        with pytest.raises(PiggyNotFound) as caught:
            ask()
        assert caught.value.code == 80300


def test_the_list_is_narrowed_by_event_and_status(piggy):
    for event in ("contact_created", "contact_updated"):
        piggy.create_webhook_subscription(**WISH, event_type=event)
    assert len(piggy.list_webhook_subscriptions()) == 2
    assert [each.event_type for each in piggy.list_webhook_subscriptions(event_type="contact_updated")] == [
        "contact_updated"
    ]
    assert piggy.list_webhook_subscriptions(status="INACTIVE") == []


def test_a_filter_that_is_ignored_shows_nothing(piggy, account):
    piggy.create_webhook_subscription(**WISH, event_type="contact_created")
    account.fault("list_webhook_subscriptions", kind="ignore_filters", times=-1)
    for filters in ({"event_type": "contact_updated"}, {"status": "INACTIVE"}):
        with pytest.raises(PiggyFilterIgnored):
            piggy.list_webhook_subscriptions(**filters)


def test_a_change_without_the_attributes_it_needs_is_refused_with_the_field(piggy):
    uuid = piggy.create_webhook_subscription(**WISH, event_type="contact_updated").uuid
    with pytest.raises(PiggyInvalid) as caught:
        piggy.update_webhook_subscription(uuid, name="Other")
    assert "attributes" in caught.value.fields


def test_what_cannot_be_meant_is_never_sent(played):
    play = played(data(WEBHOOK))
    for call in (
        lambda: play.piggy.update_webhook_subscription("w-1"),
        lambda: play.piggy.update_webhook_subscription("w-1", status="ON"),
        lambda: play.piggy.list_webhook_subscriptions(status="ON"),
        lambda: play.piggy.create_webhook_subscription(**WISH, event_type="e", attributes=["a b"]),
        lambda: play.piggy.create_webhook_subscription(**WISH | {"secret": ""}, event_type="e"),
    ):
        with pytest.raises(PiggyInvalid):
            call()
    assert play.requests == []


def test_an_answer_about_another_event_or_address_is_unknown(played):
    for other in ({"event_type": "contact_created"}, {"url": "https://else.example/"}):
        play = played(data(WEBHOOK | other))
        with pytest.raises(PiggyOutcomeUnknown):
            play.piggy.create_webhook_subscription(**WISH, event_type="contact_updated")


def test_the_secret_is_in_no_repr_and_no_log(piggy, caplog):
    caplog.set_level("DEBUG")
    made = piggy.create_webhook_subscription(**WISH, event_type="contact_created")
    assert "s3cret" not in repr(made)
    assert "s3cret" not in caplog.text
