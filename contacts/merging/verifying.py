"""After a merge: whether the survivor has what both had. Compared with the pictures taken right before it was sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from contacts.held.kinds import Look
from contacts.models import Merge, Snapshot
from piggyadmin import piggy
from piggyadmin.piggy.pool import Question

# Older than this before the pictures, a transaction is none that came in between.
BEFORE = timedelta(minutes=10)

PROBLEMS = {
    "source_answers": "The customer that should be gone still answers at Piggy, long after the merge was accepted.",
    "not_readable": "Piggy took the merge, but has not let us read since whether it came about.",
    "credits": "The credits are not the sum of both.",
    "prepaid": "The prepaid balance is not the sum of both.",
    "cards": "Not every card of the customer that is gone belongs to the one that stays.",
    "survivor_gone": "The customer that should stay is not at Piggy any more either.",
    "erased": "The pictures of before were erased, so nobody can compare.",
}


def look(row: Merge) -> Look:
    """Read the survivor and compare. The source is gone. Raises what kept Piggy from answering."""
    pictures = {picture.contact_uuid: picture for picture in Snapshot.objects.filter(merge=row)}
    answers = piggy.gather(_questions(row.destination_uuid), seconds=settings.PIGGY_TIMEOUT)
    contact = answers["contact"].get()
    cards = {card.value for card in answers["cards"].get()}
    actual: dict[str, Any] = {
        "credits": contact.credits,
        "prepaid_cents": contact.prepaid_cents,
        "cards": len(cards),
    }
    source = pictures.get(row.source_uuid)
    if source is None or not source.body:
        return Look(gone=True, actual=actual, problems=("erased",))
    # Piggy's order is not documented, so as many as can be had are looked through.
    credits = [each.credits for each in _new(answers["transactions"].get().items, pictures, "transactions")]
    cents = [each.amount_in_cents for each in _new(answers["prepaid"].get().items, pictures, "prepaid_transactions")]
    problems = []
    right, actual["credits_since"] = _is_sum(
        row.expected["credits"], contact.credits, credits, moved=source.body["credits"]
    )
    if not right:
        problems.append("credits")
    right, actual["prepaid_since_cents"] = _is_sum(
        row.expected["prepaid_cents"], contact.prepaid_cents, cents, moved=source.body["prepaid_cents"]
    )
    if not right:
        problems.append("prepaid")
    if {card["value"] for card in source.body["cards"]} - cards:
        problems.append("cards")
    return Look(gone=True, actual=actual, problems=tuple(problems))


def _questions(contact_uuid: str) -> dict[str, Question]:
    return {
        "contact": lambda client: client.get_contact(contact_uuid=contact_uuid),
        "cards": lambda client: client.list_identifiers(contact_uuid=contact_uuid),
        "transactions": lambda client: client.list_loyalty_transactions(contact_uuid=contact_uuid, limit=100),
        "prepaid": lambda client: client.list_prepaid_transactions(contact_uuid=contact_uuid, limit=30),
    }


def _is_sum(expected: int | None, actual: int | None, new: list[int], *, moved: int | None) -> tuple[bool, int]:
    """Whether the balance is the sum with all that was given and taken since the pictures, and how much that was.

    Between the pictures and the merge a customer may buy something. Piggy may also write the merge itself down, as one
    transaction of what was `moved`: one such entry may be left out.
    """
    since = sum(new)
    if expected is None or actual is None:
        return False, since
    if actual != expected + since and moved and moved in new and actual == expected + since - moved:
        return True, since - moved
    return actual == expected + since, since


def _new(listed: Iterable[Any], pictures: Mapping[str, Snapshot], name: str) -> list[Any]:
    known = {entry["uuid"] for picture in pictures.values() for entry in picture.body.get(name, [])}
    since: datetime = min(picture.taken_at for picture in pictures.values()) - BEFORE
    return [entry for entry in listed if entry.uuid not in known and entry.created_at >= since]
