"""One person asks, another decides. The asking and the deciding are acts; the approval itself is used once.

approval = request_approval(AWARD, by=actor, target=target, figures={"credits": 900}, reason="...")
decide(approval.pk, by=manager, granted=True)            # from "Waiting for you", or
grant_in_place(approval.pk, username=..., password=..., totp=..., check=check)   # typed on the asker's screen
parent = use(approval.pk, by=actor, action=AWARD, target=target, figures={"credits": 900})
perform(AWARD, by=actor, target=target, figures={"credits": 900}, parent=parent, ...)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from piggyadmin.ledger import door, own_actions
from piggyadmin.ledger.actions import Action, action_named
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.canonical import canonical
from piggyadmin.ledger.door import Target
from piggyadmin.ledger.models import Act, Approval

if TYPE_CHECKING:
    from piggyadmin.accounts.models import Staff

LASTS = timedelta(hours=24)
LONGEST_REASON = 1000
Status = Approval.Status
Check = Callable[[str, str, str], "Staff | None"]


def request_approval(
    action: Action, *, by: Actor, target: Target, figures: Mapping[str, Any], reason: str = "", form_token: str = ""
) -> Approval:
    """Ask for a second person. A form sent twice asks once.

    Raises PermissionDenied when this person may not do the action at all, ValueError for one that nobody can approve.
    """
    if not action.approve_permission:
        raise ValueError(f"{action.name} has no approve_permission: nobody could decide.")
    door.check_may(action, by)
    reason = _checked(reason, needed=False)
    with transaction.atomic():
        act = door.record(
            own_actions.APPROVAL_ASKED,
            by=by,
            target=target,
            figures={**figures, "doing": action.words.do},
            detail={"reason": reason} if reason else None,
            form_token=form_token,
        )
        asked = Approval.objects.filter(act=act).first()
        return asked or Approval.objects.create(
            act=act,
            action=action.name,
            target_kind=target.kind,
            target_id=target.id,
            contact_id=target.contact_id,
            figures=dict(figures),
            shop=by.shop,
            requested_by=by.staff,
            requested_at=act.at,
            expires_at=act.at + LASTS,
        )


def decide(approval_id: UUID, *, by: Actor, granted: bool, reason: str = "") -> Approval:
    """Grant or refuse an open request; a refusal needs a reason.

    Raises PermissionDenied for whoever asked or may not decide, ValidationError when it is no longer open.
    """
    reason = _checked(reason, needed=not granted)
    with transaction.atomic():
        approval = _locked(approval_id)
        action = action_named(approval.action)
        if approval.requested_by_id == by.staff.pk:
            raise PermissionDenied("Who asked may not approve.")
        if not action.approve_permission or not by.may(action.approve_permission):
            raise PermissionDenied(f"Deciding about {action.name} needs {action.approve_permission}.")
        if action.bars and (barred := action.bars([approval], by.staff).get(approval.pk)):
            raise PermissionDenied(barred)
        _insist_on(approval, Status.OPEN)
        _tell(own_actions.APPROVAL_GRANTED if granted else own_actions.APPROVAL_DECLINED, by, approval, reason)
        approval.status = Status.GRANTED if granted else Status.REFUSED
        approval.decided_by, approval.decided_at = by.staff, timezone.now()
        approval.save(update_fields=["status", "decided_by", "decided_at"])
        _follow(approval)
    return approval


def grant_in_place(approval_id: UUID, *, username: str, password: str, totp: str = "", check: Check) -> Approval:
    """Grant with the approver's own name, password and code, typed on the asker's screen; nobody's session changes.

    `check(username, password, totp)` says who that is, and counts a failure against the lock-out: see
    `credentials.checker`. Raises ValidationError when it is nobody, and as `decide` does.
    """
    approver = check(username, password, totp)
    if approver is None:
        raise ValidationError("Name, password or code is wrong. Nothing was approved.", code="credentials")
    shop = Approval.objects.select_related("shop").get(pk=approval_id).shop
    return decide(approval_id, by=Actor(approver, approver.role, shop), granted=True)


def withdraw(approval_id: UUID, *, by: Actor) -> Approval:
    """Who asked takes the request back, also after it was granted."""
    with transaction.atomic():
        approval = _locked(approval_id)
        if approval.requested_by_id != by.staff.pk:
            raise PermissionDenied("Only who asked may withdraw.")
        _insist_on(approval, Status.OPEN, Status.GRANTED)
        _tell(own_actions.APPROVAL_WITHDRAWN, by, approval, "")
        approval.status = Status.WITHDRAWN
        approval.save(update_fields=["status"])
        _follow(approval)
    return approval


def use(approval_id: UUID, *, by: Actor, action: Action, target: Target, figures: Mapping[str, Any]) -> Act:
    """Take a granted approval, once, for exactly what was asked; the act to give `perform` as its `parent`.

    Raises ValidationError when it is not granted (any more), PermissionDenied when it was for something else.
    """
    with transaction.atomic():
        approval = _locked(approval_id)
        asked = (approval.action, approval.target_kind, approval.target_id, approval.requested_by_id)
        if asked != (action.name, target.kind, target.id, by.staff.pk):
            raise PermissionDenied("This approval is for something else.")
        if canonical(dict(figures)) != canonical(approval.figures):
            raise PermissionDenied("This approval is for other figures.")
        _insist_on(approval, Status.GRANTED)
        approval.status, approval.used_at = Status.USED, timezone.now()
        approval.save(update_fields=["status", "used_at"])
    return approval.act


def open_for(actor: Actor) -> QuerySet[Approval]:
    """The open requests that this person may decide, the oldest first."""
    waiting = Approval.objects.filter(status=Status.OPEN, expires_at__gt=timezone.now())
    names = waiting.exclude(requested_by=actor.staff).values_list("action", flat=True).distinct()
    may = [name for name in names if (needed := action_named(name).approve_permission) and actor.may(needed)]
    waiting = waiting.filter(action__in=may).exclude(requested_by=actor.staff)
    barring = {name: bars for name in may if (bars := action_named(name).bars)}
    barred = [pk for name, bars in barring.items() for pk in bars(list(waiting.filter(action=name)), actor.staff)]
    return waiting.exclude(pk__in=barred).select_related("requested_by", "shop", "act")


def granted_to(actor: Actor) -> QuerySet[Approval]:
    """What this person asked for, was granted, and has not done yet; the oldest first."""
    granted = Approval.objects.filter(status=Status.GRANTED, expires_at__gt=timezone.now(), requested_by=actor.staff)
    return granted.select_related("decided_by", "shop").order_by("requested_at")


def expire_old() -> int:
    """Close what nobody decided or used in time; how many were closed. `use` and `decide` do not wait for this."""
    old = Approval.objects.filter(status__in=[Status.OPEN, Status.GRANTED], expires_at__lte=timezone.now())
    followed = [name for name in old.values_list("action", flat=True).distinct() if action_named(name).on_decided]
    closed = 0
    for approval in old.filter(action__in=followed):
        with transaction.atomic():
            if old.filter(pk=approval.pk).update(status=Status.EXPIRED):
                approval.refresh_from_db()
                _follow(approval)
                closed += 1
    return closed + old.exclude(action__in=followed).update(status=Status.EXPIRED)


def _follow(approval: Approval) -> None:
    """Let the action put its own rows right, in the transaction that decides."""
    follow = action_named(approval.action).on_decided
    if follow:
        follow(approval)


def _locked(approval_id: UUID) -> Approval:
    return Approval.objects.select_for_update().get(pk=approval_id)


def _insist_on(approval: Approval, *statuses: str) -> None:
    if approval.status not in statuses:
        raise ValidationError(f"This request is {approval.get_status_display()}.", code=str(approval.status))
    if approval.expires_at <= timezone.now():
        raise ValidationError("This request is expired. Ask again.", code="expired")


def _checked(reason: str, *, needed: bool) -> str:
    reason = reason.strip()
    if needed and not reason:
        raise ValidationError("Write why not.", code="required")
    if len(reason) > LONGEST_REASON:
        raise ValidationError(f"Write at most {LONGEST_REASON} characters.", code="max_length")
    return reason


def _tell(step: Action, by: Actor, approval: Approval, reason: str) -> None:
    door.record(
        step,
        by=by,
        target=Target(approval.target_kind, approval.target_id, approval.contact_id),
        figures={**approval.figures, "doing": action_named(approval.action).words.do},
        detail={"reason": reason} if reason else None,
        parent=approval.act,
    )
