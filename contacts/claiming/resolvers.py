"""Find out what became of a claim whose answer was lost, by reading the customer, and the address, back.

An anonymous contact that has the address we sent was claimed: by us, or by somebody who typed the same a moment
before. Either way it is as it was wanted. One that stays anonymous was not claimed, unless the address leads to another
contact: then Piggy may have begun to merge the two, which shows only minutes later. A person decides then.
"""

from collections.abc import Mapping
from typing import Any

from contacts.claiming.addresses import address_of, holder_of, same_address
from contacts.claiming.met import forget
from contacts.copy import proved
from piggyadmin import piggy
from piggyadmin.ledger import lateness
from piggyadmin.ledger.actions import Settlement
from piggyadmin.ledger.models import Act
from piggyadmin.piggy.errors import PiggyNotFound


def resolve_claim(act: Act) -> Settlement | None:
    """Whether the customer has the address that the act sent. None where the reading proves nothing."""
    client = piggy.get_client()
    try:
        contact = client.get_contact(contact_uuid=act.target_id)
    except PiggyNotFound:
        return Settlement(None, reading={"customer": "not at Piggy any more: perhaps merged by this claim"})
    sent = address_of(act)
    if not sent:  # erased since
        return Settlement(None, reading={"anonymous": contact.is_anonymous, "address_sent": "erased"})
    if same_address(contact.email, sent):
        return Settlement(True, reading={"anonymous": False, "address": "the one that was sent"})
    if not contact.is_anonymous:
        return Settlement(False, reading={"anonymous": False, "address": "another one"}, code="other_address")
    holder = holder_of(client, sent)
    if holder is not None:
        reading = {"anonymous": True, "address": "another customer’s: Piggy may be merging", "address_of": holder.uuid}
        return Settlement(None, reading=reading)
    not_yet = None if lateness.may_still_come(act) else False
    return Settlement(not_yet, reading={"anonymous": True, "address": "nobody’s"})


def settled_claim(act: Act, happened: bool, reading: Mapping[str, Any]) -> None:
    if happened:
        forget(contact_uuid=act.target_id)


def settled_code(act: Act, happened: bool, reading: Mapping[str, Any]) -> None:
    if happened:
        proved.tell(act)
