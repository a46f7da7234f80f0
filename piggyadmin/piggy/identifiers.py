"""Cards and other numbers that lead to a contact. https://docs.piggy.eu/v3/oauth/contact-identifiers"""

from .caller import Caller
from .filters import check_all, contact_of, ignored
from .inputs import checked_id, checked_text, given, refusal
from .payloads import ContactIdentifier


class IdentifierCalls(Caller):
    def find_identifier(self, *, value: str) -> ContactIdentifier:
        """A card or other number; `contact` is None while unlinked. PiggyNotFound (60003), 60004: it is switched off.

        https://docs.piggy.eu/v3/oauth/contact-identifiers (Find Contact Identifier)
        """
        wanted = checked_text(value, field="value")

        def check(found: ContactIdentifier) -> None:
            if found.value != wanted:
                raise ignored(field="contact_identifier_value", operation="find_contact_identifier")

        return self._get(
            "find_contact_identifier",
            "contact-identifiers/find",
            ContactIdentifier,
            params={"contact_identifier_value": wanted},
            check=check,
        )

    def list_identifiers(self, *, contact_uuid: str) -> list[ContactIdentifier]:
        """All cards of a contact. PiggyNotFound (55031).

        The contact stands in the path, not in a filter, and one capture has items without `contact`: those pass. An
        item that names another contact does not.

        https://docs.piggy.eu/v3/oauth/contacts (Get Contact Identifiers)
        """

        def check(found: list[ContactIdentifier]) -> None:
            named = [identifier for identifier in found if identifier.contact]
            check_all(named, contact_of, contact_uuid, field="contact_uuid", operation="list_contact_identifiers")

        return self._get(
            "list_contact_identifiers",
            "contacts/{contact_uuid}/contact-identifiers",
            list[ContactIdentifier],
            ids={"contact_uuid": contact_uuid},
            check=check,
        )

    def create_identifier(
        self, *, value: str, contact_uuid: str | None = None, name: str | None = None
    ) -> ContactIdentifier:
        """Make a card, linked to a contact at once when one is given. Without `name` it is called by its value.

        The value can never be changed, and is unique in the account. PiggyRejected (60006 there is one),
        PiggyNotFound (55031), PiggyInvalid (1003).

        https://docs.piggy.eu/v3/oauth/contact-identifiers (Create Contact Identifier)
        """
        wanted = checked_text(value, field="value")
        return self._write(
            "create_contact_identifier",
            "POST",
            "contact-identifiers",
            ContactIdentifier,
            json={
                "contact_identifier_value": wanted,
                "contact_uuid": given(checked_id, contact_uuid, field="contact_uuid"),
                "contact_identifier_name": given(checked_text, name, field="name"),
            },
            is_ours=lambda done: done.value == wanted and contact_of(done) == contact_uuid,
        )

    def link_identifier(self, *, value: str, contact_uuid: str) -> ContactIdentifier:
        """Give an unlinked card to a contact.

        PiggyNotFound (60003 the card, 55031 the customer), PiggyRejected (60004 switched off, 60014 linked already,
        perhaps to this very customer), PiggyInvalid (1003).

        https://docs.piggy.eu/v3/oauth/contact-identifiers (Link Contact Identifier)
        """
        wanted = checked_text(value, field="value")
        return self._write(
            "link_contact_identifier",
            "PUT",
            "contact-identifiers/link",
            ContactIdentifier,
            json={
                "contact_identifier_value": wanted,
                "contact_uuid": checked_id(contact_uuid, field="contact_uuid"),
            },
            is_ours=lambda done: done.value == wanted and contact_of(done) == contact_uuid,
        )

    def unlink_identifier(self, *, value: str) -> ContactIdentifier:
        """Take a card from its contact; it stays in the account.

        PiggyNotFound (60003), PiggyRejected (60004 switched off, 60011 not linked), PiggyInvalid (1003).

        https://docs.piggy.eu/v3/oauth/contact-identifiers (Unlink Contact Identifier)
        """
        wanted = checked_text(value, field="value")
        return self._write(
            "unlink_contact_identifier",
            "PUT",
            "contact-identifiers/unlink",
            ContactIdentifier,
            json={"contact_identifier_value": wanted},
            is_ours=lambda done: done.value == wanted and done.contact is None,
        )

    def update_identifier(
        self, *, value: str, name: str | None = None, active: bool | None = None
    ) -> ContactIdentifier:
        """Rename a card, switch it off or on again; what is None stays as it is.

        A card that is off cannot be found any more (60004), yet stands in its contact's list. PiggyNotFound (60003),
        PiggyInvalid (1003; also for nothing to change).

        https://docs.piggy.eu/v3/oauth/contact-identifiers (Update Contact Identifier)
        """
        wanted = checked_text(value, field="value")
        title = given(checked_text, name, field="name")
        if title is None and active is None:
            raise refusal("name", "There is nothing to change.")

        def is_ours(done: ContactIdentifier) -> bool:
            as_named = title is None or (done.name or "").strip() == title.strip()
            return done.value == wanted and as_named and active in (None, done.active)

        return self._write(
            "update_contact_identifier",
            "PUT",
            "contact-identifiers",
            ContactIdentifier,
            json={
                "contact_identifier_value": wanted,
                "contact_identifier_name": title,
                "contact_identifier_active": active,
            },
            is_ours=is_ours,
        )
