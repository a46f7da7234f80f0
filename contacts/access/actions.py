"""Reading a customer's auth token, as the ledger tells it. The token itself stands nowhere in it."""

from piggyadmin.ledger.actions import Action, Words, register

READ = register(
    Action(
        name="contact.auth_token",
        permission="contacts.read_auth_token",
        words=Words(
            do="Read a customer’s auth token",
            done="Read an auth token of this customer. It was shown once.",
            refused="No auth token was read.",
            unknown="We do not know whether Piggy made an auth token. Nobody here has seen it; ask for a new one.",
            settle_question="Did Piggy make an auth token?",
        ),
        needs_shop=False,
    )
)
