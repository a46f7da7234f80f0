"""Find an order, and ask what a purchase would earn. The only caller of Piggy for these pages; nothing is written."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from contacts.orders.customer import Whose, read_with
from contacts.orders.forms import Line
from piggyadmin import piggy
from piggyadmin.accounts.models import Shop
from piggyadmin.piggy.errors import PiggyError, PiggyInvalid, PiggyNotFound, PiggyOutcomeUnknown, PiggyRejected
from piggyadmin.piggy.payloads import Order
from piggyadmin.piggy.pool import Answer, Question

PURCHASE = "Purchase"  # the one line of a purchase of which only the total is known
NO_ANSWER = "Piggy’s answer did not come, or could not be read. Nothing was bought and nothing was given: try again."


@dataclass(frozen=True, slots=True)
class Found:
    """What came of looking for an order.

    `order` is None when Piggy has none of it (`missing`), when it is not this customer's and this person may not see
    others' (`hidden`), and when Piggy could not be asked (`error`).
    """

    read_at: datetime
    order: Order | None = None
    missing: bool = False
    hidden: bool = False
    of_somebody_else: bool = False
    error: PiggyError | None = None


@dataclass(frozen=True, slots=True)
class Earning:
    """What a purchase would bring: `points`, or None when Piggy tells of none; or why that is not known."""

    cents: int
    shop: Shop
    read_at: datetime
    points: int | None = None
    problem: str = ""
    is_down: bool = False  # trying again may help


def open_page(*, contact_uuid: str) -> Whose:
    """The customer alone. Raises NoCustomer."""
    return read_with(contact_uuid)


def find(*, contact_uuid: str, number: str, sees_all: bool) -> tuple[Whose, Found]:
    """The order with this number of the till's, asked with the customer. Raises NoCustomer."""
    return _look(contact_uuid, lambda client: client.find_order(external_identifier=number), sees_all=sees_all)


def read(*, contact_uuid: str, order_uuid: str, sees_all: bool) -> tuple[Whose, Found]:
    """The order with this id at Piggy. Raises NoCustomer."""
    return _look(contact_uuid, lambda client: client.get_order(order_uuid=order_uuid), sees_all=sees_all)


def _look(contact_uuid: str, ask: Question, *, sees_all: bool) -> tuple[Whose, Found]:
    whose = read_with(contact_uuid, {"order": ask})
    answer: Answer[Order] = whose.answers["order"]
    if isinstance(answer.error, PiggyNotFound | PiggyInvalid):
        return whose, Found(answer.read_at, missing=True)
    if answer.error is not None or answer.value is None:
        return whose, Found(answer.read_at, error=answer.error)
    order = answer.value
    # One that names no customer may be anybody's: it is not shown as this one's.
    is_other = order.contact is None or order.contact.uuid != contact_uuid
    if is_other and not sees_all:
        return whose, Found(answer.read_at, hidden=True, of_somebody_else=True)
    return whose, Found(answer.read_at, order=order, of_somebody_else=is_other)


def simulate(*, contact_uuid: str, shop: Shop, cents: int, lines: list[Line]) -> Earning:
    """What this customer would earn by it in this shop. Piggy keeps nothing of it, so the ledger tells nothing of it.

    Piggy wants lines: a total alone is sent as one line of that price.
    """
    sent = [(line.name, line.quantity, line.price) for line in lines] or [(PURCHASE, 1, cents)]
    try:
        told = piggy.get_client().simulate_order(
            shop_uuid=shop.piggy_uuid, total_order_amount=cents, contact_uuid=contact_uuid, line_items=sent
        )
    except PiggyOutcomeUnknown:  # as of any POST; but what may have happened here is nothing
        return Earning(cents, shop, timezone.now(), problem=NO_ANSWER, is_down=True)
    except PiggyError as error:
        is_down = not isinstance(error, PiggyRejected)
        return Earning(cents, shop, timezone.now(), problem=error.message, is_down=is_down)
    return Earning(cents, shop, timezone.now(), points=told.points if told else None)
