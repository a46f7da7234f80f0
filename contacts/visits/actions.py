"""What can be done to a visit, as the ledger tells it. Piggy shows visits, so lost answers are looked up."""

from contacts.visits import resolvers
from piggyadmin.ledger.actions import Action, Kind, Words, register, register_kind

VISIT = register_kind(Kind("visit", "visit {short}"))

MAKE = register(
    Action(
        name="visit.create",
        permission="contacts.edit_visit",
        words=Words(
            do="Make a visit",
            done="Made a visit.",
            refused="The visit was not made.",
            unknown="We do not know whether the visit was made. Do not make it again.",
            settle_question="Is the visit with {look_for} among the customer’s visits?",
        ),
        resolve=resolvers.resolve_make,
    )
)

CHANGE = register(
    Action(
        name="visit.update",
        permission="contacts.edit_visit",
        words=Words(
            do="Change a visit",
            done="Changed the visit: {fields}.",
            refused="The visit was not changed.",
            unknown="We do not know whether the visit was changed ({fields}). Do not change it again.",
            settle_question="Does the visit show the new {fields}?",
        ),
        resolve=resolvers.resolve_change,
    )
)
