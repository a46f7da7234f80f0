"""One line for every call, with nothing personal and nothing secret in it."""

import logging

import httpx
import pytest

from piggyadmin.piggy import log
from piggyadmin.piggy.errors import PiggyError
from piggyadmin.piggy.log import CallRecord
from piggyadmin.piggy.request_id import request_id

from .conftest import data, refusal
from .test_payloads import CONTACT, VOUCHER

SECRETS = (
    "mila", "jansen", "example.com", "+316", "31612345678", "COF-7Q2K9", "LC-00042", "test-token", "key-17", "s-secret",
    CONTACT["uuid"], "Bearer",
)  # fmt: skip


@pytest.fixture
def lines(caplog):
    caplog.set_level(logging.INFO, logger="piggyadmin.piggy")
    return lambda: [record.getMessage() for record in caplog.records if record.name == "piggyadmin.piggy"]


def test_a_call_is_one_line_with_its_operation_and_no_path(played, lines):
    token = request_id.set("req-1")
    try:
        played(data(VOUCHER)).piggy.find_voucher(code="COF-7Q2K9")
    finally:
        request_id.reset(token)
    (line,) = lines()
    assert line.startswith("operation=find_voucher_by_code method=GET status=200 code=- ms=")
    assert "request_id=req-1" in line


def test_a_failed_call_is_one_line_with_its_code_and_its_error(played, lines):
    with pytest.raises(PiggyError):
        played(refusal(80005)).piggy.redeem_voucher(code="A", shop_uuid="s-1")
    (line,) = lines()
    assert "operation=redeem_voucher method=POST status=400 code=80005" in line
    assert "error=PiggyRejected" in line


def test_a_retried_read_is_one_line(played, lines):
    with pytest.raises(PiggyError):
        played(httpx.Response(503)).piggy.list_shops()
    assert len(lines()) == 1


def test_an_answer_that_does_not_fit_is_logged_with_the_place(played, lines):
    with pytest.raises(PiggyError):
        played(data([{"name": "no uuid"}])).piggy.list_shops()
    (line,) = lines()
    assert "error=PiggyUnexpected" in line
    assert "uuid" in line


def test_nothing_personal_and_nothing_secret_is_ever_logged(played, caplog):
    caplog.set_level(logging.INFO)
    logging.getLogger("httpx").setLevel(logging.WARNING)
    logging.getLogger("httpcore").setLevel(logging.WARNING)
    answers = [
        data(CONTACT),
        data(VOUCHER),
        data([CONTACT]),
        data({"uuid": "mila", "credit_balance": {"balance": "mila@example.com"}}),
        data([{"uuid": "x", "status": "mila", "code": 3, "contact": {"uuid": "jansen"}}]),
        refusal(1003, message="mila.jansen@example.com | COF-7Q2K9", errors={"email": ["mila@example.com"]}),
        refusal(1000, message="mila"),
        httpx.Response(503, content=b"mila"),
        httpx.Response(200, content=b'{"data": "mila'),
        httpx.Response(302, headers={"Location": "http://mila.example.com"}),
        httpx.Response(429, headers={"Retry-After": "mila"}),
    ]
    for answer in answers:
        piggy = played(answer).piggy
        for call in (
            lambda piggy=piggy: piggy.find_contact(email="mila.jansen@example.com"),
            lambda piggy=piggy: piggy.contacts_by_phone(phone="+31612345678"),
            lambda piggy=piggy: piggy.find_identifier(value="LC-00042"),
            lambda piggy=piggy: piggy.get_contact(contact_uuid=CONTACT["uuid"]),
            lambda piggy=piggy: piggy.find_voucher(code="COF-7Q2K9"),
            lambda piggy=piggy: piggy.redeem_voucher(code="COF-7Q2K9", shop_uuid="s-secret", release_key="key-17"),
            lambda piggy=piggy: piggy.release_voucher(voucher_uuid="v", release_key="key-17"),
            lambda piggy=piggy: piggy.find_contact(email="mila\n@example.com"),
        ):
            try:
                call()
            except PiggyError as error:
                text = f"{error} {error!r} {error.message} {error.detail}"
                assert not [secret for secret in SECRETS if secret in text]
    assert len(caplog.records) > 60
    for record in caplog.records:
        text = record.getMessage() + (record.exc_text or "")
        assert not [secret for secret in SECRETS if secret in text], text


def test_observers_are_told_of_every_call_and_cannot_break_one(played, monkeypatch, caplog):
    told: list[CallRecord] = []

    def broken(record: CallRecord) -> None:
        raise RuntimeError("counting went wrong")

    monkeypatch.setattr(log, "observers", [broken, told.append])
    assert played(data([])).piggy.list_shops() == []
    (record,) = told
    assert (record.operation, record.method, record.status, record.code, record.error) == (
        "list_shops", "GET", 200, None, "",
    )  # fmt: skip
    assert record.milliseconds >= 0
    assert "a call observer failed" in caplog.text
