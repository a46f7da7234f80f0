"""What every request asks of a person: their groups, what those may do, and the shops that are named for them."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, NamedTuple

from django.db import connection

if TYPE_CHECKING:
    from piggyadmin.accounts.models import Staff

# Straight SQL, one query: Django would make three, and takes longer to compile each than the database does to answer.
QUERY = """
SELECT held.name, kind.app_label, may.codename
FROM accounts_staff_groups AS own
JOIN auth_group AS held ON held.id = own.group_id
LEFT JOIN auth_group_permissions AS given ON given.group_id = held.id
LEFT JOIN auth_permission AS may ON may.id = given.permission_id
LEFT JOIN django_content_type AS kind ON kind.id = may.content_type_id
WHERE own.staff_id = %s
UNION ALL
SELECT NULL, NULL, CAST(shop_id AS varchar(36)) FROM accounts_staff_shops WHERE staff_id = %s
"""


class Standing(NamedTuple):
    """`permissions` are as Django writes them, "contacts.view_contact". No `shops`: all of them."""

    groups: frozenset[str]
    permissions: frozenset[str]
    shops: frozenset[uuid.UUID]


def standing_of(staff: Staff) -> Standing:
    key = staff._meta.pk.get_db_prep_value(staff.pk, connection)
    groups, permissions, shops = set(), set(), set()
    with connection.cursor() as cursor:
        cursor.execute(QUERY, [key, key])
        for group, app, name in cursor.fetchall():
            if group is None:
                shops.add(uuid.UUID(name))
                continue
            groups.add(group)
            if name is not None:
                permissions.add(f"{app}.{name}")
    return Standing(frozenset(groups), frozenset(permissions), frozenset(shops))
