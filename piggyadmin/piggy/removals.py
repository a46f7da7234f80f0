"""What Piggy cannot undo: merging and deleting contacts. https://docs.piggy.eu/v3/oauth/contacts

Either call only schedules the work, which "may take a few minutes": until then the contact that will go answers as
before, and 55031 from then on. Neither answer tells of the outcome, so look afterwards.
"""

from typing import Any, Literal

from .caller import Caller
from .inputs import checked_id, refusal

Deletion = Literal["DEFAULT", "GDPR"]
DELETIONS = ("DEFAULT", "GDPR")


class RemovalCalls(Caller):
    def merge_contacts(self, *, source_contact_uuid: str, destination_contact_uuid: str) -> None:
        """Have the source's belongings go to the destination; the source will be gone.

        The answer is not documented, so any success counts as "accepted". PiggyNotFound (55031: one of the two, and
        which is not told), PiggyInvalid (1003).

        https://docs.piggy.eu/v3/oauth/contacts (Merge Contacts)
        """
        source = checked_id(source_contact_uuid, field="source_contact_uuid")
        destination = checked_id(destination_contact_uuid, field="destination_contact_uuid")
        if source == destination:
            raise refusal("destination_contact_uuid", "A customer cannot be merged with itself.")
        self._write(
            "merge_contacts",
            "POST",
            "contacts/merge",
            _anything,
            json={"source_contact_uuid": source, "destination_contact_uuid": destination},
        )

    def delete_contact(self, *, contact_uuid: str, type: Deletion) -> None:
        """Have a contact deleted. DEFAULT keeps a detailed log at Piggy, GDPR removes what refers to the person.

        The answer is null; any success counts as "accepted". PiggyNotFound (55031), PiggyInvalid (1003).

        https://docs.piggy.eu/v3/oauth/contacts (Delete Contact)
        """
        if type not in DELETIONS:
            raise refusal("type", "This is not a kind of deletion.")
        self._write(
            "delete_contact",
            "POST",
            "contacts/{contact_uuid}/delete",
            _anything,
            ids={"contact_uuid": contact_uuid},
            json={"type": type},
        )


_anything: Any = Any
