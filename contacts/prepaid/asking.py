"""A second person for a top-up over somebody's limit."""

from __future__ import annotations

from uuid import UUID

from contacts.prepaid.actions import TOP_UP
from piggyadmin.ledger import second_person
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.door import Target
from piggyadmin.ledger.models import Approval
from piggyadmin.ledger.second_person import Request, Wanted


def figures_of(*, cents: int, actor: Actor) -> dict[str, object]:
    """What is approved: so much, in this shop."""
    assert actor.shop is not None  # the ledger refuses a write without a shop
    return {"cents": cents, "shop": actor.shop.piggy_uuid}


def wanted(*, contact_uuid: str, cents: int, actor: Actor, token: str) -> Wanted:
    """A top-up, as it needs a second person."""
    figures = figures_of(cents=cents, actor=actor)
    return Wanted(TOP_UP, Target("contact", contact_uuid), figures, actor, token, called="top-ups")


def own_approval(*, approval_id: UUID, contact_uuid: str, actor: Actor) -> Approval | None:
    """This person's own request for this customer."""
    target = Target("contact", contact_uuid)
    return second_person.own_approval(TOP_UP, approval_id=approval_id, by=actor, target=target)


def requests_of(*, contact_uuid: str, actor: Actor) -> list[Request]:
    """This person's requests for this customer that still say something, the latest first."""
    return second_person.requests_of(TOP_UP, by=actor, target=Target("contact", contact_uuid))
