"""What the desk does, against the stand-in Piggy: claims, cards, credits, bookings, subscriptions, codes."""

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import httpx
import pytest

from piggyadmin.piggy.attributes import ATTRIBUTE_TYPES
from piggyadmin.piggy.client import Piggy
from piggyadmin.piggy.errors import PiggyInvalid, PiggyNotFound, PiggyRejected
from piggyadmin.sandbox.app import make_app
from tests.fixtures_sandbox import SandboxAccount

URL = "http://sandbox"
DINNER = datetime(2026, 5, 2, 18, 0, tzinfo=ZoneInfo("Europe/Amsterdam"))


@pytest.fixture(scope="module")
def transport() -> httpx.WSGITransport:
    return httpx.WSGITransport(app=make_app(control=True))


@pytest.fixture
def account(transport) -> SandboxAccount:
    return SandboxAccount(URL, http=httpx.Client(transport=transport))


@pytest.fixture
def piggy(transport, account) -> Piggy:
    return Piggy(base_url=URL, tokens=account.token, transport=transport)


def test_an_anonymous_contact_is_claimed_once(piggy, account):
    nobody = account.add_contact(anonymous=True)["uuid"]
    claimed = piggy.claim_contact(contact_uuid=nobody, email="mila@example.com")
    assert (claimed.uuid, claimed.known_email) == (nobody, "mila@example.com")
    with pytest.raises(PiggyRejected) as caught:
        piggy.claim_contact(contact_uuid=nobody, email="mila@example.com")
    assert caught.value.code == 60016
    assert piggy.find_contact(email="mila@example.com").uuid == nobody


def test_a_claim_of_a_taken_address_comes_back_under_the_other_uuid_and_merges(piggy, account):
    nobody = account.add_contact(anonymous=True, credits=20)["uuid"]
    mila = account.add_contact("mila@example.com", credits=100)["uuid"]
    assert piggy.claim_contact(contact_uuid=nobody, email="Mila@example.com").uuid == mila
    account.advance(600)
    with pytest.raises(PiggyNotFound):
        piggy.get_contact(contact_uuid=nobody)
    assert piggy.get_contact(contact_uuid=mila).credits == 120


def test_contacts_are_made_and_found_or_made(piggy, account):
    made = piggy.create_contact(email="mila@example.com")
    with pytest.raises(PiggyRejected) as caught:
        piggy.create_contact(email="MILA@example.com")
    assert caught.value.code == 60005
    assert piggy.find_or_create_contact(email="mila@example.com").uuid == made.uuid
    noor = piggy.find_or_create_contact(email="noor@example.com")
    assert {row["uuid"] for row in account.state("contact")} == {made.uuid, noor.uuid}
    account.set(contact_limit=2)
    with pytest.raises(PiggyRejected) as caught:
        piggy.create_contact(email="bo@example.com")
    assert caught.value.code == 60000


def test_an_anonymous_contact_gets_the_card_that_is_there(piggy, account):
    with pytest.raises(PiggyNotFound):
        piggy.create_anonymous_contact(contact_identifier_value="LC-1")
    piggy.create_identifier(value="LC-1")
    made = piggy.create_anonymous_contact(contact_identifier_value="LC-1")
    assert piggy.get_contact(contact_uuid=made.uuid).is_anonymous
    card = piggy.find_identifier(value="LC-1")
    assert card.contact is not None
    assert card.contact.uuid == made.uuid
    assert piggy.get_contact(contact_uuid=piggy.create_anonymous_contact().uuid).is_anonymous


def test_a_lost_card_is_replaced(piggy, account):
    mila = account.add_contact("mila@example.com")["uuid"]
    noor = account.add_contact("noor@example.com")["uuid"]
    old = piggy.create_identifier(value="LC-1", contact_uuid=mila, name="Card")
    assert (old.name, old.active) == ("Card", True)
    with pytest.raises(PiggyRejected) as caught:
        piggy.create_identifier(value="LC-1")
    assert caught.value.code == 60006
    assert piggy.update_identifier(value="LC-1", active=False).active is False
    for call in (
        lambda: piggy.find_identifier(value="LC-1"),
        lambda: piggy.unlink_identifier(value="LC-1"),
        lambda: piggy.link_identifier(value="LC-1", contact_uuid=mila),
    ):
        with pytest.raises(PiggyRejected) as caught:
            call()
        assert caught.value.code == 60004
    piggy.create_identifier(value="LC-2")
    linked = piggy.link_identifier(value="LC-2", contact_uuid=mila)
    assert linked.contact is not None
    assert linked.contact.uuid == mila
    for contact in (mila, noor):
        with pytest.raises(PiggyRejected) as caught:
            piggy.link_identifier(value="LC-2", contact_uuid=contact)
        assert caught.value.code == 60014
    assert {(card.value, card.active) for card in piggy.list_identifiers(contact_uuid=mila)} == {
        ("LC-1", False),
        ("LC-2", True),
    }
    assert piggy.update_identifier(value="LC-1", name="Found again", active=True).name == "Found again"
    assert piggy.unlink_identifier(value="LC-1").contact is None
    with pytest.raises(PiggyRejected) as caught:
        piggy.unlink_identifier(value="LC-1")
    assert caught.value.code == 60011


def test_attributes_of_every_type_are_defined_and_read(piggy, account):
    for kind in ATTRIBUTE_TYPES:
        options = [{"value": "1", "label": "One"}] if "select" in kind else []
        made = piggy.create_custom_attribute(
            entity="contact", name=f"a_{kind}", label=kind.title(), type=kind, options=options
        )
        assert (made.type, made.title) == (kind, kind.title())
    listed = {found.name: found for found in piggy.list_custom_attributes(entity="contact")}
    older = piggy.list_contact_attributes()
    assert [(found.name, found.type) for found in older] == [(found.name, found.type) for found in listed.values()]
    assert [(o.value, o.label) for o in listed["a_multi_select"].options] == [("1", "One")]
    assert listed["email"].is_read_only
    assert not listed["firstname"].is_read_only
    with pytest.raises(PiggyRejected) as caught:
        piggy.create_custom_attribute(entity="contact", name="a_text", label="Again", type="text")
    assert caught.value.code == 60009


def test_values_are_changed_emptied_and_refused(piggy, account):
    mila = account.add_contact("mila@example.com", firstname="Mila")["uuid"]
    account.add_attribute("spent", "float")
    account.add_attribute("likes", "multi_select", options=[{"value": "1", "label": "Tea"}])
    piggy.update_contact(
        contact_uuid=mila,
        attributes={"firstname": None, "lastname": "Jansen", "birthdate": date(1990, 2, 28), "spent": Decimal("12.50"),
                    "likes": ["1"]},
    )  # fmt: skip
    contact = piggy.get_contact(contact_uuid=mila)
    assert (contact.name, contact.value("birthdate"), contact.value("spent")) == ("Jansen", "1990-02-28", "12.5")
    for refused in ({"email": "else@example.com"}, {"spent": "much"}, {"nothing": "x"}):
        with pytest.raises(PiggyInvalid) as caught:
            piggy.update_contact(contact_uuid=mila, attributes=refused)
        assert list(caught.value.fields) == [f"attributes.{name}" for name in refused]
    with pytest.raises(PiggyNotFound):
        piggy.update_contact(contact_uuid="nobody", attributes={"firstname": "No"})


def test_a_double_opt_in_is_pending_until_it_is_confirmed(piggy, account):
    mila = account.add_contact("mila@example.com")["uuid"]
    news = account.add_subscription_type("Newsletter", "DOUBLE_OPT_IN")["uuid"]
    texts = account.add_subscription_type("Texts")["uuid"]
    account.add_subscription_type("Old", addressable=False)
    assert [kind.uuid for kind in piggy.list_subscription_types()] == [news, texts, None]
    assert piggy.subscribe(contact_uuid=mila, subscription_type_uuid=news).state == "PENDING_CONFIRMATION"
    assert piggy.subscribe(contact_uuid=mila, subscription_type_uuid=texts).state == "SUBSCRIBED"
    account.confirm_subscription(mila, news)
    assert piggy.unsubscribe(contact_uuid=mila, subscription_type_uuid=texts).state == "UNSUBSCRIBED"
    for _ in range(8):  # now as words, now as numbers
        listed = piggy.list_contact_subscriptions(contact_uuid=mila)
        assert [found.state for found in listed] == ["SUBSCRIBED", "UNSUBSCRIBED", "UNSUBSCRIBED"]
    with pytest.raises(PiggyNotFound) as caught:
        piggy.subscribe(contact_uuid=mila, subscription_type_uuid="none")
    assert caught.value.code == 55030


def test_a_code_proves_an_address(piggy, account):
    mila = account.add_contact("mila@example.com")["uuid"]
    for _ in range(4):  # "Success", now and then "success"
        piggy.send_verification(email="mila@example.com")
    with pytest.raises(PiggyRejected) as caught:
        piggy.verify_code(email="mila@example.com", code="never")
    assert caught.value.code == 13010
    assert piggy.verify_code(email="mila@example.com", code=account.codes_sent[-1].code).uuid == mila
    with pytest.raises(PiggyNotFound):
        piggy.send_verification(email="noor@example.com")
    account.set(portal=False)
    with pytest.raises(PiggyNotFound) as caught:
        piggy.send_verification(email="mila@example.com")
    assert caught.value.code == 55032


def test_credits_are_calculated_given_marked_and_taken_back(piggy, account):
    shop, mila = account.add_shop()["uuid"], account.add_contact("mila@example.com")["uuid"]
    account.add_unit("visits", rate=10)
    assert [(unit.name, unit.is_default) for unit in piggy.list_units()] == [
        ("purchase_amount", True),
        ("visits", False),
    ]
    assert piggy.calculate_credits(shop_uuid=shop, unit_value=Decimal("25.40"), contact_uuid=mila) == 25
    assert piggy.calculate_credits(shop_uuid=shop, unit_value=2, unit_name="visits") == 20
    assert piggy.create_loyalty_transaction_attribute(name="piggyadmin_act", data_type="text").name == "piggyadmin_act"
    assert [found.type for found in piggy.list_loyalty_transaction_attributes()] == ["text"]
    award = piggy.create_credit_reception(
        shop_uuid=shop, contact_uuid=mila, unit_value=Decimal("25.40"), attributes={"piggyadmin_act": "act-17"}
    )
    assert (award.credits, award.unit_value, award.extra["piggyadmin_act"]) == (25, 25.4, "act-17")
    assert award.contact is not None
    assert award.contact.credit_balance is not None
    assert award.contact.credit_balance.balance == 25
    (listed,) = piggy.list_loyalty_transactions(contact_uuid=mila).items
    assert listed.extra["piggyadmin_act"] == "act-17"
    back = piggy.reverse_credit_reception(uuid=award.uuid)
    assert (back.credits, back.uuid == award.uuid) == (-25, False)
    with pytest.raises(PiggyInvalid):
        piggy.reverse_credit_reception(uuid=award.uuid)
    partly = piggy.create_credit_reception(shop_uuid=shop, contact_uuid=mila, credits=-5)
    assert partly.credits == -5
    assert piggy.get_credit_balance(contact_uuid=mila).balance == -5


def test_an_account_that_keeps_no_marks_awards_all_the_same(piggy, account):
    shop, mila = account.add_shop()["uuid"], account.add_contact("mila@example.com")["uuid"]
    account.set(marks=False)
    award = piggy.create_credit_reception(
        shop_uuid=shop, contact_uuid=mila, credits=5, attributes={"piggyadmin_act": "act-17"}
    )
    assert award.extra.get("piggyadmin_act") is None


def test_an_award_is_refused_for_its_reason(piggy, account):
    shop, mila = account.add_shop()["uuid"], account.add_contact("mila@example.com")["uuid"]
    account.set(max_amount=100)
    for arguments, code in (
        ({"credits": 101}, 1015),
        ({"credits": 1, "shop_uuid": "none"}, 1008),
        ({"credits": 1, "contact_uuid": "nobody"}, 55031),
        ({"credits": 1, "contact_identifier_value": "LC-0"}, 60003),
        ({"unit_value": 1, "unit_name": "none"}, 60007),
    ):
        with pytest.raises(PiggyRejected) as caught:
            piggy.create_credit_reception(**{"shop_uuid": shop, "contact_uuid": mila, **arguments})
        assert caught.value.code == code
    account.set(running=[mila])
    with pytest.raises(PiggyRejected) as caught:
        piggy.create_credit_reception(shop_uuid=shop, contact_uuid=mila, credits=1)
    assert caught.value.code == 60001
    assert account.state("loyalty_transaction") == []


def test_a_booking_is_made_changed_checked_in_and_emptied(piggy, account):
    shop, mila = account.add_shop()["uuid"], account.add_contact("mila@example.com")["uuid"]
    made = piggy.create_booking(
        shop_uuid=shop,
        contact_uuid=mila,
        fields={"external_id": "BK-1", "starts_at": DINNER, "number_of_people": 4, "company_name": "Acme",
                "status": "created", "prepaid_amount": 2500, "source": None},
    )  # fmt: skip
    assert made.starts_at == datetime(2026, 5, 2, 16, tzinfo=UTC)
    assert "checked_in_at" not in made.told
    assert "status" not in made.told
    done = piggy.update_booking(booking_uuid=made.uuid, fields={"checked_in_at": DINNER, "status": "in progress"})
    assert done.checked_in_at == DINNER
    (row,) = account.state("booking")
    assert (row["status"], row["number_of_people"], row["company_name"]) == ("in progress", 4, "Acme")
    emptied = piggy.update_booking(
        booking_uuid=made.uuid, fields={"checked_in_at": None, "company_name": None, "number_of_people": None}
    )
    assert emptied.checked_in_at is None
    (row,) = account.state("booking")
    assert (row["company_name"], row["number_of_people"], row["prepaid_amount"]) == (None, None, 2500)
    with pytest.raises(PiggyNotFound) as caught:
        piggy.update_booking(booking_uuid="none", fields={"status": "created"})
    assert caught.value.code == 60013


def test_prepaid_money_is_added_spent_and_given_back(piggy, account):
    shop, mila = account.add_shop()["uuid"], account.add_contact("mila@example.com")["uuid"]
    added = piggy.create_prepaid_transaction(contact_uuid=mila, amount_in_cents=2000, shop_uuid=shop)
    assert added.prepaid_balance is not None
    assert added.prepaid_balance.balance_in_cents == 2000
    spent = piggy.create_prepaid_transaction(contact_uuid=mila, amount_in_cents=-450, shop_uuid=shop)
    back = piggy.reverse_prepaid_transaction(uuid=spent.uuid)
    assert (back.amount_in_cents, back.uuid == spent.uuid) == (450, False)
    assert piggy.get_prepaid_balance(contact_uuid=mila).balance_in_cents == 2000
    with pytest.raises(PiggyRejected):
        piggy.create_prepaid_transaction(contact_uuid=mila, amount_in_cents=-2001, shop_uuid=shop)
