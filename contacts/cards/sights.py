"""A card as Piggy shows it just now, and the acts of ours on it that nobody knows the outcome of."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from django.conf import settings
from django.db.models import QuerySet

from piggyadmin import codes, piggy
from piggyadmin.ledger.actions import Action
from piggyadmin.ledger.models import Act, State
from piggyadmin.ledger.open_acts import still_open, was_before
from piggyadmin.ledger.services import acts
from piggyadmin.piggy.client import Piggy
from piggyadmin.piggy.errors import PiggyInvalid, PiggyNotFound, PiggyRejected
from piggyadmin.piggy.payloads import ContactIdentifier
from piggyadmin.templatetags.words import moment_words

CARD_IS_OFF = 60004


class NotACard(Exception):
    """What was typed can be no card; the message says why, for the person who typed it."""


class NotTheirs(Exception):
    """The card is not (or not any more) among the cards of the customer on whose page it was chosen."""


class Whose(StrEnum):
    UNKNOWN = "unknown"  # Piggy has no such card
    FREE = "free"  # it exists, and belongs to nobody
    OWN = "own"  # this customer's
    OWN_OFF = "own_off"  # this customer's, and switched off
    OTHERS = "others"
    OFF = "off"  # switched off, and not this customer's: Piggy does not say whose


SENTENCES = {
    Whose.UNKNOWN: "Piggy does not know this card yet.",
    Whose.FREE: "This card belongs to nobody yet.",
    Whose.OWN: "This card is this customer’s already.",
    Whose.OWN_OFF: "This card is this customer’s, and switched off. An admin can switch it on again.",
    Whose.OTHERS: "This card belongs to another customer.",
    Whose.OFF: "This card is switched off. An admin can switch it on, on the page of the customer who has it.",
}


@dataclass(frozen=True, slots=True)
class Sight:
    """`card` is spelled as Piggy has it, or as it would be made. `contact_uuid` is whose it is, where Piggy says so."""

    card: str
    whose: Whose
    contact_uuid: str = ""

    @property
    def end(self) -> str:
        return ending(self.card)

    @property
    def words(self) -> str:
        """How it stands, for the person who wants to link it."""
        return SENTENCES[self.whose]


def ending(card: str) -> str:
    """The last characters, by which pages and the ledger call a card. Never an @, which is the sign of an address."""
    return codes.last_four(card).replace("@", "?")


def look_at(*, card: str, contact_uuid: str = "") -> Sight:
    """Whose the card is, seen from this customer. Typed with blanks it is looked for with and without them.

    Raises NotACard, and PiggyError when Piggy could not be asked.
    """
    client = piggy.get_client(seconds=settings.PIGGY_TIMEOUT)
    spellings = codes.spellings(card)
    for spelling in spellings:
        sight = _find(client, spelling, contact_uuid)
        if sight.whose is not Whose.UNKNOWN:
            return sight
    return Sight(spellings[-1], Whose.UNKNOWN)


def _find(client: Piggy, card: str, contact_uuid: str) -> Sight:
    try:
        found = client.find_identifier(value=card)
    except PiggyNotFound:
        return Sight(card, Whose.UNKNOWN)
    except PiggyInvalid as error:
        raise NotACard("Piggy takes no such card number. Scan once more, or type it as printed.") from error
    except PiggyRejected as error:
        if error.code != CARD_IS_OFF:
            raise
        is_own = bool(contact_uuid) and _listed(client, card, contact_uuid) is not None
        return Sight(card, Whose.OWN_OFF, contact_uuid) if is_own else Sight(card, Whose.OFF)
    whose = found.contact.uuid if found.contact else ""
    is_own = whose == contact_uuid
    if found.active is False:
        return Sight(card, Whose.OWN_OFF if whose and is_own else Whose.OFF, whose)
    if not whose:
        return Sight(card, Whose.FREE)
    return Sight(card, Whose.OWN if is_own else Whose.OTHERS, whose)


def held(*, card: str, contact_uuid: str) -> ContactIdentifier:
    """The card as it stands in this customer's own list, read now. Raises NotTheirs."""
    found = _listed(piggy.get_client(seconds=settings.PIGGY_TIMEOUT), card, contact_uuid)
    if found is None:
        raise NotTheirs(contact_uuid)
    return found


def _listed(client: Piggy, card: str, contact_uuid: str) -> ContactIdentifier | None:
    """None also when Piggy does not know the customer."""
    try:
        cards = client.list_identifiers(contact_uuid=contact_uuid)
    except PiggyNotFound:
        return None
    return next((one for one in cards if one.value == card), None)


def card_of(act: Act) -> str:
    """The whole number of the card that an act is about; "" once it is erased."""
    return str(words_of(act).get("card", ""))


def words_of(act: Act) -> dict[str, object]:
    own = next((detail for detail in act.details.all() if detail.event_id is None), None)
    return own.words if own else {}


def acts_on(card: str, actions: Iterable[Action]) -> QuerySet[Act]:
    """Acts of these kinds on cards that end so: `card_of` tells which are on this very one."""
    names = [action.name for action in actions]
    on_such = acts().filter(target_kind="card", target_id=ending(card), action__in=names)
    return on_such.prefetch_related("details")


def insist_on_clear(act: Act, card: str, actions: Iterable[Action]) -> None:
    """Refuse `act` while nobody knows what became of another act of these kinds on this card.

    Of two that began together, the first goes on.
    """
    open_ones = still_open(acts_on(card, actions).exclude(pk=act.pk))
    for other in open_ones:
        is_before = other.outcome == State.UNKNOWN or was_before(other, act)
        if is_before and card_of(other) in (card, ""):  # "": erased, so it may be this one
            begun = moment_words(other.at, seconds=True)
            raise PiggyRejected(
                f"Nobody knows yet what became of an earlier act on it ({other.words.do.lower()}, {begun}). "
                "Look at that first."
            )
