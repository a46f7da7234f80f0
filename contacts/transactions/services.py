"""Read the loyalty transactions of a shop, or of all. The only caller of Piggy for these pages; nothing is written."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from contacts.models import ContactCopy
from contacts.transactions.forms import TransactionFilter
from piggyadmin import piggy
from piggyadmin.ledger.listing import ROWS
from piggyadmin.ledger.listing import Page as Shown
from piggyadmin.piggy.errors import PiggyError
from piggyadmin.piggy.paging import LOYALTY_TRANSACTIONS, Page, iterate
from piggyadmin.piggy.payloads import CreditReception, LoyaltyTransaction
from piggyadmin.piggy.pool import Answer

MOST_EXPORTED = 10_000
JOB_SECONDS = 10.0  # for one page of a file


@dataclass(frozen=True, slots=True)
class Line:
    """A transaction, and its customer's name as our copy has it ("" for none)."""

    entry: LoyaltyTransaction
    customer: str


@dataclass(frozen=True, slots=True)
class Totals:
    """The credits of the lines that are shown: `given`, `taken` back or spent otherwise, `claimed` for rewards."""

    given: int = 0
    taken: int = 0
    claimed: int = 0


@dataclass(frozen=True, slots=True)
class Listed:
    """One page, the newest first. `left_out` counts those of a kind that is new to us; with an `error` it is empty."""

    lines: list[Line]
    totals: Totals
    page: Shown
    read_at: datetime
    left_out: int = 0
    error: PiggyError | None = None


def open_page(filtering: TransactionFilter) -> Listed:
    """One page of what a (valid) filter lets through."""
    number, question = filtering.cleaned_data["page"] or 1, filtering.question()
    answer: Answer[Page[LoyaltyTransaction]] = piggy.gather(
        {"list": lambda client: client.list_loyalty_transactions(**question, page=number, limit=ROWS)},
        seconds=settings.PIGGY_TIMEOUT,
    )["list"]
    if answer.value is None:
        return Listed([], Totals(), Shown(1, 1, 0), answer.read_at, error=answer.error)
    brought = answer.value
    total = brought.total if brought.total is not None else (number - 1) * ROWS + brought.received
    pages = max(1, brought.last or -(-total // ROWS))
    names = _names(entry.contact.uuid for entry in brought.items if entry.contact)
    lines = [Line(entry, names.get(entry.contact.uuid, "") if entry.contact else "") for entry in brought.items]
    return Listed(
        lines=lines,
        totals=totals_of(brought.items),
        page=Shown(number, max(pages, number), total),
        read_at=answer.read_at,
        left_out=brought.received - len(brought.items),
    )


def totals_of(entries: Iterable[LoyaltyTransaction]) -> Totals:
    given = taken = claimed = 0
    for entry in entries:
        if not isinstance(entry, CreditReception):
            claimed += abs(entry.credits)
        elif entry.credits >= 0:
            given += entry.credits
        else:
            taken -= entry.credits
    return Totals(given, taken, claimed)


def all_of(filtering: TransactionFilter) -> tuple[list[LoyaltyTransaction], int | None]:
    """What a (valid) filter lets through, for a file: the newest `MOST_EXPORTED`, and how many there are in all (None:
    more than these, and Piggy does not tell how many).

    What is made meanwhile moves older ones to a later page: they come twice then, and count once. Raises PiggyError:
    half a file is none.
    """
    question = filtering.question()
    client, size = piggy.get_client(seconds=JOB_SECONDS), LOYALTY_TRANSACTIONS.most
    found: dict[str, LoyaltyTransaction] = {}
    told = 0
    for page in iterate(lambda n: client.list_loyalty_transactions(**question, page=n, limit=size), size=size):
        found |= {entry.uuid: entry for entry in page.items}
        told = max(told, page.total or 0)
        if len(found) > MOST_EXPORTED:  # one more than fit was seen
            return list(found.values())[:MOST_EXPORTED], told if told >= len(found) else None
    return list(found.values()), max(told, len(found))


def _names(uuids: Iterable[str]) -> dict[str, str]:
    copies = ContactCopy.objects.filter(contact_uuid__in=set(uuids))
    return {copy.contact_uuid: copy.name for copy in copies if copy.name}
