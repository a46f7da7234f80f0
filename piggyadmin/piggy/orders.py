"""Orders of the tills, found and simulated. https://docs.piggy.eu/v3/oauth/orders

Making, processing and returning orders is the tills' own. There is a list of orders, of which neither a parameter nor
an answer is documented: nothing could narrow it to one customer, so it is not asked for.
"""

from collections.abc import Sequence
from typing import Any

from .caller import Caller
from .filters import check_all
from .inputs import checked_between, checked_id, checked_text, checked_whole, given, refusal
from .payloads import Order, OrderResult

LARGEST_AMOUNT = 1_000_000_000  # cents of one purchase


class OrderCalls(Caller):
    def find_order(self, *, external_identifier: str) -> Order:
        """The order with this number of the till's. PiggyNotFound (no code is documented; 60013), PiggyInvalid (1003).

        https://docs.piggy.eu/v3/oauth/orders (Find Order)
        """
        operation = "find_order"

        def check(found: Order) -> None:
            wanted = external_identifier.strip()
            check_all(
                [found],
                lambda order: order.external_identifier.strip(),
                wanted,
                field="external_identifier",
                operation=operation,
            )

        sent = checked_text(external_identifier, field="external_identifier")
        return self._get(operation, "orders/find", Order, params={"external_identifier": sent}, check=check)

    def get_order(self, *, order_uuid: str) -> Order:
        """One order by its id. Known from Piggy's newer SDK alone: an account may refuse it. PiggyNotFound (60013).

        https://docs.piggy.eu/v3/oauth/orders (Get Order)
        """
        operation = "get_order"

        def check(found: Order) -> None:
            check_all([found], lambda order: order.uuid, order_uuid, field="order_uuid", operation=operation)

        return self._get(operation, "orders/{order_uuid}", Order, ids={"order_uuid": order_uuid}, check=check)

    def simulate_order(
        self,
        *,
        shop_uuid: str,
        total_order_amount: int,
        line_items: Sequence[tuple[str, int, int]] = (),
        contact_uuid: str | None = None,
        currency: str | None = None,
    ) -> OrderResult | None:
        """What a purchase of `total_order_amount` cents would bring. None: Piggy tells of nothing.

        `line_items` are names, how many, and the price of one in cents. Nothing comes about at Piggy, as its
        documentation says; so a lost answer harms nobody, though it is told as for any other POST. PiggyNotFound
        (1008, 55031), PiggyInvalid (1003).

        https://docs.piggy.eu/v3/oauth/orders (Simulate Order)
        """
        result: Any = OrderResult | None  # a union, which mypy does not take for a type here
        told: OrderResult | None = self._write(
            "simulate_order",
            "POST",
            "orders/simulate",
            result,
            json={
                "total_order_amount": checked_between(
                    total_order_amount, 0, LARGEST_AMOUNT, field="total_order_amount"
                ),
                "business_profile": {"uuid": checked_id(shop_uuid, field="business_profile")},
                "contact": {"uuid": checked_id(contact_uuid, field="contact")} if contact_uuid else None,
                "currency": given(checked_text, currency, field="currency"),
                "line_items": [_line(number, *line) for number, line in enumerate(line_items, start=1)],
            },
        )
        return told


def _line(number: int, name: str, quantity: int, price: int) -> dict[str, Any]:
    """A line of a simulated order. Its number is its own within this order: nothing is kept of it."""
    if checked_whole(quantity, field="line_items") < 1:
        raise refusal("line_items", "Say how many of it.")
    return {
        "external_identifier": str(number),
        "name": checked_text(name, field="line_items"),
        "quantity": quantity,
        "price": checked_between(price, 0, LARGEST_AMOUNT, field="line_items"),
        "total_amount": quantity * price,
    }
