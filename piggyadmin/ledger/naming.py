"""Names of customers beside their acts, looked up for whoever reads. The ledger keeps none: who is erased has none."""

from __future__ import annotations

from collections.abc import Iterable

from piggyadmin.ledger.actions import kind_named
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.models import Act

CUSTOMER = "contact"  # the kind whose ids stand in `Act.contact_id`


def tell_names(acts: Iterable[Act], *, by: Actor) -> None:
    """Set `whose` of acts on a customer whom we know by name, if this person may see customers."""
    kind = kind_named(CUSTOMER)
    listed = [act for act in acts if act.contact_id]
    if kind.names is None or not listed or not by.may(kind.names_permission):
        return
    names = kind.names({act.contact_id for act in listed})
    for act in listed:
        act.whose = names.get(act.contact_id, "")
