"""Tests with real transactions empty every table when they end; the ledger's triggers would refuse that.

The triggers stand during every test. They are down only while the database is emptied, and `flush` itself sends
`post_migrate`, which makes them (and the chain's head) again.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.test import TransactionTestCase

from piggyadmin.ledger import triggers


@contextmanager
def emptying_allowed() -> Iterator[None]:
    """While this runs, the emptying at the end of a `transactional_db` (or `live_server`) test is let through."""
    teardown = TransactionTestCase._fixture_teardown

    def without_triggers(self: TransactionTestCase, *args: Any) -> None:
        triggers.drop(connection)
        teardown(self, *args)
        # `flush` tells the apps so that they put back what must stand; be sure of it, the next test relies on them.
        assert triggers.missing(connection) == []

    TransactionTestCase._fixture_teardown = without_triggers
    try:
        yield
    finally:
        TransactionTestCase._fixture_teardown = teardown
