"""Piggy's webhooks: taken when they are signed, refused without a trace when not, and never a 500."""

import hashlib
import hmac
import io
import json
import logging
import time
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.db import OperationalError
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from django_q.models import OrmQ
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from contacts.copy import events, hints, receiving
from contacts.models import Hint
from tests.fixtures_sandbox import SandboxAccount

pytestmark = pytest.mark.django_db

PATH = "/webhooks/piggy/"
CONTACT = "5f0c88aa-1f6e-4d0c-9a53-3b1c6f3d2a11"


def signature(body: bytes, secret: str = "") -> str:
    key = (secret or django_settings.PIGGY_WEBHOOK_SECRET).encode()
    return hmac.new(key, body, hashlib.sha256).hexdigest()


def send(body: Any, **headers: str) -> HttpResponse:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    told = {"Signature": signature(raw)} | headers
    return Client().post(PATH, raw, content_type="application/json", headers=told)


def event(kind: str = "contact_updated", uuid: str = CONTACT) -> dict[str, Any]:
    return {"type": kind, "data": {"contact": {"uuid": uuid, "email": "mila@example.com"}}}


def asked_tasks() -> int:
    return OrmQ.objects.count()


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What was logged, by whomever: Django has a line of its own for most refusals."""
    return [record.getMessage() for record in caplog.records if not record.name.startswith("django.db")]


def test_a_signed_event_is_kept_as_a_hint_and_a_worker_is_asked() -> None:
    response = send(event())
    assert response.status_code == 202
    hint = Hint.objects.get()
    assert (hint.event_type, hint.contact_uuid, hint.state) == ("contact_updated", CONTACT, Hint.State.WAITING)
    assert asked_tasks() == 1


def test_it_signs_the_bytes_as_they_came_not_as_we_would_write_them() -> None:
    body = b'{"type" : "contact_updated","data":{"contact":{"uuid":"%s","url":"https:\\/\\/example.org\\/\\u00e9"}}}'
    assert send(body % CONTACT.encode()).status_code == 202


@pytest.mark.parametrize(
    "headers",
    [
        {"Signature": ""},
        {"Signature": "0" * 64},
        {"Signature": "é\x01\xff"},
        {"Signature": signature(json.dumps(event()).encode(), "another secret")},
        {"Signature": signature(b"another body")},
    ],
    ids=["empty", "zeros", "no hex", "another secret", "another body"],
)
def test_a_wrong_signature_is_refused_with_one_line_and_no_write(
    headers: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        response = send(event(), **headers)
    assert response.status_code == 401
    assert not Hint.objects.exists()
    assert asked_tasks() == 0
    assert lines(caplog) == ["webhook not taken, answered 401: the signature is missing or wrong"]


def test_a_missing_signature_is_refused() -> None:
    assert Client().post(PATH, event(), content_type="application/json").status_code == 401
    assert not Hint.objects.exists()


def test_without_a_secret_nothing_is_taken_also_not_what_is_signed_with_nothing(
    settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.PIGGY_WEBHOOK_SECRET = ""
    body = json.dumps(event()).encode()
    with caplog.at_level(logging.INFO):
        response = send(body, Signature=hmac.new(b"", body, hashlib.sha256).hexdigest())
    assert response.status_code == 503
    assert not Hint.objects.exists()
    assert len(lines(caplog)) == 1


class Endless(io.BytesIO):
    """A body that counts how often it is read."""

    reads = 0

    def read(self, size: int | None = -1) -> bytes:
        self.reads += 1
        return b"x" * max(size or 0, 0)


class Broken(io.BytesIO):
    """A body whose sender goes away."""

    def read(self, size: int | None = -1) -> bytes:
        raise OSError("reset")


def test_ten_megabytes_are_refused_without_reading_them() -> None:
    body = Endless()
    response = Client().generic(
        "POST", PATH, content_type="application/json", **{"wsgi.input": body, "CONTENT_LENGTH": str(10 * 1024 * 1024)}
    )
    assert response.status_code == 413
    assert body.reads == 0
    assert not Hint.objects.exists()


def test_the_longest_body_is_still_read_and_one_byte_more_is_not() -> None:
    said = json.dumps(event()).encode()
    assert send(said + b" " * (receiving.LONGEST - len(said))).status_code == 202
    assert send(said + b" " * (receiving.LONGEST - len(said) + 1)).status_code == 413


@pytest.mark.parametrize("length", ["", "-1", "1e9", "９", "9" * 400])
def test_an_odd_length_is_refused(length: str) -> None:
    body = json.dumps(event()).encode()
    headers = {"Signature": signature(body)}
    response = Client().post(PATH, body, content_type="application/json", headers=headers, CONTENT_LENGTH=length)
    assert response.status_code in (411, 413)
    assert not Hint.objects.exists()


def test_no_body_at_all_is_refused() -> None:
    assert send(b"").status_code == 411


def test_a_body_that_breaks_off_is_refused() -> None:
    response = Client().generic("POST", PATH, **{"wsgi.input": Broken(), "CONTENT_LENGTH": "20"})
    assert response.status_code == 400
    assert not Hint.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        b" ",
        b"{",
        b"null",
        b"[]",
        b'"contact_updated"',
        b"\xff\xfe\x00",
        b"1" * 5000,
        b"[" * 100_000,
        b'{"type": 7, "data": {}}',
        b'{"data": {"contact": {"uuid": "c-1"}}}',
    ],
)
def test_what_is_signed_but_no_event_is_refused(body: bytes, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        assert send(body).status_code == 400
    assert not Hint.objects.exists()
    assert len(lines(caplog)) == 1


@pytest.mark.parametrize("kind", ["contact_deleted", "order_created", "mila@example.com", "x" * 500_000])
def test_an_unknown_event_is_ignored_so_that_piggy_does_not_send_it_again(
    kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        assert send(event(kind)).status_code == 200
    assert not Hint.objects.exists()
    told = lines(caplog)
    assert len(told) == 1
    assert "mila" not in told[0]
    assert len(told[0]) < 200


def test_no_log_line_tells_of_the_person(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        send(event())
        send(event(), Signature="no")
        send({"type": "voucher_created", "data": {"voucher": {"code": "SECRET-9QXD", "contact": None}}})
    told = "\n".join(lines(caplog))
    assert told
    assert "mila" not in told
    assert "9QXD" not in told


@pytest.mark.parametrize(
    ("kind", "data", "found"),
    [
        ("contact_created", {"contact": {"uuid": "c-1"}}, "c-1"),
        ("contact_updated", {"uuid": "c-1", "email": "a@example.org"}, "c-1"),
        ("contact_identifier_created", {"contact_identifier": {"value": "4", "contact": {"uuid": "c-1"}}}, "c-1"),
        ("contact_identifier_created", {"contact_identifier": {"uuid": "i-1"}}, ""),
        ("credit_reception_created", {"credit_reception": {"uuid": "r-1", "contact": {"uuid": "c-1"}}}, "c-1"),
        ("prepaid_transaction_created", {"prepaid_transaction": {"contact_uuid": "c-1"}}, "c-1"),
        ("voucher_redeemed", {"voucher": {"uuid": "v-1", "contact": "c-1"}}, "c-1"),
        ("voucher_created", {"voucher": {"uuid": "v-1", "contact": None}}, ""),
        ("voucher_created", {"voucher": {"contact": {"uuid": None}}, "contact": {"uuid": "c-1"}}, "c-1"),
        ("contact_created", {"contact": {"uuid": "mila@example.com"}}, ""),
        ("contact_created", {"contact": {"uuid": "c-1\x00"}}, ""),
        ("contact_created", {"contact": {"uuid": "../vouchers"}}, ""),
        ("contact_created", {"contact": {"uuid": 12}}, ""),
        ("contact_created", [{"contact": {"uuid": "c-1"}}], ""),
        ("contact_created", None, ""),
    ],
)
def test_it_finds_the_contact_wherever_an_event_names_it(kind: str, data: Any, found: str) -> None:
    assert receiving.contact_in(kind, data) == found


def test_an_event_without_a_contact_writes_nothing() -> None:
    assert send({"type": "voucher_created", "data": {"voucher": {"uuid": "v-1", "contact": None}}}).status_code == 200
    assert not Hint.objects.exists()


def test_the_same_event_twice_waits_once() -> None:
    assert send(event()).status_code == 202
    assert send(event()).status_code == 202
    assert send(event("credit_reception_created")).status_code == 202
    assert Hint.objects.count() == 1
    assert asked_tasks() == 1


def test_a_new_card_is_not_swallowed_by_a_hint_that_reads_no_cards() -> None:
    send(event())
    send(event("contact_identifier_created"))
    assert list(Hint.objects.order_by("received_at").values_list("event_type", flat=True)) == [
        "contact_updated",
        "contact_identifier_created",
    ]
    send(event("contact_identifier_created"))
    assert Hint.objects.count() == 2


def test_an_event_that_comes_while_its_contact_is_being_read_waits_for_the_next_reading() -> None:
    send(event())
    Hint.objects.update(worked_at=timezone.now())
    send(event())
    assert Hint.objects.count() == 2


def test_a_database_that_takes_nothing_is_told_so_that_piggy_tries_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def locked(**kwargs: Any) -> bool:
        raise OperationalError("database is locked")

    monkeypatch.setattr(hints, "keep", locked)
    assert send(event()).status_code == 503


def test_a_worker_that_cannot_be_asked_loses_no_hint(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: Any, **kwargs: Any) -> bool:
        raise OperationalError("no cache")

    monkeypatch.setattr(cache, "add", broken)
    assert send(event()).status_code == 202
    assert Hint.objects.count() == 1


def test_it_is_answered_in_milliseconds_without_asking_piggy(sandbox: SandboxAccount) -> None:
    send(event())
    took = []
    for number in range(40):
        started = time.perf_counter()
        send(event(uuid=f"c-{number}"))
        took.append(time.perf_counter() - started)
    assert sandbox.calls == []
    assert sorted(took)[20] < 0.05


def test_it_takes_no_get() -> None:
    assert Client().get(PATH).status_code == 405


def test_it_needs_neither_a_sign_in_nor_a_csrf_token() -> None:
    raw = json.dumps(event()).encode()
    client = Client(enforce_csrf_checks=True)
    response = client.post(PATH, raw, content_type="application/json", headers={"Signature": signature(raw)})
    assert response.status_code == 202


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
shaped = st.fixed_dictionaries(
    {"type": st.sampled_from(sorted(events.KNOWN)) | st.text()},
    optional={
        "data": json_values
        | st.dictionaries(
            st.sampled_from(["contact", "voucher", "uuid", "contact_uuid"]),
            json_values | st.fixed_dictionaries({"uuid": json_values}),
        )
    },
)
header_text = st.text(st.characters(codec="latin-1", exclude_characters="\r\n\x00"), max_size=80)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    body=st.binary(min_size=1, max_size=400) | shaped.map(lambda said: json.dumps(said).encode()),
    is_signed=st.booleans(),
    given_signature=header_text,
    kind=st.sampled_from(["application/json", "multipart/form-data; boundary=x", "text/plain", ""]),
)
@example(
    body=b'{"type": "contact_created", "data": {"contact": {"uuid": "\\ud800"}}}',
    is_signed=True,
    given_signature="",
    kind="application/json",
)
def test_no_body_and_no_header_breaks_it(body: bytes, is_signed: bool, given_signature: str, kind: str) -> None:
    before = Hint.objects.count()
    headers = {"Signature": signature(body) if is_signed else given_signature}
    response = Client().post(PATH, body, content_type=kind, headers=headers)
    assert response.status_code in ((200, 202, 400) if is_signed else (401,))
    if response.status_code != 202:
        assert Hint.objects.count() == before
