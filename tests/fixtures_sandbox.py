"""The stand-in Piggy for tests: one served process a session, and a fresh account for each test.

Django is not known here: whoever wants pages to talk to an account points the settings at ``base_url`` and ``token``.
"""

from __future__ import annotations

import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

import httpx
import pytest

STARTS_WITHIN = 20
"""Seconds a sandbox may take to say where it listens."""


@cache
def _http() -> httpx.Client:
    """One client for all accounts: making one takes longer than a test."""
    return httpx.Client(timeout=30)


@dataclass(frozen=True, slots=True)
class SandboxCall:
    """What was asked of Piggy. ``status`` is None when no answer was sent."""

    operation: str
    method: str
    path: str
    query: dict[str, Any]
    body: dict[str, Any]
    status: int | None
    request_id: str
    at: str
    fault: str | None


@dataclass(frozen=True, slots=True)
class SentCode:
    """A verification mail: to whom (in small letters), and the code in it."""

    email: str
    code: str


class SandboxAccount:
    """An account of a sandbox, empty at first. ``add_*`` answer the row as it was made: ``row["uuid"]``.

    For one in this process give ``http``, a client over ``httpx.WSGITransport(app=make_app(control=True))``."""

    def __init__(self, base_url: str, token: str | None = None, *, http: httpx.Client | None = None) -> None:
        self.base_url = base_url
        self.token = token or f"test-{uuid.uuid4()}"
        self._http = http or _http()

    def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        headers = {"Authorization": f"Bearer {self.token}"}
        response = self._http.request(method, f"{self.base_url}/_sandbox/{path}", json=body, headers=headers)
        if response.is_error:
            raise ValueError(f"The sandbox refused {method} {path}: {response.json()['message']}")
        return response.json()

    # --- what there is

    def add(self, kind: str, **fields: Any) -> dict[str, Any]:
        """A row of any kind; None leaves the default."""
        row: dict[str, Any] = self._ask("POST", f"add/{kind}", {k: v for k, v in fields.items() if v is not None})
        return row

    def add_contact(self, email: str | None = None, **fields: Any) -> dict[str, Any]:
        """``firstname``, ``credits``, ``prepaid_in_cents``, ``tier_uuid``, ``anonymous``, ``uuid``, ``created_at``...;
        any other name becomes an attribute."""
        return self.add("contact", email=email, **fields)

    def add_identifier(self, value: str, *, contact_uuid: str | None = None, **fields: Any) -> dict[str, Any]:
        """``name``, ``active``, ``default``."""
        return self.add("identifier", value=value, contact_uuid=contact_uuid, **fields)

    def add_shop(self, name: str = "Utrecht West", **fields: Any) -> dict[str, Any]:
        """``type``, ``reference``, ``street``, ``housenumber``, ``postalcode``, ``city``."""
        return self.add("shop", name=name, **fields)

    def add_tier(self, name: str, **fields: Any) -> dict[str, Any]:
        """``description``, ``position``."""
        return self.add("tier", name=name, **fields)

    def add_promotion(self, name: str = "Free coffee", **fields: Any) -> dict[str, Any]:
        """``description``, ``voucher_limit``, ``limit_per_contact``, ``expiration_duration``, ``attributes``."""
        return self.add("promotion", name=name, **fields)

    def add_voucher(self, code: str, status: str | None = None, **fields: Any) -> dict[str, Any]:
        """``promotion_uuid`` (default: the first promotion, "Free coffee" when there is none), ``contact_uuid``,
        ``activation_date``, ``expiration_date``, ``total_redemptions_allowed``, ``attributes``, ``lock``.

        Without ``status`` it follows from the dates; a status brings the dates, redemption or lock that go with it.
        The release key of a LOCKED one is ``row["lock"]["release_key"]``."""
        return self.add("voucher", code=code, status=status, **fields)

    def add_many_vouchers(self, promotion_uuid: str, count: int, **fields: Any) -> None:
        """So many at once, alike but for their random codes: ``contact_uuid``, ``activation_date``,
        ``expiration_date``, ``attributes``. 100,000 take some seconds."""
        self.add("vouchers", promotion_uuid=promotion_uuid, count=count, **fields)

    def add_reward(self, title: str = "Free flat white", **fields: Any) -> dict[str, Any]:
        """``required_credits``, ``reward_type``, ``is_active``, ``stock``, ``shop_uuids``, ``pre_redeemable``,
        ``expiration_duration`` (seconds), ``claims_per_contact``."""
        return self.add("reward", title=title, **fields)

    def add_claim(self, *, contact_uuid: str, reward_uuid: str, **fields: Any) -> dict[str, Any]:
        """``shop_uuid``, ``created_at``, ``expires_at``, ``has_been_collected``; takes the reward's credits."""
        return self.add("claim", contact_uuid=contact_uuid, reward_uuid=reward_uuid, **fields)

    def add_loyalty_transaction(self, *, contact_uuid: str | None = None, **fields: Any) -> dict[str, Any]:
        """``credits``, ``type``, ``shop_uuid``, ``unit_value``, ``attributes``, ``created_at``; changes the balance."""
        return self.add("loyalty_transaction", contact_uuid=contact_uuid, **fields)

    def add_prepaid_transaction(self, *, contact_uuid: str | None = None, **fields: Any) -> dict[str, Any]:
        """``amount_in_cents``, ``shop_uuid``, ``created_at``; changes the balance."""
        return self.add("prepaid_transaction", contact_uuid=contact_uuid, **fields)

    def add_booking(self, *, contact_uuid: str | None = None, **fields: Any) -> dict[str, Any]:
        """``shop_uuid``, ``external_id``, ``source``, ``starts_at``, ``ends_at``, ``checked_in_at``,
        ``number_of_people``, ``company_name``, ``status``, ``prepaid_amount``. Read them with ``state("booking")``."""
        return self.add("booking", contact_uuid=contact_uuid, **fields)

    def add_attribute(self, name: str, type: str = "text", *, entity: str = "contact", **fields: Any) -> dict[str, Any]:
        """A definition. ``label``, ``description``, ``options`` ([{value, label}]), ``group_name``, ``soft`` and
        ``hard`` (read-only). ``entity="loyalty_transaction"`` for what credit receptions carry."""
        return self.add("attribute", name=name, type=type, entity=entity, **fields)

    def add_subscription_type(
        self, name: str = "Newsletter", strategy: str = "OPT_IN", **fields: Any
    ) -> dict[str, Any]:
        """OPT_OUT, OPT_IN or DOUBLE_OPT_IN; ``active``, ``description``, ``addressable=False`` for a null uuid. Only
        contacts made after an OPT_OUT type are subscribed to it."""
        return self.add("subscription_type", name=name, strategy=strategy, **fields)

    def add_unit(self, name: str = "visits", **fields: Any) -> dict[str, Any]:
        """``label``, ``prefix``, ``is_default``, ``rate``; beside purchase_amount, which is always there."""
        return self.add("unit", name=name, **fields)

    def seed(self, contacts: int = 0, seed: int = 1) -> None:
        """The demo's cast in this account, filled up to so many contacts."""
        self._ask("POST", "seed", {"contacts": contacts, "seed": seed})

    def state(self, kind: str) -> list[dict[str, Any]]:
        """All rows of a kind as they are now; "redemption", "verification" and "booking" are kinds too, and
        "voucher_batch": what batches were asked for, and whether their vouchers are there yet (PENDING or DONE)."""
        rows: list[dict[str, Any]] = self._ask("GET", f"state/{kind}")
        return rows

    @property
    def codes_sent(self) -> list[SentCode]:
        """The codes of verification mails, oldest first."""
        return [SentCode(row["email"], row["code"]) for row in self.state("verification")]

    def set(self, **settings: Any) -> None:
        """See ``piggyadmin.sandbox.settings``: ``marks=False``, ``merge_seconds=0``, ``delete_seconds=0``,
        ``trail_seconds=0``, ``batch_seconds=0``, ``portal=False``, ``running=[contact_uuid]``, ``max_amount``,
        ``default_unit=False``, ``contact_limit``, ``anonymous_makes_card=True``, ``webhooks="drop"``."""
        self._ask("POST", "settings", settings)

    def confirm_subscription(self, contact_uuid: str, subscription_type_uuid: str) -> None:
        """Follow the link of a double opt-in mail."""
        self._ask("POST", "confirm", {"contact_uuid": contact_uuid, "subscription_type_uuid": subscription_type_uuid})

    # --- what goes wrong

    def fault(self, operation: str = "*", *, kind: str, **options: Any) -> None:
        """See ``piggyadmin.sandbox.faults`` for kinds and options (``times``, ``skip``, ``chance``, ``seconds``,
        ``retry_after``, ``value``). ``operation``: an operationId, "reads", "writes" or "*".

        ``kind="late", seconds=9``: the vouchers of a batch are there 9 s later than usual; combines with any other.
        ``kind="no_attributes", times=-1``: vouchers that are listed or found never show their attributes.
        ``kind="refused", value=80020``: this refusal, whatever was asked."""
        self._ask("POST", "faults", {"operation": operation, "kind": kind, **options})

    def clear_faults(self) -> None:
        self._ask("DELETE", "faults")

    def _set_broken(self, status: int) -> None:
        self.fault(kind=str(status), times=-1)

    broken = property(None, _set_broken, doc="``sandbox.broken = 503``: every call answers that, until clear_faults().")

    def _set_slow(self, seconds: float) -> None:
        self.fault(kind="latency", seconds=seconds, times=-1)

    slow = property(
        None, _set_slow, doc="``sandbox.slow = 9``: every call takes so many seconds, until clear_faults()."
    )

    def advance(self, seconds: float) -> None:
        """Move this account's clock on; what falls due by then happens."""
        self._ask("POST", "clock", {"advance": seconds})

    # --- webhooks

    def add_webhook(self, event_type: str, url: str, secret: str | None = None, **fields: Any) -> dict[str, Any]:
        """A subscription: ``name``, ``properties`` (attributes watched), ``status``. ``set(webhooks="twice")`` and the
        like make deliveries go wrong, ``set(webhook_retry_seconds=0.05)`` makes them come again soon."""
        return self.add("webhook_subscription", event_type=event_type, url=url, secret=secret, **fields)

    def deliveries(self, *, within: float = 10) -> list[dict[str, Any]]:
        """Every try to deliver a webhook so far (``event``, ``url``, ``status``, ``tries``, ``outcome``), once none is
        under way any more. TimeoutError when some still are after so many seconds."""
        until = time.monotonic() + within
        while True:
            told = self._ask("GET", "deliveries")
            if not told["waiting"]:
                tried: list[dict[str, Any]] = told["tried"]
                return tried
            if time.monotonic() > until:
                raise TimeoutError(f"{told['waiting']} webhooks are still under way.")
            time.sleep(0.02)

    # --- what was asked

    @property
    def calls(self) -> list[SandboxCall]:
        """The calls so far, oldest first; those of this class are not among them."""
        return [SandboxCall(**call) for call in self._ask("GET", "calls")]

    def forget_calls(self) -> None:
        self._ask("DELETE", "calls")


@contextmanager
def served_sandbox(*options: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """A sandbox in a process of its own, on a free port, with ``/_sandbox/`` open: its address and the process."""
    command = [sys.executable, "-m", "piggyadmin.sandbox", "--port", "0", "--contacts", "0", "--control", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            said = process.stdout.readline()
            assert "http://" in said, f"The sandbox did not start; it said {said!r}."
            address = said.split()[-1]
            _wait_for(address)
            yield address, process
        finally:
            process.terminate()
            process.wait(timeout=STARTS_WITHIN)


def _wait_for(address: str) -> None:
    # the socket listens from the first line on, so this call waits in its queue until a worker takes it
    httpx.get(f"{address}/api/v3/oauth/clients/shops", timeout=STARTS_WITHIN)


@pytest.fixture(scope="session")
def sandbox_server() -> Iterator[str]:
    """The address of a running sandbox, one for each test process."""
    with served_sandbox() as (address, _):
        yield address


@pytest.fixture
def sandbox_account(sandbox_server: str) -> SandboxAccount:
    """A fresh, empty account."""
    return SandboxAccount(sandbox_server)
