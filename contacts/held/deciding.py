"""Propose a held act, approve it, cancel it, close its incident: what people do with one, whatever its kind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from contacts.held import sending
from contacts.held.kinds import CannotPropose, HeldKind, Row, kind_of, row_of
from contacts.models import HeldAct
from piggyadmin.ledger import approvals, door
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.canonical import canonical
from piggyadmin.ledger.models import Act, Approval
from piggyadmin.ledger.second_person import NotApproved

State = HeldAct.State


class TooLate(Exception):
    """It is not as it was when the page was shown. The message says so, for whoever pressed the button."""


def propose(kind: HeldKind[Row], row: Row, *, by: Actor, reason: str, token: str) -> Row:
    """Keep a new row, and ask for a second person. A form sent twice proposes once, and brings the first row.

    Raises CannotPropose, PermissionDenied (also door.TokenRefused for a form sent again with other values).
    """
    row.pk = row.id = uuid5(NAMESPACE_URL, f"held:{kind.name}:{by.staff.pk}:{token}")
    row.proposed_by, row.proposed_at, row.shop = by.staff, timezone.now(), by.shop
    figures = kind.figures(row)
    with transaction.atomic():
        # The request comes first: it holds the ledger's head, so that of two who propose the second sees the first.
        approval = approvals.request_approval(
            kind.action, by=by, target=kind.target(row), figures=figures, reason=reason, form_token=token
        )
        known: Row | None = kind.model.objects.filter(pk=row.pk).first()
        if known is not None:
            if canonical(approval.figures) != canonical(figures):
                raise door.OtherValues("This form was sent before with other values. Open the page again.")
            return known
        kind.refuse(row)
        row.approval, row.propose_act_id, row.proposed_at = approval, approval.act_id, approval.requested_at
        row.save(force_insert=True)
    return row


def approve(row: HeldAct, *, by: Actor, at_once: bool | None = None, reason: str = "") -> None:
    """Approve a proposal. `at_once` (the customer is standing here) leaves the hold out; None: as it was proposed.

    Raises PermissionDenied, ValidationError (it cannot wait, and nobody wrote why), TooLate.
    """
    if at_once and not row.customer_is_here and not reason.strip():
        raise ValidationError("Write why it cannot wait.", code="required")
    with transaction.atomic():
        # The request first, as everybody who decides takes it: else two of them could wait for each other.
        Approval.objects.select_for_update().get(pk=_approval_id(row))
        kept = _locked(row)
        if at_once is not None and at_once != kept.customer_is_here:
            kept.customer_is_here = at_once
            kept.save(update_fields=["customer_is_here"])
        try:
            approvals.decide(_approval_id(kept), by=by, granted=True, reason=reason)
        except ValidationError as error:
            raise TooLate(" ".join(error.messages)) from error


def approve_in_place(
    row: HeldAct, *, by: Actor, username: str, password: str, totp: str, check: approvals.Check, **how: Any
) -> None:
    """The approval of somebody who typed their own name and password on `by`'s screen. Raises NotApproved, ...

    `how` is `at_once` and `reason` of `approve`.
    """
    approver = check(username, password, totp)
    if approver is None:
        raise NotApproved("Name, password or code is wrong. Nothing was approved.")
    if approver.pk == by.staff.pk:
        raise NotApproved("You are signed in as this person: use the button, or have somebody else type here.")
    try:
        approve(row, by=Actor(approver, approver.role, row.shop), **how)
    except PermissionDenied as error:
        raise NotApproved(
            "This person may not approve it: who flagged or proposed it may not, and not everybody has the right. "
            "Nothing was approved."
        ) from error


def decline(row: HeldAct, *, by: Actor, reason: str) -> None:
    """Do not approve it. Raises PermissionDenied, ValidationError (no reason), TooLate."""
    try:
        approvals.decide(_approval_id(row), by=by, granted=False, reason=reason)
    except ValidationError as error:
        if error.code in ("required", "max_length"):
            raise
        raise TooLate(" ".join(error.messages)) from error


def withdraw(row: HeldAct, *, by: Actor) -> None:
    """Who proposed it takes it back. Raises PermissionDenied for anybody else, TooLate."""
    try:
        approvals.withdraw(_approval_id(row), by=by)
    except ValidationError as error:
        raise TooLate(" ".join(error.messages)) from error


def cancel(row: HeldAct, *, by: Actor, reason: str = "") -> None:
    """Stop what is held, before it is sent. Raises PermissionDenied, TooLate."""
    kind = kind_of(row)
    door.check_may(kind.told.cancelled, by)
    with transaction.atomic():
        kept = _locked(row)
        if kept.state != State.HELD:
            raise TooLate(f"Too late to cancel: {kept.get_state_display()}.")
        if sending.is_out(kept):
            raise TooLate("Too late to cancel: it was sent, or may have been. Look again in a minute.")
        kept.state, kept.ended_at, kept.look_at, kept.problems = State.CANCELLED, timezone.now(), None, ["cancelled"]
        kept.save(update_fields=["state", "ended_at", "look_at", "problems"])
        sending.give_up(kept)
        _tell(kind, kept, "cancelled", by, reason)


def close(row: HeldAct, *, by: Actor, reason: str) -> None:
    """Put an incident away that still waits for the contact to go. Raises as `decline` does."""
    kind = kind_of(row)
    if not reason.strip():
        raise ValidationError("Write what you found out.", code="required")
    with transaction.atomic():
        kept = _locked(row)
        if kept.state != State.INCIDENT or kept.ended_at is not None:
            raise TooLate("There is no open incident any more.")
        kept.ended_at, kept.look_at = timezone.now(), None
        kept.save(update_fields=["ended_at", "look_at"])
        _tell(kind, kept, "closed", by, reason)


def _tell(kind: HeldKind[Any], row: HeldAct, what: str, by: Actor, reason: str) -> Act:
    detail: Mapping[str, Any] | None = {"reason": reason.strip()} if reason.strip() else None
    parent = row.approval.act if row.approval else None
    return door.record(
        getattr(kind.told, what),
        by=by,
        target=kind.target(row),
        figures=kind.names(row),  # the words may be about either
        detail=detail,
        parent=parent,
    )


def _locked(row: HeldAct) -> HeldAct:
    kind = kind_of(row)
    kind.model.objects.select_for_update(of=("self",)).get(pk=row.pk)
    found: HeldAct = row_of(kind, row.pk)
    return found


def _approval_id(row: HeldAct) -> UUID:
    if row.approval_id is None:
        raise TooLate("Nobody was asked.")
    found: UUID = row.approval_id
    return found


__all__ = [
    "CannotPropose",
    "NotApproved",
    "TooLate",
    "approve",
    "approve_in_place",
    "cancel",
    "close",
    "decline",
    "propose",
    "withdraw",
]
