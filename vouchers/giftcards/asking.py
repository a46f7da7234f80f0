"""A second person for a top-up over somebody's limit."""

from __future__ import annotations

from uuid import UUID

from piggyadmin.ledger import second_person
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.door import Target
from piggyadmin.ledger.models import Approval
from piggyadmin.ledger.second_person import Request, Wanted
from vouchers.giftcards.actions import TOP_UP


def figures_of(*, cents: int, code_end: str, actor: Actor) -> dict[str, object]:
    """What is approved: so much, on this card, in this shop."""
    assert actor.shop is not None  # the ledger refuses a write without a shop
    return {"cents": cents, "code_end": code_end, "shop": actor.shop.piggy_uuid}


def wanted(*, giftcard_uuid: str, cents: int, code_end: str, actor: Actor, token: str) -> Wanted:
    """A top-up, as it needs a second person."""
    figures = figures_of(cents=cents, code_end=code_end, actor=actor)
    return Wanted(TOP_UP, Target("giftcard", giftcard_uuid), figures, actor, token, called="top-ups of gift cards")


def own_approval(*, approval_id: UUID, giftcard_uuid: str, actor: Actor) -> Approval | None:
    """This person's own request for this card."""
    target = Target("giftcard", giftcard_uuid)
    return second_person.own_approval(TOP_UP, approval_id=approval_id, by=actor, target=target)


def requests_of(*, giftcard_uuid: str, actor: Actor) -> list[Request]:
    """This person's requests for this card that still say something, the latest first."""
    return second_person.requests_of(TOP_UP, by=actor, target=Target("giftcard", giftcard_uuid))
