"""Who stands at the counter: one of the customer's own cards shown here, or a code read back from their address.

Whoever spends what a customer has saved asks for it first. A card is kept in the session (whose, where, when, never its
number), a code is found in the ledger; both count for one visit, in one shop. A scanner is a keyboard: nobody can tell
a number it read from a typed one, so the page says both.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime

from django import forms
from django.contrib.sessions.backends.base import SessionBase
from django.utils import timezone

from contacts.cards.forms import scanned
from contacts.claiming import verification
from contacts.merging.proofs import VISIT, NotProved, is_own_card
from piggyadmin.accounts.models import Shop
from piggyadmin.codes import spellings
from piggyadmin.piggy.payloads import Contact
from piggyadmin.typed import NotReadable, clean

KEY, MOST = "identity", 10  # in the session: the last customers whose card was shown here
FIRST = "First see who it is: scan a card of this customer, or have them read back a code from their mail."


@dataclass(frozen=True, slots=True)
class Proof:
    """What showed that it is this customer. `kind` is "card" or "code"."""

    kind: str
    at: datetime

    @property
    def until(self) -> datetime:
        """When it counts no more: the visit is over then."""
        return self.at + VISIT

    @property
    def words(self) -> str:
        return "Card number scanned or typed" if self.kind == "card" else "Code read back"


class CardForm(forms.Form):
    """A card of the customer's, shown now."""

    card = scanned("Scan a card of this customer", "It shows that it is them. The card’s number is not kept.")

    def clean_card(self) -> str:
        try:
            return clean(self.cleaned_data["card"])
        except NotReadable as error:
            raise forms.ValidationError(str(error)) from error


def show_card(session: SessionBase, *, contact_uuid: str, card: str, shop: Shop) -> None:
    """Take a card as proof, if Piggy says now that it is this customer's. Raises NotProved, PiggyError."""
    if not any(is_own_card(contact_uuid=contact_uuid, card=text) for text in spellings(card)):
        raise NotProved("This card is not one of this customer’s. It proves nothing.")
    note(session, contact_uuid=contact_uuid, shop=shop)


def note(session: SessionBase, *, contact_uuid: str, shop: Shop) -> None:
    """Keep that a card of this customer, which Piggy has just listed as theirs, was shown in this shop."""
    seen = {uuid: each for uuid, each in session.get(KEY, {}).items() if uuid != contact_uuid}
    seen[contact_uuid] = [str(shop.pk), int(time.time())]
    session[KEY] = dict(list(seen.items())[-MOST:])


def proof_of(session: SessionBase, *, contact: Contact, shop: Shop | None) -> Proof | None:
    """What counts now, in this shop, for the customer as just read from Piggy; None: nothing does."""
    if shop is None:
        return None
    where, seconds = session.get(KEY, {}).get(contact.uuid, ("", 0))
    scanned_at = datetime.fromtimestamp(seconds, UTC)
    if where == str(shop.pk) and _is_of_this_visit(scanned_at):
        return Proof("card", scanned_at)
    if not contact.known_email:
        return None
    standing = verification.standing(contact=contact)
    act = standing.act if standing.state == "verified" else None
    if act is None or act.shop_id != shop.pk or not _is_of_this_visit(act.at):
        return None
    return Proof("code", act.at)


def _is_of_this_visit(at: datetime) -> bool:
    return timezone.now() - at < VISIT
