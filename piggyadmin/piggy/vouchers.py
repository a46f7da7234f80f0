"""Vouchers and promotions. https://docs.piggy.eu/v3/oauth/vouchers

Piggy cannot tell a voucher by its uuid: find it by code, or among the vouchers of a contact or promotion.
"""

from collections.abc import Iterator
from typing import Any, Literal

import httpx

from .caller import Call, Caller, envelope
from .filters import check_all, contact_of, ignored, promotion_of
from .inputs import checked_id, checked_text
from .paging import VOUCHERS, Page, iterate
from .payloads import Promotion, RedeemedVoucher, Voucher, VoucherLock
from .prepass import MisfitError, decode

VoucherStatus = Literal["ACTIVE", "REDEEMED", "EXPIRED", "DEACTIVATED", "INACTIVE", "LOCKED"]


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

    def list_promotions(self) -> list[Promotion]:
        """All promotions: the list is not paged.

        https://docs.piggy.eu/v3/oauth/promotions (List Promotions)
        """
        return self._get("list_promotions", "promotions", list[Promotion])

    def get_promotion(self, *, promotion_uuid: str) -> Promotion:
        """One promotion. PiggyNotFound (80002).

        https://docs.piggy.eu/v3/oauth/promotions (Get Promotion)
        """

        def check(found: Promotion) -> None:
            if found.uuid != promotion_uuid:
                raise ignored(field="promotion_uuid", operation="get_promotion")

        return self._get(
            "get_promotion",
            "promotions/{promotion_uuid}",
            Promotion,
            ids={"promotion_uuid": promotion_uuid},
            check=check,
        )
