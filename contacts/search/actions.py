"""What the ledger tells of search: only that a list left the house. Searches themselves are not kept."""

from piggyadmin.ledger.actions import Action, Kind, Words, register, register_kind

LIST = register_kind(Kind("contacts", words="the list of customers"))

CONTACTS_EXPORTED = register(
    Action(
        name="contacts.exported",
        permission="contacts.export_contacts",
        words=Words(
            do="Export customers",
            done="Exported {rows:thousands} customers, with addresses and numbers in full.",
            refused="Not exported.",
            unknown="We do not know whether it was exported.",
            what="{rows:thousands}",
        ),
        needs_shop=False,
        writes_to_piggy=False,
    )
)
