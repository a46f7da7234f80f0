"""What can be done about perks and units, as the ledger tells it."""

from piggyadmin.catalogue.programme import resolvers
from piggyadmin.ledger.actions import Action, Kind, Words, register, register_kind

MAY = "catalogue.change_programme"

PERK = register_kind(Kind("perk", "perk {short}", "catalogue:perk"))
PERKS = register_kind(Kind("perks", "the perks"))
UNIT = register_kind(Kind("unit", "unit {id}"))

CREATE_PERK = register(
    Action(
        name="perk.create",
        permission=MAY,
        words=Words(
            do="Make a perk",
            done="Made a perk.",
            refused="No perk was made.",
            unknown="We do not know whether the perk was made. Do not make it again.",
            settle_question="Was the perk made?",
        ),
        resolve=resolvers.resolve_create_perk,
        needs_shop=False,
        may_come_late=90,  # a question comes before it
    )
)
RENAME_PERK = register(
    Action(
        name="perk.rename",
        permission=MAY,
        words=Words(
            do="Rename a perk",
            done="Renamed the perk.",
            refused="The perk was not renamed.",
            unknown="We do not know whether the perk was renamed.",
            settle_question="Has the perk its new name?",
        ),
        resolve=resolvers.resolve_rename_perk,
        needs_shop=False,
        may_come_late=90,
    )
)
DELETE_PERK = register(
    Action(
        name="perk.delete",
        permission=MAY,
        words=Words(
            do="Delete a perk",
            done="Deleted the perk.",
            refused="The perk was not deleted.",
            unknown="We do not know whether the perk was deleted.",
            settle_question="Is the perk gone?",
        ),
        resolve=resolvers.resolve_delete_perk,
        needs_shop=False,
        may_come_late=90,
    )
)
CREATE_UNIT = register(
    Action(
        name="unit.create",
        permission=MAY,
        words=Words(
            do="Make a unit",
            done="Made a unit.",
            refused="No unit was made.",
            unknown="We do not know whether the unit was made. Do not make it again.",
            settle_question="Was the unit made?",
        ),
        resolve=resolvers.resolve_create_unit,
        needs_shop=False,
        may_come_late=90,
    )
)
