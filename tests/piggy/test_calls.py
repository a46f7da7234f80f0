"""Each method: what it asks of Piggy, what it makes of the answer, and what never reaches Piggy at all."""

import inspect
import json

import httpx
import pytest

from piggyadmin.piggy.client import Piggy
from piggyadmin.piggy.errors import (
    PiggyInvalid,
    PiggyNotFound,
    PiggyOutcomeUnknown,
    PiggyRejected,
    PiggyUnexpected,
)
from piggyadmin.piggy.inputs import checked_id, checked_text
from piggyadmin.piggy.payloads import CreditReception
from piggyadmin.piggy.request_id import request_id

from .conftest import data, refusal
from .operations import BASE, LOCK, READS, REDEEMED, TRANSACTION, UUID, WRITES
from .test_payloads import CONTACT, VOUCHER


@pytest.mark.parametrize(("name", "arguments", "path", "body"), READS, ids=[name for name, *_ in READS])
def test_a_read_asks_what_the_documentation_says(played, name, arguments, path, body):
    play = played(data(body))
    getattr(play.piggy, name)(**arguments)
    (request,) = play.requests
    assert (request.method, str(request.url)) == ("GET", BASE + path)
    assert request.headers["Authorization"] == "Bearer test-token"
    assert request.headers["Accept"] == "application/json"
    assert request.headers["User-Agent"].startswith("piggyadmin")
    assert request.content == b""


@pytest.mark.parametrize(
    ("name", "arguments", "method", "path", "body", "answer"), WRITES, ids=[name for name, *_ in WRITES]
)
def test_a_write_sends_json_once(played, name, arguments, method, path, body, answer):
    play = played(data(answer))
    getattr(play.piggy, name)(**arguments)
    (request,) = play.requests
    assert (request.method, str(request.url)) == (method, BASE + path)
    assert (json.loads(request.content) if request.content else None) == body


def test_every_method_of_the_client_is_in_these_tables():
    public = {name for name, _ in inspect.getmembers(Piggy, inspect.isfunction) if not name.startswith("_")}
    machinery = {"pay_for", "for_pool_thread", "renewed_token"} | {name for name in public if name.startswith("each_")}
    assert public - machinery == {name for name, *_ in READS} | {name for name, *_ in WRITES}


def test_every_method_links_the_page_it_implements():
    import piggyadmin.piggy.loyalty

    assert "docs.piggy.eu" in (piggyadmin.piggy.loyalty.__doc__ or "")
    for name in {name for name, *_ in READS} | {name for name, *_ in WRITES}:
        doc = getattr(Piggy, name).__doc__
        assert "https://docs.piggy.eu/" in doc or name == "list_loyalty_transactions", name


def test_it_leaves_out_what_is_none(played):
    play = played(data(REDEEMED))
    play.piggy.redeem_voucher(code="COF-7Q2K9", shop_uuid="s-1")
    assert json.loads(play.requests[0].content) == {"code": "COF-7Q2K9", "shop_uuid": "s-1"}


def test_it_sends_the_request_id_when_there_is_one(played):
    play = played(data(None))
    play.piggy.health()
    token = request_id.set("req-17")
    try:
        play.piggy.health()
    finally:
        request_id.reset(token)
    assert ["X-Request-Id" in request.headers for request in play.requests] == [False, True]
    assert play.requests[1].headers["X-Request-Id"] == "req-17"


def test_it_takes_any_2xx_and_any_meta(played):
    for meta in ([], {}, None, "odd", 3):
        play = played(httpx.Response(201, json={"data": [{"uuid": 1}], "meta": meta}))
        assert [shop.uuid for shop in play.piggy.list_shops()] == ["1"]
    play = played(httpx.Response(200, json={"data": []}))
    assert play.piggy.list_shops() == []


def test_a_page_tells_its_total_and_counts_what_was_left_out(played):
    strange = {**TRANSACTION, "type": "something_new"}
    play = played(data([TRANSACTION, strange], {"page": 1, "limit": "10", "last_page": 1, "total": 2}))
    page = play.piggy.list_loyalty_transactions(contact_uuid=UUID)
    assert [type(item) for item in page.items] == [CreditReception]
    assert (page.received, page.total, page.last, page.size) == (2, 2, 1, 10)


def test_each_voucher_page_counts_pages_itself_and_keeps_the_filters(played):
    asked: list[dict[str, str]] = []

    def piggy(request: httpx.Request) -> httpx.Response:
        asked.append(dict(request.url.params))
        links = {"next": f"{BASE}/vouchers?page=2"}  # without the filters, as Piggy writes them
        meta = {"current_page": int(request.url.params["page"]), "last_page": 3, "per_page": "1", "total": 3}
        voucher = {**VOUCHER, "uuid": request.url.params["page"]}
        return httpx.Response(200, json={"data": [voucher], "links": links, "meta": meta})

    pages = list(played(piggy).piggy.each_voucher_page(contact_uuid="8b7e1d52", limit=1))
    assert [page.number for page in pages] == [1, 2, 3]
    assert [query["page"] for query in asked] == ["1", "2", "3"]
    assert all(query["contact_uuid"] == "8b7e1d52" for query in asked)


def test_not_found_is_an_error_of_its_own(played):
    with pytest.raises(PiggyNotFound) as caught:
        played(refusal(80004)).piggy.find_voucher(code="NOPE")
    assert (caught.value.code, caught.value.operation) == (80004, "find_voucher_by_code")


@pytest.mark.parametrize("name", [name for name, *_ in WRITES])
@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(200, content=b'{"data": {"uuid":'),
        httpx.Response(200, content=b"<html>OK</html>"),
        httpx.Response(200, json={"message": "fine"}),
        httpx.Response(200, json=["data"]),
        httpx.Response(302, headers={"Location": "https://elsewhere.test/"}),
    ],
)
def test_a_success_of_a_write_that_cannot_be_read_is_unknown(played, name, answer):
    arguments = next(arguments for other, arguments, *_ in WRITES if other == name)
    with pytest.raises(PiggyOutcomeUnknown):
        getattr(played(answer).piggy, name)(**arguments)


@pytest.mark.parametrize(
    "done",
    [
        {**LOCK, "voucher": {"uuid": "v-2", "status": "LOCKED"}},
        {**LOCK, "voucher": {"uuid": "v-1", "status": "ACTIVE"}},
        {**LOCK, "lock": {"release_key": ""}},
        {"voucher": LOCK["voucher"]},
        None,
        [],
    ],
)
def test_a_lock_counts_only_with_our_voucher_locked_and_a_key(played, done):
    with pytest.raises(PiggyOutcomeUnknown):
        played(data(done)).piggy.lock_voucher(voucher_uuid="v-1")


@pytest.mark.parametrize("done", [{**REDEEMED, "code": "OTHER"}, {"uuid": "v"}, None, []])
def test_a_redemption_of_something_else_is_unknown(played, done):
    with pytest.raises(PiggyOutcomeUnknown):
        played(data(done)).piggy.redeem_voucher(code="COF-7Q2K9", shop_uuid="s-1")


def test_a_release_that_leaves_it_locked_is_unknown(played):
    with pytest.raises(PiggyOutcomeUnknown):
        played(data(LOCK)).piggy.release_voucher(voucher_uuid="v-1", release_key="k-1")


@pytest.mark.parametrize("answer", [data(None), data([]), data({"status": "ok"}), httpx.Response(204)])
def test_a_reversal_may_answer_anything_because_nothing_is_documented(played, answer):
    assert played(answer).piggy.reverse_redemption(redemption_uuid="r-1") is None


def test_a_refused_write_says_why(played):
    with pytest.raises(PiggyRejected) as caught:
        played(refusal(80005)).piggy.redeem_voucher(code="A", shop_uuid="s-1")
    assert caught.value.message == "This voucher was already redeemed."


@pytest.mark.parametrize("bad", ["", " ", ".", "..", "a/b", "a\\b", "a\nb", "a\x00", "\ud800", "a" * 65, "a\u2028b"])
def test_an_id_that_is_none_never_reaches_piggy(played, bad):
    play = played(data(CONTACT))
    calls = [
        lambda: play.piggy.get_contact(contact_uuid=bad),
        lambda: play.piggy.lock_voucher(voucher_uuid=bad),
        lambda: play.piggy.redeem_voucher(code="A", shop_uuid=bad),
        lambda: play.piggy.get_shop(shop_uuid=bad),
    ]
    if bad:
        calls.append(lambda: play.piggy.list_vouchers(contact_uuid=bad))
    for call in calls:
        with pytest.raises(PiggyInvalid) as caught:
            call()
        assert caught.value.status is None
        assert caught.value.fields
    assert play.requests == []


@pytest.mark.parametrize("bad", ["", "  ", "a\nb", "a\x00b", "\ud800", "a" * 256])
def test_a_text_that_cannot_be_sent_never_reaches_piggy(played, bad):
    play = played(data(VOUCHER))
    for call in (
        lambda: play.piggy.find_voucher(code=bad),
        lambda: play.piggy.find_contact(email=bad),
        lambda: play.piggy.find_identifier(value=bad),
        lambda: play.piggy.contacts_by_phone(phone=bad),
        lambda: play.piggy.redeem_voucher(code=bad, shop_uuid="s-1"),
        lambda: play.piggy.release_voucher(voucher_uuid="v", release_key=bad),
    ):
        with pytest.raises(PiggyInvalid):
            call()
    assert play.requests == []


@pytest.mark.parametrize("name", ["", "a][b", "a b", "a=b", "a" * 65, "é"])
def test_an_attribute_that_has_no_name_never_reaches_piggy(played, name):
    play = played(data([]))
    with pytest.raises(PiggyInvalid):
        play.piggy.list_contacts(attributes={name: "x"})
    assert play.requests == []


def test_an_odd_request_id_is_not_sent_and_breaks_nothing(played):
    play = played(data(None))
    token = request_id.set("a\r\nX-Evil: 1")
    try:
        play.piggy.health()
    finally:
        request_id.reset(token)
    assert "X-Request-Id" not in play.requests[0].headers


def test_a_page_size_above_the_most_is_cut_and_still_ends(played):
    def piggy(request: httpx.Request) -> httpx.Response:
        page, limit = int(request.url.params["page"]), int(request.url.params["limit"])
        left = [{**VOUCHER, "uuid": f"v-{n}"} for n in range(700)][(page - 1) * limit : page * limit]
        return data(left)

    pages = list(played(piggy).piggy.each_voucher_page(limit=100_000))
    assert [len(page.items) for page in pages] == [500, 200]


@pytest.mark.parametrize("value", ["123", "é", "a b", "a?b=c#d&e", "%2F", "…", "a;b", "ＡＢ"])
def test_an_odd_id_is_quoted_and_comes_back_whole(played, value):
    play = played(lambda request: data({"uuid": value}))
    assert play.piggy.get_contact(contact_uuid=value).uuid == value
    assert play.requests[0].url.path == f"/api/v3/oauth/clients/contacts/{value}"
    assert play.requests[0].url.query == b""


@pytest.mark.parametrize("code", ["a&b=c", "a+b", "50% off", "ключ", "a#b?c"])
def test_an_odd_code_arrives_whole(played, code):
    play = played(data({**VOUCHER, "code": code}))
    play.piggy.find_voucher(code=code)
    assert play.requests[0].url.params["code"] == code


def test_the_limits_of_ids_and_texts():
    assert checked_id("a" * 64, field="id") == "a" * 64
    assert checked_text("a" * 255, field="code") == "a" * 255
    with pytest.raises(PiggyInvalid) as caught:
        checked_text("a" * 256, field="code")
    assert caught.value.fields == {"code": ["This is too long: at most 255 characters."]}


def test_a_client_shows_no_token(played):
    assert "test-token" not in repr(played(data(None)).piggy)


def test_data_that_does_not_fit_is_unexpected_and_says_where(played):
    with pytest.raises(PiggyUnexpected) as caught:
        played(data({"uuid": UUID, "credit_balance": {"balance": "lots"}})).piggy.get_contact(contact_uuid=UUID)
    assert "$.credit_balance.balance" in caught.value.detail
    assert "lots" not in caught.value.detail
