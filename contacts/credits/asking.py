"""A second person for an award: asked through "Waiting for you", or with name and password on the asker's screen."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from contacts.credits.actions import AWARD
from contacts.credits.wishes import Wish, wish_of
from piggyadmin.ledger import approvals
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.door import Target
from piggyadmin.ledger.models import Act, ActDetail, Approval, State
from piggyadmin.ledger.outcomes import Outcome, outcome_of
from piggyadmin.ledger.own_actions import APPROVAL_DECLINED
from piggyadmin.piggy.errors import PiggyRejected

Status = Approval.Status
NO_MORE = "The approval is gone: it was used, withdrawn, or a day old. Ask again."


class NotApproved(Exception):
    """Nobody approved; the message says why, for the person at the screen."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request for an award to this customer. `state`: open, granted, refused, spent (used for nothing), expired."""

    approval: Approval
    state: str
    wish: Wish
    credits: int
    reason: str = ""  # why it was refused, or why the award that used it was not made


def figures_of(*, wish: Wish, credits: int, actor: Actor) -> dict[str, object]:
    """What is approved: the credits shown, the amount they come from, the shop."""
    assert actor.shop is not None  # the ledger refuses a write without a shop
    return {"credits": credits, "shop": actor.shop.piggy_uuid, **wish.figures()}


def ask(*, contact_uuid: str, wish: Wish, credits: int, actor: Actor, token: str, reason: str = "") -> Approval:
    """Ask for a second person; whoever may approve awards sees it under "Waiting for you"."""
    return approvals.request_approval(
        AWARD,
        by=actor,
        target=Target("contact", contact_uuid),
        figures=figures_of(wish=wish, credits=credits, actor=actor),
        reason=reason,
        form_token=_token_of_asking(token),
    )


def approve_in_place(
    *,
    contact_uuid: str,
    wish: Wish,
    credits: int,
    actor: Actor,
    token: str,
    username: str,
    password: str,
    totp: str,
    check: approvals.Check,
) -> Approval:
    """The approval of somebody who typed their own name and password here. Raises NotApproved; then nothing is left.

    A form sent twice brings the same approval, although a code of the second factor is good only once.
    """
    begun = Act.objects.filter(form_token=token, action=AWARD.name, staff=actor.staff).select_related("parent").first()
    if begun is not None and begun.parent is not None:
        return begun.parent.approval
    approver = check(username, password, totp)
    if approver is None:
        raise NotApproved("Name, password or code is wrong. Nothing was approved.")
    if approver.pk == actor.staff.pk:
        raise NotApproved("Who asks may not approve. A second person types here.")
    if not approver.has_perm(AWARD.approve_permission):
        raise NotApproved("This person may not approve awards. Nothing was approved.")
    approval = ask(contact_uuid=contact_uuid, wish=wish, credits=credits, actor=actor, token=token)
    try:
        return approvals.grant_in_place(
            approval.pk, username=username, password=password, check=lambda *typed: approver
        )
    except ValidationError as error:
        if error.code in (Status.GRANTED, Status.USED):  # the first of two clicks
            return approval
        raise NotApproved(" ".join(error.messages)) from error


def withdraw(*, approval_id: UUID, actor: Actor) -> None:
    """Take a request back. One that is gone already stays as it is; somebody else's raises PermissionDenied."""
    try:
        approvals.withdraw(approval_id, by=actor)
    except Approval.DoesNotExist as error:
        raise PermissionDenied("No such request.") from error
    except ValidationError:
        pass  # decided, used or withdrawn meanwhile: the page shows which


def own_approval(*, approval_id: UUID, contact_uuid: str, actor: Actor) -> Approval | None:
    """This person's own request for an award to this customer."""
    own = Approval.objects.select_related("act", "shop", "decided_by")
    return own.filter(
        pk=approval_id,
        requested_by=actor.staff,
        action=AWARD.name,
        target_kind="contact",
        target_id=contact_uuid,
    ).first()


def use(approval: Approval, *, act: Act, actor: Actor) -> None:
    """Take the approval for this act, once, within the act's call. PiggyRejected when it cannot be taken.

    An act that Piggy asked us to send later took its approval the first time.
    """
    approval.refresh_from_db()
    is_own = act.parent_id == approval.act_id
    if approval.status == Status.USED and is_own and act.events.filter(outcome=State.PLANNED).exists():
        return
    if actor.shop is None or approval.shop_id != actor.shop.pk:
        raise PiggyRejected(f"It was approved for {approval.shop or 'another shop'}. Pick that shop, or ask again.")
    try:
        approvals.use(
            approval.pk,
            by=actor,
            action=AWARD,
            target=Target(approval.target_kind, approval.target_id, approval.contact_id),
            figures=approval.figures,
        )
    except (ValidationError, PermissionDenied) as error:
        raise PiggyRejected(NO_MORE) from error


def requests_of(*, contact_uuid: str, actor: Actor) -> list[Request]:
    """This person's requests of the last day that still say something, the latest first.

    Those that are open or granted, and of the others the latest, unless it was withdrawn or its award was made.
    """
    asked = Approval.objects.filter(
        requested_by=actor.staff,
        action=AWARD.name,
        target_kind="contact",
        target_id=contact_uuid,
        requested_at__gte=timezone.now() - approvals.LASTS,
    )
    found = []
    for number, approval in enumerate(asked.select_related("act", "shop", "decided_by").order_by("-requested_at")[:10]):
        request = _request(approval)
        if request is not None and (number == 0 or request.state in ("open", "granted")):
            found.append(request)
    return found


def _request(approval: Approval) -> Request | None:
    wish, credits = wish_of(approval.figures), int(approval.figures["credits"])
    if approval.status in (Status.OPEN, Status.GRANTED) and approval.expires_at > timezone.now():
        return Request(approval, str(approval.status), wish, credits)
    if approval.status == Status.REFUSED:
        return Request(approval, "refused", wish, credits, _why_declined(approval))
    if approval.status == Status.USED:
        award = _award_by(approval)
        return Request(approval, "spent", wish, credits, award.reason) if award and award.refused else None
    return None if approval.status == Status.WITHDRAWN else Request(approval, "expired", wish, credits)


def _award_by(approval: Approval) -> Outcome | None:
    """The last award that was tried with this approval."""
    tries = Act.objects.filter(parent=approval.act, action=AWARD.name).order_by("-seq")
    last = tries.first()
    return outcome_of(last) if last else None


def _why_declined(approval: Approval) -> str:
    detail = ActDetail.objects.filter(act__parent=approval.act, act__action=APPROVAL_DECLINED.name, event=None).first()
    return str(detail.words.get("reason", "")) if detail else ""


def _token_of_asking(token: str) -> str:
    return f"{token[:90]}-ask" if token else ""
