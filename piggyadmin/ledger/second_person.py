"""A second person for an act: asked through "Waiting for you", or with name and password on the asker's screen.

`approvals` keeps the requests; this is what the asker's page needs of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from piggyadmin.ledger import approvals
from piggyadmin.ledger.actions import Action, action_named
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.canonical import canonical
from piggyadmin.ledger.door import Target, begun_with
from piggyadmin.ledger.models import Act, ActDetail, Approval, State
from piggyadmin.ledger.outcomes import outcome_of
from piggyadmin.ledger.own_actions import APPROVAL_DECLINED
from piggyadmin.piggy.errors import PiggyRejected

Status = Approval.Status
SHOWN = 10
NO_MORE = "The approval is gone: it was used, withdrawn, or a day old. Ask again."


class NotApproved(Exception):
    """Nobody approved; the message says why, for the person at the screen."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody wants to do with a second person: exactly these `figures` are approved.

    `token` is that of the form that does it. `called` names such acts for the approver ("awards", "batches").
    """

    action: Action
    target: Target
    figures: Mapping[str, Any]
    by: Actor
    token: str
    called: str = "this"


@dataclass(frozen=True, slots=True)
class Request:
    """One request.

    `state`: open, granted, busy (used, and its act waits for Piggy), refused, spent (used for nothing), expired.
    """

    approval: Approval
    state: str
    reason: str = ""  # why it was refused, or why the act that used it was not done
    token: str = ""  # of the form that began the act which waits: sent again with it, it is the same act


def ask(wanted: Wanted, *, reason: str = "") -> Approval:
    """Ask for a second person; whoever may approve it sees it under "Waiting for you"."""
    return approvals.request_approval(
        wanted.action,
        by=wanted.by,
        target=wanted.target,
        figures=wanted.figures,
        reason=reason,
        form_token=f"{wanted.token[:90]}-ask" if wanted.token else "",
    )


def approve_in_place(wanted: Wanted, *, username: str, password: str, totp: str, check: approvals.Check) -> Approval:
    """The approval of somebody who typed their own name and password here. Raises NotApproved; then nothing is left.

    A form sent twice brings the same approval, although a code of the second factor is good only once.
    """
    begun = begun_with(wanted.token, action=wanted.action, by=wanted.by)
    if begun is not None and begun.parent is not None:
        return begun.parent.approval
    approver = check(username, password, totp)
    if approver is None:
        raise NotApproved("Name, password or code is wrong. Nothing was approved.")
    if approver.pk == wanted.by.staff.pk:
        raise NotApproved("Who asks may not approve. A second person types here.")
    if not approver.has_perm(wanted.action.approve_permission):
        raise NotApproved(f"This person may not approve {wanted.called}. Nothing was approved.")
    approval = ask(wanted)
    if canonical(approval.figures) != canonical(dict(wanted.figures)):
        raise NotApproved("This form has asked for something else before. Nothing was approved. Begin again.")
    try:
        return approvals.grant_in_place(
            approval.pk, username=username, password=password, check=lambda *typed: approver
        )
    except ValidationError as error:
        if error.code in (Status.GRANTED, Status.USED):  # the first of two clicks
            return approval
        raise NotApproved(" ".join(error.messages)) from error


def use(approval: Approval, *, act: Act, by: Actor, figures: Mapping[str, Any]) -> None:
    """Take the approval for this act and these `figures`, once, within the act's call.

    An act that Piggy asked us to send later took its approval the first time. Raises PiggyRejected when it cannot be
    taken: Piggy is not asked then.
    """
    approval.refresh_from_db()
    is_own = act.parent_id == approval.act_id
    if approval.status == Status.USED and is_own and act.events.filter(outcome=State.PLANNED).exists():
        return
    if by.shop is None or approval.shop_id != by.shop.pk:
        raise PiggyRejected(f"It was approved for {approval.shop or 'another shop'}. Pick that shop, or ask again.")
    target = Target(act.target_kind, act.target_id, act.contact_id)
    try:
        approvals.use(approval.pk, by=by, action=action_named(act.action), target=target, figures=figures)
    except (ValidationError, PermissionDenied) as error:
        raise PiggyRejected(NO_MORE) from error


def withdraw(*, approval_id: UUID, by: Actor) -> None:
    """Take a request back. One that is gone already stays as it is; somebody else's raises PermissionDenied."""
    try:
        approvals.withdraw(approval_id, by=by)
    except Approval.DoesNotExist as error:
        raise PermissionDenied("No such request.") from error
    except ValidationError:
        pass  # decided, used or withdrawn meanwhile: the page shows which


def own_approval(action: Action, *, approval_id: UUID, by: Actor, target: Target | None = None) -> Approval | None:
    """This person's own request for such an act; `target` narrows it to one thing."""
    own = Approval.objects.select_related("act", "shop", "decided_by")
    own = own.filter(pk=approval_id, requested_by=by.staff, action=action.name)
    if target is not None:
        own = own.filter(target_kind=target.kind, target_id=target.id)
    return own.first()


def requests_of(action: Action, *, by: Actor, target: Target | None = None) -> list[Request]:
    """This person's requests of the last day that still say something, the latest first.

    Those that are open, granted or busy, and of the others the latest, unless it was withdrawn or its act was done.
    """
    asked = Approval.objects.filter(
        requested_by=by.staff, action=action.name, requested_at__gte=timezone.now() - approvals.LASTS
    )
    if target is not None:
        asked = asked.filter(target_kind=target.kind, target_id=target.id)
    asked = asked.select_related("act", "shop", "decided_by").order_by("-requested_at")
    found = []
    for number, approval in enumerate(asked[:SHOWN]):
        request = _request(approval)
        if request is not None and (number == 0 or request.state in ("open", "granted", "busy")):
            found.append(request)
    return found


def _request(approval: Approval) -> Request | None:
    if approval.status in (Status.OPEN, Status.GRANTED) and approval.expires_at > timezone.now():
        return Request(approval, str(approval.status))
    if approval.status == Status.REFUSED:
        return Request(approval, "refused", _why_declined(approval))
    if approval.status == Status.USED:
        return _used(approval)
    return None if approval.status == Status.WITHDRAWN else Request(approval, "expired")


def _used(approval: Approval) -> Request | None:
    """What a taken approval still says: its act waits for Piggy, or came to nothing. None for one that was done.

    A second tab that came too late for it was refused as well, and says nothing about the act that took it.
    """
    tried = Act.objects.filter(parent=approval.act, action=approval.action, at__lte=approval.used_at).order_by("-seq")
    act = tried.exclude(state__outcome=State.REFUSED).first() or tried.first()
    told = outcome_of(act) if act else None
    if act and told and told.outcome == State.PLANNED:
        return Request(approval, "busy", told.words, act.form_token)
    return Request(approval, "spent", told.reason) if told and told.refused else None


def _why_declined(approval: Approval) -> str:
    detail = ActDetail.objects.filter(act__parent=approval.act, act__action=APPROVAL_DECLINED.name, event=None).first()
    return str(detail.words.get("reason", "")) if detail else ""
