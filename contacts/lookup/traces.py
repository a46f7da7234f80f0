"""Which of our tables know a customer: asked once, where six queries would mostly find nothing."""

from __future__ import annotations

from typing import NamedTuple

from django.db import connection

from contacts.models import AnonymousContact, Booking, Deletion, DuplicatePair, Merge
from piggyadmin.ledger.models import Act

ACT, ANONYMOUS, BOOKING, MERGE, DELETION, PAIR = (
    model._meta.db_table for model in (Act, AnonymousContact, Booking, Merge, Deletion, DuplicatePair)
)
# Straight SQL, for the reason in `accounts.standing`. What is told here need only never miss: whether a pair is still
# open, or a card half replaced, the queries that follow know.
QUERY = f"""
SELECT
  EXISTS (SELECT 1 FROM {ACT} WHERE contact_id = %(uuid)s),
  EXISTS (SELECT 1 FROM {ANONYMOUS} WHERE contact_uuid = %(uuid)s),
  EXISTS (SELECT 1 FROM {BOOKING} WHERE contact_uuid = %(uuid)s),
  EXISTS (SELECT 1 FROM {MERGE} WHERE ended_at IS NULL AND (source_uuid = %(uuid)s OR destination_uuid = %(uuid)s))
    OR EXISTS (SELECT 1 FROM {DELETION} WHERE ended_at IS NULL AND contact_uuid = %(uuid)s),
  EXISTS (SELECT 1 FROM {PAIR} WHERE first_uuid = %(uuid)s OR second_uuid = %(uuid)s)
"""  # noqa: S608


class Traces(NamedTuple):
    """What there is of a customer in our own tables."""

    acts: bool  # and with them, perhaps, cards that were half replaced
    listed: bool  # among the anonymous ones that were met
    bookings: bool
    held: bool  # merges and deletions under way
    pairs: bool  # also those that were decided


def traces_of(contact_uuid: str) -> Traces:
    with connection.cursor() as cursor:
        cursor.execute(QUERY, {"uuid": contact_uuid})
        return Traces(*map(bool, cursor.fetchone()))
