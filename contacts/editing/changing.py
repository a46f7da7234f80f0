"""Change a customer's attributes: what was changed in the form is sent, but for what somebody else changed since."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from contacts.editing import actions
from contacts.editing.attributes import place_of
from contacts.editing.guards import insist_on_clear, nothing_sent
from contacts.editing.sheets import FIRST, Sheet, named, print_of, sheet_of
from contacts.editing.values import Misread
from piggyadmin import piggy
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.door import Target, begun_with, perform
from piggyadmin.ledger.models import Act, State
from piggyadmin.ledger.open_acts import still_open
from piggyadmin.ledger.outcomes import Outcome
from piggyadmin.ledger.services import acts_of
from piggyadmin.piggy.errors import PiggyInvalid, PiggyNotFound, PiggyRejected
from piggyadmin.piggy.payloads import Contact

EARLIER = "Nobody knows yet whether an earlier change of this customer was saved. Look at that first."


class NoContact(Exception):
    """Piggy has no such customer (any more)."""


class ChangedSince(PiggyRejected):
    """Somebody else changed the same after the form was checked; nothing was sent."""


@dataclass(frozen=True, slots=True)
class Change:
    """An attribute that is to be changed: its name, label and type, what is to stand there and what does."""

    name: str
    label: str
    type: str
    new: Any
    old: Any


@dataclass(frozen=True, slots=True)
class Saved:
    """What came of a form. `clashes` were changed by somebody else since the form was shown: then nothing was sent.

    No `outcome` and no clashes: there was nothing to change. `sheet` is the customer as last read.
    """

    sheet: Sheet
    outcome: Outcome | None = None
    clashes: Sequence[Change] = ()


def open_sheet(*, contact_uuid: str, actor: Actor) -> Sheet:
    """The customer's attributes, read now. Raises NoContact, and PiggyError when the customer cannot be read.

    Piggy's list of attributes may fail: then only those that are known without it are there.
    """
    answers = piggy.gather(
        {
            "contact": lambda client: client.get_contact(contact_uuid=contact_uuid),
            "attributes": lambda client: client.list_contact_attributes(),
        },
        seconds=settings.PIGGY_TIMEOUT,
    )
    try:
        contact = answers["contact"].get()
    except (PiggyNotFound, PiggyInvalid) as error:
        raise NoContact(contact_uuid) from error
    return sheet_of(
        contact,
        answers["attributes"].value or [],
        actor=actor,
        place=place_of(actor.shop.time_zone if actor.shop else settings.TIME_ZONE),
        read_at=answers["contact"].read_at,
        unread=answers["attributes"].error,
    )


def open_acts(*, contact_uuid: str) -> list[Act]:
    """Changes of this customer that are under way, or whose outcome nobody knows; the latest first."""
    tries = acts_of(target=Target("contact", contact_uuid)).filter(action=actions.UPDATE.name)
    return list(still_open(tries))


def save(*, sheet: Sheet, typed: Mapping[str, Any], shown: Mapping[str, str], actor: Actor, token: str) -> Saved:
    """Send what differs of `typed` (values by attribute) from what Piggy has.

    `sheet` was read after the form came; `shown` are the fingerprints of what the form had shown. The customer is read
    once more right before the call. A form that was sent before shows what came of it. Raises PermissionDenied.
    """
    contact_uuid = sheet.contact.uuid
    earlier = begun_with(token)
    if earlier is not None and earlier.outcome != State.PLANNED:
        return Saved(sheet, _update(contact_uuid, [], actor=actor, token=token))
    changes = changed(sheet, typed)
    clashes = clashing(sheet, changes, shown)
    if clashes or not changes:
        return Saved(sheet, clashes=clashes)

    def insist(now: Contact) -> None:
        if any(_print_now(change.name, now, sheet) != shown[change.name] for change in changes):
            raise ChangedSince("Somebody changed the same just now.")

    return Saved(sheet, _update(contact_uuid, changes, actor=actor, token=token, insist=insist))


def changed(sheet: Sheet, typed: Mapping[str, Any]) -> list[Change]:
    """What of `typed` is to be sent: attributes that may be written, with a value other than the present one."""
    changes = []
    for name, value in typed.items():
        entry = sheet.entry(name)
        if entry is None or entry.why_not:
            continue
        new = entry.kind.to_send(value, entry.value)
        if not entry.kind.same(new, entry.value, sheet.place):
            changes.append(Change(name, entry.label, entry.about.type, new, entry.value))
    return changes


def clashing(sheet: Sheet, changes: Sequence[Change], shown: Mapping[str, str]) -> list[Change]:
    """Those of the changes whose attribute is not any more as the form had shown it."""
    prints = sheet.prints()
    return [change for change in changes if shown.get(change.name) != prints[change.name]]


def fill_in(*, contact_uuid: str, texts: Mapping[str, str], actor: Actor, token: str) -> Outcome | None:
    """Set what is known of a customer who was created a moment ago; None when there is nothing to set."""
    changes = [Change(name, *FIRST[name], text, None) for name, text in texts.items() if text]
    return _update(contact_uuid, changes, actor=actor, token=token) if changes else None


def _print_now(name: str, now: Contact, sheet: Sheet) -> str:
    """The fingerprint that an attribute has in a newer reading; "" when it cannot be read any more."""
    entry = sheet.entry(name)
    assert entry is not None
    try:
        texts = entry.kind.texts(now.current_values.get(entry.name), sheet.place)
    except Misread:
        return ""
    return print_of(now.uuid, name, texts)


def _update(
    contact_uuid: str,
    changes: Sequence[Change],
    *,
    actor: Actor,
    token: str,
    insist: Callable[[Contact], None] | None = None,
) -> Outcome:
    """One act: all changes, or none. `insist` raises when the customer, read right before, is not as expected."""

    def call(act: Act) -> Contact:
        insist_on_clear(act, open_acts(contact_uuid=contact_uuid), EARLIER)
        if insist is not None:
            with nothing_sent("The customer could not be read once more before saving. Try again."):
                now = piggy.get_client().get_contact(contact_uuid=contact_uuid)
            insist(now)
        attributes = {change.name: change.new for change in changes}
        return piggy.get_client().update_contact(contact_uuid=contact_uuid, attributes=attributes)

    return perform(
        actions.UPDATE,
        by=actor,
        target=Target("contact", contact_uuid),
        figures={
            "fields": [change.name for change in changes],
            "types": [change.type for change in changes],
            "changed": named([change.label.replace("@", " at ") for change in changes]),
        },
        detail={
            "before": {change.name: change.old for change in changes},
            "after": {change.name: change.new for change in changes},
        },
        form_token=token,
        call=call,
    )
