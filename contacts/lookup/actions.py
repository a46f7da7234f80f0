"""How the ledger names a contact."""

from contacts.copy.names import names_now
from piggyadmin.ledger.actions import Kind, register_kind

CONTACT = register_kind(
    Kind(
        "contact",
        "customer {short}",
        "contacts:contact",
        names=names_now,
        names_permission="contacts.view_contact",
    )
)
