"""Customers. https://docs.piggy.eu/v3/oauth/contacts"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from .caller import Caller
from .filters import check_attributes, check_created, check_email, check_order, ignored, same_email
from .inputs import checked_moment, checked_name, checked_text, checked_value, given, refusal
from .paging import CONTACTS, Page
from .payloads import Contact, ContactCreated, CreditBalance, PrepaidBalance, Tier

LONGEST_EMAIL = 254
Order = Literal["created_at", "-created_at"]


class ContactCalls(Caller):
    def get_contact(self, *, contact_uuid: str) -> Contact:
        """A contact with balances. PiggyNotFound (55031).

        An answer about another uuid is PiggyFilterIgnored. Piggy documents none for a contact that was merged away
        (it keeps answering until the merge has run, then 55031), and a page must not show one person under another's
        address.

        https://docs.piggy.eu/v3/oauth/contacts (Get Contact)
        """

        def check(found: Contact) -> None:
            if found.uuid != contact_uuid:
                raise ignored(field="contact_uuid", operation="get_contact")

        return self._get(
            "get_contact", "contacts/{contact_uuid}", Contact, ids={"contact_uuid": contact_uuid}, check=check
        )

    def find_contact(self, *, email: str) -> Contact:
        """The contact with this address, without regard to case. PiggyNotFound (55031). Never creates.

        https://docs.piggy.eu/v3/oauth/contacts (Find Contact)
        """
        wanted = checked_text(email, field="email", longest=LONGEST_EMAIL)
        return self._get(
            "find_contact",
            "contacts/find-one-by",
            Contact,
            params={"email": wanted},
            check=lambda found: check_email(found, wanted, operation="find_contact"),
        )

    def list_contacts(
        self,
        *,
        page: int = 1,
        limit: int = CONTACTS.most,
        attributes: Mapping[str, str] | None = None,
        sort: Order | None = None,
        created_from: datetime | None = None,
        created_to: datetime | None = None,
    ) -> Page[Contact]:
        """One page of contacts (100 at most): all of them, those whose attributes equal `attributes`, those made from
        one moment to another (both included, in whole seconds).

        Attribute filters are documented since October 2026 only; each contact is checked against them. The values are
        compared with `current_values`, which trail behind a change: a contact changed a moment ago can make the whole
        page PiggyFilterIgnored. So can one made outside the bounds, and a page that is not in the order of `sort`;
        a contact that does not tell when it was made passes both.

        https://docs.piggy.eu/v3/oauth/contacts (List Contacts)
        """
        wanted = {checked_name(name): checked_text(value, field=name) for name, value in (attributes or {}).items()}
        params: dict[str, Any] = {f"attributes[{name}]": value for name, value in wanted.items()}
        bounds = {
            "created_at[gte]": given(checked_moment, created_from, field="created_at"),
            "created_at[lte]": given(checked_moment, created_to, field="created_at"),
        }

        def check(found: list[Contact]) -> None:
            check_attributes(found, wanted, operation="list_contacts")
            check_created(found, created_from, created_to, operation="list_contacts")
            if sort is not None:
                check_order(found, newest_first=sort == "-created_at", operation="list_contacts")

        return self._get_page(
            "list_contacts",
            "contacts",
            Contact,
            params={**CONTACTS.params(page, limit), "sort": sort, **bounds, **params},
            check=check,
        )

    def contacts_by_phone(self, *, phone: str, limit: int = 30) -> Page[Contact]:
        """The first `limit` contacts with this phone number: a family can share one. The page's `total` tells of more.

        Piggy compares the text, so "0612345678" does not find "+31612345678": ask for each way of writing it.

        https://docs.piggy.eu/v3/oauth/contacts (List Contacts)
        """
        return self.list_contacts(limit=limit, attributes={"phonenumber": phone})

    def get_credit_balance(self, *, contact_uuid: str) -> CreditBalance:
        """A contact's credits. The answer names no contact, so there is nothing to check. PiggyNotFound (55031).

        https://docs.piggy.eu/v3/oauth/contacts (Get Credit Balance)
        """
        return self._get(
            "get_contact_credit_balance",
            "contacts/{contact_uuid}/credit-balance",
            CreditBalance,
            ids={"contact_uuid": contact_uuid},
        )

    def get_prepaid_balance(self, *, contact_uuid: str) -> PrepaidBalance:
        """A contact's prepaid money in cents. The answer names no contact. PiggyNotFound (55031).

        https://docs.piggy.eu/v3/oauth/contacts (Get Prepaid Balance)
        """
        return self._get(
            "get_contact_prepaid_balance",
            "contacts/{contact_uuid}/prepaid-balance",
            PrepaidBalance,
            ids={"contact_uuid": contact_uuid},
        )

    def get_tier(self, *, contact_uuid: str) -> Tier | None:
        """A contact's tier; None without one, which Piggy writes as null, as [] or as a tier without a name.

        https://docs.piggy.eu/v3/oauth/tiers (Get Contact Tier)
        """
        found: Tier | None = self._get(
            "get_contact_tier",
            "contacts/{contact_uuid}/tier",
            Tier | None,  # type: ignore[arg-type]
            ids={"contact_uuid": contact_uuid},
        )
        return found if found and found.name else None

    def create_contact(self, *, email: str) -> ContactCreated:
        """Make a contact. Only its uuid comes back: read it to know more.

        PiggyRejected (60005 the address has a contact already, 60000 the account is full), PiggyInvalid (1003).

        https://docs.piggy.eu/v3/oauth/contacts (Create Contact)
        """
        wanted = checked_text(email, field="email", longest=LONGEST_EMAIL)
        return self._write("create_contact", "POST", "contacts", ContactCreated, json={"email": wanted})

    def create_anonymous_contact(self, *, contact_identifier_value: str | None = None) -> ContactCreated:
        """Make a contact for whom Piggy invents an address, perhaps with a card of this number.

        Whether the card must exist before is not clear: the page says the value becomes a card, and yet lists "not
        found". So a card that is not there yet is better made first, then given here or linked.

        PiggyNotFound (60003), PiggyRejected (60014 the card has a customer, 60005, 60000), PiggyInvalid (1003).

        https://docs.piggy.eu/v3/oauth/contacts (Create Anonymous Contact)
        """
        value = given(checked_text, contact_identifier_value, field="contact_identifier_value")
        return self._write(
            "create_anonymous_contact",
            "POST",
            "contacts/anonymous",
            ContactCreated,
            json={"contact_identifier_value": value},
        )

    def find_or_create_contact(self, *, email: str) -> Contact:
        """The contact with this address, made when there is none. A WRITE, although Piggy has it as a GET.

        Which of the two it was is not told. PiggyRejected (60000 the account is full), PiggyInvalid (1003).

        https://docs.piggy.eu/v3/oauth/contacts (Find or Create Contact)
        """
        wanted = checked_text(email, field="email", longest=LONGEST_EMAIL)
        return self._write(
            "find_or_create_contact",
            "GET",
            "contacts/find-or-create",
            Contact,
            params={"email": wanted},
            is_ours=lambda done: same_email(done.email, wanted),
        )

    def update_contact(self, *, contact_uuid: str, attributes: Mapping[str, Any]) -> Contact:
        """Set these attributes and leave the others as they are; a value None empties one.

        Texts, numbers, Decimals, dates, aware datetimes, truth, lists and objects. The address and what Piggy fills in
        itself cannot be set: Piggy refuses or passes over them, which is not documented. `current_values` of the answer
        may still be the old ones. PiggyNotFound (55031), PiggyInvalid (1003; also for no attributes at all).

        https://docs.piggy.eu/v3/oauth/contacts (Update Contact)
        """
        values = {checked_name(name): checked_value(value, field=name) for name, value in attributes.items()}
        if not values:
            raise refusal("attributes", "There is nothing to change.")
        return self._write(
            "update_contact",
            "PUT",
            "contacts/{contact_uuid}",
            Contact,
            ids={"contact_uuid": contact_uuid},
            json={"attributes": values},
            is_ours=lambda done: done.uuid == contact_uuid,
        )

    def claim_contact(self, *, contact_uuid: str, email: str) -> Contact:
        """Give an anonymous contact its address. When the address has a contact already, Piggy MERGES the two for good.

        So look first. The contact that comes back has the address; its uuid may be another than `contact_uuid`: then
        Piggy has merged, and the uuid asked for will be gone. What that means is for the caller to decide.
        `current_values` of the answer may still call it anonymous.

        PiggyNotFound (55031), PiggyRejected (60016 not anonymous any more), PiggyInvalid (1003).

        https://docs.piggy.eu/v3/oauth/contacts (Claim Anonymous Contact)
        """
        wanted = checked_text(email, field="email", longest=LONGEST_EMAIL)
        return self._write(
            "claim_anonymous_contact",
            "PUT",
            "contacts/{anonymous_contact_uuid}/claim",
            Contact,
            ids={"anonymous_contact_uuid": contact_uuid},
            json={"email": wanted},
            is_ours=lambda done: same_email(done.email, wanted),
        )
