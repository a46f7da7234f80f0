"""Take what Piggy told of contacts and cards into the local copy.

Whoever reads a contact hands it over here: a page of the list, somebody who opened the customer, a webhook's hint, an
act done here. Readings overtake each other, so an older one (`read_at`, the moment before Piggy was asked) never
overwrites a newer one. Only rows that changed are written anew; the others get the moment of the reading.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from contacts.copy import proved
from contacts.copy.facts import LONGEST_UUID, MADE, TOLD, card_text, facts_of
from contacts.duplicates.comparing import contact_changed
from contacts.models import CardCopy, ContactCopy, DuplicateScan, GoneContact, Hint, How
from contacts.search import pieces
from piggyadmin.piggy.payloads import Contact, ContactIdentifier

WRITTEN = (*TOLD, *MADE, "read_at", "how", "seen_in", "cards_read_at", "email_verified_at")


@dataclass(frozen=True, slots=True)
class Taken:
    """What a reading brought. `behind` are those that a hint should have told of and none did."""

    met: list[str] = field(default_factory=list)  # those that this sweep had not met before
    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    behind: int = 0
    passed_over: int = 0  # those of which we know that they are gone

    @property
    def anything(self) -> bool:
        return bool(self.added or self.changed)


@dataclass(frozen=True, slots=True)
class Reading:
    """From where and when it is told, and by which sweep."""

    how: How
    sweep: UUID | None
    at: datetime

    def row(self, uuid: str, facts: dict[str, Any]) -> ContactCopy:
        return ContactCopy(contact_uuid=uuid, **facts, read_at=self.at, how=self.how, seen_in=self.sweep)


@dataclass(slots=True)
class Compared:
    """The rows that were there before, by what is to be done with them."""

    written: list[ContactCopy] = field(default_factory=list)  # changed, also where only what we make of it did
    kept: list[ContactCopy] = field(default_factory=list)  # as they were
    stale: list[ContactCopy] = field(default_factory=list)  # newer than what is told
    rekeyed: list[ContactCopy] = field(default_factory=list)  # may resemble others than before
    renamed: list[ContactCopy] = field(default_factory=list)
    former_names: list[str] = field(default_factory=list)  # that nobody may have any more
    readdressed: list[ContactCopy] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    met: list[str] = field(default_factory=list)

    def mark(self, reading: Reading) -> None:
        """Give the rows that are not written anew the moment of the reading."""
        met: dict[str, Any] = {} if reading.sweep is None else {"seen_in": reading.sweep}
        if self.kept:
            kept = ContactCopy.objects.filter(pk__in=[row.pk for row in self.kept])
            kept.update(read_at=reading.at, how=reading.how, **met)
        if self.stale and met:
            ContactCopy.objects.filter(pk__in=[row.pk for row in self.stale]).update(**met)


def take(contact: Contact, *, how: How, read_at: datetime | None = None) -> bool:
    """Take one contact as Piggy told it at `read_at` (now). True when it is new or anything changed."""
    return take_many([contact], how=how, read_at=read_at).anything


def take_many(
    contacts: Iterable[Contact], *, how: How, sweep: UUID | None = None, read_at: datetime | None = None
) -> Taken:
    """Take contacts told at once. With `sweep`, they count as met by it, whatever is newer in the copy."""
    told = {contact.uuid: contact for contact in contacts if 0 < len(contact.uuid) <= LONGEST_UUID}
    if not told:
        return Taken()
    reading = Reading(how, sweep, read_at or timezone.now())
    with transaction.atomic():
        gone = _gone(told, reading.at)
        facts = {uuid: facts_of(told[uuid]) for uuid in sorted(told) if uuid not in gone}
        known = _locked(facts)
        new = _insert([reading.row(uuid, facts[uuid]) for uuid in facts if uuid not in known])
        gone |= _take_back(new)
        known |= _locked(facts.keys() - known.keys() - new.keys() - gone)  # another process was quicker
        compared = _compare_with(known, facts, reading)
        if compared.readdressed:  # what was shown of the other address says nothing of this one
            proved.remember(compared.readdressed)
        _write(compared.written)
        compared.mark(reading)
        _take_default_cards([*new.values(), *compared.written, *compared.kept], reading.at)
        pieces.learn([row.search_name for row in (*new.values(), *compared.renamed)])
        for name in compared.former_names:
            pieces.drop_unused(name)
        rekeyed = [row.pk for row in (*new.values(), *compared.rekeyed)]
        if rekeyed:  # of a first copy the scan that follows it finds the pairs: only keys are made
            contact_changed(rekeyed, keys_only=how == How.PAGE and not DuplicateScan.objects.exists())
        return Taken(
            met=[] if sweep is None else [*new, *compared.met],
            added=list(new),
            changed=compared.changed,
            behind=len(compared.changed) - _expected(compared.changed),
            passed_over=len(gone),
        )


def take_cards(contact_uuid: str, identifiers: Sequence[ContactIdentifier], read_at: datetime | None = None) -> bool:
    """Take all cards of a contact, as its own list told them. True when anything changed.

    Nothing is kept of the cards of a contact that the copy does not have.
    """
    moment = read_at or timezone.now()
    with transaction.atomic():
        owner = ContactCopy.objects.select_for_update().filter(contact_uuid=contact_uuid).first()
        if owner is None or (owner.cards_read_at is not None and owner.cards_read_at > moment):
            return False
        told = {card_text(card.value): card for card in identifiers if card_text(card.value)}
        known = {
            card.value: card
            for card in CardCopy.objects.select_for_update()
            .filter(Q(value__in=list(told)) | Q(contact=owner))
            .order_by("pk")  # two with overlapping cards must not wait for each other
        }
        dropped = [card for value, card in known.items() if value not in told and card.read_at <= moment]
        CardCopy.objects.filter(pk__in=[card.pk for card in dropped]).delete()
        changed = [
            value
            for value, card in told.items()
            if value not in known or (known[value].read_at <= moment and _differs(known[value], owner, card))
        ]
        same = [known[value].pk for value in told if value in known and value not in changed]
        CardCopy.objects.filter(pk__in=same, read_at__lt=moment).update(read_at=moment)
        CardCopy.objects.bulk_create(
            [
                CardCopy(
                    contact=owner,
                    value=value,
                    name=card_text(told[value].name or ""),
                    active=told[value].active,
                    is_default=bool(told[value].default),
                    read_at=moment,
                )
                for value in sorted(changed)
            ],
            update_conflicts=True,
            unique_fields=["value"],
            update_fields=["contact", "name", "active", "is_default", "read_at"],
        )
        owner.cards_read_at = moment
        owner.save(update_fields=["cards_read_at"])
        if changed or dropped:
            contact_changed([owner.pk])
    return bool(changed or dropped)


def _gone(uuids: Iterable[str], moment: datetime) -> set[str]:
    """Those that ended for good. One that only seemed to have vanished is back when Piggy tells of it later."""
    gone = set()
    for row in GoneContact.objects.filter(contact_uuid__in=list(uuids)):
        if row.why == GoneContact.Why.VANISHED and row.gone_at < moment:
            row.delete()
        else:
            gone.add(row.contact_uuid)
    return gone


def _locked(uuids: Collection[str]) -> dict[str, ContactCopy]:
    """Always in the same order: two processes with overlapping pages must not wait for each other."""
    if not uuids:
        return {}
    rows = ContactCopy.objects.filter(contact_uuid__in=list(uuids)).select_for_update().order_by("contact_uuid")
    return {row.contact_uuid: row for row in rows}


def _insert(rows: list[ContactCopy]) -> dict[str, ContactCopy]:
    """The rows that were new indeed, with their keys: another process may have been quicker with the others."""
    if not rows:
        return {}
    proved.remember(rows)
    ContactCopy.objects.bulk_create(rows, ignore_conflicts=True)
    own = {row.contact_uuid: row for row in rows}
    stored = ContactCopy.objects.filter(contact_uuid__in=list(own), read_at=rows[0].read_at)
    inserted = {}
    for uuid, key in stored.values_list("contact_uuid", "pk"):
        own[uuid].pk = key
        inserted[uuid] = own[uuid]
    return inserted


def _take_back(new: dict[str, ContactCopy]) -> set[str]:
    """Those of the new rows that somebody forgot in the moment before they were written: deleted again."""
    ended = set(GoneContact.objects.filter(contact_uuid__in=list(new)).values_list("contact_uuid", flat=True))
    if ended:
        ContactCopy.objects.filter(pk__in=[new.pop(uuid).pk for uuid in ended]).delete()
    return ended


def _compare_with(known: dict[str, ContactCopy], facts: dict[str, dict[str, Any]], reading: Reading) -> Compared:
    """Sort the known rows by what is told of them, and change those that differ."""
    compared = Compared()
    for uuid, row in known.items():
        if row.seen_in != reading.sweep:
            compared.met.append(uuid)
        if row.read_at > reading.at:
            compared.stale.append(row)
            continue
        changes = _changes(row, facts[uuid])
        if not changes:
            compared.kept.append(row)
            continue
        if any(name in TOLD for name in changes):
            compared.changed.append(uuid)
        if "matched" in changes or "default_card" in changes:
            compared.rekeyed.append(row)
        if "email" in changes and changes["email"].casefold() != row.email.casefold():
            compared.readdressed.append(row)
        if "search_name" in changes:
            compared.renamed.append(row)
            compared.former_names.append(row.search_name)
        _change(row, changes)
        row.read_at, row.how, row.seen_in = reading.at, reading.how, reading.sweep or row.seen_in
        compared.written.append(row)
    return compared


def _changes(row: ContactCopy, facts: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if getattr(row, name) != value}


def _change(row: ContactCopy, changes: dict[str, Any]) -> None:
    if "default_card" in changes:
        row.cards_read_at = None  # something was done with the cards: they are read again
    for name, value in changes.items():
        setattr(row, name, value)


def _write(rows: list[ContactCopy]) -> None:
    """One statement, however many: the rows are locked, so each conflicts with its own."""
    if not rows:
        return
    columns = ("contact_uuid", *WRITTEN)
    ContactCopy.objects.bulk_create(
        [ContactCopy(**{name: getattr(row, name) for name in columns}) for row in rows],
        update_conflicts=True,
        unique_fields=["contact_uuid"],
        update_fields=list(WRITTEN),
    )


def _take_default_cards(owners: list[ContactCopy], moment: datetime) -> None:
    """A page tells of each contact one card, the default one. The newest sight says whose a card is."""
    wanted = {owner.default_card: owner.pk for owner in owners if owner.default_card}
    of_owners = Q(contact__in=[owner.pk for owner in owners], is_default=True)
    known = {
        card.value: card
        for card in CardCopy.objects.select_for_update().filter(of_owners | Q(value__in=list(wanted))).order_by("pk")
    }
    former = [card.pk for value, card in known.items() if value not in wanted and card.read_at <= moment]
    if former:
        CardCopy.objects.filter(pk__in=former).update(is_default=False, read_at=moment)
    same, moved = [], []
    for value, owner in wanted.items():
        card = known.get(value)
        if card is not None and card.contact_id == owner and card.is_default:
            same.append(card.pk)
        elif card is None or card.read_at <= moment:
            moved.append(CardCopy(contact_id=owner, value=value, is_default=True, read_at=moment))
    if same:
        CardCopy.objects.filter(pk__in=same, read_at__lt=moment).update(read_at=moment)
    if moved:
        CardCopy.objects.bulk_create(
            moved,
            update_conflicts=True,
            unique_fields=["value"],
            update_fields=["contact", "is_default", "read_at"],
        )


def _differs(known: CardCopy, owner: ContactCopy, told: ContactIdentifier) -> bool:
    return (known.contact_id, known.name, known.active, known.is_default) != (
        owner.pk,
        card_text(told.name or ""),
        told.active,
        bool(told.default),
    )


def _expected(uuids: list[str]) -> int:
    """How many of these a hint has told of already: it only was not worked off yet."""
    if not uuids:
        return 0
    waiting = Hint.objects.filter(contact_uuid__in=uuids, state=Hint.State.WAITING)
    return waiting.values("contact_uuid").distinct().count()
