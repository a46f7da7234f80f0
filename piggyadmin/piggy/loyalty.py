"""Credits, prepaid money, rewards, tiers and the programme. https://docs.piggy.eu/v3/oauth/loyalty-transactions"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Literal

from .caller import Caller
from .filters import check_all, check_kinds, check_period, contact_of, in_order, shop_of
from .inputs import checked_id, checked_moment, checked_whole, given
from .paging import LOYALTY_TRANSACTIONS, PREPAID_TRANSACTIONS, Page, iterate
from .payloads import LoyaltyProgram, LoyaltyTransaction, PrepaidTransaction, Reward, Tier

TransactionKind = Literal["credit_receptions", "reward_receptions"]


class LoyaltyCalls(Caller):
    def list_loyalty_transactions(
        self,
        *,
        contact_uuid: str | None = None,
        shop_uuid: str | None = None,
        kind: TransactionKind | None = None,
        since: datetime | None = None,
        before: datetime | None = None,
        page: int = 1,
        limit: int = 10,
    ) -> Page[LoyaltyTransaction]:
        """One page of awards and claims (100 at most), the newest first. Kinds that are new to us are left out.

        `contact_uuid` has left the newest documentation: it is sent, and every transaction is checked. One without
        contact, which Piggy's schema allows, does not pass when a contact was asked for. Made at `since` or later and
        before `before`: aware datetimes, to the second.
        """
        operation = "list_loyalty_transactions"
        params = {
            "contact_uuid": contact_uuid and checked_id(contact_uuid, field="contact_uuid"),
            "shop_uuid": shop_uuid and checked_id(shop_uuid, field="shop_uuid"),
            "type": kind,
            "created_at[gte]": given(checked_moment, since, field="since"),
            "created_at[lt]": given(checked_moment, before, field="before"),
            "sort": "-created_at",
            **LOYALTY_TRANSACTIONS.params(page, limit),
        }

        def check(found: list[LoyaltyTransaction]) -> None:
            check_all(found, contact_of, contact_uuid, field="contact_uuid", operation=operation)
            check_all(found, shop_of, shop_uuid, field="shop_uuid", operation=operation)
            check_kinds(found, kind, operation=operation)
            check_period(found, since, before, operation=operation)

        shape: Any = LoyaltyTransaction  # a union, which mypy does not take for a type here
        brought: Page[LoyaltyTransaction] = self._get_page(
            operation, "loyalty-transactions", shape, params=params, check=check
        )
        return newest_first(brought, operation=operation)

    def each_loyalty_transaction_page(
        self, *, contact_uuid: str, limit: int = LOYALTY_TRANSACTIONS.most
    ) -> Iterator[Page[LoyaltyTransaction]]:
        """All pages of a contact's transactions, the newest first."""
        size = LOYALTY_TRANSACTIONS.size(limit)
        return iterate(
            lambda page: self.list_loyalty_transactions(contact_uuid=contact_uuid, page=page, limit=size), size=size
        )

    def list_prepaid_transactions(
        self, *, contact_uuid: str | None = None, shop_uuid: str | None = None, page: int = 1, limit: int = 10
    ) -> Page[PrepaidTransaction]:
        """One page of prepaid transactions (30 at most), in Piggy's order, which is not documented.

        A transaction without contact does not pass when a contact was asked for.

        https://docs.piggy.eu/v3/oauth/prepaid-transactions (List Prepaid Transactions)
        """
        operation = "list_prepaid_transactions"

        def check(found: list[PrepaidTransaction]) -> None:
            check_all(found, contact_of, contact_uuid, field="contact_uuid", operation=operation)
            check_all(found, shop_of, shop_uuid, field="shop_uuid", operation=operation)

        return self._get_page(
            operation,
            "prepaid-transactions",
            PrepaidTransaction,
            params={
                "contact_uuid": contact_uuid and checked_id(contact_uuid, field="contact_uuid"),
                "shop_uuid": shop_uuid and checked_id(shop_uuid, field="shop_uuid"),
                **PREPAID_TRANSACTIONS.params(page, limit),
            },
            check=check,
        )

    def each_prepaid_transaction_page(
        self, *, contact_uuid: str, limit: int = PREPAID_TRANSACTIONS.most
    ) -> Iterator[Page[PrepaidTransaction]]:
        """All pages of a contact's prepaid transactions, in Piggy's order."""
        size = PREPAID_TRANSACTIONS.size(limit)
        return iterate(
            lambda page: self.list_prepaid_transactions(contact_uuid=contact_uuid, page=page, limit=size), size=size
        )

    def create_prepaid_transaction(
        self, *, contact_uuid: str, amount_in_cents: int, shop_uuid: str
    ) -> PrepaidTransaction:
        """Add prepaid money, or spend it with an amount below zero.

        PiggyNotFound (55031, 1008), PiggyInvalid (1003, also for more than there is: no code is documented for that).

        https://docs.piggy.eu/v3/oauth/prepaid-transactions (Create Prepaid Transaction)
        """
        amount = checked_whole(amount_in_cents, field="amount_in_cents")
        return self._write(
            "create_prepaid_transaction",
            "POST",
            "prepaid-transactions",
            PrepaidTransaction,
            json={
                "contact_uuid": checked_id(contact_uuid, field="contact_uuid"),
                "amount_in_cents": amount,
                "shop_uuid": checked_id(shop_uuid, field="shop_uuid"),
            },
            # Piggy documents the contact in lists only.
            is_ours=lambda done: (
                done.amount_in_cents == amount
                and contact_of(done) in (None, contact_uuid)
                and shop_of(done) in (None, shop_uuid)
            ),
        )

    def reverse_prepaid_transaction(self, *, uuid: str) -> PrepaidTransaction:
        """Take a prepaid transaction back, whole. Brings a NEW one with the opposite amount, and a uuid of its own.

        PiggyNotFound (55031, 1008, 60003), PiggyRejected (60004), PiggyInvalid (1003).

        https://docs.piggy.eu/v3/oauth/prepaid-transactions (Reverse Prepaid Transaction)
        """
        return self._write(
            "reverse_prepaid_transaction",
            "POST",
            "prepaid-transactions/{prepaid_transaction_uuid}/reverse",
            PrepaidTransaction,
            ids={"prepaid_transaction_uuid": uuid},
            is_ours=lambda done: done.uuid != uuid,
        )

    def list_rewards(self, *, shop_uuid: str | None = None, contact_uuid: str | None = None) -> list[Reward]:
        """The rewards of a shop, or those that a contact can claim now.

        A reward names neither shop nor contact, so whether Piggy applied the filters cannot be seen. Nothing personal
        is in the answer: at worst it is the whole catalogue. PiggyNotFound (1008, 55031).

        https://docs.piggy.eu/v3/oauth/rewards (List Rewards)
        """
        return self._get(
            "list_rewards",
            "rewards",
            list[Reward],
            params={
                "shop_uuid": shop_uuid and checked_id(shop_uuid, field="shop_uuid"),
                "contact_uuid": contact_uuid and checked_id(contact_uuid, field="contact_uuid"),
            },
        )

    def get_loyalty_program(self) -> LoyaltyProgram:
        """The account's programme: its name, and what its credits are called.

        https://docs.piggy.eu/v3/oauth/loyalty-program
        """
        return self._get("get_loyalty_program", "loyalty-program", LoyaltyProgram)

    def list_tiers(self) -> list[Tier]:
        """All tiers of the programme.

        https://docs.piggy.eu/v3/oauth/tiers (List Tiers)
        """
        return self._get("list_tiers", "tiers", list[Tier])


def newest_first(page: Page[LoyaltyTransaction], *, operation: str) -> Page[LoyaltyTransaction]:
    """The page with the newest first. PiggyFilterIgnored when Piggy did not sort and there are more pages."""
    ordered = in_order(
        page.items, _when, newest_first=True, whole=page.is_all and page.number in (None, 1), operation=operation
    )
    return Page(ordered, page.received, page.number, page.last, page.size, page.total)


def _when(transaction: LoyaltyTransaction) -> datetime:
    return transaction.created_at
