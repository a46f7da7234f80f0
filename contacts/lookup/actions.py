"""How the ledger names a contact."""

from piggyadmin.ledger.actions import Kind, register_kind

CONTACT = register_kind(Kind("contact", "customer {short}", "contacts:contact"))
