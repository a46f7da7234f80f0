"""Have all customers looked through for duplicates."""

from __future__ import annotations

from django.db import transaction

from contacts.duplicates import actions, jobs, scanning
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.door import Target, record, was_begun


def begin(*, actor: Actor, token: str) -> bool:
    """Begin a search, unless one is under way; whether it began. A form sent twice begins one. Raises
    PermissionDenied."""
    with transaction.atomic():
        if was_begun(token):
            return True
        # `record` holds the ledger's head until the end of this transaction: who begins one at the same time waits.
        if scanning.under_way() is not None:
            return False
        record(actions.SCAN, by=actor, target=Target("duplicates", "all"), form_token=token)
        scan = scanning.start_new(by=actor.staff)
        if scan is None:
            transaction.set_rollback(True)
            return False
    jobs.enqueue(scan.pk)
    return True
