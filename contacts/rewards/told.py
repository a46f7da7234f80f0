"""What the ledger knows of a customer's claims: by whom, whether handed over, and who may take that back now.

Piggy lists what was claimed and what waits; by which number a hand-over can be undone only our own act knows.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from django.db.models import QuerySet
from django.utils import timezone

from contacts.merging.proofs import VISIT
from contacts.rewards.actions import ALL, CLAIM, HAND_OVER, REVERSE, UNDO
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.models import Act, State
from piggyadmin.ledger.open_acts import still_open
from piggyadmin.ledger.services import acts_of

OWN_WITHIN = timedelta(minutes=15)  # so long somebody at the desk may take back what they did themselves
ANYBODYS = "contacts.reverse_reward"


@dataclass(frozen=True, slots=True)
class Told:
    """What was done about one claim from here. `redemption` is the number to undo its hand-over with."""

    claimed: Act | None = None
    handed_over: Act | None = None
    redemption: str = ""
    is_reversed: bool = False

    def may_reverse(self, actor: Actor) -> bool:
        return may_take_back(self.claimed, actor)

    def may_undo(self, actor: Actor) -> bool:
        return bool(self.redemption) and may_take_back(self.handed_over, actor)

    def was_now(self, actor: Actor) -> bool:
        """Whether it was claimed in this visit, in this shop: whoever claimed it showed then who they are."""
        if self.claimed is None or actor.shop is None or self.claimed.shop_id != actor.shop.pk:
            return False
        return timezone.now() - self.claimed.sent_at < VISIT


def may_take_back(act: Act | None, actor: Actor) -> bool:
    """Whether this person may undo that act: an admin anybody's, whoever did it just now."""
    if actor.may(ANYBODYS):
        return True
    if act is None or act.staff_id != actor.staff.pk or not actor.may(CLAIM.permission):
        return False
    return timezone.now() - act.sent_at < OWN_WITHIN


def told_of(contact_uuid: str) -> dict[str, Told]:
    """What was done from here about each of this customer's claims, by the claim's uuid. One query."""
    done = _acts(contact_uuid).filter(state__outcome=State.DONE).order_by("seq")
    found: dict[str, Told] = {}
    for act in done:
        figures = act.all_figures
        uuid = str(figures.get("claim_uuid") or "")
        told = found.get(uuid, Told())
        if act.action == CLAIM.name:
            told = replace(told, claimed=act)
        elif act.action == HAND_OVER.name:
            told = replace(told, handed_over=act, redemption=str(figures.get("redemption_uuid") or ""))
        elif act.action == UNDO.name:
            told = replace(told, handed_over=None, redemption="")
        elif act.action == REVERSE.name:
            told = replace(told, is_reversed=True)
        found[uuid] = told
    found.pop("", None)  # a person's word that a claim was made names none
    return found


def open_acts(contact_uuid: str) -> QuerySet[Act]:
    """Acts on this customer's rewards that are under way, or whose outcome nobody knows."""
    return still_open(_acts(contact_uuid))


def _acts(contact_uuid: str) -> QuerySet[Act]:
    return acts_of(contact_id=contact_uuid).filter(action__in=ALL)
