"""The programme, its tiers, units and gift card programmes, read at once; and making a unit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from django.conf import settings

from contacts.editing.guards import insist_on_clear, nothing_sent
from piggyadmin import piggy
from piggyadmin.catalogue.listing import holds
from piggyadmin.catalogue.programme.actions import CREATE_UNIT, UNIT
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.door import Target, perform
from piggyadmin.ledger.models import Act
from piggyadmin.ledger.open_acts import still_open
from piggyadmin.ledger.outcomes import Outcome
from piggyadmin.ledger.services import acts, acts_of
from piggyadmin.piggy.client import Piggy
from piggyadmin.piggy.errors import PiggyRejected
from piggyadmin.piggy.payloads import GiftcardProgram, LoyaltyProgram, Tier, Unit

T = TypeVar("T")
UNREAD = "The units could not be read. Nothing was sent."
EARLIER = "Nobody knows yet what became of an earlier try. Look at that first."
TAKEN = "There is a unit of this name already."


@dataclass(frozen=True, slots=True)
class Sight:
    """Four answers of Piggy's: each may have failed by itself."""

    programme: piggy.Answer[LoyaltyProgram]
    tiers: piggy.Answer[list[Tier]]
    units: piggy.Answer[list[Unit]]
    giftcards: piggy.Answer[list[GiftcardProgram]]
    open_acts: list[Act]  # units whose making nobody knows the outcome of

    def holding(self, words: str) -> Sight:
        """The same with those tiers, units and gift card programmes alone whose names and texts hold all `words`."""
        if not words:
            return self
        return replace(
            self,
            tiers=_only(self.tiers, lambda tier: holds(words, tier.name, tier.description)),
            units=_only(self.units, lambda unit: holds(words, unit.label, unit.name, unit.prefix)),
            giftcards=_only(self.giftcards, lambda each: holds(words, each.name)),
        )

    @property
    def default_unit(self) -> Unit | None:
        return next((each for each in self.units.value or [] if each.is_default), None)


def _only(answer: piggy.Answer[list[T]], is_wanted: Callable[[T], bool]) -> piggy.Answer[list[T]]:
    return answer if answer.value is None else replace(answer, value=[each for each in answer.value if is_wanted(each)])


def look() -> Sight:
    """The programme as Piggy shows it now: all asked at once. Raises nothing of Piggy's."""
    answers: dict[str, piggy.Answer[Any]] = piggy.gather(
        {
            "programme": lambda client: client.get_loyalty_program(),
            "tiers": lambda client: sorted(client.list_tiers(), key=_position),
            "units": lambda client: client.list_units(),
            "giftcards": lambda client: sorted(client.list_giftcard_programs(), key=lambda each: not each.active),
        },
        seconds=settings.PIGGY_TIMEOUT,
    )
    return Sight(**answers, open_acts=open_units())


def open_units() -> list[Act]:
    """Makings of units that are under way or unknown, the latest first."""
    return list(still_open(acts().filter(action=CREATE_UNIT.name)))


def units() -> list[Unit]:
    """All units. Raises PiggyError."""
    return _client().list_units()


def make_unit(*, name: str, label: str, sign: str, is_default: bool, actor: Actor, token: str) -> Outcome:
    """Make a unit, once for each form; `sign` stands before its numbers.

    Its name is its key at Piggy: one that is there already is refused. Raises PermissionDenied.
    """
    client = piggy.get_client()
    target = Target(UNIT.name, name)

    def call(act: Act) -> Unit:
        insist_on_clear(act, acts_of(target=target), EARLIER)
        with nothing_sent(UNREAD):
            if any(each.name == name for each in client.list_units()):
                raise PiggyRejected(TAKEN)
        return client.create_unit(name=name, label=label, prefix=sign or None, is_default=is_default)

    return perform(
        CREATE_UNIT,
        by=actor,
        target=target,
        figures={"is_default": is_default},
        detail={"label": label, "sign": sign},
        form_token=token,
        call=call,
    )


def _position(tier: Tier) -> tuple[bool, int]:
    return tier.position is None, tier.position or 0


def _client() -> Piggy:
    return piggy.get_client(seconds=settings.PIGGY_TIMEOUT)
