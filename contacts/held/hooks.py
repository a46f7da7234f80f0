"""What the ledger calls when a request was decided, or an unknown write was looked up: it finds the row it is about.

MERGE = register(Action(..., **hooks.HOOKS))
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, TypedDict
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from contacts.held import jobs
from contacts.held.kinds import kind_named, row_of
from contacts.models import HeldAct
from piggyadmin.ledger import approvals
from piggyadmin.ledger.actions import Bars, Decided, Resolver, Settled, Settlement
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.models import Act, Approval

if TYPE_CHECKING:
    from piggyadmin.accounts.models import Staff

State = HeldAct.State
Status = Approval.Status


def resolve(act: Act) -> Settlement | None:
    kind = kind_named(act.action)
    return kind.resolve(row_of(kind, act.target_id))


def settled(act: Act, happened: bool, reading: Mapping[str, Any]) -> None:
    """A write whose answer was lost came about after all (then it is verified as any other), or did not."""
    now = timezone.now()
    lost = kind_named(act.action).model.objects.filter(pk=act.target_id, state__in=(State.SENDING, State.UNKNOWN))
    if happened:
        lost.update(state=State.SCHEDULED, act_id=act.pk, look_at=now)
    else:
        lost.update(state=State.REFUSED, act_id=act.pk, look_at=None, ended_at=now, problems=["did_not_happen"])


def bars(asked: Sequence[Approval], staff: Staff) -> dict[UUID, str]:
    """Of requests that are all of one action; the rows, and what the kind has to look up, are read at once."""
    if not asked:
        return {}
    kind = kind_named(asked[0].action)
    barred = kind.barred(list(kind.model.objects.filter(pk__in=[each.target_id for each in asked])), staff)
    return {each.pk: barred[UUID(each.target_id)] for each in asked if UUID(each.target_id) in barred}


def decided(approval: Approval) -> None:
    """Granted: it is held from now on, and the approval is used up. Anything else ends it."""
    kind = kind_named(approval.action)
    row = kind.model.objects.select_for_update(of=("self",)).filter(approval=approval, state=State.PROPOSED).first()
    if row is None:
        return
    now = timezone.now()
    row.decided_by, row.decided_at = approval.decided_by, approval.decided_at
    if approval.status == Status.GRANTED:
        asker = Actor(row.proposed_by, row.proposed_by.role, approval.shop)
        approvals.use(approval.pk, by=asker, action=kind.action, target=kind.target(row), figures=approval.figures)
        approval.refresh_from_db()
        hold = 0 if row.customer_is_here else settings.MERGE_HOLD_SECONDS
        row.state, row.hold_until = State.HELD, now + timedelta(seconds=hold)
        if not hold:
            transaction.on_commit(partial(jobs.enqueue, kind.action.name, row.pk))
    else:
        row.state = State.DECLINED if approval.status == Status.REFUSED else State.CANCELLED
        row.problems = [] if approval.status == Status.REFUSED else [str(approval.status)]
        row.ended_at = now
    row.save()


class Hooks(TypedDict):
    resolve: Resolver
    on_settled: Settled
    on_decided: Decided
    bars: Bars
    decides_on_page: bool


HOOKS: Hooks = {
    "resolve": resolve,
    "on_settled": settled,
    "on_decided": decided,
    "bars": bars,
    "decides_on_page": True,  # who approves types what goes, with a fresh sign-in
}
