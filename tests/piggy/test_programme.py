"""Perks, units, forms and the brand kit: the client against the stand-in Piggy, and answers about something else."""

import httpx
import pytest

from piggyadmin.piggy.client import Piggy
from piggyadmin.piggy.errors import (
    PiggyFilterIgnored,
    PiggyInvalid,
    PiggyNotFound,
    PiggyOutcomeUnknown,
    PiggyRejected,
)
from piggyadmin.piggy.payloads import BrandKit
from piggyadmin.piggy.prepass import decode
from piggyadmin.sandbox.app import make_app
from tests.fixtures_sandbox import SandboxAccount

from .calls.programme import PERK
from .calls.setup import FORM
from .conftest import data

URL = "http://sandbox"
KINDS = [("Nothing", "0"), ("5 %", "5")]


@pytest.fixture(scope="module")
def transport() -> httpx.WSGITransport:
    return httpx.WSGITransport(app=make_app(control=True))


@pytest.fixture
def account(transport) -> SandboxAccount:
    return SandboxAccount(URL, http=httpx.Client(transport=transport))


@pytest.fixture
def piggy(transport, account) -> Piggy:
    return Piggy(base_url=URL, tokens=account.token, transport=transport)


def test_a_perk_is_made_read_renamed_and_deleted(piggy):
    made = piggy.create_perk(label="Off", name="off", data_type="single_select", options=KINDS, default="0")
    read = piggy.get_perk(perk_uuid=made.uuid)
    assert [(each.label, each.value, each.default) for each in read.options] == [
        ("Nothing", "0", True),
        ("5 %", "5", False),
    ]
    assert piggy.update_perk(made.uuid, label="Off the beans").label == "Off the beans"
    assert [each.label for each in piggy.list_perks()] == ["Off the beans"]
    piggy.delete_perk(made.uuid)
    assert piggy.list_perks() == []
    for ask in (
        lambda: piggy.get_perk(perk_uuid=made.uuid),
        lambda: piggy.update_perk(made.uuid, label="x"),
        lambda: piggy.delete_perk(made.uuid),
    ):
        with pytest.raises(PiggyNotFound):
            ask()


@pytest.mark.parametrize(
    "wrong",
    [
        {"data_type": "text"},
        {"options": []},
        {"options": [("A", "0"), ("B", "0")]},
        {"default": "7"},
        {"data_type": "boolean"},
        {"label": ""},
    ],
)
def test_a_perk_that_cannot_be_is_never_sent(piggy, account, wrong):
    sent = {"label": "Off", "name": "off", "data_type": "single_select", "options": KINDS, "default": "0"}
    with pytest.raises(PiggyInvalid):
        piggy.create_perk(**{**sent, **wrong})
    assert account.calls == []


def test_a_unit_is_made_once(piggy):
    made = piggy.create_unit(name="visits", label="Visits", is_default=True)
    assert (made.name, made.prefix, made.is_default) == ("visits", "v", True)
    with pytest.raises(PiggyRejected) as caught:
        piggy.create_unit(name="visits", label="Visits")
    assert caught.value.code == 55045


def test_forms_come_by_status_and_type(piggy, account):
    account.add("form", name="Open")
    account.add("form", name="Private", type="PRIVATE")
    assert [each.name for each in piggy.list_forms(type="PRIVATE")] == ["Private"]
    account.fault("list_forms", kind="ignore_filters")
    with pytest.raises(PiggyFilterIgnored):
        piggy.list_forms(type="PRIVATE")
    with pytest.raises(PiggyInvalid):
        piggy.list_forms(status="GONE")


def test_the_brand_kit_is_read_in_both_spellings(piggy, account):
    assert piggy.get_brand_kit() == BrandKit()
    account.add("brand_kit", primary_color="#112233", quarternary_color="#445566", sdk_spelling=True)
    assert piggy.get_brand_kit().fourth_color == "#445566"
    assert decode({"quarternary_color": "#445566"}, BrandKit).fourth_color == "#445566"
    assert decode({"quarternary_color": None, "quaternary_color": "#000000"}, BrandKit).fourth_color == "#000000"


def test_an_answer_about_something_else_is_no_answer(played):
    with pytest.raises(PiggyFilterIgnored):
        played(data(PERK)).piggy.get_perk(perk_uuid="another")
    with pytest.raises(PiggyFilterIgnored):
        played(data([FORM])).piggy.list_forms(status="DRAFT")
    with pytest.raises(PiggyOutcomeUnknown):
        played(data(PERK)).piggy.update_perk("another", label="x")
    with pytest.raises(PiggyOutcomeUnknown):
        played(data({"name": "other"})).piggy.create_unit(name="visits", label="Visits")
