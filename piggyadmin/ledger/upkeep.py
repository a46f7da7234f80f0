"""What must stand in the database besides tables: the chain's head, the triggers, the two jobs of every minute."""

from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections

from piggyadmin import schedules
from piggyadmin.ledger import triggers
from piggyadmin.ledger.models import ChainHead

SCHEDULES = {
    "ledger: settle what is open": ("piggyadmin.ledger.jobs.settle_open", 1),
    "ledger: verify the chain": ("piggyadmin.ledger.jobs.verify_chain", 1),
}


def after_migrate(*, using: str = DEFAULT_DB_ALIAS, **kwargs: Any) -> None:
    """Called by Django after every `migrate`, also one that stopped half-way or went back."""
    connection = connections[using]
    tables = set(connection.introspection.table_names())
    if {*triggers.KEPT} <= tables:
        triggers.create(connection)
        ChainHead.objects.using(using).get_or_create(pk=ChainHead.ONLY)
    schedules.ensure(SCHEDULES, using=using)
