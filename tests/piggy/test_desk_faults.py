"""Each write of the desk with each fault: asked for once, and unknown whenever nobody can know."""

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from piggyadmin.piggy.client import Piggy
from piggyadmin.piggy.errors import PiggyOutcomeUnknown, PiggyRateLimited, PiggyUnauthorized
from piggyadmin.sandbox.app import make_app
from tests.fixtures_sandbox import SandboxAccount

URL = "http://sandbox"
KINDS = ("contact", "identifier", "attribute", "booking", "loyalty_transaction", "prepaid_transaction", "verification")
KINDS += ("webhook_subscription",)
Staged = dict[str, Any]
MILA = {"contact_uuid": "mila"}
# name of the method, operation, arguments; a callable takes what was staged
WRITES: list[tuple[str, str, dict[str, Any]]] = [
    ("create_contact", "create_contact", {"email": "new@example.com"}),
    ("create_anonymous_contact", "create_anonymous_contact", {"contact_identifier_value": "FREE-1"}),
    ("find_or_create_contact", "find_or_create_contact", {"email": "new@example.com"}),
    ("update_contact", "update_contact", {**MILA, "attributes": {"firstname": "Mila"}}),
    ("claim_contact", "claim_anonymous_contact", {"contact_uuid": "nobody", "email": "new@example.com"}),
    ("merge_contacts", "merge_contacts", {"source_contact_uuid": "nobody", "destination_contact_uuid": "mila"}),
    ("delete_contact", "delete_contact", {**MILA, "type": "GDPR"}),
    ("create_webhook_subscription", "create_webhook_subscription",
     {"name": "Dashboard", "event_type": "contact_created", "url": "http://127.0.0.1:9/", "secret": "s3cret"}),
    ("update_webhook_subscription", "update_webhook_subscription",
     {"uuid": lambda staged: staged["hook"], "status": "INACTIVE"}),
    ("delete_webhook_subscription", "delete_webhook_subscription", {"uuid": lambda staged: staged["hook"]}),
    ("create_identifier", "create_contact_identifier", {**MILA, "value": "NEW-1", "name": "Card"}),
    ("link_identifier", "link_contact_identifier", {**MILA, "value": "FREE-1"}),
    ("unlink_identifier", "unlink_contact_identifier", {"value": "LC-1"}),
    ("update_identifier", "update_contact_identifier", {"value": "LC-1", "active": False}),
    ("create_custom_attribute", "create_custom_attribute",
     {"entity": "booking", "name": "dish", "label": "Dish", "type": "text"}),
    ("create_loyalty_transaction_attribute", "create_loyalty_transaction_attribute",
     {"name": "piggyadmin_act", "data_type": "text"}),
    ("subscribe", "subscribe_contact", {**MILA, "subscription_type_uuid": lambda staged: staged["news"]}),
    ("unsubscribe", "unsubscribe_contact", {**MILA, "subscription_type_uuid": lambda staged: staged["gone"]}),
    ("send_verification", "send_verification_email", {"email": "mila@example.com"}),
    ("verify_code", "verify_login_code", {"email": "mila@example.com", "code": lambda staged: staged["code"]}),
    ("create_credit_reception", "create_credit_reception", {**MILA, "shop_uuid": "shop", "credits": 5}),
    ("reverse_credit_reception", "reverse_credit_reception", {"uuid": lambda staged: staged["award"]}),
    ("create_booking", "create_booking", {**MILA, "shop_uuid": "shop", "fields": {"status": "created"}}),
    ("update_booking", "update_booking",
     {"booking_uuid": lambda staged: staged["booking"], "fields": {"checked_in_at": datetime(2026, 5, 2, tzinfo=UTC)}}),
    ("create_prepaid_transaction", "create_prepaid_transaction",
     {**MILA, "shop_uuid": "shop", "amount_in_cents": 500}),
    ("reverse_prepaid_transaction", "reverse_prepaid_transaction", {"uuid": lambda staged: staged["top_up"]}),
]  # fmt: skip
EACH = pytest.mark.parametrize(("name", "operation", "arguments"), WRITES, ids=[name for name, *_ in WRITES])


def stage(account: SandboxAccount, piggy: Piggy) -> Staged:
    """An account in which every write of the table would be done."""
    account.add_shop(uuid="shop")
    account.add_contact("mila@example.com", uuid="mila")
    account.add_contact(anonymous=True, uuid="nobody")
    account.add_identifier("LC-1", contact_uuid="mila")
    account.add_identifier("FREE-1")
    staged: Staged = {
        "news": account.add_subscription_type("Newsletter", "DOUBLE_OPT_IN")["uuid"],
        "gone": account.add_subscription_type("Texts")["uuid"],
        "booking": account.add_booking(contact_uuid="mila", shop_uuid="shop")["uuid"],
        "award": account.add_loyalty_transaction(contact_uuid="mila", shop_uuid="shop", credits=9)["uuid"],
        "hook": account.add_webhook("voucher_created", "http://127.0.0.1:9/")["uuid"],
        "top_up": account.add_prepaid_transaction(contact_uuid="mila", shop_uuid="shop", amount_in_cents=900)["uuid"],
    }
    piggy.subscribe(contact_uuid="mila", subscription_type_uuid=staged["gone"])
    piggy.send_verification(email="mila@example.com")
    account.forget_calls()
    return {**staged, "code": account.codes_sent[-1].code}


def filled(arguments: dict[str, Any], staged: Staged) -> dict[str, Any]:
    return {name: value(staged) if callable(value) else value for name, value in arguments.items()}


def everything(account: SandboxAccount) -> dict[str, Any]:
    return {kind: account.state(kind) for kind in KINDS}


@pytest.fixture(scope="module")
def transport() -> httpx.WSGITransport:
    return httpx.WSGITransport(app=make_app(control=True))


@pytest.fixture
def account(transport) -> SandboxAccount:
    return SandboxAccount(URL, http=httpx.Client(transport=transport))


@pytest.fixture
def piggy(transport, account) -> Piggy:
    return Piggy(base_url=URL, tokens=account.token, transport=transport)


@pytest.fixture
def served(sandbox_account) -> Piggy:
    return Piggy(base_url=sandbox_account.base_url, tokens=sandbox_account.token, seconds=3)


@EACH
def test_it_is_done_when_nothing_is_wrong(piggy, account, name, operation, arguments):
    staged = stage(account, piggy)
    before = everything(account)
    getattr(piggy, name)(**filled(arguments, staged))
    assert [call.operation for call in account.calls] == [operation]
    assert everything(account) != before


@EACH
@pytest.mark.parametrize("kind", ["garbage", "html200", "503_after", "500_after", "1000_after"])
def test_it_is_unknown_and_done_when_the_answer_is_spoiled(piggy, account, name, operation, arguments, kind):
    staged = stage(account, piggy)
    before = everything(account)
    account.fault(operation, kind=kind, times=-1)
    with pytest.raises(PiggyOutcomeUnknown):
        getattr(piggy, name)(**filled(arguments, staged))
    assert [call.operation for call in account.calls] == [operation]
    assert everything(account) != before


@EACH
@pytest.mark.parametrize(
    ("kind", "error"),
    [("503", PiggyOutcomeUnknown), ("500", PiggyOutcomeUnknown), ("1000", PiggyOutcomeUnknown),
     ("429", PiggyRateLimited), ("401", PiggyUnauthorized)],
)  # fmt: skip
def test_it_is_not_done_when_piggy_says_so_or_nobody_knows(piggy, account, name, operation, arguments, kind, error):
    staged = stage(account, piggy)
    before = everything(account)
    account.fault(operation, kind=kind, times=-1)
    with pytest.raises(error):
        getattr(piggy, name)(**filled(arguments, staged))
    assert [call.operation for call in account.calls] == [operation]
    assert everything(account) == before


@EACH
@pytest.mark.parametrize(("kind", "done"), [("lost_before", False), ("lost_after", True), ("reset", True)])
def test_it_is_unknown_when_the_answer_is_lost(served, sandbox_account, name, operation, arguments, kind, done):
    staged = stage(sandbox_account, served)
    before = everything(sandbox_account)
    sandbox_account.fault(operation, kind=kind)
    with pytest.raises(PiggyOutcomeUnknown):
        getattr(served, name)(**filled(arguments, staged))
    assert [call.operation for call in sandbox_account.calls] == [operation]
    assert (everything(sandbox_account) != before) is done
