"""What can be done about products and categories, as the ledger tells it: the same four things with both."""

from dataclasses import dataclass

from piggyadmin.catalogue.products import resolvers
from piggyadmin.catalogue.products.sorts import SORTS
from piggyadmin.ledger.actions import Action, Kind, Words, register, register_kind

MAY = "catalogue.change_products"


@dataclass(frozen=True, slots=True)
class Actions:
    create: Action
    find_or_create: Action
    change: Action
    delete: Action


def _registered(sort: str) -> Actions:
    """The actions of one sort."""
    register_kind(Kind(sort, f"{sort} {{identifier}}", url_name=f"catalogue:{sort}"))
    return Actions(
        create=register(
            Action(
                name=f"{sort}.create",
                permission=MAY,
                words=Words(
                    do=f"Make a {sort}",
                    done=f"Made the {sort} {{identifier}}.",
                    refused=f"No {sort} was made.",
                    unknown=f"We do not know whether the {sort} {{identifier}} was made. Do not make it again.",
                    settle_question=f"Is there a {sort} {{identifier}} now?",
                ),
                resolve=resolvers.resolve_create,
                needs_shop=False,
                may_come_late=90,  # a question comes before it
            )
        ),
        find_or_create=register(
            Action(
                name=f"{sort}.find_or_create",
                permission=MAY,
                words=Words(
                    do=f"Find or create a {sort}",
                    done=f"The {sort} {{identifier}} was {{how}}.",
                    refused=f"The {sort} {{identifier}} was neither found nor made.",
                    unknown=f"We do not know whether the {sort} {{identifier}} is there now.",
                    settle_question=f"Is there a {sort} {{identifier}} now?",
                    what="{how}",
                ),
                resolve=resolvers.resolve_find_or_create,
                needs_shop=False,
                may_come_late=90,
            )
        ),
        change=register(
            Action(
                name=f"{sort}.change",
                permission=MAY,
                words=Words(
                    do=f"Change a {sort}",
                    done=f"Changed the {sort} {{identifier}}.",
                    refused=f"The {sort} {{identifier}} was not changed.",
                    unknown=f"We do not know whether the {sort} {{identifier}} was changed.",
                    settle_question=f"Was the {sort} {{identifier}} changed?",
                ),
                resolve=resolvers.resolve_change,
                needs_shop=False,
                may_come_late=90,
            )
        ),
        delete=register(
            Action(
                name=f"{sort}.delete",
                permission=MAY,
                words=Words(
                    do=f"Delete a {sort}",
                    done=f"Deleted the {sort} {{identifier}}.",
                    refused=f"The {sort} {{identifier}} was not deleted.",
                    unknown=f"We do not know whether the {sort} {{identifier}} was deleted.",
                    settle_question=f"Is the {sort} {{identifier}} gone?",
                ),
                resolve=resolvers.resolve_delete,
                needs_shop=False,
                may_come_late=90,
            )
        ),
    )


ACTIONS = {name: _registered(name) for name in SORTS}
