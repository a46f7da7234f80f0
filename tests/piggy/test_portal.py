"""Portal sessions, session tokens, claim links and gift card mails: the client against the stand-in Piggy, and answers
that are about somebody else."""

from decimal import Decimal

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
from piggyadmin.piggy.loyalty_tokens import read_link
from piggyadmin.sandbox.app import make_app
from tests.fixtures_sandbox import SandboxAccount

from .calls.loyalty_tokens import CLAIMED, HASH, LINK, OF_CREDITS, OF_UNITS, TOKEN
from .calls.portal import KINDS, SESSION
from .calls.portal import TOKEN as SESSION_TOKEN
from .conftest import data

URL = "http://sandbox"


@pytest.fixture(scope="module")
def transport() -> httpx.WSGITransport:
    return httpx.WSGITransport(app=make_app(control=True))


@pytest.fixture
def account(transport) -> SandboxAccount:
    return SandboxAccount(URL, http=httpx.Client(transport=transport))


@pytest.fixture
def piggy(transport, account) -> Piggy:
    return Piggy(base_url=URL, tokens=account.token, transport=transport)


def test_sessions_of_every_kind_are_made_and_read_back(piggy, account):
    shop, contact = account.add_shop()["uuid"], account.add_contact()["uuid"]
    for name in ("create_portal_session", *KINDS):
        made = getattr(piggy, name)(shop_uuid=shop, contact_uuid=contact)
        read = piggy.get_portal_session(portal_session_uuid=made.uuid)
        assert (read.uuid, read.link, read.contact.uuid, read.shop.uuid) == (made.uuid, made.link, contact, shop)
    made = piggy.create_redeem_giftcard_portal_session(shop_uuid=shop, amount_in_cents=1250)
    assert made.contact is None
    assert account.state("portal_session")[-1]["options"]["amount_in_cents"] == 1250


def test_what_is_not_there_is_refused(piggy, account):
    shop = account.add_shop()["uuid"]
    with pytest.raises(PiggyNotFound):
        piggy.create_portal_session(shop_uuid="nope")
    with pytest.raises(PiggyNotFound):
        piggy.create_portal_session(shop_uuid=shop, contact_uuid="nope")
    with pytest.raises(PiggyNotFound):
        piggy.get_contacts_portal_auth_url(contact_uuid="nope")
    for ask in (
        lambda: piggy.get_portal_session(portal_session_uuid="nope"),
        lambda: piggy.find_contact_session_token(token="nope"),
        lambda: piggy.create_redeem_giftcard_portal_session(shop_uuid=shop, amount_in_cents=0),
    ):
        with pytest.raises(PiggyInvalid):
            ask()


def test_a_session_token_is_used_once(piggy, account):
    contact = account.add_contact()["uuid"]
    account.add("session_token", token="PHONE-1", contact_uuid=contact)
    assert piggy.find_contact_session_token(token="PHONE-1").status == "active"
    used = piggy.use_contact_session_token(token="PHONE-1")
    assert (used.status, used.contact.uuid) == ("used", contact)
    with pytest.raises(PiggyInvalid):
        piggy.use_contact_session_token(token="PHONE-1")


def test_a_link_is_made_taken_apart_and_claimed_once(piggy, account):
    shop, contact = account.add_shop()["uuid"], account.add_contact()["uuid"]
    first = piggy.create_loyalty_token(shop_uuid=shop, unique_id="order/1 ü&=", credits=50)
    account.advance(5)
    second = piggy.create_loyalty_token(shop_uuid=shop, unique_id="order/1 ü&=", credits=50)
    assert first != second, "the moment is part of it"
    given = piggy.claim_loyalty_token(token=read_link(first), contact_uuid=contact)
    assert (given.credits, given.contact.credit_balance.balance) == (50, 50)
    with pytest.raises(PiggyRejected) as caught:
        piggy.claim_loyalty_token(token=read_link(second), contact_uuid=contact)
    assert caught.value.code == 60000
    by_amount = piggy.create_loyalty_token(
        shop_uuid=shop, unique_id="o-2", unit_name="purchase_amount", unit_value=Decimal("25.40")
    )
    assert piggy.claim_loyalty_token(token=read_link(by_amount), contact_uuid=contact).credits == 25


def test_a_link_that_was_tampered_with_gives_nothing(piggy, account):
    shop, contact = account.add_shop()["uuid"], account.add_contact()["uuid"]
    link = piggy.create_loyalty_token(shop_uuid=shop, unique_id="o-1", credits=50)
    with pytest.raises(PiggyInvalid):
        piggy.claim_loyalty_token(token=read_link(link.replace("credits=50", "credits=500")), contact_uuid=contact)


@pytest.mark.parametrize(
    "link",
    ["", "nothing", LINK, f"{LINK}&credits=50", OF_CREDITS.replace("v3", "v1"), OF_CREDITS + "&credits=60",
     OF_CREDITS.replace("credits=50", "credits=-50"), OF_CREDITS.replace("credits=50", "credits=5e3"),
     OF_CREDITS + "&x=1", OF_CREDITS.replace(HASH, "no-hex"), OF_CREDITS.replace("1788509550", "soon"),
     OF_UNITS.replace("25.4", "1e9"), OF_UNITS.replace("25.4", "25."), OF_UNITS.replace("25.4", "-2"),
     f"{LINK}&credits=5&unit_name=x&unit_value=2&hash={HASH}", "x" * 3000, OF_CREDITS.replace("s-1", "s/1")],
)  # fmt: skip
def test_what_is_no_claim_link_is_refused_here(link):
    with pytest.raises(PiggyInvalid) as caught:
        read_link(link)
    assert caught.value.status is None


def test_a_link_says_what_it_gives():
    assert read_link(f"  {OF_CREDITS}\n") == TOKEN
    of_units = read_link(OF_UNITS)
    assert (of_units.credits, of_units.unit_name, of_units.unit_value) == (None, "purchase_amount", Decimal("25.4"))
    assert HASH not in repr(of_units)


def test_an_answer_about_something_else_is_not_taken(played):
    other = {**SESSION, "uuid": "ps-2"}
    with pytest.raises(PiggyFilterIgnored):
        played(data(other)).piggy.get_portal_session(portal_session_uuid="ps-1")
    with pytest.raises(PiggyFilterIgnored):
        played(data({**SESSION_TOKEN, "token": "another"})).piggy.find_contact_session_token(token="tok123")
    writes = [
        (data({**SESSION, "contact": {"uuid": "c-9"}}), "create_portal_session", {"shop_uuid": "s-1"}),
        (data({"url": "javascript:alert(1)"}), "get_contacts_portal_auth_url", {"contact_uuid": "c-1"}),
        (data(SESSION_TOKEN), "use_contact_session_token", {"token": "tok123"}),
        (data(OF_CREDITS), "create_loyalty_token", {"shop_uuid": "s-1", "unique_id": "ord-1", "credits": 51}),
        (data(OF_CREDITS), "create_loyalty_token", {"shop_uuid": "s-1", "unique_id": "ord-2", "credits": 50}),
        (data("no link"), "create_loyalty_token", {"shop_uuid": "s-1", "unique_id": "ord-1", "credits": 50}),
        (data(CLAIMED), "claim_loyalty_token", {"token": TOKEN, "contact_uuid": "c-9"}),
    ]
    for answer, name, arguments in writes:
        with pytest.raises(PiggyOutcomeUnknown):
            getattr(played(answer).piggy, name)(**arguments)


def test_a_gift_card_is_mailed_to_a_contact_with_an_address(piggy, account):
    card, contact = account.add("giftcard")["uuid"], account.add_contact()["uuid"]
    assert piggy.send_giftcard_by_email(giftcard_uuid=card, contact_uuid=contact).message == "success"
    assert [row["contact_uuid"] for row in account.state("giftcard_mail")] == [contact]
    with pytest.raises(PiggyInvalid):
        piggy.send_giftcard_by_email(giftcard_uuid=card, contact_uuid=account.add_contact(anonymous=True)["uuid"])
    with pytest.raises(PiggyNotFound):
        piggy.send_giftcard_by_email(giftcard_uuid="nope", contact_uuid=contact)
