"""Make a new customer: with an address, with whoever has it already, or anonymous with a card.

Each is one act. What else is known (names, phone, card) are acts of their own that come after it: when one of them
fails the customer is there all the same.
"""

from dataclasses import dataclass, replace

from django.core.exceptions import PermissionDenied
from django.utils import timezone

from contacts.cards import services as cards
from contacts.cards.sights import SENTENCES, NotACard
from contacts.claiming.actions import CLAIM
from contacts.claiming.addresses import address_of, holder_of, same_address
from contacts.claiming.own_acts import of_kind
from contacts.editing import actions
from contacts.editing.changing import fill_in
from contacts.editing.guards import insist_on_clear, nothing_sent
from contacts.editing.resolvers import SKEW
from piggyadmin import piggy
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.door import Target, perform
from piggyadmin.ledger.models import Act
from piggyadmin.ledger.open_acts import still_open
from piggyadmin.ledger.outcomes import Outcome
from piggyadmin.piggy.errors import PiggyError, PiggyRejected
from piggyadmin.piggy.payloads import Contact, ContactCreated

ALREADY_EXISTS = 60005
LINK_CARD = "contacts.link_card"
EDIT = "contacts.edit_contact"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was typed of a new customer; "" for what was not."""

    email: str = ""
    card: str = ""
    firstname: str = ""
    lastname: str = ""
    phonenumber: str = ""

    @property
    def texts(self) -> dict[str, str]:
        return {"firstname": self.firstname, "lastname": self.lastname, "phonenumber": self.phonenumber}


@dataclass(frozen=True, slots=True)
class Created:
    """What came of it. `names` and `card` are the acts after the first; `notes` are sentences on what was not begun."""

    outcome: Outcome
    names: Outcome | None = None
    card: Outcome | None = None
    notes: tuple[str, ...] = ()

    @property
    def contact_uuid(self) -> str:
        return str(self.outcome.figures.get("contact_uuid") or "") if self.outcome.done else ""


def create(*, wanted: Wanted, actor: Actor, token: str) -> Created:
    """A customer with this address, which nobody has. Raises PermissionDenied."""

    def call(act: Act) -> ContactCreated:
        _insist_on_clear(act, wanted.email)
        with nothing_sent("Piggy could not be asked whether somebody has this address already. Try again."):
            holder = holder_of(piggy.get_client(), wanted.email)
        if holder is not None:
            raise PiggyRejected("A customer with this e-mail address exists already.", code=ALREADY_EXISTS)
        return piggy.get_client().create_contact(email=wanted.email)

    outcome = perform(
        actions.CREATE,
        by=actor,
        target=Target(actions.NEW_CUSTOMER.name, ""),
        detail={"email": wanted.email, **_typed(wanted)},
        form_token=token,
        call=call,
        done_figures=lambda answer: {"contact_uuid": answer.uuid},
    )
    return _and_then(outcome, wanted, (), actor=actor, token=token)


def find_or_create(*, wanted: Wanted, actor: Actor, token: str) -> Created:
    """Whoever has this address, else a new customer. Names are set for a new one only. Raises PermissionDenied."""

    def call(act: Act) -> Contact:
        _insist_on_clear(act, wanted.email)
        return piggy.get_client().find_or_create_contact(email=wanted.email)

    def figures(answer: Contact) -> dict[str, object]:
        at = answer.created_at
        # Piggy does not tell which of the two it was, so only a customer of this very minute counts as new.
        return {"contact_uuid": answer.uuid, "made_now": at is not None and timezone.now() - at < SKEW}

    outcome = perform(
        actions.FIND_OR_CREATE,
        by=actor,
        target=Target(actions.NEW_CUSTOMER.name, ""),
        detail={"email": wanted.email, **_typed(wanted)},
        form_token=token,
        call=call,
        done_figures=figures,
    )
    if outcome.done and not outcome.figures.get("made_now"):
        note = "Piggy had this customer already: nothing else of what you typed was saved."
        return Created(outcome, notes=(note,) if wanted.card or any(wanted.texts.values()) else ())
    return _and_then(outcome, *_where_empty(wanted, outcome.answer), actor=actor, token=token)


def create_anonymous(*, wanted: Wanted, actor: Actor, token: str) -> Created:
    """An anonymous customer with this card. Raises PermissionDenied, NotACard, CardTaken, and PiggyError when Piggy
    could not be asked whose the card is: then nothing was sent."""
    outcome = cards.create_anonymous(actor=actor, card=wanted.card, token=token)
    names, notes = _names(outcome, wanted, actor, token)
    return Created(outcome, names, notes=notes)


def _where_empty(wanted: Wanted, answer: Contact | None) -> tuple[Wanted, tuple[str, ...]]:
    """What was typed and Piggy does not have yet: a customer of this minute may have told it themselves."""
    if answer is None:  # the form was sent before, and what follows was done then
        return replace(wanted, **dict.fromkeys(wanted.texts, "")), ()
    told = [name for name, text in wanted.texts.items() if text and answer.value(name)]
    if not told:
        return wanted, ()
    note = "Piggy had some of the names or the phone already: nothing was saved over them."
    return replace(wanted, **dict.fromkeys(told, "")), (note,)


def _and_then(outcome: Outcome, wanted: Wanted, notes: tuple[str, ...], *, actor: Actor, token: str) -> Created:
    names, more = _names(outcome, wanted, actor, token)
    notes = (*notes, *more)
    uuid = outcome.figures.get("contact_uuid")
    if not outcome.done or not uuid or not wanted.card:
        return Created(outcome, names, notes=notes)
    if not actor.may(LINK_CARD):
        return Created(outcome, names, notes=(*notes, "The card was not linked: your role may not."))
    try:
        linking = cards.link(
            contact_uuid=str(uuid), card=wanted.card, actor=actor, token=f"{token[:90]}-link", may_make=True
        )
    except (NotACard, PermissionDenied) as error:
        return Created(outcome, names, notes=(*notes, f"The card was not linked. {error}"))
    except PiggyError as error:
        return Created(outcome, names, notes=(*notes, f"The card was not linked. {error.message}"))
    if linking.outcome is None and linking.sight is not None:
        notes = (*notes, f"The card was not linked. {SENTENCES[linking.sight.whose]}")
    return Created(outcome, names, linking.outcome, notes)


def _names(outcome: Outcome, wanted: Wanted, actor: Actor, token: str) -> tuple[Outcome | None, tuple[str, ...]]:
    uuid = outcome.figures.get("contact_uuid")
    if not outcome.done or not uuid or not any(wanted.texts.values()):
        return None, ()
    if not actor.may(EDIT):
        return None, ("Name and phone were not saved: your role may not.",)
    return fill_in(contact_uuid=str(uuid), texts=wanted.texts, actor=actor, token=f"{token[:90]}-names"), ()


def _typed(wanted: Wanted) -> dict[str, str]:
    """What else was typed, so that it is not lost when the answer is."""
    typed = {**wanted.texts, "card": wanted.card}
    return {name: text for name, text in typed.items() if text}


def _insist_on_clear(act: Act, email: str) -> None:
    """Refuse while nobody knows what became of an earlier try with the same address."""
    tries = [
        other
        for action in (actions.CREATE, actions.FIND_OR_CREATE, CLAIM)  # a claim that comes second would merge
        for other in still_open(of_kind(action))
        if same_address(address_of(other), email)
    ]
    insist_on_clear(act, tries, "Nobody knows yet whether an earlier try made this customer. Look at that first.")
