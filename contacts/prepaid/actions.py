"""What can be done with prepaid money, as the ledger tells it. `cents` are signed: what came onto the balance."""

from contacts.prepaid import resolvers
from piggyadmin.ledger.actions import Action, Words, register

TOP_UP = register(
    Action(
        name="prepaid.top_up",
        permission="contacts.top_up_prepaid",
        approve_permission="contacts.approve_prepaid",
        words=Words(
            do="Top up prepaid money",
            done="Topped up {cents:euros}.",
            refused="Nothing was topped up.",
            unknown="We do not know whether {cents:euros} were topped up. Do not top them up again.",
            settle_question="Were {cents:euros} topped up?",
            what="{cents:signed_euros}",
        ),
        resolve=resolvers.resolve,
        page="contacts:prepaid",
    )
)

DEDUCT = register(
    Action(
        name="prepaid.deduct",
        permission="contacts.adjust_prepaid",
        words=Words(
            do="Deduct prepaid money",
            done="Deducted {paid_cents:euros}.",
            refused="Nothing was deducted.",
            unknown="We do not know whether {paid_cents:euros} were deducted. Do not deduct them again.",
            settle_question="Were {paid_cents:euros} deducted?",
            what="{cents:signed_euros}",
        ),
        resolve=resolvers.resolve,
    )
)

REVERSE = register(
    Action(
        name="prepaid.reverse",
        permission="contacts.adjust_prepaid",
        words=Words(
            do="Take back a prepaid transaction",
            done="Took a prepaid transaction back: {cents:signed_euros}.",
            refused="The transaction was not taken back.",
            unknown="We do not know whether the transaction was taken back ({cents:signed_euros}).",
            settle_question="Was the transaction taken back ({cents:signed_euros})?",
            what="{cents:signed_euros}",
        ),
        resolve=resolvers.resolve,
    )
)

MOVES = (TOP_UP.name, DEDUCT.name, REVERSE.name)
"""Whatever changes the balance from here: of one customer, one at a time."""
