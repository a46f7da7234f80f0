"""What customers are called now, for lists that know their ids alone: one question for the whole list."""

from __future__ import annotations

from collections.abc import Collection

from django.db import connection

from contacts.copy.tombstones import LONGEST_CHAIN
from contacts.models import ContactCopy, GoneContact

COPY, GONE = ContactCopy._meta.db_table, GoneContact._meta.db_table


def names_now(contact_uuids: Collection[str]) -> dict[str, str]:
    """The names of those whom the copy knows by one, by id. One that was merged is "now" the name of the survivor.

    Whoever is gone for good, erased or without a name is left out.
    """
    asked = sorted({uuid for uuid in contact_uuids if uuid})
    if not asked:
        return {}
    places = ", ".join(["(CAST(%s AS text))"] * len(asked))
    sql = f"""
        WITH RECURSIVE asked(uuid) AS (VALUES {places}),
        trail(asked, uuid, steps) AS (
            SELECT uuid, uuid, 0 FROM asked
            UNION ALL
            SELECT trail.asked, CAST(gone.survivor_uuid AS text), trail.steps + 1
            FROM trail JOIN {GONE} AS gone ON gone.contact_uuid = trail.uuid
            WHERE gone.survivor_uuid <> '' AND trail.steps < %s
        )
        SELECT trail.asked, trail.steps, known.firstname, known.lastname
        FROM trail JOIN {COPY} AS known ON known.contact_uuid = trail.uuid
        WHERE NOT EXISTS (SELECT 1 FROM {GONE} AS gone WHERE gone.contact_uuid = trail.uuid)
    """  # noqa: S608 - our own tables' names and signs for the parameters
    with connection.cursor() as cursor:
        cursor.execute(sql, [*asked, LONGEST_CHAIN])
        rows = cursor.fetchall()
    named = ((uuid, steps, " ".join(part for part in parts if part)) for uuid, steps, *parts in rows)
    return {uuid: f"now {name}" if steps else name for uuid, steps, name in named if name}
