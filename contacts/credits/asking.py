"""A second person for an award: asked through "Waiting for you", or with name and password on the asker's screen."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from contacts.credits.actions import AWARD
from contacts.credits.wishes import Wish, wish_of
from piggyadmin.ledger import second_person
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.door import Target
from piggyadmin.ledger.models import Approval
from piggyadmin.ledger.second_person import Wanted


@dataclass(frozen=True, slots=True)
class Request:
    """One request for an award to this customer. `state` as in `second_person`."""

    approval: Approval
    state: str
    wish: Wish
    credits: int
    reason: str = ""  # why it was refused, or why the award that used it was not made
    token: str = ""  # of the award that waits


def figures_of(*, wish: Wish, credits: int, actor: Actor) -> dict[str, object]:
    """What is approved: the credits shown, the amount they come from, the shop."""
    assert actor.shop is not None  # the ledger refuses a write without a shop
    return {"credits": credits, "shop": actor.shop.piggy_uuid, **wish.figures()}


def wanted(*, contact_uuid: str, wish: Wish, credits: int, actor: Actor, token: str) -> Wanted:
    """An award, as it needs a second person."""
    figures = figures_of(wish=wish, credits=credits, actor=actor)
    return Wanted(AWARD, Target("contact", contact_uuid), figures, actor, token, called="awards")


def own_approval(*, approval_id: UUID, contact_uuid: str, actor: Actor) -> Approval | None:
    """This person's own request for an award to this customer."""
    return second_person.own_approval(AWARD, approval_id=approval_id, by=actor, target=Target("contact", contact_uuid))


def requests_of(*, contact_uuid: str, actor: Actor) -> list[Request]:
    """This person's requests for awards to this customer that still say something, the latest first."""
    asked = second_person.requests_of(AWARD, by=actor, target=Target("contact", contact_uuid))
    return [
        Request(each.approval, each.state, wish_of(figures), int(figures["credits"]), each.reason, each.token)
        for each in asked
        for figures in [each.approval.figures]
    ]
