"""The sandbox against the two OpenAPI files: nothing a caller can send makes it fail, and no answer leaves the schema.

Both files are copies of what was compiled from Piggy's public documentation. Only operations the sandbox has are
tried, read from its own registry: a new one is covered by being registered.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
import schemathesis
import yaml
from hypothesis import HealthCheck, given, settings
from schemathesis import APIOperation, BaseSchema, Case, GenerationMode
from schemathesis.checks import (
    content_type_conformance,
    not_a_server_error,
    response_headers_conformance,
    response_schema_conformance,
)

from piggyadmin.sandbox import cast
from piggyadmin.sandbox.app import implemented, make_app
from piggyadmin.sandbox.make import make
from piggyadmin.sandbox.registry import BASE
from piggyadmin.sandbox.settings import change

HERE = Path(__file__).parent
FILES = ("contacts.openapi.yaml", "loyalty.openapi.yaml")
CHECKS = [
    not_a_server_error,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
TOKEN = "test-contract"
HEADERS = {"Authorization": f"Bearer {TOKEN}"}
AT_EASE = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]

app = make_app(control=True)
account = app.accounts.open(TOKEN)
cast.seed(account, contacts=80, seed=7)
change(account, {"webhooks": "drop"})  # the addresses are made up


def operations_of(document: dict[str, Any]) -> set[tuple[str, str]]:
    return {(method.upper(), path) for path, methods in document["paths"].items() for method in methods}


MOMENT = r"^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$"


def with_old_dates(part: Any) -> Any:
    """The schemas with a pattern for every date-time. The format allows a T alone, but answers captured in 2023 have a
    blank in its place and the notes on the contract say to expect both."""
    if isinstance(part, list):
        return [with_old_dates(item) for item in part]
    if not isinstance(part, dict):
        return part
    if part.get("format") == "date-time":
        return {"pattern": MOMENT, **{key: value for key, value in part.items() if key != "format"}}
    return {key: with_old_dates(value) for key, value in part.items()}


def schema_of(name: str) -> BaseSchema:
    """The operations of one file that the sandbox has."""
    document = yaml.safe_load((HERE / name).read_text("utf-8"))
    schemas = document["components"]["schemas"] = with_old_dates(document["components"]["schemas"])
    if name.startswith("contacts"):  # it leaves these to the loyalty side, where their contact may be null
        schemas["LoyaltyTransaction"]["properties"]["contact"]["type"] = ["object", "null"]
    schema = schemathesis.openapi.from_dict(document)
    schema.app = app
    have = set(implemented())
    return schema.include(lambda found: (found.operation.method.upper(), found.operation.path) in have)


contacts, loyalty = (schema_of(name) for name in FILES)
OPERATIONS = [
    pytest.param(found.ok(), id=f"{side}: {found.ok().label}")
    for side, schema in (("contacts", contacts), ("loyalty", loyalty))
    for found in schema.get_all_operations()
]
few = settings(max_examples=30, deadline=None, suppress_health_check=AT_EASE, derandomize=True)


def try_out(operation: APIOperation, check: Callable[[Case], None]) -> None:
    """Right and wrong cases of one operation.

    Schemathesis' own ``parametrize`` is not used: pytest 9 gives all its items one name, and pytest-xdist then runs
    one of them and drops the others without a word."""
    for mode in GenerationMode:

        @few
        @given(case=operation.as_strategy(generation_mode=mode))
        def run(case: Case) -> None:
            check(case)

        run()


def anything(case: Case) -> None:
    """Whatever the generator thinks of, right and wrong."""
    response = case.call(headers=HEADERS)
    case.validate_response(response, checks=CHECKS, headers=HEADERS)
    assert response.status_code in (200, 201, 400, 401, 404, 405), "a status that no page knows"


def known_things(case: Case) -> None:
    """The same, with names of things that exist in place of the made-up ones: answers are full then."""
    case.path_parameters = {name: known(name, value) for name, value in case.path_parameters.items()}
    if isinstance(case.query, dict):
        case.query = {name: known(name, value) for name, value in case.query.items()}
    if isinstance(case.body, dict):
        case.body = {name: known(name, value) for name, value in case.body.items()}
    anything(case)


def known(name: str, value: Any) -> Any:
    """Something of the account that goes by this name, always the same for the same value."""
    choices = KNOWN.get(name)
    return choices[zlib.crc32(repr(value).encode("utf-8", "replace")) % len(choices)] if choices else value


def _claims() -> list[Any]:
    return [row for row in account.table("loyalty_transaction") if row["reward_uuid"]]


def _handed_over() -> str:
    uuid, claim = account.new_uuid(), _claims()[0]["uuid"]
    row = {"uuid": uuid, "loyalty_transaction_uuid": claim, "status": "COLLECTED", "created_at": account.now()}
    return str(account.put("reward_redemption", row)["uuid"])


def _known() -> dict[str, list[Any]]:
    kinds = ("contact", "shop", "promotion", "voucher", "loyalty_transaction", "prepaid_transaction", "booking")
    kinds += ("giftcard", "giftcard_program", "giftcard_transaction")
    rows = {kind: list(islice(account.table(kind), 60)) for kind in kinds}
    redemptions, cards = account.table("redemption"), account.table("identifier")
    own = account.table("attribute").where("entity", "contact")
    return {
        "anonymous_contact_uuid": [row["uuid"] for row in rows["contact"] if row["is_anonymous"]],
        "reward_reception_uuid": [row["uuid"] for row in _claims()],
        "loyalty_transaction_uuid": [row["uuid"] for row in _claims() if not row["has_been_collected"]],
        "collectable_reward_redemption_uuid": [_handed_over() for _ in range(40)],
        "reward_uuid": [row["uuid"] for row in account.table("reward")],
        "credit_reception_uuid": [row["uuid"] for row in rows["loyalty_transaction"]],
        "prepaid_transaction_uuid": [row["uuid"] for row in rows["prepaid_transaction"]],
        "booking_uuid": [row["uuid"] for row in rows["booking"]],
        "subscription_type_uuid": [row["uuid"] for row in account.table("subscription_type")],
        "custom_attribute_name": [row["name"] for row in own],
        "group_name": ["guest_book"],
        "unit_name": ["purchase_amount", "visits"],
        "custom_attributes": [{"sheet": "7"}, {"guests": ""}],
        "attributes": [{"firstname": "Mila"}, {"own_cup": "1", "favourite_drink": "tea"}, {"locale": None}],
        "contact_uuid": [row["uuid"] for row in rows["contact"]],
        "shop_uuid": [row["uuid"] for row in rows["shop"]],
        "source_contact_uuid": [row["uuid"] for row in rows["contact"]],
        "destination_contact_uuid": [row["uuid"] for row in rows["contact"]],
        "webhook_subscription_uuid": [make(account, "webhook_subscription", {})["uuid"] for _ in range(40)],
        "promotion_uuid": [row["uuid"] for row in rows["promotion"]],
        "voucher_uuid": [row["uuid"] for row in rows["voucher"]],
        "voucher_redemption_uuid": [row["uuid"] for row in redemptions],
        "giftcard_uuid": [row["uuid"] for row in rows["giftcard"]],
        "giftcard_program_uuid": [row["uuid"] for row in rows["giftcard_program"]],
        "giftcard_transaction_uuid": [row["uuid"] for row in rows["giftcard_transaction"]],
        "giftcard_hash": [row["hash"] for row in rows["giftcard"]],
        "hash": [row["hash"] for row in rows["giftcard"]],
        "client_id": [TOKEN],
        "client_secret": [f"secret-{TOKEN}"],
        "code": [row["code"] for row in rows["voucher"]],
        "email": [row["email"] for row in rows["contact"]],
        "contact_identifier_value": [row["value"] for row in islice(cards, 60)],
    }


KNOWN = _known()
AT_A_SHOP = {"shop_uuid": KNOWN["shop_uuid"][0], "contact_uuid": KNOWN["contact_uuid"][0]}
CLAIM = "/contacts/{anonymous_contact_uuid}/claim"


def test_it_has_nothing_that_the_contract_has_not() -> None:
    documents = [yaml.safe_load((HERE / name).read_text("utf-8")) for name in FILES]
    assert set(implemented()) <= set().union(*(operations_of(document) for document in documents))


def test_it_tries_every_operation_there_is() -> None:
    tried = {(parameters.values[0].method.upper(), parameters.values[0].path) for parameters in OPERATIONS}
    assert tried == set(implemented())


def test_it_answers_lock_release_and_redemption_as_documented() -> None:
    """In their order; by chance alone no release would ever have the right key."""
    voucher = make(account, "voucher", {"code": "IN-ORDER"})
    uuid = {"voucher_uuid": voucher["uuid"]}
    lock = ask("/vouchers/{voucher_uuid}/lock", **uuid)["lock"]
    ask("/vouchers/{voucher_uuid}/release", {"release_key": lock["release_key"]}, **uuid)
    redemption = ask("/vouchers/redeem", {"code": "IN-ORDER", **AT_A_SHOP})["voucher_redemption"]
    ask("/vouchers/{voucher_redemption_uuid}/reverse", voucher_redemption_uuid=redemption["uuid"])


def test_it_answers_the_making_and_changing_of_vouchers_as_documented() -> None:
    summer = ask("/promotions", {"name": "Summer", "description": "Ten off", "voucher_limit": 9})
    body = {"promotion_uuid": summer["uuid"], "custom_attributes": {"sheet": "7"}}
    uuid = ask("/vouchers", {**body, "code": "OF-MY-OWN"})["uuid"]
    assert ask("/vouchers/batch", {**body, "quantity": 8})["status"] == "PENDING"
    gone = ask("/vouchers/{voucher_uuid}", {"status": "DEACTIVATED"}, "PUT", voucher_uuid=uuid)
    assert (gone["status"], gone["attributes"]) == ("DEACTIVATED", {"sheet": "7"})


def test_it_answers_credits_and_money_given_and_taken_back_as_documented() -> None:
    ask("/loyalty-transaction-attributes", {"name": "till", "data_type": "text"})
    given = ask("/credit-receptions", {**AT_A_SHOP, "unit_value": 12.5, "till": "3"})
    taken = ask("/credit-receptions/{credit_reception_uuid}/reverse", credit_reception_uuid=given["uuid"])
    assert (given["credits"], given["till"], taken["credits"]) == (12, "3", -12)
    paid = ask("/prepaid-transactions", {**AT_A_SHOP, "amount_in_cents": 500})
    ask("/prepaid-transactions/{prepaid_transaction_uuid}/reverse", prepaid_transaction_uuid=paid["uuid"])


def test_it_answers_the_life_of_a_gift_card_as_documented() -> None:
    program = next(row["uuid"] for row in account.table("giftcard_program") if row["active"])
    card = ask("/giftcards", {"type": 1, "giftcard_program_uuid": program})
    loaded = {"giftcard_uuid": card["uuid"], "shop_uuid": AT_A_SHOP["shop_uuid"], "amount_in_cents": 2500}
    ask("/giftcard-transactions", loaded)
    spent = ask("/giftcard-transactions", {**loaded, "amount_in_cents": -700})
    path = "/giftcard-transactions/{giftcard_transaction_uuid}"
    assert ask(f"{path}/reverse", giftcard_transaction_uuid=spent["uuid"])["amount_in_cents"] == 700


def test_it_answers_the_life_of_a_contact_as_documented() -> None:
    card, email = {"contact_identifier_value": "IN-ORDER"}, "in-order@mail.example"
    ask("/contact-identifiers", card, side=contacts)
    uuid = ask("/contacts/anonymous", card, side=contacts)["uuid"]
    ask(CLAIM, {"email": email}, "PUT", side=contacts, anonymous_contact_uuid=uuid)
    ask("/contact-identifiers/unlink", card, "PUT", side=contacts)
    ask("/contact-identifiers/link", {**card, "contact_uuid": uuid}, "PUT", side=contacts)
    ask("/contact-verification/send", {"email": email}, side=contacts)
    code = account.table("verification").where("email", email)[-1]["code"]
    verified = ask("/contact-verification/verify", {"email": email, "code": code}, side=contacts)
    again = ask("/contacts/anonymous", {}, side=contacts)["uuid"]
    merged = ask(CLAIM, {"email": email}, "PUT", side=contacts, anonymous_contact_uuid=again)
    assert verified["uuid"] == merged["uuid"] == uuid
    booking = ask("/bookings", {**AT_A_SHOP, "starts_at": "2026-05-02T18:00:00+02:00"}, side=contacts)
    ask("/bookings/{booking_uuid}", {"status": "done"}, "PUT", side=contacts, booking_uuid=booking["uuid"])


def test_it_answers_the_end_of_contacts_as_documented() -> None:
    one, two = (ask("/contacts", {"email": f"end-{name}@mail.example"}, side=contacts)["uuid"] for name in "ab")
    assert ask("/contacts/merge", {"source_contact_uuid": one, "destination_contact_uuid": two}, side=contacts) is None
    assert ask("/contacts/{contact_uuid}/delete", {"type": "GDPR"}, side=contacts, contact_uuid=two) is None


def test_it_answers_the_life_of_a_webhook_as_documented() -> None:
    path, body = "/webhook-subscriptions", {"name": "Copy", "url": "https://dash.example/hook"}
    made = ask(path, {**body, "event_type": "contact_updated", "attributes": ["email"]}, side=contacts)
    uuid = {"webhook_subscription_uuid": made["uuid"]}
    changed = ask(f"{path}/{{webhook_subscription_uuid}}", {"attributes": []}, "PUT", side=contacts, **uuid)
    assert (made["properties"], changed["properties"]) == (["email"], [])
    assert ask(f"{path}/{{webhook_subscription_uuid}}", None, "DELETE", side=contacts, **uuid) == []


def ask(
    path: str,
    body: dict[str, Any] | None = None,
    method: str = "POST",
    *,
    side: BaseSchema = loyalty,
    **parameters: str,
) -> Any:
    """Call one side, hold the answer against its schema, and give its data. ``parameters`` are those of the path."""
    operation = side[f"{BASE}{path}"][method]
    sent = {} if body is None else {"body": body, "media_type": "application/json"}
    response = operation.Case(path_parameters=parameters, **sent).call_and_validate(checks=CHECKS, headers=HEADERS)
    assert response.status_code in (200, 201)
    return response.json()["data"]


@pytest.mark.parametrize("operation", OPERATIONS)
def test_it_stands_anything(operation: APIOperation) -> None:
    try_out(operation, anything)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_it_answers_about_known_things(operation: APIOperation) -> None:
    try_out(operation, known_things)
