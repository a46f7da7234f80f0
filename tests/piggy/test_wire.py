"""Over real sockets: lost and broken answers, deadlines that hold to the byte, connections that are not reused."""

import gzip
import json
import socket
import struct
import threading
import time

import pytest

from piggyadmin.piggy import transport
from piggyadmin.piggy.client import Piggy
from piggyadmin.piggy.errors import (
    PiggyNotSent,
    PiggyOutcomeUnknown,
    PiggyRateLimited,
    PiggyUnavailable,
    PiggyUnexpected,
)
from piggyadmin.piggy.transport import shared_ssl_context, thread_clients

from .conftest import answering, dribbling, sending, whole

CONTACT = json.dumps({"data": {"uuid": "c", "email": None}, "meta": []}).encode()
LOCK = {"voucher": {"uuid": "v", "status": "LOCKED"}, "lock": {"release_key": "k", "locked_at": None}}


def hanging(connection: socket.socket) -> bool:
    """Say nothing until the client gives up."""
    connection.settimeout(10)
    connection.recv(1)
    return False


def hanging_up(connection: socket.socket) -> bool:
    return False


def resetting(after: bytes):
    """Send something, then reset the connection instead of closing it."""

    def step(connection: socket.socket) -> bool:
        connection.sendall(after)
        time.sleep(0.02)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        return False

    return step


def client(wire, seconds: float = 2.0) -> Piggy:
    return Piggy(base_url=wire.url, tokens="t", seconds=seconds)


CUT = whole(CONTACT)[:-10]
GARBLED = b"HTTP/1.1 2oo fine\r\n\r\n"
BROKEN = {
    "hung up before a word": hanging_up,
    "reset before a word": resetting(b""),
    "hung up in the headers": sending(CUT[:20]),
    "hung up in the body": sending(CUT),
    "reset in the body": resetting(CUT),
    "garbled": sending(GARBLED),
}


@pytest.mark.parametrize("fault", BROKEN.values(), ids=BROKEN.keys())
def test_a_lost_answer_of_a_read_is_asked_for_again(wire, fault):
    wire.script = [fault, answering({"uuid": "c"})]
    assert client(wire).get_contact(contact_uuid="c").uuid == "c"
    assert len(wire.asked) == 2


@pytest.mark.parametrize("fault", BROKEN.values(), ids=BROKEN.keys())
def test_an_answer_of_a_read_lost_three_times_is_unavailable(wire, fault):
    wire.script = [fault] * 4
    with pytest.raises(PiggyUnavailable) as caught:
        client(wire).get_contact(contact_uuid="c")
    assert not isinstance(caught.value, PiggyNotSent)
    assert len(wire.asked) == 3


@pytest.mark.parametrize("fault", BROKEN.values(), ids=BROKEN.keys())
def test_a_lost_answer_of_a_write_is_unknown_and_it_is_never_sent_again(wire, fault):
    wire.script = [fault]
    with pytest.raises(PiggyOutcomeUnknown):
        client(wire).lock_voucher(voucher_uuid="v")
    time.sleep(0.1)
    assert len(wire.asked) == 1


@pytest.mark.parametrize("status", ["500 Oops", "502 Bad Gateway", "503 Service Unavailable", "504 Gateway Timeout"])
def test_a_5xx_of_a_write_is_unknown_and_it_is_never_sent_again(wire, status):
    wire.script = [sending(whole(b"<html>down</html>", status=status, kind="text/html"))]
    with pytest.raises(PiggyOutcomeUnknown):
        client(wire).lock_voucher(voucher_uuid="v")
    assert len(wire.asked) == 1


def test_a_429_of_a_write_is_not_done_and_it_is_never_sent_again(wire):
    wire.script = [sending(whole(b"", status="429 Too Many", extra="Retry-After: 1\r\n"))]
    with pytest.raises(PiggyRateLimited):
        client(wire).lock_voucher(voucher_uuid="v")
    assert len(wire.asked) == 1


@pytest.mark.parametrize("write", [False, True])
def test_silence_ends_with_the_deadline(wire, write):
    wire.script = [hanging] * 3
    piggy = client(wire, seconds=0.4)
    started = time.monotonic()
    with pytest.raises(PiggyOutcomeUnknown if write else PiggyUnavailable) as caught:
        piggy.lock_voucher(voucher_uuid="v") if write else piggy.get_contact(contact_uuid="c")
    assert 0.35 < time.monotonic() - started < 2
    assert len(wire.asked) == 1
    if not write:
        assert caught.value.message == "Piggy did not answer in 0.4 s. Try again."


@pytest.mark.parametrize("where", ["headers", "body"])
@pytest.mark.parametrize("write", [False, True])
def test_a_server_that_dribbles_does_not_outlive_the_deadline(wire, where, write):
    head, _, body = whole(CONTACT).partition(b"\r\n\r\n")
    slow = dribbling(head + b"\r\n\r\n" + body, every=0.05)

    def after_the_headers(connection: socket.socket) -> bool:
        connection.sendall(head + b"\r\n\r\n")
        return bool(dribbling(body, every=0.05)(connection))

    wire.script = [slow if where == "headers" else after_the_headers] * 3
    piggy = client(wire, seconds=0.4)
    started = time.monotonic()
    with pytest.raises(PiggyOutcomeUnknown if write else PiggyUnavailable):
        piggy.lock_voucher(voucher_uuid="v") if write else piggy.get_contact(contact_uuid="c")
    assert time.monotonic() - started < 1.5  # the whole answer would take 3 s


@pytest.mark.parametrize("write", [False, True])
def test_a_refused_connection_means_that_nothing_was_sent(write):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    piggy = Piggy(base_url=f"http://127.0.0.1:{port}", tokens="t", seconds=1)
    with pytest.raises(PiggyNotSent) as caught:
        piggy.lock_voucher(voucher_uuid="v") if write else piggy.get_contact(contact_uuid="c")
    assert caught.value.message == "Piggy cannot be reached. Nothing was sent. Try again in a moment."


def test_an_unknown_host_means_that_nothing_was_sent():
    with pytest.raises(PiggyNotSent):
        Piggy(base_url="http://piggy.invalid", tokens="t", seconds=3).lock_voucher(voucher_uuid="v")


def test_a_server_without_tls_means_that_nothing_was_sent(wire):
    piggy = Piggy(base_url=wire.url.replace("http:", "https:"), tokens="t", seconds=0.3)
    with pytest.raises(PiggyNotSent):
        piggy.lock_voucher(voucher_uuid="v")
    assert wire.asked == []


def test_no_time_left_means_that_nothing_was_sent(wire):
    piggy = client(wire, seconds=0.0)
    with pytest.raises(PiggyNotSent):
        piggy.lock_voucher(voucher_uuid="v")
    with pytest.raises(PiggyNotSent):
        piggy.get_contact(contact_uuid="c")
    assert wire.asked == []


def test_reads_keep_their_connection_and_a_write_always_gets_a_new_one(wire):
    piggy = client(wire)
    wire.script = [answering({"uuid": "c"}), answering({"uuid": "c"}), answering(LOCK), answering(LOCK)]
    for _ in range(2):
        piggy.get_contact(contact_uuid="c")
    for _ in range(2):
        piggy.lock_voucher(voucher_uuid="v")
    reads, writes = wire.asked[:2], wire.asked[2:]
    assert reads[0].connection == reads[1].connection
    assert len({asked.connection for asked in writes} | {reads[0].connection}) == 3


def test_a_server_that_hung_up_meanwhile_costs_no_write(wire):
    def answer_and_hang_up(connection: socket.socket) -> bool:
        answering(LOCK)(connection)
        return False

    wire.script = [answer_and_hang_up] * 3
    for _ in range(3):
        assert client(wire).lock_voucher(voucher_uuid="v").lock.release_key == "k"


def test_a_redirect_is_not_followed(wire):
    elsewhere = whole(b"", status="302 Found", extra="Location: http://127.0.0.1:1/\r\n")
    wire.script = [sending(elsewhere), sending(elsewhere)]
    with pytest.raises(PiggyUnexpected):
        client(wire).get_contact(contact_uuid="c")
    with pytest.raises(PiggyOutcomeUnknown):
        client(wire).lock_voucher(voucher_uuid="v")
    assert len(wire.asked) == 2


def test_an_answer_that_is_too_large_is_not_read_to_its_end(wire, monkeypatch):
    monkeypatch.setattr(transport, "LARGEST_BODY", 1000)
    wire.script = [sending(whole(b"[" + b" " * 5000 + b"]"))] * 2
    with pytest.raises(PiggyUnexpected) as caught:
        client(wire).get_contact(contact_uuid="c")
    assert caught.value.detail == "BodyTooLarge"
    with pytest.raises(PiggyOutcomeUnknown):
        client(wire).lock_voucher(voucher_uuid="v")
    assert len(wire.asked) == 2


def test_an_answer_that_unpacks_to_too_much_is_refused(wire, monkeypatch):
    monkeypatch.setattr(transport, "LARGEST_BODY", 10_000)
    packed = gzip.compress(b" " * 1_000_000)
    assert len(packed) < 10_000
    wire.script = [sending(whole(packed, extra="Content-Encoding: gzip\r\n"))]
    with pytest.raises(PiggyUnexpected) as caught:
        client(wire).get_contact(contact_uuid="c")
    assert caught.value.detail == "BodyTooLarge"


def test_a_packed_answer_is_unpacked_and_a_broken_one_is_unexpected(wire):
    packed = gzip.compress(CONTACT)
    extra = "Content-Encoding: gzip\r\n"
    wire.script = [sending(whole(packed, extra=extra)), sending(whole(packed[:-12] + b"x" * 12, extra=extra))]
    assert client(wire).get_contact(contact_uuid="c").uuid == "c"
    with pytest.raises(PiggyUnexpected):
        client(wire).get_contact(contact_uuid="c")


def test_proxies_of_the_environment_are_not_used(wire, monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    monkeypatch.delenv("NO_PROXY", raising=False)
    wire.script = [answering({"uuid": "c"})]
    found: list[str] = []

    def ask() -> None:  # a new thread makes new clients, in this environment
        found.append(client(wire).get_contact(contact_uuid="c").uuid)

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()
    assert found == ["c"]


def test_cookies_are_not_carried_from_one_call_to_the_next(wire):
    wire.script = [
        sending(whole(CONTACT, extra="Set-Cookie: session=of-somebody; Path=/\r\n")),
        answering({"uuid": "c"}),
    ]
    for _ in range(2):
        client(wire).get_contact(contact_uuid="c")
    assert "cookie" not in wire.asked[1].headers


def test_each_thread_has_its_clients_and_all_share_one_tls_context():
    mine, others = thread_clients(), []
    thread = threading.Thread(target=lambda: others.extend([thread_clients(), thread_clients()]))
    thread.start()
    thread.join()
    assert thread_clients() is mine
    assert others[0] is others[1]
    assert others[0] is not mine
    assert shared_ssl_context() is shared_ssl_context()
