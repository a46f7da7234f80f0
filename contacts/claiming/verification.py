"""Prove that a customer reads the mail of their address: Piggy mails a code, they read it out, Piggy checks it.

Where that stands is read from the ledger, for the address the customer has now: what was sent to an earlier one proves
nothing. The code itself is kept nowhere.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from contacts.claiming import actions, own_acts
from contacts.claiming.addresses import address_of, same_address
from contacts.copy import proved
from piggyadmin import piggy
from piggyadmin.ledger.actions import Action
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.door import Target, perform, record
from piggyadmin.ledger.models import Act, State
from piggyadmin.ledger.open_acts import OPEN, was_before
from piggyadmin.ledger.outcomes import Outcome
from piggyadmin.piggy.errors import PiggyRejected
from piggyadmin.piggy.payloads import Contact, ContactVerified
from piggyadmin.templatetags.words import moment_words

PAUSE = timedelta(seconds=60)  # between two mails to one customer
LOOKED_BACK = 20  # acts of either kind in which the state is looked for
HTTP_OK = 200


class NoAddress(Exception):
    """The customer has no e-mail address of their own, so there is nothing to prove."""


@dataclass(frozen=True, slots=True)
class Verification:
    """Where the proof of a contact's present address stands.

    `state` is "never", "sent", "unsure" (nobody knows whether a mail went out), "doubtful" (nobody knows whether a code
    was right) or "verified"; `act` is the one that made it so. A new mail may be asked for from `again_at` on; None is
    now.
    """

    contact: Contact
    state: str
    act: Act | None
    again_at: datetime | None


def read(*, contact_uuid: str) -> Verification:
    """The contact, read from Piggy, and how far its address is proved. Raises PiggyNotFound, ..."""
    return standing(contact=piggy.get_client().get_contact(contact_uuid=contact_uuid))


def standing(*, contact: Contact) -> Verification:
    """How far the address of a contact, read just now, is proved. Piggy is not asked."""
    sends = _about(contact, actions.VERIFY_SEND)
    codes = _about(contact, actions.VERIFY_CODE)
    again_at = _again_at(next(iter(sends), None))
    proof = next((act for act in codes if act.outcome == State.DONE), None)
    if proof:
        return Verification(contact, "verified", proof, again_at)
    latest = next(iter(sorted(sends + codes, key=lambda act: act.seq, reverse=True)), None)
    if latest is None:
        return Verification(contact, "never", None, again_at)
    if latest.action == actions.VERIFY_CODE.name:
        return Verification(contact, "doubtful", latest, again_at)
    return Verification(contact, "sent" if latest.outcome == State.DONE else "unsure", latest, again_at)


def send(*, contact_uuid: str, actor: Actor, token: str) -> Outcome:
    """Have Piggy mail a code to the customer's address; once a minute at most.

    Raises NoAddress, PiggyNotFound (no such contact) and what else kept the contact from being read.
    """
    email = _address(contact_uuid)

    def call(act: Act) -> None:
        for other in _about_address(contact_uuid, email, actions.VERIFY_SEND):
            again_at = _again_at(other)
            if again_at and was_before(other, act):
                when = moment_words(other.sent_at, seconds=True)
                later = moment_words(again_at, seconds=True)
                raise PiggyRejected(f"A mail was asked for at {when}. Ask for another from {later} on.")
        piggy.get_client().send_verification(email=email)

    return perform(
        actions.VERIFY_SEND,
        by=actor,
        target=Target("contact", contact_uuid),
        detail={"email": email},
        form_token=token,
        call=call,
    )


def check_code(*, contact_uuid: str, code: str, actor: Actor, token: str) -> Outcome:
    """Hand in the code that the customer read out. It counts only when Piggy says that it is this customer's.

    Raises NoAddress, PiggyNotFound (no such contact) and what else kept the contact from being read.
    """
    email = _address(contact_uuid)
    stranger = ""

    def call(act: Act) -> ContactVerified:
        nonlocal stranger
        for other in own_acts.on_contact(contact_uuid, actions.VERIFY_CODE).filter(state__outcome=State.SENT):
            # An unknown one does not stand in the way: nobody can look it up, and a new code helps.
            if _is_recent(other) and was_before(other, act):
                raise PiggyRejected("Another code is being checked just now. Wait for the answer.")
        answer = piggy.get_client().verify_code(email=email, code=code)
        if answer.uuid != contact_uuid:
            stranger = answer.uuid
            raise PiggyRejected(
                "This code belongs to another customer, so it proves nothing here. Tell an admin.", status=HTTP_OK
            )
        return answer

    outcome = perform(
        actions.VERIFY_CODE,
        by=actor,
        target=Target("contact", contact_uuid),
        figures={"verified": False},
        detail={"email": email},
        form_token=token,
        call=call,
        done_figures=lambda answer: {"verified": True},
    )
    if outcome.done:
        proved.tell(Act.objects.get(pk=outcome.act_id))
    if stranger:
        record(
            actions.VERIFY_MISMATCH,
            by=actor,
            target=Target("contact", contact_uuid),
            figures={"other_uuid": stranger},
            parent=Act.objects.get(pk=outcome.act_id),
        )
    return outcome


def _address(contact_uuid: str) -> str:
    email = piggy.get_client().get_contact(contact_uuid=contact_uuid).known_email
    if not email:
        raise NoAddress(contact_uuid)
    return email


def _about(contact: Contact, action: Action) -> list[Act]:
    """The acts of this kind about the contact's present address that were done or may have been, the latest first."""
    return _about_address(contact.uuid, contact.known_email, action)


def _about_address(contact_uuid: str, email: str, action: Action) -> list[Act]:
    acts = own_acts.on_contact(contact_uuid, action).filter(state__outcome__in=[State.DONE, *OPEN])
    return [act for act in acts[:LOOKED_BACK] if email and same_address(address_of(act), email)]


def _again_at(act: Act | None) -> datetime | None:
    """When the pause after this mail is over; None when it is."""
    return act.sent_at + PAUSE if act and _is_recent(act) else None


def _is_recent(act: Act) -> bool:
    return timezone.now() - act.sent_at < PAUSE
