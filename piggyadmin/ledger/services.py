"""What pages ask of the ledger: the acts on a customer or a thing, one's own, and what waits for a person."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Max, QuerySet
from django.urls import reverse

from piggyadmin.ledger.actions import action_named, kind_named
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.approvals import granted_to, open_for
from piggyadmin.ledger.door import Target
from piggyadmin.ledger.models import Act, Approval, State

if TYPE_CHECKING:
    from piggyadmin.accounts.models import Staff

SEE_ALL = "ledger.view_all_acts"
MAKINGS = 20  # the last customers that somebody made, as far as a list of a few customers needs them


def acts() -> QuerySet[Act]:
    """All acts, the latest first, with what a list shows of them."""
    return Act.objects.select_related("state", "staff", "shop").order_by("-seq")


def visible_acts(*, actor: Actor) -> QuerySet[Act]:
    """The acts that the audit shows this person: everybody's for those who see all acts, else one's own."""
    return acts() if actor.may(SEE_ALL) else acts().filter(staff=actor.staff)


def acts_of(*, contact_id: str = "", target: Target | None = None) -> QuerySet[Act]:
    """The acts on one customer (also on their vouchers and cards), or on one target; the latest first.

    For the page of that customer or thing: everybody who may open it may see them.
    """
    if target is not None:
        return acts().filter(target_kind=target.kind, target_id=target.id)
    return acts().filter(contact_id=contact_id) if contact_id else acts().none()


def recent_acts(*, staff: Staff) -> QuerySet[Act]:
    """What this person did, the latest first."""
    return acts().filter(staff=staff)


def latest_act_for_contacts(*, staff: Staff, contact_ids: Iterable[str]) -> dict[str, Act]:
    """The last thing that this person did for each of these customers, by the customer's id: also their making."""
    asked = [contact_id for contact_id in contact_ids if contact_id]
    latest = Act.objects.filter(staff=staff, contact_id__in=asked).values("contact_id").annotate(seq=Max("seq"))
    found = {act.contact_id: act for act in acts().filter(seq__in=[row["seq"] for row in latest])}
    # Whoever makes a customer does not know the id yet: what came of the act names it.
    made = acts().filter(staff=staff, contact_id="", state__figures__contains='"contact_uuid":')
    for act in made[:MAKINGS]:
        contact_id = str(act.state.figures["contact_uuid"])
        if contact_id in asked and (contact_id not in found or found[contact_id].seq < act.seq):
            found[contact_id] = act
    return found


def open_unknowns(*, actor: Actor) -> QuerySet[Act]:
    """Acts that nobody knows the outcome of: everybody's for those who see all acts, else one's own."""
    return visible_acts(actor=actor).filter(state__outcome=State.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Waiting:
    """One entry of "Waiting for you". `kind` is "unknown", "approval" or "granted"."""

    kind: str
    pk: UUID
    title: str
    sentence: str
    at: datetime
    url: str


def waiting_for(actor: Actor) -> list[Waiting]:
    """What needs this person: lost answers, requests that they may decide, and their own that were granted.

    The oldest first.
    """
    waiting = [
        Waiting(
            "unknown", act.pk, "We did not get an answer", act.sentence, act.at, reverse("ledger:act", args=[act.pk])
        )
        for act in open_unknowns(actor=actor)
    ]
    waiting += [
        Waiting(
            "approval",
            approval.pk,
            f"{approval.requested_by.name} asks for your approval",
            approval.sentence,
            approval.requested_at,
            address_of(approval)
            if action_named(approval.action).decides_on_page
            else reverse("ledger:act", args=[approval.act_id]),
        )
        for approval in open_for(actor)
    ]
    waiting += [
        Waiting(
            "granted",
            approval.pk,
            f"{approval.decided_by.name if approval.decided_by else 'Somebody'} approved what you asked for",
            approval.sentence,
            approval.requested_at,
            address_of(approval),
        )
        for approval in granted_to(actor)
    ]
    return sorted(waiting, key=lambda item: item.at)


def address_of(approval: Approval) -> str:
    """Where an approved act is done: its own page, else the page of its target, else the request itself."""
    page = action_named(approval.action).page
    if page:
        return reverse(page, args=[approval.target_id])
    return kind_named(approval.target_kind).url(approval.target_id) or reverse("ledger:act", args=[approval.act_id])
