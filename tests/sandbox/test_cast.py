from __future__ import annotations

from collections import Counter

import httpx
import pytest

from piggyadmin.sandbox import cast
from piggyadmin.sandbox.account import Account
from piggyadmin.sandbox.app import Sandbox, make_app
from piggyadmin.sandbox.attribute_values import TYPES
from piggyadmin.sandbox.cast.bookings import BIG_TABLE
from piggyadmin.sandbox.cast.people import PEOPLE, SAID
from piggyadmin.sandbox.resources.vouchers import STATUSES
from piggyadmin.sandbox.store import Row
from tests.sandbox.conftest import HOST, Api


@pytest.fixture(scope="module")
def app() -> Sandbox:
    return make_app(contacts=300)


@pytest.fixture(scope="module")
def demo(app: Sandbox) -> Account:
    return app.accounts.demo


@pytest.fixture(scope="module")
def piggy(app: Sandbox) -> Api:
    return Api(httpx.Client(transport=httpx.WSGITransport(app=app)), HOST, "demo-token")


def contact_of(demo: Account, name: str) -> Row:
    person = PEOPLE[name]
    if person.email:
        [row] = demo.table("contact").where("email", person.email)
        return row
    card = demo.table("identifier").get(person.cards[0])
    assert card is not None
    contact = demo.table("contact").get(card["contact_uuid"])
    assert contact is not None
    return contact


def test_it_makes_as_many_contacts_as_wanted(demo: Account) -> None:
    assert len(demo.table("contact")) == 300


@pytest.mark.parametrize("name", PEOPLE)
def test_it_gives_people_histories_that_add_up(demo: Account, name: str) -> None:
    person, contact = PEOPLE[name], contact_of(demo, name)
    credits = demo.table("loyalty_transaction").where("contact_uuid", contact["uuid"])
    prepaid = demo.table("prepaid_transaction").where("contact_uuid", contact["uuid"])
    assert (contact["credits"], contact["prepaid_in_cents"]) == (person.credits, person.prepaid)
    assert len(credits) == person.rows
    assert sum(row["credits"] for row in credits) == person.credits
    assert sum(row["amount_in_cents"] for row in prepaid) == person.prepaid
    assert all(row["balance_after"] >= 0 for row in [*credits, *prepaid])
    dates = [row["created_at"] for row in credits]
    assert dates == sorted(dates)
    assert all(contact["created_at"] <= date <= demo.now() for date in dates)


def test_it_has_vouchers_in_every_state(demo: Account) -> None:
    assert set(STATUSES) == {voucher["status"] for voucher in demo.table("voucher")}
    assert any(voucher["contact_uuid"] is None for voucher in demo.table("voucher"))
    assert any(voucher["total_redemptions_allowed"] > 1 for voucher in demo.table("voucher"))


def test_it_has_the_codes_and_cards_it_is_known_for(piggy: Api) -> None:
    text = (cast.__doc__ or "").replace(";", " ")
    codes = [word for word in text.split() if word.isupper() and len(word) > 7]
    assert len(codes) >= 12
    gifts = [code for code in codes if code.startswith("GIFT")]
    for code in gifts:
        assert piggy.data("/giftcards/find-one-by", {"hash": code})["hash"] == code
    orders = [code for code in codes if code.startswith(("UTR-", "AMF-"))]
    for number in orders:
        assert piggy.data("/orders/find", {"external_identifier": number})["external_identifier"] == number
    elsewhere = [code for code in codes if code.startswith("PHONE-")]  # session tokens: told by tests of the portal
    for code in [code for code in codes if code not in (*gifts, *orders, *elsewhere)]:
        assert piggy.data("/vouchers/find", {"code": code})["code"] == code
    cards = [word for word in text.split() if word.startswith("2600")]
    assert len(cards) >= 8
    for card in cards:
        response = piggy.get("/contact-identifiers/find", {"contact_identifier_value": card})
        assert response.status_code == 200 or response.json()["code"] == 60004


def test_it_defines_attributes_of_every_type(piggy: Api) -> None:
    own = [row for row in piggy.data("/contact-attributes") if not row["is_piggy_defined"]]
    assert {row["type"] for row in own} == set(TYPES)
    assert any(row["is_soft_read_only"] for row in own)


@pytest.mark.parametrize("name", SAID)
def test_it_gives_people_values_that_could_have_been_sent(piggy: Api, demo: Account, name: str) -> None:
    uuid = contact_of(demo, name)["uuid"]
    sent = {name: value for name, value in SAID[name].items() if name != "imported_from"}
    before = piggy.data(f"/contacts/{uuid}")["current_values"]
    response = piggy.send("PUT", f"/contacts/{uuid}", json={"attributes": sent})
    assert response.status_code == 200, response.text
    after = response.json()["data"]["current_values"]
    assert {key: after[key] for key in sent} == {key: before[key] for key in sent}


def test_it_has_subscriptions_of_every_kind_and_state(piggy: Api, demo: Account) -> None:
    types = piggy.data("/subscription-types")
    assert {row["strategy"] for row in types} == {"OPT_OUT", "OPT_IN", "DOUBLE_OPT_IN"}
    assert {row["active"] for row in types} == {True, False}
    assert None in {row["uuid"] for row in types}
    shown = piggy.data(f"/contacts/{contact_of(demo, 'sanne')['uuid']}")["subscriptions"]
    assert {row["status"] for row in shown} == {"SUBSCRIBED", "PENDING_CONFIRMATION", "UNSUBSCRIBED", 0}


def test_it_has_two_units(piggy: Api) -> None:
    assert [row["name"] for row in piggy.data("/units")] == ["purchase_amount", "visits"]


def test_it_has_bookings_around_today(piggy: Api, demo: Account) -> None:
    rows = list(demo.table("booking"))
    assert all(row["starts_at"] < row["ends_at"] for row in rows)
    assert all(row["created_at"] < row["starts_at"] for row in rows)
    assert sum(row["starts_at"][:10] == row["ends_at"][:10] for row in rows) == len(rows) > 8
    assert len({row["shop_uuid"] for row in rows}) == 3
    assert BIG_TABLE in (cast.__doc__ or "")
    answer = piggy.send("PUT", f"/bookings/{BIG_TABLE}", json={"number_of_people": 9}).json()["data"]
    assert answer["contact"]["uuid"] == contact_of(demo, "wilhelmina")["uuid"]


def test_it_lets_wilhelmina_s_history_end_as_drawn(piggy: Api, demo: Account) -> None:
    uuid = contact_of(demo, "wilhelmina")["uuid"]
    rows = piggy.data("/loyalty-transactions", {"contact_uuid": uuid, "sort": "-created_at", "limit": "6"})
    assert [row["credits"] for row in rows] == [24, -150, 9, -900, 900, 46]
    assert piggy.data(f"/contacts/{uuid}/prepaid-balance")["balance"] == "€1085.50"
    assert piggy.meta("/loyalty-transactions", {"contact_uuid": uuid})["total"] == 214


def test_it_has_a_family_with_one_phone(piggy: Api) -> None:
    family = piggy.data("/contacts", {"attributes[phonenumber]": "+31612000118"})
    assert len(family) == 3


def test_it_has_a_name_of_200_characters_and_none_at_all(demo: Account) -> None:
    person = contact_of(demo, "long")["values"]
    assert len(f"{person['firstname']} {person['lastname']}") == 200
    assert contact_of(demo, "nameless")["values"]["firstname"] is None


def test_it_uses_addresses_that_can_belong_to_nobody(demo: Account) -> None:
    emails = [contact["email"] for contact in demo.table("contact")]
    assert all(email.endswith(".example") for email in emails)
    assert max(Counter(emails).values()) == 1


def test_it_gives_the_same_people_for_the_same_seed() -> None:
    def made(seed: int) -> list[tuple[str, str, int]]:
        demo = make_app(contacts=120, seed=seed).accounts.demo
        return [(row["uuid"], row["email"], row["credits"]) for row in demo.table("contact")]

    assert made(1) == made(1)
    assert made(1) != made(2)


def test_some_of_the_crowd_are_there_twice_and_some_share_a_phone() -> None:
    people = [row["values"] for row in make_app(contacts=3000).accounts.demo.table("contact")]
    born = Counter((who["phonenumber"], who["birthdate"]) for who in people if who["phonenumber"] and who["birthdate"])
    phones = Counter(who["phonenumber"] for who in people if who["phonenumber"])
    assert 20 < sum(number > 1 for number in born.values()) < 120, "second sights"
    assert sum(number > 1 for number in phones.values()) > 60 + sum(number > 1 for number in born.values())
    anonymous = make_app(contacts=3000).accounts.demo.table("contact")
    assert any(row["is_anonymous"] and row["values"]["phonenumber"] for row in anonymous)


def test_the_pair_of_the_demo_adds_up_to_what_its_walk_says(demo: Account) -> None:
    one, other = contact_of(demo, "saskia"), contact_of(demo, "saskia_old")
    assert one["credits"] + other["credits"] == 200
    assert one["prepaid_in_cents"] + other["prepaid_in_cents"] == 450
