"""What can be done about attributes and their groups, as the ledger tells it."""

from piggyadmin.catalogue.attributes import resolvers
from piggyadmin.ledger.actions import Action, Kind, Words, register, register_kind

MAY = "catalogue.change_attributes"

register_kind(Kind("attribute", "the attribute {attribute} of {of}"))
register_kind(Kind("attribute_group", "the group {group} of {of}"))

CREATE = register(
    Action(
        name="attribute.create",
        permission=MAY,
        words=Words(
            do="Make an attribute",
            done="Made the attribute {attribute} of {of}.",
            refused="The attribute {attribute} was not made.",
            unknown="We do not know whether the attribute {attribute} of {of} was made. Do not make it again.",
            settle_question="Is there an attribute {attribute} of {of} now?",
        ),
        resolve=resolvers.resolve_create,
        needs_shop=False,
    )
)
UPDATE = register(
    Action(
        name="attribute.update",
        permission=MAY,
        words=Words(
            do="Change an attribute",
            done="Changed the attribute {attribute} of {of}.",
            refused="The attribute {attribute} was not changed.",
            unknown="We do not know whether the attribute {attribute} of {of} was changed.",
            settle_question="Was the attribute {attribute} of {of} changed?",
        ),
        resolve=resolvers.resolve_update,
        needs_shop=False,
        may_come_late=90,  # a question comes before it
    )
)
GROUP = register(
    Action(
        name="attribute.group",
        permission=MAY,
        words=Words(
            do="Make a group of attributes",
            done="Made the group {group} of {of}.",
            refused="The group {group} was not made.",
            unknown="We do not know whether the group {group} of {of} was made. Do not make it again.",
            settle_question="Is there a group {group} of {of} now?",
        ),
        resolve=resolvers.resolve_group,
        needs_shop=False,
    )
)
