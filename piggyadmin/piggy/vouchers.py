"""Vouchers. https://docs.piggy.eu/v3/oauth/vouchers

Piggy cannot tell a voucher by its uuid: find it by code, or among the vouchers of a contact or promotion.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Literal

import httpx

from .caller import Call, Caller, envelope
from .filters import check_all, contact_of, ignored, promotion_of
from .inputs import (
    checked_between,
    checked_id,
    checked_moment,
    checked_name,
    checked_text,
    checked_value,
    given,
    refusal,
)
from .paging import VOUCHERS, Page, iterate
from .payloads import MultiRedeemedVoucher, RedeemedVoucher, Voucher, VoucherBatch, VoucherLock
from .prepass import MisfitError, decode

VoucherStatus = Literal["ACTIVE", "REDEEMED", "EXPIRED", "DEACTIVATED", "INACTIVE", "LOCKED"]
SettableStatus = Literal["ACTIVE", "DEACTIVATED"]
MOST_IN_BATCH = 500
MOST_TIMES = 50  # redemptions of one voucher in one call
MOST_USES = 1_000_000  # Piggy names no bound


class VoucherCalls(Caller):
    def find_voucher(self, *, code: str) -> Voucher:
        """The voucher with exactly this code; the case of letters counts. PiggyNotFound (80004).

        https://docs.piggy.eu/v3/oauth/vouchers (Find Voucher)
        """
        wanted = checked_text(code, field="code")

        def check(found: Voucher) -> None:
            if found.code != wanted:
                raise ignored(field="code", operation="find_voucher_by_code")

        return self._get("find_voucher_by_code", "vouchers/find", Voucher, params={"code": wanted}, check=check)

    def list_vouchers(
        self,
        *,
        contact_uuid: str | None = None,
        promotion_uuid: str | None = None,
        status: VoucherStatus | None = None,
        page: int = 1,
        limit: int = 30,
    ) -> Page[Voucher]:
        """One page of vouchers (500 at most); each is checked against all filters that were given.

        A voucher without contact or promotion, where it was asked for by one, is a filter that was ignored.

        https://docs.piggy.eu/v3/oauth/vouchers (List Vouchers)
        """
        filters = {
            "contact_uuid": contact_uuid and checked_id(contact_uuid, field="contact_uuid"),
            "promotion_uuid": promotion_uuid and checked_id(promotion_uuid, field="promotion_uuid"),
            "status": status,
        }

        def check(found: list[Voucher]) -> None:
            names = {"operation": "list_vouchers"}
            check_all(found, contact_of, contact_uuid, field="contact_uuid", **names)
            check_all(found, promotion_of, promotion_uuid, field="promotion_uuid", **names)
            check_all(found, lambda voucher: voucher.status, status, field="status", **names)

        return self._get_page(
            "list_vouchers", "vouchers", Voucher, params={**filters, **VOUCHERS.params(page, limit)}, check=check
        )

    def each_voucher_page(
        self,
        *,
        contact_uuid: str | None = None,
        promotion_uuid: str | None = None,
        status: VoucherStatus | None = None,
        limit: int = VOUCHERS.most,
    ) -> Iterator[Page[Voucher]]:
        """All pages of `list_vouchers`, counted here: Piggy's own links to the next page drop the filters."""
        size = VOUCHERS.size(limit)
        return iterate(
            lambda page: self.list_vouchers(
                contact_uuid=contact_uuid, promotion_uuid=promotion_uuid, status=status, page=page, limit=size
            ),
            size=size,
        )

    def lock_voucher(self, *, voucher_uuid: str) -> VoucherLock:
        """Lock a voucher for an hour; `lock.release_key` redeems or releases it.

        PiggyNotFound (80004), PiggyRejected (80005 redeemed, 80006 expired, 80012 withdrawn, 80017 locked already).

        https://docs.piggy.eu/v3/oauth/vouchers (Lock Voucher)
        """
        return self._write(
            "lock_voucher",
            "POST",
            "vouchers/{voucher_uuid}/lock",
            VoucherLock,
            ids={"voucher_uuid": voucher_uuid},
            is_ours=lambda done: (
                done.voucher.uuid == voucher_uuid and done.voucher.status == "LOCKED" and bool(done.lock.release_key)
            ),
        )

    def release_voucher(self, *, voucher_uuid: str, release_key: str) -> VoucherLock:
        """Give a lock back with the key it was made with. PiggyNotFound (80004), PiggyRejected (80005, 80006).

        https://docs.piggy.eu/v3/oauth/vouchers (Release Voucher)
        """
        return self._write(
            "release_voucher",
            "POST",
            "vouchers/{voucher_uuid}/release",
            VoucherLock,
            ids={"voucher_uuid": voucher_uuid},
            json={"release_key": checked_text(release_key, field="release_key")},
            is_ours=lambda done: done.voucher.uuid == voucher_uuid and done.voucher.status != "LOCKED",
        )

    def redeem_voucher(
        self, *, code: str, shop_uuid: str, contact_uuid: str | None = None, release_key: str | None = None
    ) -> RedeemedVoucher:
        """Redeem a voucher once. `contact_uuid` is needed when it has no contact, `release_key` when it is locked.

        Keep `voucher_redemption.uuid`: it alone can reverse this, and it is told only here (None when Piggy leaves it
        out). PiggyNotFound (80004), PiggyRejected (80005 redeemed before, 80006 expired, 80012 withdrawn, 80014 not
        valid yet, 80017 locked), PiggyInvalid (1003, also for a contact that is missing or another's).

        https://docs.piggy.eu/v3/oauth/vouchers (Redeem Voucher)
        """
        wanted = checked_text(code, field="code")
        return self._write(
            "redeem_voucher",
            "POST",
            "vouchers/redeem",
            RedeemedVoucher,
            json={
                "code": wanted,
                "shop_uuid": checked_id(shop_uuid, field="shop_uuid"),
                "contact_uuid": contact_uuid and checked_id(contact_uuid, field="contact_uuid"),
                "release_key": release_key and checked_text(release_key, field="release_key"),
            },
            is_ours=lambda done: done.code == wanted,
        )

    def multi_redeem_voucher(
        self,
        *,
        code: str,
        number_of_times: int,
        shop_uuid: str,
        contact_uuid: str | None = None,
        release_key: str | None = None,
    ) -> MultiRedeemedVoucher:
        """Redeem a voucher of several uses 2 to 50 times at once; otherwise as `redeem_voucher`.

        Keep the uuid of every redemption. An answer that tells of another number of them is not about this, and so its
        outcome is unknown. As `redeem_voucher`, and PiggyRejected (80019 fewer uses left, 80020 the promotion is
        switched off). That all of them are made or none is not documented.

        https://docs.piggy.eu/v3/oauth/vouchers (Multi Redeem Voucher)
        """
        wanted = checked_text(code, field="code")
        return self._write(
            "multi_redeem_voucher",
            "POST",
            "vouchers/multi-redeem",
            MultiRedeemedVoucher,
            json={
                "code": wanted,
                "number_of_times": checked_between(number_of_times, 2, MOST_TIMES, field="number_of_times"),
                "shop_uuid": checked_id(shop_uuid, field="shop_uuid"),
                "contact_uuid": contact_uuid and checked_id(contact_uuid, field="contact_uuid"),
                "release_key": release_key and checked_text(release_key, field="release_key"),
            },
            is_ours=lambda done: done.voucher.code == wanted and len(done.voucher_redemptions) == number_of_times,
        )

    def reverse_redemption(self, *, redemption_uuid: str) -> Voucher | None:
        """Take a redemption back, by the uuid that `redeem_voucher` brought. PiggyNotFound (80004).

        What Piggy answers is not documented: any success counts, and the voucher is None when the answer holds none.
        Read the voucher again afterwards.

        https://docs.piggy.eu/v3/oauth/vouchers (Reverse Voucher Redemption)
        """
        call = Call(
            "reverse_voucher_redemption",
            "POST",
            "vouchers/{voucher_redemption_uuid}/reverse",
            write=True,
            ids={"voucher_redemption_uuid": redemption_uuid},
        )

        def read(response: httpx.Response) -> Voucher | None:
            if not response.content.strip():
                return None
            data: Any = envelope(response, call)["data"]
            try:
                return decode(data, Voucher)
            except MisfitError:
                return None

        return self._send(call, read)

    def create_voucher(
        self,
        *,
        promotion_uuid: str,
        code: str | None = None,
        contact_uuid: str | None = None,
        activation_date: datetime | None = None,
        expiration_date: datetime | None = None,
        total_redemptions_allowed: int | None = None,
        custom_attributes: Mapping[str, Any] | None = None,
    ) -> Voucher:
        """Make one voucher. Without `code` Piggy chooses one, without dates the promotion's rules decide.

        PiggyNotFound (80002, 55031), PiggyRejected (80003 there is a voucher with this code, 80008 the promotion or the
        contact may have no more), PiggyInvalid (1003). Nothing but its code finds a voucher again whose answer is lost.

        https://docs.piggy.eu/v3/oauth/vouchers (Create Voucher)
        """
        return self._write(
            "create_voucher",
            "POST",
            "vouchers",
            Voucher,
            json={
                **_common(promotion_uuid, contact_uuid, activation_date, expiration_date, custom_attributes),
                "code": given(checked_text, code, field="code"),
                "total_redemptions_allowed": _uses(total_redemptions_allowed),
            },
            is_ours=lambda done: (
                code in (None, done.code)
                and promotion_of(done) in (None, promotion_uuid)
                and contact_of(done) == contact_uuid
            ),
        )

    def create_voucher_batch(
        self,
        *,
        promotion_uuid: str,
        quantity: int,
        contact_uuid: str | None = None,
        activation_date: datetime | None = None,
        expiration_date: datetime | None = None,
        custom_attributes: Mapping[str, Any] | None = None,
    ) -> VoucherBatch:
        """Have 1 to 500 vouchers made, with codes that Piggy chooses. The answer only says that Piggy will.

        They come into being any time later, and nothing tells which or when: read the vouchers of the promotion, and
        know them by a custom attribute. PiggyNotFound (80002, 55031), PiggyRejected (80008), PiggyInvalid (1003).

        https://docs.piggy.eu/v3/oauth/vouchers (Create Voucher Batch)
        """
        return self._write(
            "create_voucher_batch",
            "POST",
            "vouchers/batch",
            VoucherBatch,
            json={
                **_common(promotion_uuid, contact_uuid, activation_date, expiration_date, custom_attributes),
                "quantity": checked_between(quantity, 1, MOST_IN_BATCH, field="quantity"),
            },
            is_ours=lambda done: done.quantity == quantity,
        )

    def update_voucher(
        self,
        *,
        voucher_uuid: str,
        status: SettableStatus,
        expiration_date: datetime | None = None,
        custom_attributes: Mapping[str, Any] | None = None,
    ) -> Voucher:
        """Withdraw a voucher (DEACTIVATED), or give it back (ACTIVE; its dates may make it INACTIVE or EXPIRED).

        `expiration_date` can be changed while the voucher is active or inactive; ACTIVE is then the status that leaves
        it as it is. PiggyNotFound (80004), PiggyInvalid (1003; also for one that is redeemed or expired).

        https://docs.piggy.eu/v3/oauth/vouchers (Update Voucher)
        """
        until = given(_utc, expiration_date, field="expiration_date")

        def is_ours(done: Voucher) -> bool:
            as_asked = (done.status == "DEACTIVATED") == (status == "DEACTIVATED")
            told = done.expiration_date
            return done.uuid == voucher_uuid and as_asked and (None in (until, told) or _text_of(told) == until)

        return self._write(
            "update_voucher",
            "PUT",
            "vouchers/{voucher_uuid}",
            Voucher,
            ids={"voucher_uuid": voucher_uuid},
            json={
                "status": status,
                "expiration_date": until,
                "custom_attributes": _values(custom_attributes),
            },
            is_ours=is_ours,
        )


def _common(
    promotion_uuid: str,
    contact_uuid: str | None,
    activation_date: datetime | None,
    expiration_date: datetime | None,
    custom_attributes: Mapping[str, Any] | None,
) -> dict[str, Any]:
    """What making one voucher and making many have in common."""
    if activation_date and expiration_date and _utc(expiration_date) <= _utc(activation_date, field="activation_date"):
        raise refusal("expiration_date", "The end is not after the beginning.")
    return {
        "promotion_uuid": checked_id(promotion_uuid, field="promotion_uuid"),
        "contact_uuid": given(checked_id, contact_uuid, field="contact_uuid"),
        "activation_date": given(_utc, activation_date, field="activation_date"),
        "expiration_date": given(_utc, expiration_date, field="expiration_date"),
        "custom_attributes": _values(custom_attributes),
    }


def _values(custom_attributes: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return {
        checked_name(name): checked_value(value, field=name) for name, value in (custom_attributes or {}).items()
    } or None


def _uses(number: int | None) -> int | None:
    return None if number is None else checked_between(number, 1, MOST_USES, field="total_redemptions_allowed")


def _utc(moment: datetime, *, field: str = "expiration_date") -> str:
    """The moment in UTC, in which Piggy keeps it: such texts sort as the moments they name."""
    checked_moment(moment, field=field)
    try:
        return _text_of(moment)
    except OverflowError as exc:
        raise refusal(field, "This moment cannot be sent to Piggy.") from exc


def _text_of(moment: datetime | None) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds") if moment else ""
