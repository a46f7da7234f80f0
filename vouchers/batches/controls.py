"""What people tell a run: pause, go on, cancel, and how it ends when nobody can tell what was made."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone

from piggyadmin.ledger.actions import Action
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.door import Target, record
from vouchers.batches import jobs
from vouchers.batches.actions import BATCH_CANCELLED, BATCH_DECIDED, BATCH_PAUSED, BATCH_RESUMED
from vouchers.batches.deciding import WATCH_TIMES
from vouchers.batches.resolvers import settle_time
from vouchers.models import BatchRun

State = BatchRun.State


def pause(*, run: BatchRun, actor: Actor, token: str) -> bool:
    """Send no more for now. What was sent is still read back. False: it was not running any more."""
    return _change(BATCH_PAUSED, run, actor, token, {State.RUNNING}, state=State.PAUSED)


def resume(*, run: BatchRun, actor: Actor, token: str) -> bool:
    """Go on. False: it was not paused any more."""
    return _change(BATCH_RESUMED, run, actor, token, {State.PAUSED}, state=State.RUNNING)


def cancel(*, run: BatchRun, actor: Actor, token: str) -> bool:
    """Send no more, ever. What was sent before stays made, also when it surfaces later. False: it was over already."""
    return _change(BATCH_CANCELLED, run, actor, token, {State.RUNNING, State.PAUSED}, state=State.CANCELLED)


def decide(*, run: BatchRun, actor: Actor, token: str, reason: str) -> bool:
    """End a run in doubt as it stands, with a person's words on what they found. False: it was in doubt no more."""
    now = timezone.now()
    changes = {"state": State.CANCELLED, "ended_at": now, "watch_until": now + WATCH_TIMES * settle_time()}
    return _change(BATCH_DECIDED, run, actor, token, {State.DOUBT}, detail={"reason": reason}, **changes)


def _change(
    action: Action,
    run: BatchRun,
    actor: Actor,
    token: str,
    from_states: set[State],
    *,
    detail: dict[str, Any] | None = None,
    **changes: Any,
) -> bool:
    """Raises PermissionDenied (also TokenRefused)."""
    with transaction.atomic():
        changed = BatchRun.objects.filter(pk=run.pk, state__in=from_states).update(not_before=None, **changes)
        if changed:
            target = Target("batch", str(run.pk), contact_id=run.contact_uuid)
            record(action, by=actor, target=target, detail=detail, form_token=token, parent=run.act)
            transaction.on_commit(partial(jobs.enqueue, run.pk))
    return bool(changed)
