"""Perks, read live; made, renamed and deleted. Which tier has which value of one is told by no call of Piggy's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.utils import timezone

from contacts.editing.guards import insist_on_clear, nothing_sent
from piggyadmin import piggy
from piggyadmin.catalogue.listing import holds
from piggyadmin.catalogue.programme.actions import CREATE_PERK, DELETE_PERK, PERK, PERKS, RENAME_PERK
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.door import Target, begun_with, give_up, perform
from piggyadmin.ledger.models import Act
from piggyadmin.ledger.open_acts import still_open
from piggyadmin.ledger.outcomes import Outcome, outcome_of
from piggyadmin.ledger.services import acts_of
from piggyadmin.piggy.errors import PiggyInvalid, PiggyNotFound, PiggyRejected
from piggyadmin.piggy.payloads import Perk

ACTS_SHOWN = 8
NO_SUCH_CALL = (404, 405, 410)  # how a server says that it does not know the address at all
UNREAD = "The perk could not be read. Nothing was changed."
UNREAD_LIST = "The perks could not be read. Nothing was sent."
EARLIER = "Nobody knows yet what became of an earlier try. Look at that first."
CHANGED = "Somebody renamed it meanwhile. Look at its name now, and try again."
TAKEN = "There is a perk of this key already."
NOT_OFFERED = "Piggy does not let perks be deleted from here any more. Delete it in Piggy’s own dashboard."


class NoPerk(Exception):
    """Piggy has no perk of this id."""


@dataclass(frozen=True, slots=True)
class Listed:
    perks: list[Perk]
    total: int
    read_at: datetime
    open_acts: list[Act]  # makings that nobody knows the outcome of


@dataclass(frozen=True, slots=True)
class Sight:
    perk: Perk
    read_at: datetime
    open_acts: list[Act]
    acts: list[Act] = field(default_factory=list)


def listed(*, words: str = "", data_type: str = "") -> Listed:
    """Perks by label. Raises PiggyError."""
    found = piggy.get_client(seconds=settings.PIGGY_TIMEOUT).list_perks()
    read_at = timezone.now()
    chosen = [each for each in found if holds(words, each.label, each.name) and data_type in ("", each.data_type)]
    open_acts = list(still_open(acts_of(target=_all())))
    return Listed(sorted(chosen, key=lambda each: (each.label or "").casefold()), len(found), read_at, open_acts)


def look(*, perk_uuid: str) -> Sight:
    """One perk with its options, and what was done about it. Raises NoPerk, PiggyError."""
    try:
        perk = piggy.get_client(seconds=settings.PIGGY_TIMEOUT).get_perk(perk_uuid=perk_uuid)
    except (PiggyNotFound, PiggyInvalid) as error:
        raise NoPerk(perk_uuid) from error
    about = acts_of(target=_one(perk_uuid))
    return Sight(perk, timezone.now(), list(still_open(about)), list(about[:ACTS_SHOWN]))


def make(
    *, label: str, name: str, data_type: str, options: Sequence[tuple[str, str]], default: str, actor: Actor, token: str
) -> Outcome:
    """Make a perk, once for each form. A lost answer is found again by its key, so one that is taken is refused.

    Raises PermissionDenied.
    """
    client = piggy.get_client()

    def call(act: Act) -> Perk:
        insist_on_clear(act, acts_of(target=_all()), EARLIER)
        with nothing_sent(UNREAD_LIST):
            if any(each.name == name for each in client.list_perks()):
                raise PiggyRejected(TAKEN)
        return client.create_perk(label=label, name=name, data_type=data_type, options=options, default=default)

    return perform(
        CREATE_PERK,
        by=actor,
        target=_all(),
        figures={"data_type": data_type, "options": len(options)},
        detail={"label": label, "perk_name": name},
        form_token=token,
        call=call,
        done_figures=lambda made: {"perk_uuid": made.uuid},
    )


def rename(*, perk_uuid: str, label: str, before: str, actor: Actor, token: str) -> Outcome:
    """Give a perk another label, `before` being the one that was shown. Raises PermissionDenied."""
    client = piggy.get_client()

    def call(act: Act) -> Perk:
        insist_on_clear(act, acts_of(target=_one(perk_uuid)), EARLIER)
        with nothing_sent(UNREAD):
            if (client.get_perk(perk_uuid=perk_uuid).label or "") != before:
                raise PiggyRejected(CHANGED)
        return client.update_perk(perk_uuid, label=label)

    outcome = perform(
        RENAME_PERK,
        by=actor,
        target=_one(perk_uuid),
        detail={"label": label, "label_before": before},
        form_token=token,
        call=call,
    )
    give_up(token, by=actor)  # one that Piggy wants later: the next press begins anew
    return outcome


def delete(*, perk_uuid: str, label: str, actor: Actor, token: str) -> Outcome:
    """Delete a perk, for every tier. It cannot be brought back. Raises PermissionDenied."""
    client = piggy.get_client()

    def call(act: Act) -> None:
        insist_on_clear(act, acts_of(target=_one(perk_uuid)), EARLIER)
        try:
            client.delete_perk(perk_uuid)
        except PiggyRejected as error:
            if error.status in NO_SUCH_CALL and error.code is None:
                raise PiggyRejected(NOT_OFFERED, status=error.status, request_id=error.request_id) from error
            raise

    outcome = perform(
        DELETE_PERK, by=actor, target=_one(perk_uuid), detail={"label": label}, form_token=token, call=call
    )
    give_up(token, by=actor)  # one that Piggy wants later: the next press begins anew
    return outcome


def deleted_by(token: str, *, perk_uuid: str, actor: Actor) -> Outcome | None:
    """What this form's deletion of the perk came to, if it is this person's own: a second click finds no perk."""
    act = begun_with(token, action=DELETE_PERK, by=actor, target_id=perk_uuid)
    return outcome_of(act) if act else None


def _one(perk_uuid: str) -> Target:
    return Target(PERK.name, perk_uuid)


def _all() -> Target:
    return Target(PERKS.name, "")
