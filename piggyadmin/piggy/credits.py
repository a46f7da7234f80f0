"""Giving credits and taking them back. https://docs.piggy.eu/v3/oauth/credit-receptions

Tiers and rules multiply on Piggy's side; a call has no multiplier. What was given is in the answer, and later only
among the loyalty transactions: there is no way to read one award.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from .caller import Caller
from .filters import contact_of, shop_of
from .inputs import checked_id, checked_name, checked_number, checked_text, checked_whole, given, number_text, refusal
from .payloads import CalculatedCredits, CreditReception, Unit

# Keys of Piggy's own in the request and in the answer: an attribute of such a name would say something else.
TAKEN = frozenset(CreditReception.__struct_fields__) | {
    "type", "id", "shop_uuid", "contact_uuid", "unit_name", "contact_identifier_value", "pos_transaction_uuid",
    "pos_transaction_id",
}  # fmt: skip


class CreditCalls(Caller):
    def list_units(self) -> list[Unit]:
        """What credits are given for: purchase amount, visits, ... One is the default.

        https://docs.piggy.eu/v3/oauth/units (List Units)
        """
        return self._get("list_units", "units", list[Unit])

    def calculate_credits(
        self,
        *,
        shop_uuid: str,
        unit_value: Decimal | float,
        contact_uuid: str | None = None,
        unit_name: str | None = None,
    ) -> int:
        """How many credits `unit_value` (major units, 25.40) would give here, now and to this contact.

        A rule that depends on the time may give another number a moment later. The answer names nobody, so there is
        nothing to check. PiggyNotFound (1008, 55031, 60007 the unit), PiggyInvalid (1003).

        https://docs.piggy.eu/v3/oauth/credit-receptions (Calculate Credits)
        """
        found = self._get(
            "calculate_credits",
            "credit-receptions/calculate",
            CalculatedCredits,
            params={
                "shop_uuid": checked_id(shop_uuid, field="shop_uuid"),
                "unit_value": number_text(unit_value, field="unit_value"),
                "contact_uuid": given(checked_id, contact_uuid, field="contact_uuid"),
                "unit_name": given(checked_text, unit_name, field="unit_name"),
            },
        )
        return found.credits

    def create_credit_reception(
        self,
        *,
        shop_uuid: str,
        contact_uuid: str,
        credits: int | None = None,
        unit_value: Decimal | float | None = None,
        unit_name: str | None = None,
        contact_identifier_value: str | None = None,
        attributes: Mapping[str, str] | None = None,
    ) -> CreditReception:
        """Give credits: `credits` as they are, or what the rules make of `unit_value` (major units, 25.40), or both.

        `credits` goes past the rules and may be negative, to take some back. Without `unit_name` the default unit
        counts. `attributes` are loyalty transaction attributes: they come back in `extra` of this answer and of the
        transactions, where the account has them.

        PiggyNotFound (1008 the shop, 55031, 60003 the card, 60007 the unit), PiggyRejected (1015 more than the customer
        may have, 60001 Piggy is busy with other credits of this customer: nothing was given, 55046 no default unit),
        PiggyInvalid (1003; also without credits and unit_value).

        https://docs.piggy.eu/v3/oauth/credit-receptions (Create Credit Reception)
        """
        if credits is None and unit_value is None:
            raise refusal("credits", "Say how many credits, or for which amount.")
        marks = {_mark(name): checked_text(value, field=name) for name, value in (attributes or {}).items()}

        def is_ours(done: CreditReception) -> bool:
            told = {name: done.extra.get(name) for name in marks}
            return (
                contact_of(done) == contact_uuid
                and shop_of(done) in (None, shop_uuid)
                and credits in (None, done.credits)
                and all(value in (None, "") or str(value) == marks[name] for name, value in told.items())
            )

        sent: dict[str, Any] = {
            "shop_uuid": checked_id(shop_uuid, field="shop_uuid"),
            "contact_uuid": checked_id(contact_uuid, field="contact_uuid"),
            "credits": given(checked_whole, credits, field="credits"),
            "unit_value": given(checked_number, unit_value, field="unit_value"),
            "unit_name": given(checked_text, unit_name, field="unit_name"),
            "contact_identifier_value": given(checked_text, contact_identifier_value, field="contact_identifier_value"),
        }
        return self._write(
            "create_credit_reception",
            "POST",
            "credit-receptions",
            CreditReception,
            json={**sent, **marks},
            is_ours=is_ours,
        )

    def reverse_credit_reception(self, *, uuid: str) -> CreditReception:
        """Take an award back, whole. Brings a NEW transaction with the opposite credits, and a uuid of its own.

        PiggyInvalid (1003, the only code that is documented: reversed before, or not an award).

        https://docs.piggy.eu/v3/oauth/credit-receptions (Reverse Credit Reception)
        """
        return self._write(
            "reverse_credit_reception",
            "POST",
            "credit-receptions/{credit_reception_uuid}/reverse",
            CreditReception,
            ids={"credit_reception_uuid": uuid},
            is_ours=lambda done: done.uuid != uuid,
        )


def _mark(name: str) -> str:
    if checked_name(name) in TAKEN:
        raise refusal("attributes", "This name is Piggy's own.")
    return name
