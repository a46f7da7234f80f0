"""A customer's cards: read them, link, make, rename, switch, unlink; and what to do with a card that nobody has.

A write looks first at whose the card is. What that look forbids is told and not sent. A form that was sent before is
not looked at again: its act has its outcome.
"""

from dataclasses import dataclass
from typing import Any

from django.conf import settings

from contacts.cards import actions, replacing, writes
from contacts.cards.replacing import Replacement
from contacts.cards.sights import Sight, Whose, acts_on, card_of, held, look_at, words_of
from piggyadmin import piggy
from piggyadmin.ledger import settling
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.door import begun_with, was_begun
from piggyadmin.ledger.models import Act
from piggyadmin.ledger.open_acts import still_open
from piggyadmin.ledger.outcomes import Outcome, outcome_of
from piggyadmin.ledger.services import acts_of
from piggyadmin.piggy.errors import PiggyInvalid, PiggyNotFound
from piggyadmin.piggy.payloads import Contact, ContactIdentifier
from piggyadmin.piggy.pool import Answer

LOOKS_AT_ONCE = 5


@dataclass(frozen=True, slots=True)
class CardsPage:
    """The customer and their cards, each with the moment it was read or its error; what is open about the cards."""

    contact_uuid: str
    contact: Answer[Contact]
    cards: Answer[list[ContactIdentifier]]
    open_acts: list[Act]
    replacements: list[Replacement]

    @property
    def missing(self) -> bool:
        """Piggy has no such customer (any more), or could not have one: an id of a form that it never gives."""
        return isinstance(self.contact.error, PiggyNotFound | PiggyInvalid)


@dataclass(frozen=True, slots=True)
class Linking:
    """What came of the wish to link a card: an act's outcome, or else the sight that there is no act for (yet)."""

    sight: Sight | None = None
    outcome: Outcome | None = None


def cards_page(*, contact_uuid: str) -> CardsPage:
    """Customer and cards, asked at once within PIGGY_TIMEOUT seconds."""
    answers: dict[str, Any] = piggy.gather(
        {
            "contact": lambda client: client.get_contact(contact_uuid=contact_uuid),
            "cards": lambda client: client.list_identifiers(contact_uuid=contact_uuid),
        },
        seconds=settings.PIGGY_TIMEOUT,
    )
    return CardsPage(
        contact_uuid=contact_uuid,
        contact=answers["contact"],
        cards=answers["cards"],
        open_acts=open_acts(contact_uuid=contact_uuid),
        replacements=unfinished(contact_uuid=contact_uuid),
    )


def open_acts(*, contact_uuid: str) -> list[Act]:
    """Acts on this customer's cards that nobody knows the outcome of, the latest first."""
    unclear = acts_of(contact_id=contact_uuid).filter(target_kind="card")
    return list(still_open(unclear))


def unfinished(*, contact_uuid: str) -> list[Replacement]:
    """Replacements of this customer's cards that stopped half-way, the latest first; from our own books alone."""
    return replacing.unfinished(contact_uuid=contact_uuid)


def look(*, contact_uuid: str) -> list[Outcome]:
    """Read back from Piggy what nobody knows about this customer's cards; what is known of each act now."""
    return [settling.look(act.pk) for act in open_acts(contact_uuid=contact_uuid)[:LOOKS_AT_ONCE]]


def open_on(*, card: str) -> list[Outcome]:
    """What is known of each act about whose this card is that has no known outcome, the latest first."""
    open_ones = still_open(acts_on(card, writes.HOLDING))
    return [outcome_of(act) for act in open_ones if card_of(act) == card]


def look_on(*, card: str) -> list[Outcome]:
    """Read back from Piggy what nobody knows about whose this card is."""
    return [settling.look(one.act_id) for one in open_on(card=card)[:LOOKS_AT_ONCE]]


def read_contact(*, contact_uuid: str) -> Contact | None:
    """The customer, or None when Piggy does not have them."""
    try:
        return piggy.get_client(seconds=settings.PIGGY_TIMEOUT).get_contact(contact_uuid=contact_uuid)
    except (PiggyNotFound, PiggyInvalid):
        return None


def link(*, contact_uuid: str, card: str, actor: Actor, token: str, may_make: bool = False) -> Linking:
    """Give a card to this customer, if nobody has it; one that Piggy does not know is made if `may_make`.

    Raises NotACard, PermissionDenied, and PiggyError when Piggy could not be asked whose it is: then nothing was sent.
    """
    earlier = begun_with(token)
    if earlier is not None:
        write = writes.make if earlier.action == actions.MAKE.name else writes.link
        card = card_of(earlier) or card
        return Linking(outcome=write(card=card, contact_uuid=contact_uuid, actor=actor, token=token))
    sight = look_at(card=card, contact_uuid=contact_uuid)
    if sight.whose is Whose.FREE:
        return Linking(sight, writes.link(card=sight.card, contact_uuid=contact_uuid, actor=actor, token=token))
    if sight.whose is Whose.UNKNOWN and may_make:
        return Linking(sight, writes.make(card=sight.card, contact_uuid=contact_uuid, actor=actor, token=token))
    return Linking(sight)


def switch(*, contact_uuid: str, card: str, on: bool, actor: Actor, token: str) -> Outcome:
    """Switch one of this customer's cards off or on. Raises NotTheirs, PermissionDenied, PiggyError as `link` does."""
    _insist_on_theirs(card, contact_uuid, token)
    return writes.switch(card=card, contact_uuid=contact_uuid, on=on, actor=actor, token=token)


def rename(*, contact_uuid: str, card: str, name: str, actor: Actor, token: str) -> Outcome:
    """Give one of this customer's cards another name. Raises as `switch` does."""
    earlier = begun_with(token)
    if earlier is not None:
        before = str(words_of(earlier).get("from", ""))
    else:
        before = (held(card=card, contact_uuid=contact_uuid).name or "").strip()
    return writes.rename(card=card, contact_uuid=contact_uuid, before=before, name=name, actor=actor, token=token)


def unlink(*, contact_uuid: str, card: str, actor: Actor, token: str) -> Outcome:
    """Take a card from this customer; it exists on, nobody's. Raises as `switch` does."""
    _insist_on_theirs(card, contact_uuid, token)
    return writes.unlink(card=card, contact_uuid=contact_uuid, actor=actor, token=token)


def create_anonymous(*, actor: Actor, card: str, token: str) -> Outcome:
    """Make an anonymous customer with this card ("" for one without); done, `figures["contact_uuid"]` says who.

    A card that Piggy does not know is made first, nobody's: two acts. When the second does not come about, the card
    stays, and the next try goes on with it. A card that somebody has, or that is off, is refused before anything is
    sent (`CardTaken`). Raises NotACard, PermissionDenied, and PiggyError when Piggy could not be asked whose it is.
    """
    earlier = begun_with(token)
    if earlier is not None:
        card = card_of(earlier) or card
    elif card:
        sight = look_at(card=card)
        card = sight.card
        if sight.whose is Whose.UNKNOWN:
            made = writes.make_free(card=card, actor=actor, token=f"{token[:90]}-card")
            if not made.done:
                return made
        elif sight.whose is not Whose.FREE:
            raise CardTaken(sight)
    return writes.new_anonymous(card=card, actor=actor, token=token)


class CardTaken(Exception):
    """A card that cannot be given to a new customer: somebody has it, or it is off. Nothing was sent."""

    def __init__(self, sight: Sight) -> None:
        super().__init__(sight.end)
        self.sight = sight


def _insist_on_theirs(card: str, contact_uuid: str, token: str) -> None:
    """Refuse (NotTheirs) a card that is not in this customer's list now; a form sent before was looked at then."""
    if not was_begun(token):
        held(card=card, contact_uuid=contact_uuid)
