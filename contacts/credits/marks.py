"""The mark of awards: which transaction attribute carries it, and whether this account returns it."""

from __future__ import annotations

from collections.abc import Iterable

from piggyadmin.ledger.marks import DESCRIPTION, LABEL, MARK, MarkAttribute
from piggyadmin.ledger.models import Act, Event, State

RECENT = 30  # awards looked at for whether their marks came back

ATTRIBUTE = MarkAttribute(
    kind="transaction",
    action_name="credits.make_mark",
    permission="contacts.award_credits",
    writes="Awards",
    read=lambda client: client.list_loyalty_transaction_attributes(),
    write=lambda client: client.create_loyalty_transaction_attribute(
        name=MARK, data_type="text", label=LABEL, description=DESCRIPTION
    ),
)


def come_back(seen: Iterable[str] = ()) -> bool:
    """Whether this account returns our marks: the latest award that Piggy answered says so, or `seen` does.

    `seen` are marks just read among transactions; only those of acts of ours count.
    """
    told = Event.objects.filter(act__action__in=("credits.award", "credits.refund"), outcome=State.DONE)
    for event in told.order_by("-seq")[:RECENT]:
        if "marked" in event.figures:
            return bool(event.figures["marked"])
    return Act.objects.filter(mark__in=[mark for mark in seen if mark][:RECENT]).exists()
