"""Webhook subscriptions, and what is delivered of what happens."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from tests.fixtures_sandbox import SandboxAccount
from tests.sandbox.conftest import Api

PATH = "/webhook-subscriptions"
WISH = {"name": "Dashboard", "event_type": "contact_created", "url": "https://dash.example/hook", "secret": "s3cret"}


class Listener(HTTPServer):
    """What came: raw bodies and their signatures, answered by ``statuses`` in turn, then by 204."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Hook)
        self.came: list[tuple[bytes, str]] = []
        self.statuses: list[int] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/hook?a=1"

    def events(self) -> list[tuple[str, dict[str, Any]]]:
        """Type and entity of each."""
        told = [json.loads(body) for body, _ in self.came]
        return [(body["type"], next(iter(body["data"].values()))) for body in told]


class Hook(BaseHTTPRequestHandler):
    server: Listener

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.came.append((body, self.headers["Signature"]))
        self.send_response(self.server.statuses.pop(0) if self.server.statuses else 204)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def listener() -> Iterator[Listener]:
    with Listener() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


class TestSubscriptions:
    def test_they_are_made_read_changed_and_dropped(self, api: Api) -> None:
        made = api.post(PATH, WISH)
        assert made.status_code == 201
        row = made.json()["data"]
        assert row.keys() == {"uuid", "name", "event_type", "url", "properties", "status", "version", "created_at"}
        assert (row["status"], row["version"], row["properties"]) == ("ACTIVE", "V1", [])
        assert api.data(f"{PATH}/{row['uuid']}") == row
        changed = api.send("PUT", f"{PATH}/{row['uuid']}", json={"status": "INACTIVE", "event_type": "voucher_created"})
        assert changed.json()["data"] == {**row, "status": "INACTIVE"}
        assert api.send("DELETE", f"{PATH}/{row['uuid']}").json()["data"] == []
        for method in ("GET", "PUT", "DELETE"):
            assert api.code(method, f"{PATH}/{row['uuid']}", {}) == 80300
        assert api.data(PATH) == []

    def test_nothing_tells_the_secret(self, api: Api) -> None:
        uuid = api.post(PATH, WISH).json()["data"]["uuid"]
        answers = [api.get(PATH).text, api.get(f"{PATH}/{uuid}").text, api.send("PUT", f"{PATH}/{uuid}", json={}).text]
        assert not any("s3cret" in answer for answer in answers)

    def test_the_list_is_filtered_by_event_and_status(self, api: Api, account: SandboxAccount) -> None:
        account.add_webhook("contact_created", "http://a.example/", status="INACTIVE")
        account.add_webhook("contact_updated", "http://a.example/", properties=["email"])
        assert [row["event_type"] for row in api.data(PATH, {"status": "ACTIVE"})] == ["contact_updated"]
        assert [row["status"] for row in api.data(PATH, {"event_type": "contact_created"})] == ["INACTIVE"]
        assert api.code("GET", PATH, query={"status": "ON"}) == 1003

    @pytest.mark.parametrize(
        "wrong",
        [{"name": ""}, {"event_type": "contact_deleted"}, {"url": "ftp://a.example"}, {"url": "dash"}, {"url": None},
         {"attributes": "email"}, {"attributes": [1]}, {"url": "http://a.example:x/"}],
    )  # fmt: skip
    def test_bad_wishes_are_refused(self, api: Api, wrong: dict[str, Any]) -> None:
        assert api.code("POST", PATH, {**WISH, **wrong}) == 1003

    def test_a_change_of_one_that_watches_attributes_must_name_them(self, api: Api, account: SandboxAccount) -> None:
        uuid = account.add_webhook("contact_updated", "http://a.example/", properties=["email"])["uuid"]
        assert api.code("PUT", f"{PATH}/{uuid}", {"name": "Other"}) == 1003
        sent = {"name": "Other", "attributes": ["firstname"]}
        assert api.send("PUT", f"{PATH}/{uuid}", json=sent).json()["data"]["properties"] == ["firstname"]


class TestDelivery:
    def test_it_is_signed_over_its_very_bytes(self, api: Api, account: SandboxAccount, listener: Listener) -> None:
        account.add_webhook("contact_created", listener.url, "s3cret")
        account.add_webhook("contact_created", listener.url)
        api.post("/contacts", {"email": "zoë@mail.example"})
        account.deliveries()
        (body, own), (_, accounts) = listener.came
        assert b"zo\\u00eb@mail.example" in body
        assert b"http" not in body or b":\\/\\/" in body
        assert own == hmac.new(b"s3cret", body, hashlib.sha256).hexdigest()
        assert accounts == hmac.new(b"demo-account-secret", body, hashlib.sha256).hexdigest()

    def test_each_event_carries_what_it_is_about(self, api: Api, account: SandboxAccount, listener: Listener) -> None:
        for event in (
            *("contact_created", "contact_updated", "contact_identifier_created", "credit_reception_created"),
            *("prepaid_transaction_created", "voucher_created", "voucher_updated", "voucher_redeemed"),
        ):
            account.add_webhook(event, listener.url)
        shop = account.add_shop()["uuid"]
        promotion = account.add_promotion()["uuid"]
        uuid = api.post("/contacts", {"email": "a@mail.example"}).json()["data"]["uuid"]
        api.send("PUT", f"/contacts/{uuid}", json={"attributes": {"firstname": "Mila"}})
        api.post("/contact-identifiers", {"contact_identifier_value": "2600", "contact_uuid": uuid})
        at = {"shop_uuid": shop, "contact_uuid": uuid}
        api.post("/credit-receptions", {**at, "credits": 5})
        api.post("/prepaid-transactions", {**at, "amount_in_cents": 500})
        made = api.post("/vouchers", {"promotion_uuid": promotion, "code": "COFFEE"}).json()["data"]["uuid"]
        api.send("PUT", f"/vouchers/{made}", json={"status": "ACTIVE", "expiration_date": "2090-01-01"})
        api.post("/vouchers/redeem", {**at, "code": "COFFEE"})
        account.deliveries()
        assert [event for event, _ in listener.events()] == [
            *("contact_created", "contact_updated", "contact_identifier_created"),
            *("contact_updated", "credit_reception_created", "contact_updated", "prepaid_transaction_created"),
            *("voucher_created", "voucher_updated", "voucher_redeemed"),
        ]
        told = dict(listener.events())
        assert told["contact_updated"]["credit_balance"]["balance"] == 5
        for event in ("contact_identifier_created", "credit_reception_created", "prepaid_transaction_created"):
            assert told[event]["contact"]["uuid"] == uuid
        assert told["voucher_redeemed"]["status"] == "REDEEMED"

    def test_only_a_watched_attribute_counts(self, api: Api, account: SandboxAccount, listener: Listener) -> None:
        uuid = account.add_contact("a@mail.example")["uuid"]
        account.add_webhook("contact_updated", listener.url, properties=["lastname", "email"])
        api.send("PUT", f"/contacts/{uuid}", json={"attributes": {"firstname": "Mila"}})
        api.send("PUT", f"/contacts/{uuid}", json={"attributes": {"lastname": "Jansen"}})
        api.send("PUT", f"/contacts/{uuid}", json={"attributes": {"lastname": "Jansen"}})
        account.deliveries()
        assert [contact["current_values"]["lastname"] for _, contact in listener.events()] == ["Jansen"]

    def test_a_merge_and_a_deletion_are_not_told(self, api: Api, account: SandboxAccount, listener: Listener) -> None:
        account.set(merge_seconds=0, delete_seconds=0)
        one, two = (account.add_contact(f"{name}@mail.example", credits=1)["uuid"] for name in "ab")
        account.add_webhook("contact_updated", listener.url)
        api.post("/contacts/merge", {"source_contact_uuid": one, "destination_contact_uuid": two})
        api.data(f"/contacts/{two}")
        api.post(f"/contacts/{two}/delete", {"type": "GDPR"})
        account.deliveries()
        assert [contact["uuid"] for _, contact in listener.events()] == [two]

    def test_nobody_is_told_of_a_refused_call_or_while_inactive(
        self, api: Api, account: SandboxAccount, listener: Listener
    ) -> None:
        account.add_webhook("contact_created", listener.url, status="INACTIVE")
        api.post("/contacts", {"email": "b@mail.example"})
        account.add_webhook("contact_created", listener.url)
        assert api.code("POST", "/contacts", {"email": "b@mail.example"}) == 60005
        account.fault("create_contact", kind="500")
        api.post("/contacts", {"email": "c@mail.example"})
        assert (account.deliveries(), listener.came) == ([], [])

    def test_what_is_refused_comes_again_up_to_five_times(
        self, api: Api, account: SandboxAccount, listener: Listener
    ) -> None:
        account.set(webhook_retry_seconds=0.01)
        account.add_webhook("contact_created", listener.url)
        listener.statuses = [500, 503]
        api.post("/contacts", {"email": "a@mail.example"})
        assert [row["status"] for row in account.deliveries()] == [500, 503, 204]
        listener.statuses = [500] * 9
        api.post("/contacts", {"email": "b@mail.example"})
        last = account.deliveries()[-1]
        assert (last["tries"], last["outcome"], len(listener.came)) == (6, "given up", 9)

    def test_a_listener_that_is_away_holds_nobody_up(self, api: Api, account: SandboxAccount) -> None:
        account.set(webhook_retry_seconds=0.01)
        account.add_webhook("contact_created", "http://127.0.0.1:9/")
        assert api.post("/contacts", {"email": "a@mail.example"}).status_code == 200
        assert {row["status"] for row in account.deliveries()} == {None}

    @pytest.mark.parametrize(
        ("way", "came"), [("drop", []), ("twice", ["a", "a", "b", "b", "c", "c"]), ("backwards", ["c", "b", "a"])]
    )
    def test_it_can_go_wrong_on_purpose(
        self, api: Api, account: SandboxAccount, listener: Listener, way: str, came: list[str]
    ) -> None:
        account.add_webhook("contact_created", listener.url)
        account.set(webhooks=way)
        account.add("vouchers", count=1)  # the promotion it needs is made now, not between the contacts
        for name in "abc":
            api.post("/contacts", {"email": f"{name}@mail.example"})
        account.deliveries()
        assert [contact["email"][0] for _, contact in listener.events()] == came

    def test_a_forged_one_has_a_wrong_signature(self, api: Api, account: SandboxAccount, listener: Listener) -> None:
        account.add_webhook("contact_created", listener.url, "s3cret")
        account.set(webhooks="forged")
        api.post("/contacts", {"email": "a@mail.example"})
        account.deliveries()
        [(body, signature)] = listener.came
        assert signature != hmac.new(b"s3cret", body, hashlib.sha256).hexdigest()
        with pytest.raises(ValueError, match="webhooks cannot be"):
            account.set(webhooks="sideways")
