"""What search needs in the database besides tables: made again after every migrate."""

from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections

from contacts.models import ContactCopy
from contacts.search import index


def after_migrate(*, using: str = DEFAULT_DB_ALIAS, **kwargs: Any) -> None:
    """Called by Django after every `migrate`: SQLite drops triggers, without a word, when a table is rebuilt."""
    connection = connections[using]
    if ContactCopy._meta.db_table not in connection.introspection.table_names():
        return
    with connection.cursor() as cursor:
        columns = {
            column.name for column in connection.introspection.get_table_description(cursor, ContactCopy._meta.db_table)
        }
    if {"search_name", "search_email"} <= columns:
        index.of(connection.vendor).create(connection)
