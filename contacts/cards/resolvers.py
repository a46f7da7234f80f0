"""Find out what became of an act on a card whose answer was lost, by reading the card back.

What counts is how the card stands now: linked to this customer, switched off, called so. Nothing else was asked for. A
"no" is said only when the request can no longer come. Where the whole number was erased, nobody can look.
"""

from datetime import timedelta

from contacts.cards.sights import CARD_IS_OFF, card_of, words_of
from piggyadmin import piggy
from piggyadmin.ledger import lateness
from piggyadmin.ledger.actions import Settlement
from piggyadmin.ledger.models import Act
from piggyadmin.piggy.errors import PiggyNotFound, PiggyRejected
from piggyadmin.piggy.payloads import ContactIdentifier

SKEW = timedelta(minutes=1)  # by how much Piggy's clock and ours may differ


def resolve_link(act: Act) -> Settlement | None:
    """Whether the card is this customer's: linked, or made and linked."""
    card = card_of(act)
    if not card:
        return None
    try:
        cards = piggy.get_client().list_identifiers(contact_uuid=act.contact_id)
    except PiggyNotFound:
        return Settlement(None, reading={"customer": "not at Piggy any more: merging moves cards too"})
    if any(one.value == card for one in cards):
        return Settlement(True, reading={"card": "this customer’s"})
    found, how = _find(card)
    if found is not None and found.contact is not None and found.contact.uuid == act.contact_id:
        return Settlement(None, reading={"card": how})  # the two readings differ: one of them is old
    return Settlement(_no(act), reading={"card": how})


def resolve_make_free(act: Act) -> Settlement | None:
    """Whether the card exists. Piggy did not know it just before."""
    card = card_of(act)
    if not card:
        return None
    _, how = _find(card)
    return Settlement(_no(act) if how == UNKNOWN else True, reading={"card": how})


def resolve_new_anonymous(act: Act) -> Settlement | None:
    """Whose the card is now: an anonymous customer made since is the one that we asked for.

    Without a card there is nothing to find a nameless customer by: a person decides.
    """
    card = card_of(act)
    if not card:
        return None
    found, how = _find(card)
    if found is None or found.contact is None:
        return Settlement(_no(act) if how in (FREE, UNKNOWN) else None, reading={"card": how})
    contact = piggy.get_client().get_contact(contact_uuid=found.contact.uuid)
    made_at = contact.created_at
    reading = {"card": how, "made": made_at.isoformat(timespec="seconds") if made_at else "not told"}
    if made_at is None:
        return Settlement(None, reading=reading)
    if made_at < act.sent_at - SKEW:
        return Settlement(_no(act), reading=reading)  # somebody who was there before has it
    if not contact.is_anonymous:
        return Settlement(None, reading=reading)  # perhaps ours, and claimed since; perhaps somebody else's
    return Settlement(True, reading=reading, figures={"contact_uuid": contact.uuid})


def resolve_switch_off(act: Act) -> Settlement | None:
    return _resolve_switch(act, wanted=False)


def resolve_switch_on(act: Act) -> Settlement | None:
    return _resolve_switch(act, wanted=True)


def _resolve_switch(act: Act, *, wanted: bool) -> Settlement | None:
    card = card_of(act)
    if not card:
        return None
    listed = _listed(act, card)
    if listed is not None:
        active = listed.active
    else:
        found, how = _find(card)
        active = False if how == OFF else found.active if found else None
    if active is None:
        return Settlement(None, reading={"card": "Piggy does not say whether it is on"})
    return Settlement(True if active is wanted else _no(act), reading={"card": "on" if active else "off"})


def resolve_rename(act: Act) -> Settlement | None:
    """Whether the card has its new name. A third name says that somebody renamed it since: that decides nothing."""
    words, card = words_of(act), card_of(act)
    listed = _listed(act, card) if card else None
    if listed is None:
        return None
    name = (listed.name or "").strip()
    if name == words.get("to"):
        return Settlement(True, reading={"named": "as we asked"})
    if name == words.get("from"):
        return Settlement(_no(act), reading={"named": "as before"})
    return Settlement(None, reading={"named": "otherwise"})


def resolve_unlink(act: Act) -> Settlement | None:
    """Whether the card is nobody's. Another customer's proves nothing: merging moves cards too."""
    card = card_of(act)
    if not card:
        return None
    if _listed(act, card) is not None:
        return Settlement(_no(act), reading={"card": "this customer’s"})
    found, how = _find(card)
    is_free = found is not None and found.contact is None
    return Settlement(True if is_free else None, reading={"card": how})


UNKNOWN, FREE, OFF = "unknown to Piggy", "nobody’s", "switched off"


def _find(card: str) -> tuple[ContactIdentifier | None, str]:
    """The card, and how it stands in words; None for one that Piggy does not know or does not show."""
    try:
        found = piggy.get_client().find_identifier(value=card)
    except PiggyNotFound:
        return None, UNKNOWN
    except PiggyRejected as error:
        if error.code != CARD_IS_OFF:
            raise
        return None, OFF
    return found, "a customer’s" if found.contact else FREE


def _listed(act: Act, card: str) -> ContactIdentifier | None:
    """The card in the list of the act's customer. A customer who is gone has none."""
    try:
        cards = piggy.get_client().list_identifiers(contact_uuid=act.contact_id)
    except PiggyNotFound:
        return None
    return next((one for one in cards if one.value == card), None)


def _no(act: Act) -> bool | None:
    """ "It did not happen", once that can no longer change."""
    return None if lateness.may_still_come(act) else False
