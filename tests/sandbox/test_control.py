from __future__ import annotations

import httpx
import pytest

from piggyadmin.sandbox.account import MAX_CALLS
from piggyadmin.sandbox.app import make_app
from tests.fixtures_sandbox import SandboxAccount
from tests.sandbox.conftest import HOST, Api


def test_it_is_not_there_unless_asked_for() -> None:
    http = httpx.Client(transport=httpx.WSGITransport(app=make_app()))
    headers = {"Authorization": "Bearer demo-token"}
    assert http.get(f"{HOST}/_sandbox/calls", headers=headers).status_code == 404


def test_it_wants_a_token(http: httpx.Client) -> None:
    assert http.get(f"{HOST}/_sandbox/calls").status_code == 401


@pytest.mark.parametrize(
    ("kind", "fields", "words"),
    [
        ("unicorn", {}, "no kind"),
        ("shop", {"colour": "red"}, "A shop has no colour"),
        ("voucher", {"contact_uuid": "nobody"}, "no contact"),
        ("voucher", {"expiration_date": "soon"}, "no ISO 8601 date"),
        ("loyalty_transaction", {"credits": "many"}, "invalid literal"),
        ("loyalty_transaction", {"colour": "red"}, "A loyalty_transaction has no colour"),
        ("booking", {"starts_at": "soon"}, "no ISO 8601 date"),
        ("booking", {"contact_uuid": "nobody"}, "no contact"),
        ("attribute", {"type": "liquid"}, "no type"),
        ("attribute", {"entity": "parrot"}, "no entity"),
        ("attribute", {"colour": "red"}, "An attribute has no colour"),
        ("subscription_type", {"strategy": "ALWAYS"}, "strategy is one of"),
    ],
)
def test_it_says_what_is_wrong_with_a_wish(
    account: SandboxAccount, kind: str, fields: dict[str, str], words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        account.add(kind, **fields)
    assert account.state("voucher") == []


def test_it_refuses_faults_that_do_not_exist(account: SandboxAccount) -> None:
    with pytest.raises(ValueError, match="no fault"):
        account.fault(kind="earthquake")
    with pytest.raises(ValueError, match="no operation"):
        account.fault("make_coffee", kind="503")
    with pytest.raises(ValueError, match="patience"):
        account.fault(kind="503", patience=1)


def test_it_gives_rows_what_they_lack(account: SandboxAccount) -> None:
    account.add_voucher("COFFEE-1")
    assert [row["name"] for row in account.state("promotion")] == ["Free coffee"]
    account.add_voucher("USED", "REDEEMED", total_redemptions_allowed=3)
    assert len(account.state("redemption")) == 3
    assert account.add_voucher("LOCKED", "LOCKED")["lock"]["release_key"]
    assert account.add_voucher("LATE", "EXPIRED")["expiration_date"]


def test_it_derives_a_status_from_the_dates(account: SandboxAccount) -> None:
    assert account.add_voucher("SOON", activation_date="2099-01-01")["status"] == "INACTIVE"
    assert account.add_voucher("LATE", expiration_date="2020-01-01")["status"] == "EXPIRED"
    assert account.add_voucher("ODD", "ACTIVE", activation_date="2099-01-01")["status"] == "ACTIVE"


def test_it_records_what_was_asked(api: Api, account: SandboxAccount) -> None:
    headers = {"X-Request-Id": "req-1"}
    api.get("/contacts", {"created_at[gt]": "2026-01-01", "limit": "2"}, headers=headers)
    api.post("/vouchers/redeem", {"code": "x"})
    listed, redeemed = account.calls
    assert (listed.operation, listed.method, listed.status) == ("list_contacts", "GET", 200)
    assert listed.path == "/api/v3/oauth/clients/contacts"
    assert listed.query == {"created_at": {"gt": "2026-01-01"}, "limit": "2"}
    assert listed.request_id == "req-1"
    assert (redeemed.operation, redeemed.body, redeemed.status) == ("redeem_voucher", {"code": "x"}, 400)
    account.forget_calls()
    assert account.calls == []


def test_it_does_not_count_itself_nor_break_itself(account: SandboxAccount) -> None:
    account.broken = 503
    account.add_shop()
    assert account.state("shop")
    assert account.calls == []


def test_it_forgets_the_oldest_calls() -> None:
    app = make_app(control=True)
    api = Api(httpx.Client(transport=httpx.WSGITransport(app=app)), HOST, "test-many")
    kept = app.accounts.open("test-many").calls
    api.get("/shops")
    kept.extend(kept[0] for _ in range(MAX_CALLS))
    api.get("/tiers")
    assert len(kept) == MAX_CALLS
    assert kept[-1].operation == "list_tiers"


def test_it_moves_the_clock_of_one_account_only(http: httpx.Client, account: SandboxAccount) -> None:
    other = SandboxAccount(HOST, http=http)
    account.advance(365 * 86_400)
    assert account.add_shop()["created_at"] > other.add_shop()["created_at"]


def test_it_puts_the_cast_into_any_account(api: Api, account: SandboxAccount) -> None:
    account.seed(contacts=60)
    assert api.meta("/contacts")["total"] == 60
    assert api.data("/vouchers/find", {"code": "COFFEE-1"})["status"] == "ACTIVE"


def test_it_keeps_settings_until_they_are_changed(account: SandboxAccount) -> None:
    account.set(marks=False, merge_seconds=5)
    account.set(merge_seconds=10, contact_limit=3)
    account.set(contact_limit=None)
    found = account._ask("GET", "settings")
    assert (found["marks"], found["merge_seconds"], found["contact_limit"], found["portal"]) == (False, 10, None, True)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"colour": "red"}, "no setting 'colour'"),
        ({"marks": 1}, "marks cannot be 1"),
        ({"merge_seconds": "soon"}, "merge_seconds cannot be 'soon'"),
        ({"merge_seconds": True}, "merge_seconds cannot be True"),
        ({"running": "somebody"}, "running cannot be 'somebody'"),
        ({"contact_limit": "few"}, "contact_limit cannot be 'few'"),
        ({"max_amount": False}, "max_amount cannot be False"),
    ],
)
def test_it_refuses_settings_that_mean_nothing(
    account: SandboxAccount, settings: dict[str, object], words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        account.set(**settings)
