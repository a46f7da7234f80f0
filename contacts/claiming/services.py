"""Claim an anonymous contact, and flag two as perhaps one person. The only caller of Piggy for these pages.

Claiming with an address that has a contact already makes Piggy MERGE the two, for good. So it is looked at first, and
again right before the one call; and of several claims with one address, or new customers, from whatever desk, one at a
time is under way.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from contacts.claiming import actions, own_acts
from contacts.claiming.addresses import address_of, holder_of, same_address
from contacts.claiming.met import forget
from contacts.copy import forgetting, taking
from contacts.duplicates.flagging import flagged, is_denied
from contacts.held.under_way import under_way
from contacts.models import Booking, ContactFlag, GoneContact, How
from piggyadmin import piggy
from piggyadmin.ledger import lateness
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.door import Target, begun_with, perform, record, was_begun
from piggyadmin.ledger.models import Act, State
from piggyadmin.ledger.open_acts import OPEN, still_open, was_before
from piggyadmin.ledger.outcomes import Outcome
from piggyadmin.piggy.errors import PiggyError, PiggyInvalid, PiggyNotFound, PiggyRejected
from piggyadmin.piggy.payloads import Contact, ContactIdentifier
from piggyadmin.piggy.pool import Question

# How long a claim that is done keeps its address from others, whatever Piggy's own search says: it may lag behind.
FRESH = timedelta(minutes=10)
INVENTED = "Piggy invented this address for a customer without one. Type the customer’s own."


class CannotFlag(Exception):
    """These two are no pair to flag; the message says why, for the person who tried."""


@dataclass(frozen=True, slots=True)
class StandingFlag:
    """Somebody said before that this contact and another may be one person."""

    other_uuid: str
    flag: ContactFlag


@dataclass(frozen=True, slots=True)
class Sight:
    """An anonymous contact (or one that was) as Piggy showed it just now, and whose the typed address is.

    `holder` is the contact that has the address; `refusal` is Piggy's, of the address itself; `unread` is why the
    address could not be looked at. At most one of the three is there.
    """

    contact: Contact
    read_at: datetime
    card: str
    holder: Contact | None = None
    refusal: str = ""
    unread: PiggyError | None = None
    flag: ContactFlag | None = None  # of this pair, when it was flagged before
    flags: tuple[StandingFlag, ...] = ()  # all that name this contact
    unclear: Act | None = None  # a claim of this contact that nobody knows the outcome of
    claimed: Act | None = None  # the claim from here that gave it its address

    @property
    def may_claim(self) -> bool:
        """Nothing that we know of speaks against a claim with the address that was looked at."""
        blocked = self.holder or self.refusal or self.unread or self.unclear
        return self.contact.is_anonymous and not blocked


def look(*, contact_uuid: str, email: str = "", with_card: bool = True) -> Sight:
    """Read the contact and whose `email` is, at once. Looking never writes.

    Raises PiggyNotFound or PiggyInvalid when Piggy has no such contact, and what else kept it from being read.
    """
    questions: dict[str, Question] = {"contact": lambda client: client.get_contact(contact_uuid=contact_uuid)}
    if with_card:
        questions["cards"] = lambda client: client.list_identifiers(contact_uuid=contact_uuid)
    if email:
        questions["holder"] = lambda client: holder_of(client, email)
    answers = piggy.gather(questions, seconds=settings.PIGGY_TIMEOUT)
    contact: Contact = answers["contact"].get()
    holder: Contact | None = answers["holder"].value if email else None
    error = answers["holder"].error if email else None
    refusal = "Piggy does not take this address. Check it letter by letter." if isinstance(error, PiggyInvalid) else ""
    if holder is not None and holder.uuid == contact.uuid:
        holder = None  # claimed in the meantime with this very address, or typed as Piggy invented it
        refusal = INVENTED if contact.is_anonymous else ""
    return Sight(
        contact=contact,
        read_at=answers["contact"].read_at,
        card=_card_of(answers["cards"].value or []) if with_card else "",
        holder=holder,
        refusal=refusal,
        unread=None if refusal else error,
        flag=flag_of(contact.uuid, holder.uuid) if holder else None,
        flags=flags_on(contact.uuid),
        unclear=_unclear(contact_uuid),
        claimed=None if contact.is_anonymous else _claimed(contact),
    )


def claim(*, contact_uuid: str, email: str, actor: Actor, token: str) -> Outcome:
    """Give an anonymous contact its address, unless the address is somebody's.

    `figures["merged_into"]` of the outcome is there when Piggy merged all the same: somebody outside took the address
    in the moment between our look and our call. Raises PermissionDenied.
    """

    def call(act: Act) -> Contact:
        _one_at_a_time(act, contact_uuid, email)
        _still_free(contact_uuid, email)
        return piggy.get_client().claim_contact(contact_uuid=contact_uuid, email=email)

    outcome = perform(
        actions.CLAIM,
        by=actor,
        target=Target("contact", contact_uuid),
        detail={"email": email},
        form_token=token,
        call=call,
        done_figures=lambda answer: {"merged_into": answer.uuid} if answer.uuid != contact_uuid else {},
    )
    if outcome.done and not outcome.repeated:
        forget(contact_uuid=contact_uuid)
        if outcome.figures.get("merged_into"):
            _tell_of_merge(outcome, contact_uuid, actor)
    return outcome


def _one_at_a_time(act: Act, contact_uuid: str, email: str) -> None:
    """Refuse a claim while an earlier one of this contact may still come about, or another act with this address.

    Also while Piggy has a merge or a deletion of it: a claim may be a merge as well.
    """
    if any(each.is_at_piggy for each in under_way(contact_uuid)):
        raise PiggyRejected("Piggy is merging or deleting this customer just now. Wait until that is over.")
    for other in still_open(own_acts.on_contact(contact_uuid, actions.CLAIM)):
        if was_before(other, act):
            raise PiggyRejected("Nobody knows yet whether an earlier claim of this customer worked. Look at it first.")
    fresh = Q(state__outcome=State.DONE, state__updated_at__gte=timezone.now() - FRESH)
    rivals = own_acts.that_give_an_address().filter(Q(state__outcome__in=OPEN) | fresh)
    for other in rivals.exclude(contact_id=contact_uuid):
        theirs = address_of(other)
        is_rival = same_address(theirs, email) if theirs else lateness.may_still_come(other)
        if is_rival and was_before(other, act):
            raise PiggyRejected(
                "Somebody else was faster: this address is being given, or was just given, to another customer. "
                "Claiming would merge the two. Look again in a minute."
            )


def _still_free(contact_uuid: str, email: str) -> None:
    """Look once more, right before the call; a refusal says what has changed. Nothing was sent then."""
    questions: dict[str, Question] = {
        "contact": lambda client: client.get_contact(contact_uuid=contact_uuid),
        "holder": lambda client: holder_of(client, email),
    }
    answers = piggy.gather(questions, seconds=settings.PIGGY_TIMEOUT)
    for answer in answers.values():
        if answer.error is not None:
            raise _not_sent(answer.error)
    contact: Contact = answers["contact"].get()
    holder: Contact | None = answers["holder"].get()
    if not contact.is_anonymous:
        if same_address(contact.email, email):
            raise PiggyRejected("Somebody else was faster: the customer has this very address already.")
        raise PiggyRejected("Somebody else was faster: the customer was claimed with another address.")
    if holder is not None and holder.uuid == contact_uuid:
        raise PiggyRejected(INVENTED)
    if holder is not None:
        raise PiggyRejected(
            "Somebody else was faster: this address has a customer by now. Claiming would merge the two for good."
        )


def _not_sent(error: PiggyError) -> PiggyError:
    """A look that failed before the call, as the refusal it is: whatever it was, nothing was sent after it."""
    if isinstance(error, PiggyRejected):
        return error
    return PiggyRejected(f"Piggy could not be looked at right before the claim, so it was not sent. {error.message}")


def _tell_of_merge(outcome: Outcome, contact_uuid: str, actor: Actor) -> None:
    """Leave the news on the page of the contact that remains, and lead the other's address there: it will be gone."""
    record(
        actions.CLAIM_MERGED,
        by=actor,
        target=Target("contact", str(outcome.figures["merged_into"])),
        figures={"merged_uuid": contact_uuid},
        parent=Act.objects.get(pk=outcome.act_id),
    )
    survivor = str(outcome.figures["merged_into"])
    forgetting.forget(contact_uuid, why=GoneContact.Why.CLAIMED, survivor=survivor, act_id=outcome.act_id)
    Booking.objects.filter(contact_uuid=contact_uuid).update(contact_uuid=survivor)
    if outcome.answer is not None:
        taking.take(outcome.answer, how=How.WRITE)


@dataclass(frozen=True, slots=True)
class Flagged:
    """A flag on a pair. Not `is_new`: it stood there before, and nothing was changed now."""

    flag: ContactFlag
    is_new: bool


class _StandsAlready(Exception):
    pass


def flag(*, contact_uuid: str, other_uuid: str, reason: str, actor: Actor, token: str) -> Flagged:
    """Keep that these two may be one person, for a reviewer. Nothing changes at Piggy. A second flag does no harm, but
    after a reviewer said that they are not it counts: the pair is to be decided again, with what is said now.

    Raises CannotFlag for a contact and itself, and for one that Piggy does not have; PermissionDenied.
    """
    if contact_uuid == other_uuid:
        raise CannotFlag("These are one and the same customer.")
    standing = flag_of(contact_uuid, other_uuid)
    if standing and (was_begun(token) or not is_denied(contact_uuid, other_uuid)):
        return Flagged(standing, is_new=_is_of(standing, token))
    _both_exist(contact_uuid, other_uuid)
    first, second = sorted((contact_uuid, other_uuid))
    try:
        with transaction.atomic():
            act = record(
                actions.FLAG,
                by=actor,
                target=Target("contact", contact_uuid),
                figures={"other_uuid": other_uuid},
                detail={"reason": reason} if reason else None,
                form_token=token,
            )
            # `record` holds the ledger's head until the end of this transaction: who flags at the same time waits.
            now = {"act_id": act.pk, "flagged_by": actor.staff, "shop": actor.shop, "flagged_at": timezone.now()}
            rows = ContactFlag.objects.filter(first_uuid=first, second_uuid=second)
            row, is_new = rows.get_or_create(first_uuid=first, second_uuid=second, defaults=now)
            if not is_new and row.act_id != act.pk:
                if not is_denied(first, second):
                    raise _StandsAlready  # so that no second act is told of
                rows.update(**now)
                row.refresh_from_db()
            flagged(first, second)
    except _StandsAlready:
        row = ContactFlag.objects.get(first_uuid=first, second_uuid=second)
        return Flagged(row, is_new=False)
    return Flagged(row, is_new=True)


def flags_on(contact_uuid: str) -> tuple[StandingFlag, ...]:
    """Every flag that names this contact, the latest first."""
    named = ContactFlag.objects.filter(Q(first_uuid=contact_uuid) | Q(second_uuid=contact_uuid))
    return tuple(
        StandingFlag(flag.second_uuid if flag.first_uuid == contact_uuid else flag.first_uuid, flag)
        for flag in named.select_related("flagged_by")
    )


def flag_of(one_uuid: str, other_uuid: str) -> ContactFlag | None:
    """The flag on this pair, whoever set it."""
    first, second = sorted((one_uuid, other_uuid))
    rows = ContactFlag.objects.select_related("flagged_by")
    return rows.filter(first_uuid=first, second_uuid=second).first()


def _is_of(standing: ContactFlag, token: str) -> bool:
    """Whether the flag was set by this very form, sent once more."""
    begun = begun_with(token)
    return begun is not None and begun.pk == standing.act_id


def _both_exist(*uuids: str) -> None:
    """Refuse a pair of which Piggy says that one is not there. When Piggy says nothing, the reviewer's look decides."""

    def question(uuid: str) -> Question:
        return lambda client: client.get_contact(contact_uuid=uuid)

    questions = {uuid: question(uuid) for uuid in uuids}
    answers = piggy.gather(questions, seconds=settings.PIGGY_TIMEOUT)
    if any(isinstance(answer.error, PiggyNotFound | PiggyInvalid) for answer in answers.values()):
        raise CannotFlag("Piggy does not have one of the two any more. Look at both again.")


def _card_of(cards: list[ContactIdentifier]) -> str:
    """The card to recognise a contact by: the default one, else the first active one, else none."""
    default = next((card for card in cards if card.default), None)
    chosen = default or next((card for card in cards if card.active is not False), None)
    return chosen.value if chosen else ""


def is_on(*, act_id: UUID, contact_uuid: str) -> bool:
    """Whether an act was done to this contact."""
    return Act.objects.filter(pk=act_id, target_kind="contact", target_id=contact_uuid).exists()


def _unclear(contact_uuid: str) -> Act | None:
    return still_open(own_acts.on_contact(contact_uuid, actions.CLAIM)).first()


def _claimed(contact: Contact) -> Act | None:
    """The claim from here by which a contact got the address it has now."""
    done = own_acts.on_contact(contact.uuid, actions.CLAIM).filter(state__outcome=State.DONE)
    return next((act for act in done if same_address(contact.email, address_of(act))), None)
