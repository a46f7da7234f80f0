"""Gift cards and the money on them. https://docs.piggy.eu/v3/oauth/giftcards

Piggy's `correct` is the older name of `reverse`, without documented codes: it is not called.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from .caller import Caller
from .filters import check_all, ignored, in_order
from .inputs import checked_id, checked_name, checked_text, checked_value, checked_whole
from .paging import GIFTCARD_TRANSACTIONS, GIFTCARDS, Page, iterate
from .payloads import Giftcard, GiftcardProgram, GiftcardTransaction, MailSent

DIGITAL = 1


class GiftcardCalls(Caller):
    def list_giftcard_programs(self) -> list[GiftcardProgram]:
        """All programs: the list is not paged.

        https://docs.piggy.eu/v3/oauth/giftcard-programs (List Giftcard Programs)
        """
        return self._get("list_giftcard_programs", "giftcard-programs", list[GiftcardProgram])

    def list_giftcards(self, *, program_uuid: str, page: int = 1, limit: int = 30) -> Page[Giftcard]:
        """One page of a program's cards (100 at most), in Piggy's order, which is not documented.

        PiggyNotFound (1100).

        https://docs.piggy.eu/v3/oauth/giftcards (List Giftcards)
        """

        def check(found: list[Giftcard]) -> None:
            check_all(found, _program_of, program_uuid, field="giftcard_program_uuid", operation="list_giftcards")

        return self._get_page(
            "list_giftcards",
            "giftcards",
            Giftcard,
            params={
                "giftcard_program_uuid": checked_id(program_uuid, field="giftcard_program_uuid"),
                **GIFTCARDS.params(page, limit),
            },
            check=check,
        )

    def find_giftcard(self, *, hash: str) -> Giftcard:
        """The card with exactly this code. PiggyNotFound (5001).

        https://docs.piggy.eu/v3/oauth/giftcards (Find One Giftcard)
        """
        wanted = checked_text(hash, field="hash")

        def check(found: Giftcard) -> None:
            if found.hash != wanted:
                raise ignored(field="hash", operation="find_giftcard_by_hash")

        return self._get(
            "find_giftcard_by_hash", "giftcards/find-one-by", Giftcard, params={"hash": wanted}, check=check
        )

    def get_giftcard(self, *, giftcard_uuid: str) -> Giftcard:
        """One card. PiggyNotFound (5001).

        https://docs.piggy.eu/v3/oauth/giftcards (Get Giftcard)
        """

        def check(found: Giftcard) -> None:
            if found.uuid != giftcard_uuid:
                raise ignored(field="giftcard_uuid", operation="get_giftcard")

        return self._get(
            "get_giftcard", "giftcards/{giftcard_uuid}", Giftcard, ids={"giftcard_uuid": giftcard_uuid}, check=check
        )

    def create_giftcard(self, *, program_uuid: str) -> Giftcard:
        """Make a digital card; it is empty. PiggyNotFound (1100), PiggyRejected (55021), PiggyInvalid (1003).

        Nothing marks it, so one whose answer is lost is one more among the program's empty cards.

        https://docs.piggy.eu/v3/oauth/giftcards (Create Giftcard)
        """
        return self._write(
            "create_giftcard",
            "POST",
            "giftcards",
            Giftcard,
            json={"type": DIGITAL, "giftcard_program_uuid": checked_id(program_uuid, field="giftcard_program_uuid")},
            is_ours=lambda done: done.amount_in_cents == 0 and _program_of(done) in (None, program_uuid),
        )

    def list_giftcard_transactions(
        self, *, card: Giftcard, page: int = 1, limit: int = 10
    ) -> Page[GiftcardTransaction]:
        """One page of what happened on a card (100 at most), the newest first.

        Each is checked to be this card's, by its uuid or, on old ones, by its number.

        https://docs.piggy.eu/v3/oauth/giftcard-transactions (List Giftcard Transactions)
        """
        operation = "list_giftcard_transactions"

        def check(found: list[GiftcardTransaction]) -> None:
            if not all(_is_of(each, card) for each in found):
                raise ignored(field="giftcard_hash", operation=operation)

        params = {
            "giftcard_hash": checked_text(card.hash, field="giftcard_hash"),
            "sort": "-created_at",
            **GIFTCARD_TRANSACTIONS.params(page, limit),
        }
        found = self._get_page(operation, "giftcard-transactions", GiftcardTransaction, params=params, check=check)
        whole = found.is_all and found.number in (None, 1)
        ordered = in_order(
            found.items, lambda each: each.created_at, newest_first=True, whole=whole, operation=operation
        )
        return Page(ordered, found.received, found.number, found.last, found.size, found.total)

    def each_giftcard_transaction_page(
        self, *, card: Giftcard, limit: int = GIFTCARD_TRANSACTIONS.most
    ) -> Iterator[Page[GiftcardTransaction]]:
        """All pages of `list_giftcard_transactions`, the newest first."""
        size = GIFTCARD_TRANSACTIONS.size(limit)
        return iterate(lambda page: self.list_giftcard_transactions(card=card, page=page, limit=size), size=size)

    def create_giftcard_transaction(
        self,
        *,
        giftcard_uuid: str,
        amount_in_cents: int,
        shop_uuid: str,
        custom_attributes: Mapping[str, Any] | None = None,
    ) -> GiftcardTransaction:
        """Put money on a card, or spend it with an amount below zero.

        PiggyNotFound (5001, 1008), PiggyRejected (5002 expired, 5003 not enough on it, 5006 cannot be topped up, 5008
        more than it may hold, 7010 not valid), PiggyInvalid (1003).

        https://docs.piggy.eu/v3/oauth/giftcard-transactions (Create Giftcard Transaction)
        """
        amount = checked_whole(amount_in_cents, field="amount_in_cents")
        values = {
            checked_name(name): checked_value(value, field=name) for name, value in (custom_attributes or {}).items()
        }

        def is_ours(done: GiftcardTransaction) -> bool:
            told = {name: done.custom_attributes.get(name) for name in values}
            return (
                done.amount_in_cents == amount
                and (done.card is None or done.card.uuid in (None, giftcard_uuid))
                and (done.shop is None or done.shop.uuid in (None, shop_uuid))
                and all(value in (None, "") or str(value) == str(values[name]) for name, value in told.items())
            )

        return self._write(
            "create_giftcard_transaction",
            "POST",
            "giftcard-transactions",
            GiftcardTransaction,
            json={
                "giftcard_uuid": checked_id(giftcard_uuid, field="giftcard_uuid"),
                "amount_in_cents": amount,
                "shop_uuid": checked_id(shop_uuid, field="shop_uuid"),
                "custom_attributes": values or None,
            },
            is_ours=is_ours,
        )

    def reverse_giftcard_transaction(self, *, uuid: str) -> GiftcardTransaction:
        """Take the last transaction of a card back, whole. Brings a NEW one of the opposite amount.

        PiggyNotFound (5010), PiggyRejected (55025 not the card's last; 5002, 5003, 5006, 5008 as above).

        https://docs.piggy.eu/v3/oauth/giftcard-transactions (Reverse Giftcard Transaction)
        """
        return self._write(
            "reverse_giftcard_transaction",
            "POST",
            "giftcard-transactions/{giftcard_transaction_uuid}/reverse",
            GiftcardTransaction,
            ids={"giftcard_transaction_uuid": uuid},
            is_ours=lambda done: done.uuid != uuid,
        )

    def send_giftcard_by_email(self, *, giftcard_uuid: str, contact_uuid: str) -> MailSent:
        """Have Piggy mail a card to a contact, with whatever mail the account has for that. Each call is one mail.

        Nothing can be read of it afterwards. PiggyNotFound (5001), PiggyInvalid (1003; also a contact who is gone or
        has no address, as far as we know).

        https://docs.piggy.eu/v3/oauth/giftcards (Send Giftcard By Email)
        """
        return self._write(
            "send_giftcard_by_email",
            "POST",
            "giftcards/{giftcard_uuid}/send-by-email",
            MailSent,
            ids={"giftcard_uuid": giftcard_uuid},
            json={"contact_uuid": checked_id(contact_uuid, field="contact_uuid")},
        )


def _program_of(card: Giftcard) -> str | None:
    return card.giftcard_program.uuid if card.giftcard_program else None


def _is_of(transaction: GiftcardTransaction, card: Giftcard) -> bool:
    named = transaction.card
    if named is None:
        return False
    return (
        named.uuid == card.uuid if named.uuid else named.id is not None and str(named.id) == str(card.id)
    )  # "880" occurs
