"""How vouchers come into being: by a call, some time after the call that asked for many, or by hand for a test."""

from __future__ import annotations

from typing import Any

from piggyadmin.sandbox import moments
from piggyadmin.sandbox.account import Account, work
from piggyadmin.sandbox.errors import ApiError
from piggyadmin.sandbox.resources.vouchers import resting_status
from piggyadmin.sandbox.store import Row

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


def blank_voucher(account: Account) -> Row:
    """A new voucher with a random code that no other has, of no promotion yet."""
    return {
        "uuid": account.new_uuid(),
        "id": account.number("voucher"),
        "created_at": account.now(),
        "promotion_uuid": None,
        "code": _free_code(account),
        "contact_uuid": None,
        "activation_date": None,
        "expiration_date": None,
        "redeemed_at": None,
        "total_redemptions_allowed": 1,
        "times_redeemed": 0,
        "attributes": {},
        "lock": None,
        "status": "ACTIVE",
    }


def _free_code(account: Account) -> str:
    while True:
        code = "".join(account.choose(ALPHABET) for _ in range(10))
        if not account.table("voucher").under("code", code):
            return code


def add_vouchers(account: Account, promotion: Row, count: int, **fields: Any) -> list[Row]:
    """So many vouchers that differ in their codes alone. What ``fields`` leave out follows from the promotion."""
    now = account.now()
    common = {
        "promotion_uuid": promotion["uuid"],
        "total_redemptions_allowed": promotion["redemptions_per_voucher"],
        **{name: value for name, value in fields.items() if value is not None},
    }
    if "expiration_date" not in common and promotion["expiration_duration"]:
        common["expiration_date"] = _later(common.get("activation_date") or now, promotion["expiration_duration"])
    rows = [account.put("voucher", _resting({**blank_voucher(account), **common}, now)) for _ in range(count)]
    plan_dates(account, rows)
    return rows


def _resting(row: Row, now: str) -> Row:
    return {**row, "status": resting_status(row, now)}


def _later(moment: str, seconds: int) -> str | None:
    """None, for never, where the calendar ends before."""
    try:
        return moments.iso(moments.epoch(moment) + seconds)
    except (ValueError, OverflowError):
        return None


def plan_dates(account: Account, rows: list[Row]) -> None:
    """See to it that vouchers with the same dates follow them."""
    for name in ("activation_date", "expiration_date"):
        if rows and rows[0][name] and rows[0][name] > account.now():
            account.plan(rows[0][name], "voucher_dates", uuids=[row["uuid"] for row in rows])


def refuse_limits(account: Account, promotion: Row, contact_uuid: str | None, quantity: int) -> None:
    """80008 when so many more are too many for the promotion or for the contact. What is on its way counts too."""
    batches = account.table("voucher_batch").where("promotion_uuid", promotion["uuid"])
    pending = [row for row in batches if row["status"] == "PENDING"]
    made = account.table("voucher").under("promotion_uuid", promotion["uuid"])
    taken = len(made) + sum(row["quantity"] for row in pending)
    if promotion["voucher_limit"] is not None and taken + quantity > promotion["voucher_limit"]:
        raise ApiError(80008)
    if contact_uuid and promotion["limit_per_contact"] is not None:
        own = account.table("voucher").where("contact_uuid", contact_uuid)
        taken = sum(row["promotion_uuid"] == promotion["uuid"] for row in own)
        taken += sum(row["quantity"] for row in pending if row["contact_uuid"] == contact_uuid)
        if taken + quantity > promotion["limit_per_contact"]:
            raise ApiError(80008)


def plan_batch(account: Account, promotion: Row, quantity: int, seconds: float, **fields: Any) -> Row:
    """Promise so many vouchers: they are made all at once after so many seconds, also when the sandbox died meanwhile.

    Nothing of the API tells of it any more; ``state("voucher_batch")`` does."""
    row = {
        "uuid": account.new_uuid(),
        "promotion_uuid": promotion["uuid"],
        "quantity": quantity,
        "status": "PENDING",
        "created_at": account.now(),
        **fields,
    }
    account.plan(moments.exact(account.epoch() + seconds), "voucher_batch", uuid=row["uuid"])
    return account.put("voucher_batch", row)


@work("voucher_batch")
def make_batch(account: Account, what: dict[str, Any]) -> None:
    """The moment has come: all of a batch, or nothing of it."""
    row = account.table("voucher_batch").get(what["uuid"])
    assert row is not None  # batches never go
    promotion = account.table("promotion").get(row["promotion_uuid"])
    assert promotion is not None
    names = ("contact_uuid", "activation_date", "expiration_date", "attributes")
    add_vouchers(account, promotion, row["quantity"], **{name: row[name] for name in names})
    account.put("voucher_batch", {**row, "status": "DONE"})
