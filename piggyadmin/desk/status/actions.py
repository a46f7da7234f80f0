"""What can be asked for on the status page, as the ledger tells it."""

from piggyadmin.ledger.actions import Action, Kind, Words, register, register_kind

COPY = register_kind(Kind("copy", "the copy of contacts"))

READ_ALL = register(
    Action(
        name="copy.read_all",
        permission="desk.view_status",
        words=Words(
            do="Read all contacts",
            done="Had all contacts read again.",
            refused="Not done.",
            unknown="We do not know whether it was done.",
        ),
        needs_shop=False,
        writes_to_piggy=False,
    )
)
