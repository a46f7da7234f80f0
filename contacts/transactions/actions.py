"""What the ledger tells of the transactions: only that their list left the house."""

from piggyadmin.ledger.actions import Action, Kind, Words, register, register_kind

LIST = register_kind(Kind("transactions", words="the list of transactions"))

EXPORTED = register(
    Action(
        name="transactions.exported",
        permission="contacts.view_all_transactions",
        words=Words(
            do="Export transactions",
            done="Exported {rows:thousands} transactions.",
            refused="Not exported.",
            unknown="We do not know whether it was exported.",
            what="{rows:thousands}",
        ),
        needs_shop=False,
        writes_to_piggy=False,
    )
)
