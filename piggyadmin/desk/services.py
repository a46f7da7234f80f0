"""The one box: look into the copy, ask Piggy for everything that was typed may be, at once, and say what was found."""

from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import Any

from django.conf import settings

from contacts.copy.freshness import as_of
from contacts.lookup import services as lookup
from contacts.models import RecentContact
from contacts.search import services as search
from contacts.search import suggesting
from contacts.search.facets import counted
from contacts.search.numbers import CARD
from piggyadmin import codes, piggy, shortcuts
from piggyadmin.accounts.models import Staff
from piggyadmin.desk.meanings import Kind, Meaning, meanings_of
from piggyadmin.ledger.models import Act
from piggyadmin.ledger.services import latest_act_for_contacts
from piggyadmin.piggy.client import Piggy
from piggyadmin.piggy.errors import PiggyError, PiggyInvalid, PiggyNotFound
from piggyadmin.piggy.payloads import Contact, ContactIdentifier, Voucher
from piggyadmin.piggy.pool import Answer
from piggyadmin.shortcuts import Offer, Wish
from piggyadmin.typed import NotReadable, clean
from vouchers.check import services as vouchers

INACTIVE_CARD = 60004
LAST_OFFERED = 3  # of this person's last customers, for a verb without a name


@dataclass(frozen=True, slots=True)
class Hit:
    """Something that exists: a row to open. `uuid` is Piggy's."""

    kind: str  # "contact" or "voucher"
    uuid: str
    title: str
    hint: str
    is_sure: bool = True  # exactly what was typed, told by Piggy; else only like it, found in the copy
    is_anonymous: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """What the box made of a text. `looks_like` names its meanings; a failed question stands in `failed`.

    `searched` is how many customers the copy has, where it was looked into and nobody fitted; `as_of` is its age.
    `loose_card` is a card number that may be given to somebody: Piggy does not know it, or knows nobody who has it.
    `typed` is what a new customer could be made with: "email", "phone" or "card", by its name.
    `offers` are the pages and acts that were named.
    """

    looks_like: tuple[str, ...]
    hits: tuple[Hit, ...] = ()
    notes: tuple[str, ...] = ()
    failed: tuple[PiggyError, ...] = field(default=())
    loose_card: str = ""
    typed: Mapping[str, str] = field(default_factory=dict)
    searched: int | None = None
    as_of: datetime | None = None
    offers: tuple[Offer, ...] = ()

    @property
    def only(self) -> Hit | None:
        """The one thing that was found when nothing else can have been meant.

        Never by a name, nor when what was typed may have been one.
        """
        sure = [hit for hit in self.hits if hit.is_sure]
        doubt = self.failed or self.notes or self.offers or (Kind.NAME in self.looks_like and len(self.hits) > 1)
        return sure[0] if len(sure) == 1 and not doubt else None


def holder_of_card(*, text: str) -> str:
    """Whose card was scanned, as the copy knows it: the contact's uuid, or "" where Piggy must be asked.

    So a known customer's page opens without a question to Piggy; that page asks, and says so if the card is another's.
    """
    try:
        scanned = clean(text)
    except NotReadable:
        return ""
    if vouchers.is_known_code(code=scanned):
        return ""  # the same number is a voucher's: both are shown
    return next((owner for card in codes.spellings(scanned) if (owner := search.by_card(card))), "")


def find(*, text: str, staff: Staff, time_zone: str, sees_identity: bool, may_search: bool) -> Found:
    """Look for `text` as everything it may be: what the copy knows comes first, then what Piggy says.

    Raises NotReadable when it can be nothing, and nobody is like it; Piggy is asked nothing then.
    """
    local = _copied(text, time_zone=time_zone, sees_identity=sees_identity) if may_search else []
    try:
        meanings = meanings_of(text, time_zone=time_zone)
    except NotReadable:
        if not local:
            raise
        return Found((), tuple(local))
    calls: dict[str, Callable[[Piggy], Any]] = {}
    for meaning in meanings:
        calls |= _questions(meaning)
    answers = piggy.gather(calls, seconds=settings.PIGGY_TIMEOUT) if calls else {}
    hits = {(hit.kind, hit.uuid): hit for hit in local}
    notes: list[str] = []
    failed: list[PiggyError] = []
    loose_card = ""
    for name, answer in answers.items():
        if name.startswith("card ") and _is_loose(answer):
            loose_card = loose_card or name.partition(" ")[2]
        if answer.error is not None:
            _note_error(name, answer.error, notes, failed)
            continue
        for hit in _hits(name, answer.value, sees_identity=sees_identity):
            known = hits.get((hit.kind, hit.uuid))
            hits[hit.kind, hit.uuid] = replace(known, is_sure=True) if known else hit
        if isinstance(answer.value, ContactIdentifier) and answer.value.contact is None:
            notes.append(f"Card {codes.groups_of_four(answer.value.value)} exists, but belongs to nobody yet.")
    for meaning in meanings:
        for hit in _local_hits(meaning, staff):
            hits.setdefault((hit.kind, hit.uuid), hit)
    nobody = may_search and not hits
    looks_like = tuple(dict.fromkeys(str(meaning.kind) for meaning in meanings))
    return Found(
        looks_like,
        tuple(hits.values()),
        tuple(dict.fromkeys(notes)),
        tuple(failed),
        loose_card="" if hits or failed or meanings[0].kind is Kind.PHONE else loose_card,
        typed={} if hits or failed else _typed(meanings),
        searched=counted() if nobody else None,
        as_of=as_of() if nobody else None,
    )


def find_or_offer(
    *, text: str, staff: Staff, time_zone: str, sees_identity: bool, may: AbstractSet[str]
) -> tuple[Found, str]:
    """What `find` finds, with the pages and acts that the text names for a person with these permissions.

    Second comes the address to go to at once, where only one act for only one customer can have been meant; else "".
    Raises NotReadable as `find` does.
    """
    may_search = "contacts.search_contacts" in may

    def look(words: str) -> Found:
        return find(text=words, staff=staff, time_zone=time_zone, sees_identity=sees_identity, may_search=may_search)

    wish = shortcuts.wish_of(text, may=may)
    if wish.verb is None:
        return _with_pages(partial(look, text), wish.offers), ""
    if not wish.rest:
        return _with_pages(partial(look, text), _for_the_last(wish, staff) + wish.offers), ""
    namesakes = tuple(_copied(text, time_zone=time_zone, sees_identity=sees_identity)) if may_search else ()
    found = look(wish.rest)
    offers = tuple(offer for hit in found.hits if (offer := _offer(wish, hit)))
    only = found.only is not None and len(offers) == 1 and not namesakes
    hits = namesakes if offers else found.hits + namesakes
    return replace(found, hits=hits, offers=offers), offers[0].url if only else ""


def _with_pages(look: Callable[[], Found], offers: tuple[Offer, ...]) -> Found:
    try:
        return replace(look(), offers=offers)
    except NotReadable:
        if not offers:
            raise
        return Found((), offers=offers)


def _offer(wish: Wish, hit: Hit) -> Offer | None:
    if wish.verb is None or hit.kind != "contact":
        return None
    return shortcuts.for_customer(
        wish.verb, contact_uuid=hit.uuid, name=hit.title, hint=hit.hint, is_anonymous=hit.is_anonymous
    )


def _for_the_last(wish: Wish, staff: Staff) -> tuple[Offer, ...]:
    """A verb alone is meant for somebody who was just here."""
    hits = (
        Hit("contact", row.contact_uuid, row.name or "Customer without a name", "one of your last customers")
        for row in lookup.recent(staff=staff)[:LAST_OFFERED]
        if row.name or wish.verb is None or wish.verb.only != "named"
    )
    return tuple(offer for hit in hits if (offer := _offer(wish, hit)))


def _copied(text: str, *, time_zone: str, sees_identity: bool) -> list[Hit]:
    """Those in the copy whom the text fits. Only of a whole card or id is it sure that nobody else is meant."""
    rows = suggesting.rows_of(search.find(text, time_zone=time_zone), sees_identity=sees_identity)
    return [
        Hit(
            "contact",
            row.hit.contact_uuid,
            row.title,
            f"{row.detail}, {row.hit.reason}",
            is_sure=row.hit.was_merged or row.hit.reason == CARD,
            is_anonymous=row.hit.is_anonymous,
        )
        for row in rows
    ]


def _is_loose(answer: Answer[Any]) -> bool:
    """Whether Piggy knows no such card, or nobody who has it. One that is switched off is neither."""
    if answer.error is not None:
        return isinstance(answer.error, PiggyNotFound) and answer.error.code != INACTIVE_CARD
    return isinstance(answer.value, ContactIdentifier) and answer.value.contact is None


def _typed(meanings: tuple[Meaning, ...]) -> dict[str, str]:
    """What was typed, as the fields of a new customer."""
    fields = {Kind.EMAIL: "email", Kind.PHONE: "phone", Kind.CARD: "card"}
    found: dict[str, str] = {}
    for meaning in meanings:
        if meaning.kind in fields and not found:
            found[fields[meaning.kind]] = meaning.value
    return found


def _questions(meaning: Meaning) -> Mapping[str, Callable[[Piggy], Any]]:
    value = meaning.value
    match meaning.kind:
        case Kind.CARD:
            return {f"card {value}": lambda client: client.find_identifier(value=value)}
        case Kind.VOUCHER:
            return {f"voucher {value}": lambda client: client.find_voucher(code=value)}
        case Kind.EMAIL:
            return {f"email {value}": lambda client: client.find_contact(email=value)}
        case Kind.UUID:
            return {f"uuid {value}": lambda client: client.get_contact(contact_uuid=value)}
        case Kind.PHONE:
            return {f"phone {spelling}": _phone_question(spelling) for spelling in meaning.spellings}
        case _:
            return {}  # Piggy cannot be asked for a name


def _phone_question(spelling: str) -> Callable[[Piggy], Any]:
    return lambda client: client.contacts_by_phone(phone=spelling)


def _hits(name: str, value: Any, *, sees_identity: bool) -> list[Hit]:
    if isinstance(value, Voucher):
        vouchers.remember(voucher=value)
        title = (value.promotion.name if value.promotion else None) or value.name or "Voucher"
        return [Hit("voucher", value.uuid, title, f"voucher, code ends {codes.last_four(value.code)}")]
    if isinstance(value, ContactIdentifier):
        if value.contact is None:
            return []
        return [Hit("contact", value.contact.uuid, "Customer", f"card ends {codes.last_four(value.value)}")]
    contacts: list[Contact] = [value] if isinstance(value, Contact) else value.items
    return [
        Hit(
            "contact",
            found.uuid,
            found.name or _nameless(found),
            _hint(found, sees_identity),
            is_anonymous=found.is_anonymous,
        )
        for found in contacts
    ]


def _nameless(contact: Contact) -> str:
    return "Anonymous customer" if contact.is_anonymous else "Customer without a name"


def _hint(contact: Contact, sees_identity: bool) -> str:
    email = contact.known_email
    if email:
        return email if sees_identity else codes.masked_email(email)
    return f"phone {codes.masked_phone(contact.phone)}" if contact.phone else "no e-mail address"


def _local_hits(meaning: Meaning, staff: Staff) -> list[Hit]:
    """What we know ourselves: vouchers seen before by their uuid, this person's last customers by name."""
    if meaning.kind is Kind.UUID:
        known = vouchers.known(voucher_uuid=meaning.value)
        return [Hit("voucher", known.piggy_uuid, known.promotion_name or "Voucher", "voucher")] if known else []
    if meaning.kind is Kind.NAME:
        wanted = meaning.value.casefold()
        return [
            Hit("contact", row.contact_uuid, row.name, "one of your last customers", is_sure=False)
            for row in lookup.recent(staff=staff)
            if row.name and wanted in row.name.casefold()
        ]
    return []


def _note_error(name: str, error: PiggyError, notes: list[str], failed: list[PiggyError]) -> None:
    """A "no" is an answer; a card that is switched off is worth a word; all else means we do not know."""
    if error.code == INACTIVE_CARD:
        notes.append(f"Card {codes.groups_of_four(name.partition(' ')[2])} is switched off.")
    elif isinstance(error, PiggyNotFound | PiggyInvalid):
        return
    else:
        failed.append(error)


@dataclass(frozen=True, slots=True)
class LastCustomer:
    """One line of the desk strip: a customer, and what this person did last for them (None: only looked)."""

    contact: RecentContact
    act: Act | None


def last_customers(*, staff: Staff) -> list[LastCustomer]:
    """The customers that this person opened last, the latest first."""
    rows = lookup.recent(staff=staff)
    acts = latest_act_for_contacts(staff=staff, contact_ids=[row.contact_uuid for row in rows])
    return [LastCustomer(row, acts.get(row.contact_uuid)) for row in rows]
