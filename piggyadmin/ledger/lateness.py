"""How long a request that we gave up on may still be under way at Piggy. Before that, "not yet" is no "no"."""

from datetime import timedelta

from django.utils import timezone

from piggyadmin.ledger.actions import action_named
from piggyadmin.ledger.models import Act


def may_still_come(act: Act) -> bool:
    """Whether what `act` sent may yet happen. While it may, a resolver never says that it did not."""
    return timezone.now() - act.sent_at < timedelta(seconds=action_named(act.action).may_come_late)
