"""Vouchers: https://docs.leat.com/v3/oauth/vouchers

Where the pages are silent: input is checked first, then that everything named exists, then the voucher's state
(deactivated, inactive, expired, redeemed, locked), then whose it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from piggyadmin.sandbox import moments
from piggyadmin.sandbox.account import Account, work
from piggyadmin.sandbox.call import Call
from piggyadmin.sandbox.errors import ApiError, invalid
from piggyadmin.sandbox.pages import voucher_links, voucher_meta, wanted
from piggyadmin.sandbox.registry import BASE, operation
from piggyadmin.sandbox.resources.contacts import contact_reference
from piggyadmin.sandbox.resources.promotions import promotion_in_voucher
from piggyadmin.sandbox.store import Row
from piggyadmin.sandbox.wire import Answer

STATUSES = ("ACTIVE", "REDEEMED", "EXPIRED", "DEACTIVATED", "INACTIVE", "LOCKED")
LOCK_SECONDS = 3600
MOST_TIMES = 50  # redemptions in one call
REFUSALS = {"DEACTIVATED": 80012, "INACTIVE": 80014, "EXPIRED": 80006, "REDEEMED": 80005}


def voucher_view(account: Account, row: Row, *, counted: bool = True) -> dict[str, Any]:
    """``counted``: with the figures on redemptions, which lists leave out."""
    promotion = account.table("promotion").get(row["promotion_uuid"])
    assert promotion is not None  # promotions never go
    view = {
        "uuid": row["uuid"],
        "code": row["code"],
        "status": row["status"],
        "name": promotion["name"],
        "description": promotion["description"],
        "expiration_date": moments.shown(row["expiration_date"]),
        "activation_date": moments.shown(row["activation_date"]),
        "redeemed_at": moments.shown(row["redeemed_at"]),
        "is_redeemed": row["status"] == "REDEEMED",
        "attributes": row["attributes"] or [],
        "contact": contact_reference(account.table("contact").get(row["contact_uuid"] or "")),
        "promotion": promotion_in_voucher(promotion),
    }
    if counted:
        view |= {
            "redemptions_remaining": row["total_redemptions_allowed"] - row["times_redeemed"],
            "times_redeemed": row["times_redeemed"],
            "total_redemptions_allowed": row["total_redemptions_allowed"],
        }
    return view


def resting_status(row: Row, now: str) -> str:
    """What a voucher is while nobody holds a lock on it and nobody withdrew it."""
    if row["times_redeemed"] >= row["total_redemptions_allowed"]:
        return "REDEEMED"
    if row["expiration_date"] and row["expiration_date"] <= now:
        return "EXPIRED"
    if row["activation_date"] and row["activation_date"] > now:
        return "INACTIVE"
    return "ACTIVE"


@work("voucher_dates")
def follow_dates(account: Account, what: dict[str, Any]) -> None:
    """The activation or expiration of vouchers has come. Expiry ends a lock: releasing it then answers "expired"."""
    now = account.now()
    for uuid in what["uuids"] if "uuids" in what else [what["uuid"]]:  # one: in state files of before
        row = account.table("voucher").get(uuid)
        if row is None or row["status"] in ("DEACTIVATED", "REDEEMED"):
            continue
        status = resting_status(row, now)
        if status == "EXPIRED":
            account.put("voucher", {**row, "status": status, "lock": None})
        elif row["status"] == "INACTIVE":
            account.put("voucher", {**row, "status": status})


@work("voucher_lock")
def end_lock(account: Account, what: dict[str, Any]) -> None:
    """An hour after the lock the system releases it, unless it was released or used before."""
    row = account.table("voucher").get(what["uuid"])
    if row is not None and row["lock"] and row["lock"]["release_key"] == what["release_key"]:
        account.put("voucher", {**row, "status": resting_status(row, account.now()), "lock": None})


@operation("GET", "/vouchers", "list_vouchers")
def list_vouchers(call: Call) -> Answer:
    asked = call.asked()
    page_wanted = wanted(asked, low=0, high=500, default=30)
    promotion_uuid = asked.text("promotion_uuid")
    contact_uuid = asked.text("contact_uuid")
    status = asked.choice("status", STATUSES)
    asked.done()
    if promotion_uuid:
        call.row("promotion", promotion_uuid, 80002)
    if contact_uuid:
        call.row("contact", contact_uuid, 55031)
    rows = _filtered(call, promotion_uuid, contact_uuid)
    if status:
        rows = [row for row in rows if row["status"] == status]
    page = page_wanted.of(rows)
    path = f"{call.origin}{BASE}/vouchers"
    return Answer(
        [_seen(call, row, counted=False) for row in page.cut(rows)],
        meta=voucher_meta(page, path),
        extra={"links": voucher_links(page, path)},
    )


def _seen(call: Call, row: Row, *, counted: bool = True) -> dict[str, Any]:
    """The voucher as reading calls show it: some accounts never give attributes back."""
    view = voucher_view(call.account, row, counted=counted)
    return {**view, "attributes": []} if call.no_attributes else view


def _filtered(call: Call, promotion_uuid: str | None, contact_uuid: str | None) -> Sequence[Row]:
    """A promotion may have 100,000: of those only the page that is asked for is looked at."""
    table = call.account.table("voucher")
    if call.ignore_filters or not (promotion_uuid or contact_uuid):
        return table.all()
    if not contact_uuid:
        return table.under("promotion_uuid", promotion_uuid)
    rows = table.where("contact_uuid", contact_uuid)
    return [row for row in rows if promotion_uuid in (None, row["promotion_uuid"])]


@operation("GET", "/vouchers/find", "find_voucher_by_code")
def find_voucher_by_code(call: Call) -> Answer:
    asked = call.asked()
    code = asked.text("code", required=True)
    asked.done()
    return call.answer(_seen(call, _by_code(call, code)))


def _by_code(call: Call, code: str | None) -> Row:
    found = call.account.table("voucher").where("code", code)
    if not found:
        raise ApiError(80004)
    return found[0]


def _in_path(call: Call) -> Row:
    return call.row("voucher", call.value("voucher_uuid"), 80004)


@operation("POST", "/vouchers/{voucher_uuid}/lock", "lock_voucher")
def lock_voucher(call: Call) -> Answer:
    """For at most an hour. Who has the ``release_key`` can release it or redeem it meanwhile."""
    row = _in_path(call)
    refuse_state(row)
    if row["lock"]:
        raise ApiError(80017)
    account = call.account
    lock = {
        "release_key": account.new_uuid(),
        "locked_at": account.now(),
        "system_release_at": account.after(LOCK_SECONDS),
    }
    account.put("voucher", {**row, "status": "LOCKED", "lock": lock})
    account.plan(lock["system_release_at"], "voucher_lock", uuid=row["uuid"], release_key=lock["release_key"])
    return call.answer(_lock_view(row["uuid"], "LOCKED", lock, unlocked_at=None))


@operation("POST", "/vouchers/{voucher_uuid}/release", "release_voucher")
def release_voucher(call: Call) -> Answer:
    """A wrong key, and any key for a voucher that is not locked, is invalid input: no other code is listed."""
    sent = call.sent()
    key = sent.text("release_key", required=True)
    sent.done()
    row = _in_path(call)
    if row["status"] in ("EXPIRED", "REDEEMED"):
        raise ApiError(REFUSALS[row["status"]])
    lock = row["lock"]
    if not lock or lock["release_key"] != key:
        raise invalid("release_key", "The release key is invalid.")
    status = resting_status(row, call.account.now())
    call.account.put("voucher", {**row, "status": status, "lock": None})
    return call.answer(_lock_view(row["uuid"], status, lock, unlocked_at=call.account.now()))


def _lock_view(uuid: str, status: str, lock: dict[str, Any], unlocked_at: str | None) -> dict[str, Any]:
    return {
        "voucher": {"uuid": uuid, "status": status},
        "lock": {
            "release_key": lock["release_key"],
            "locked_at": lock["locked_at"],
            "unlocked_at": unlocked_at,
            "system_release_at": None if unlocked_at else lock["system_release_at"],
        },
    }


def refuse_state(row: Row) -> None:
    """Refuse what is deactivated, inactive, expired or redeemed."""
    if row["status"] in REFUSALS:
        raise ApiError(REFUSALS[row["status"]])


def _refuse_redemption(call: Call, row: Row, contact_uuid: str | None, key: str | None) -> None:
    """All the reasons for which a voucher cannot be redeemed now, in their order."""
    if contact_uuid:
        call.row("contact", contact_uuid, 55031)
    elif row["contact_uuid"] is None:
        raise invalid("contact_uuid", "The contact uuid field is required when the voucher has no contact.")
    refuse_state(row)
    if row["lock"] and row["lock"]["release_key"] != key:
        raise ApiError(80017)
    if contact_uuid and row["contact_uuid"] not in (None, contact_uuid):
        raise invalid("contact_uuid", "The contact uuid does not belong to this voucher.")


@operation("POST", "/vouchers/redeem", "redeem_voucher")
def redeem_voucher(call: Call) -> Answer:
    """Links an unlinked voucher to the contact, drops the lock, and answers the redemption: its uuid, which nothing
    tells again, is the only way to reverse it. A voucher for several uses stays active while some remain."""
    sent = call.sent()
    code = sent.text("code", required=True)
    shop_uuid = sent.text("shop_uuid", required=True)
    contact_uuid = sent.text("contact_uuid")
    key = sent.text("release_key")
    sent.done()
    redeemed, [reference] = _redeem(call, code, shop_uuid, contact_uuid, key, times=1)
    return call.answer({**voucher_view(call.account, redeemed), "voucher_redemption": reference})


@operation("POST", "/vouchers/multi-redeem", "multi_redeem_voucher")
def multi_redeem_voucher(call: Call) -> Answer:
    """All of the redemptions or none of them, each with a uuid of its own."""
    sent = call.sent()
    code = sent.text("code", required=True)
    times = sent.whole("number_of_times", required=True, low=1, high=MOST_TIMES)
    shop_uuid = sent.text("shop_uuid", required=True)
    contact_uuid = sent.text("contact_uuid")
    key = sent.text("release_key")
    sent.done()
    redeemed, references = _redeem(call, code, shop_uuid, contact_uuid, key, times=times or 1)
    return call.answer({"voucher": voucher_view(call.account, redeemed), "voucher_redemptions": references})


def _redeem(
    call: Call, code: str | None, shop_uuid: str | None, contact_uuid: str | None, key: str | None, *, times: int
) -> tuple[Row, list[dict[str, str]]]:
    """The voucher afterwards, and what is told of each redemption."""
    row = _by_code(call, code)
    shop = call.row("shop", shop_uuid or "", 1008)
    _refuse_redemption(call, row, contact_uuid, key)
    if row["total_redemptions_allowed"] - row["times_redeemed"] < times:
        raise ApiError(80019)
    account = call.account
    now = account.now()
    redeemed = {
        **row,
        "contact_uuid": row["contact_uuid"] or contact_uuid,
        "times_redeemed": row["times_redeemed"] + times,
        "redeemed_at": now,
        "lock": None,
    }
    redeemed["status"] = resting_status(redeemed, now)
    account.put("voucher", redeemed)
    redemption = {
        "voucher_uuid": row["uuid"],
        "contact_uuid": redeemed["contact_uuid"],
        "shop_uuid": shop["uuid"],
        "created_at": now,
        "reversed_at": None,
    }
    made = [account.put("redemption", {"uuid": account.new_uuid(), **redemption}) for _ in range(times)]
    return redeemed, [{"uuid": each["uuid"], "created_at": now} for each in made]


@operation("POST", "/vouchers/{voucher_uuid}/validate", "validate_voucher", writes=False)
def validate_voucher(call: Call) -> Answer:
    """Whether it could be redeemed now. Nothing is documented about the answer: the voucher, or redeem's refusals."""
    sent = call.sent()
    shop_uuid = sent.text("shop_uuid", required=True)
    contact_uuid = sent.text("contact_uuid")
    sent.done()
    row = _in_path(call)
    call.row("shop", shop_uuid or "", 1008)
    _refuse_redemption(call, row, contact_uuid, None)
    return call.answer(voucher_view(call.account, row))


@operation("POST", "/vouchers/{voucher_redemption_uuid}/reverse", "reverse_voucher_redemption")
def reverse_voucher_redemption(call: Call) -> Answer:
    """Takes the uuid of the redemption, not of the voucher. What was reversed cannot be reversed again."""
    redemption = call.row("redemption", call.value("voucher_redemption_uuid"), 80004)
    if redemption["reversed_at"]:
        raise invalid("voucher_redemption_uuid", "The voucher redemption has been reversed already.")
    account = call.account
    row = call.row("voucher", redemption["voucher_uuid"], 80004)
    account.put("redemption", {**redemption, "reversed_at": account.now()})
    redemptions = account.table("redemption").where("voucher_uuid", row["uuid"])
    standing = [other["created_at"] for other in redemptions if not other["reversed_at"]]
    restored = {**row, "times_redeemed": row["times_redeemed"] - 1, "redeemed_at": max(standing, default=None)}
    if restored["status"] not in ("LOCKED", "DEACTIVATED"):
        restored["status"] = resting_status(restored, account.now())
    account.put("voucher", restored)
    return call.answer(voucher_view(account, restored))
