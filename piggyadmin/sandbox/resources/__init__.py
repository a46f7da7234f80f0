"""The operations, a module per resource. Importing this package registers them all."""

from piggyadmin.sandbox.resources import (  # noqa: F401  imported for what they register
    access,
    attributes,
    bookings,
    claiming,
    contact_writes,
    contacts,
    credit_receptions,
    identifiers,
    loyalty_transactions,
    prepaid,
    programme,
    promotions,
    rewards,
    shops,
    subscriptions,
    transaction_attributes,
    units,
    verification,
    vouchers,
)
