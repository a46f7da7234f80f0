"""What can be done to a customer's own facts, as the ledger tells it."""

from contacts.editing import resolvers
from piggyadmin.ledger.actions import Action, Kind, Words, register, register_kind

NEW_CUSTOMER = register_kind(Kind("new-customer", "a new customer"))
SUBSCRIPTION = register_kind(Kind("subscription", "mail about {list}"))

CREATE = register(
    Action(
        name="contact.create",
        permission="contacts.create_contact",
        words=Words(
            do="Create customer",
            done="Created a customer.",
            refused="No customer was created.",
            unknown="We do not know whether the customer was created. Do not create the customer again.",
            settle_question="Was a customer with this address created?",
        ),
        resolve=resolvers.resolve_create,
        may_come_late=90,  # the customer is looked for once more before anything is sent
    )
)

FIND_OR_CREATE = register(
    Action(
        name="contact.find_or_create",
        permission="contacts.create_contact",
        words=Words(
            do="Find or create customer",
            done="Piggy has a customer with this address: found, or made just now.",
            refused="No customer was created.",
            unknown="We do not know whether a customer was created.",
            settle_question="Does Piggy have a customer with this address now?",
        ),
        resolve=resolvers.resolve_find_or_create,
    )
)

UPDATE = register(
    Action(
        name="contact.update",
        permission="contacts.edit_contact",
        words=Words(
            do="Change customer",
            done="Saved {changed}.",
            refused="Nothing was saved.",
            unknown="We do not know whether {changed} was saved.",
            settle_question="Was {changed} saved?",
        ),
        resolve=resolvers.resolve_update,
        may_come_late=150,  # a question comes before it, and what Piggy shows of a contact trails behind a change
    )
)

SUBSCRIBE = register(
    Action(
        name="contact.subscribe",
        permission="contacts.manage_subscriptions",
        words=Words(
            do="Subscribe customer",
            done="{so}",
            refused="Nothing was changed about {list}.",
            unknown="We do not know whether the customer was subscribed to {list}.",
            settle_question="Was the customer subscribed to {list}?",
        ),
        resolve=resolvers.resolve_subscribe,
        may_come_late=90,  # two questions come before it
    )
)

UNSUBSCRIBE = register(
    Action(
        name="contact.unsubscribe",
        permission="contacts.manage_subscriptions",
        words=Words(
            do="Unsubscribe customer",
            done="The customer gets no more {list}.",
            refused="Nothing was changed about {list}.",
            unknown="We do not know whether the customer was unsubscribed from {list}.",
            settle_question="Was the customer unsubscribed from {list}?",
        ),
        resolve=resolvers.resolve_unsubscribe,
        may_come_late=90,
    )
)
