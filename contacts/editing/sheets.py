"""A contact's attributes as one person may see and change them, and the fingerprints that tell two readings apart."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.crypto import salted_hmac

from contacts.editing import values
from contacts.editing.attributes import Kind, Place, Texts, kind_of
from contacts.editing.controls import plain_lines
from piggyadmin import codes
from piggyadmin.ledger.actor import Actor
from piggyadmin.piggy.errors import PiggyError
from piggyadmin.piggy.inputs import checked_name
from piggyadmin.piggy.payloads import AttributeDefinition, Contact
from piggyadmin.piggy.payloads.attributes import AttributeOption

EDIT_ALL = "contacts.edit_all_attributes"
SEE_IDENTITY = "contacts.see_identity"

LANGUAGES = {"nl": "Dutch", "en": "English", "de": "German", "fr": "French", "es": "Spanish"}
# What everybody may change who may change anything. Piggy's list of attributes is an older call that may be gone one
# day: these six are known without it.
FIRST = {
    "firstname": ("First name", "text"),
    "lastname": ("Last name", "text"),
    "phonenumber": ("Phone number", "phone"),
    "birthdate": ("Birthday", "birth_date"),
    "address": ("Address", "text"),
    "locale": ("Language", "select"),
}
# Whoever has one of these can act as the customer.
KEYS = ("custom_app_login", "add_to_wallet", "subscription_preferences_url", "double_opt_in_confirmation_url")
PIGGYS_OWN = ("uuid", "id", "contact_id", "added_at", "last_updated_at")
PERSONAL_TYPES = ("email", "phone")
WHO = "Who it is"
OTHER = "Other facts"


@dataclass(frozen=True, slots=True)
class Entry:
    """One attribute of one contact. `texts` is what its controls show; None for a value that we do not read."""

    about: AttributeDefinition
    kind: Kind
    label: str
    group: str
    value: Any
    told: str  # the value for reading
    texts: Texts | None
    why_not: str = ""  # why this person cannot change it here, a sentence

    @property
    def name(self) -> str:
        return self.about.name


@dataclass(frozen=True, slots=True)
class Sheet:
    """All attributes of a contact, those that this person may change first."""

    contact: Contact
    place: Place
    entries: Sequence[Entry]
    read_at: datetime | None
    unread: PiggyError | None = field(default=None)  # Piggy's list of attributes could not be read: only FIRST is here

    @property
    def writable(self) -> list[Entry]:
        return [entry for entry in self.entries if not entry.why_not]

    @property
    def fixed(self) -> list[tuple[str, list[Entry]]]:
        """What this person cannot change here, by the reason why."""
        by_reason: dict[str, list[Entry]] = {}
        for entry in self.entries:
            if entry.why_not and not entry.about.is_read_only:
                by_reason.setdefault(entry.why_not, []).append(entry)
        return list(by_reason.items())

    @property
    def piggys(self) -> list[Entry]:
        """What nobody can change: Piggy, or whoever the account gave it to, fills it in."""
        return [entry for entry in self.entries if entry.about.is_read_only]

    def entry(self, name: str) -> Entry | None:
        return next((entry for entry in self.entries if entry.name == name), None)

    def prints(self) -> dict[str, str]:
        """The fingerprint of each attribute that can be changed, as it is now."""
        return {entry.name: self.print_of(entry) for entry in self.writable}

    def print_of(self, entry: Entry) -> str:
        return print_of(self.contact.uuid, entry.name, entry.texts)


def print_of(contact_uuid: str, name: str, texts: Texts | None) -> str:
    """The fingerprint of what stands in the controls of an attribute of this contact."""
    shown = json.dumps([contact_uuid, name, _plain(texts)], sort_keys=True)
    return salted_hmac("contacts.editing.sheets", shown, algorithm="sha256").hexdigest()[:20]


def sheet_of(
    contact: Contact,
    definitions: Iterable[AttributeDefinition],
    *,
    actor: Actor,
    place: Place,
    read_at: datetime | None = None,
    unread: PiggyError | None = None,
) -> Sheet:
    known = {about.name: about for about in definitions}
    for name, (label, kind) in FIRST.items():
        known.setdefault(name, AttributeDefinition(name=name, label=label, type=kind))
    entries = [_entry(about, contact, actor, place) for about in known.values() if about.name not in PIGGYS_OWN]
    order = {name: number for number, name in enumerate(FIRST)}
    entries.sort(
        key=lambda entry: (
            bool(entry.why_not),
            order.get(entry.name, len(order)),
            entry.group.casefold(),
            entry.about.position or 0,
        )
    )
    return Sheet(contact, place, entries, read_at, unread)


def _entry(about: AttributeDefinition, contact: Contact, actor: Actor, place: Place) -> Entry:
    if about.name == "locale" and not about.options:
        options = [AttributeOption(value=value, label=label) for value, label in LANGUAGES.items()]
        about = AttributeDefinition(name=about.name, label=about.label, type="select", options=options)
    kind = kind_of(about.type)
    value = contact.known_email or None if about.name == "email" else contact.current_values.get(about.name)
    try:
        texts = kind.texts(value, place)
    except values.Misread:
        texts = None
    return Entry(
        about=about,
        kind=kind,
        label=FIRST[about.name][0] if about.name in FIRST else about.title,
        group=WHO if about.name in FIRST else _group(about),
        value=value,
        told=_told(about, kind, value, actor, place),
        texts=texts,
        why_not=_why_not(about, kind, contact, actor) or ("" if texts is not None else UNREAD),
    )


UNREAD = "Piggy holds a value here that this page does not understand. It is kept as it is."
HIDDEN = "not shown: whoever has it can act as the customer"


def _why_not(about: AttributeDefinition, kind: Kind, contact: Contact, actor: Actor) -> str:
    if about.name == "email":
        return "Piggy never lets an e-mail address be changed."
    if about.is_read_only:
        return "Piggy fills this in itself."
    if kind.why_not:
        return kind.why_not
    if about.name == "age" and contact.current_values.get("birthdate"):
        return "Piggy works it out from the birthday."
    if about.name not in FIRST and not actor.may(EDIT_ALL):
        return "An admin can change this."
    if _is_personal(about) and not actor.may(SEE_IDENTITY):
        return "Only those who see addresses and numbers in full can change this."
    try:
        checked_name(about.name)
    except PiggyError:
        return "Its name cannot be sent to Piggy."
    return ""


def _told(about: AttributeDefinition, kind: Kind, value: Any, actor: Actor, place: Place) -> str:
    if about.name.startswith(KEYS):
        return HIDDEN if value not in (None, "") else ""
    told = kind.told(value, about, place)
    if told and _is_personal(about) and not actor.may(SEE_IDENTITY):
        return codes.masked_email(told) if about.type == "email" else codes.masked_phone(told)
    return told


def _is_personal(about: AttributeDefinition) -> bool:
    return about.type in PERSONAL_TYPES


def _group(about: AttributeDefinition) -> str:
    title = about.group_title
    if not title or about.is_piggy_defined:
        return OTHER
    words = title.replace("_", " ")
    return words[:1].upper() + words[1:]


def _plain(texts: Texts | None) -> Mapping[str, Any] | None:
    """What the controls hold, written in the one way that a browser sends back."""
    if texts is None:
        return None
    return {
        part: sorted(map(str, text)) if isinstance(text, list) else plain_lines(str(text or ""))
        for part, text in texts.items()
    }


def named(labels: Sequence[str]) -> str:
    """ "first name, address and birthday": the names of fields within a sentence."""
    words = [_inside(label) for label in labels[:6]]
    if len(labels) > 6:
        words[5:] = [f"{len(labels) - 5} more"]
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]])) if words else "nothing"


def _inside(label: str) -> str:
    """A label within a sentence; one in capitals stays so."""
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]
