"""What the ledger tells of referrals: that their list left the house, with addresses in it."""

from piggyadmin.ledger.actions import Action, Kind, Words, register, register_kind

LIST = register_kind(Kind("referrals", words="the list of referrals"))

EXPORTED = register(
    Action(
        name="referrals.exported",
        permission="contacts.export_contacts",
        words=Words(
            do="Export referrals",
            done="Exported {rows:thousands} referrals, with addresses in full.",
            refused="Not exported.",
            unknown="We do not know whether it was exported.",
            what="{rows:thousands}",
        ),
        needs_shop=False,
        writes_to_piggy=False,
    )
)
