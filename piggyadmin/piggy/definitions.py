"""Definitions of attributes beyond making one of each list (`attributes`): contacts', the older lists, changes, groups.

https://docs.piggy.eu/v3/oauth/custom-attributes
"""

from collections.abc import Mapping, Sequence
from typing import Any

from .attributes import OLDER_NAMES, AttributeEntity, AttributeType
from .caller import Caller
from .filters import ignored
from .inputs import checked_name, checked_text, given
from .payloads import AttributeDefinition, AttributeGroupDefinition

Options = Sequence[Mapping[str, str]]
"""`{"value", "label"}` each, for selects."""


class DefinitionCalls(Caller):
    def create_contact_attribute(
        self, *, name: str, label: str, data_type: AttributeType, description: str | None = None, options: Options = ()
    ) -> AttributeDefinition:
        """Make an attribute of contacts. Piggy takes its type as `data_type` and tells it as `type`; both stay.

        PiggyRejected (60009 there is one of this name), PiggyInvalid (1003). Neither is documented.

        https://docs.piggy.eu/v3/oauth/contact-attributes (Create Contact Attribute)
        """
        fields = _fields(name, label, description, options)
        return self._write(
            "create_contact_attribute",
            "POST",
            "contact-attributes",
            AttributeDefinition,
            json={**fields, "data_type": data_type},
            is_ours=lambda done: (done.name, done.type) == (name, data_type),
        )

    def update_custom_attribute(
        self,
        *,
        entity: AttributeEntity,
        name: str,
        label: str | None = None,
        description: str | None = None,
        options: Options | None = None,
        group_name: str | None = None,
    ) -> AttributeDefinition:
        """Change what is given; `options` take the place of those before. Its name and type stay for good.

        What becomes of values kept under an option that is gone is not documented. PiggyInvalid (1003, also for a name
        that is not there and for Piggy's own attributes; not documented), PiggyNotFound (60013).

        https://docs.piggy.eu/v3/oauth/custom-attributes (Update Custom Attribute)
        """
        return self._write(
            "update_custom_attribute",
            "PUT",
            "custom-attributes/{custom_attribute_name}",
            AttributeDefinition,
            ids={"custom_attribute_name": checked_name(name)},
            json={
                "entity": entity,
                "label": given(checked_text, label, field="label"),
                "description": given(checked_text, description, field="description"),
                "options": None if options is None else _choices(options),
                "group_name": given(checked_text, group_name, field="group_name"),
            },
            is_ours=lambda done: done.name == name and _is_of(done.entity, entity),
        )

    # Groups -------------------------------------------------------------------------------------------------------

    def list_custom_attribute_groups(self, *, entity: AttributeEntity) -> list[AttributeGroupDefinition]:
        """The groups of one kind of thing. One that names another kind is PiggyFilterIgnored.

        https://docs.piggy.eu/v3/oauth/custom-attributes (List Custom Attribute Groups)
        """
        operation = "list_custom_attribute_groups"

        def check(found: list[AttributeGroupDefinition]) -> None:
            if not all(_is_of(group.entity, entity) for group in found):
                raise ignored(field="entity", operation=operation)

        shape = list[AttributeGroupDefinition]
        return self._get(operation, "custom-attribute-groups", shape, params={"entity": entity}, check=check)

    def create_custom_attribute_group(
        self, *, entity: AttributeEntity, name: str, label: str
    ) -> AttributeGroupDefinition:
        """Make a group; there is no call that changes or deletes one.

        PiggyRejected (60009 there is one of this name), PiggyInvalid (1003). Neither is documented.

        https://docs.piggy.eu/v3/oauth/custom-attributes (Create Custom Attribute Group)
        """
        return self._write(
            "create_custom_attribute_group",
            "POST",
            "custom-attribute-groups",
            AttributeGroupDefinition,
            json={"entity": entity, "name": checked_name(name), "label": checked_text(label, field="label")},
            is_ours=lambda done: done.name == name and _is_of(done.entity, entity),
        )

    # The older lists ----------------------------------------------------------------------------------------------

    def list_promotion_attributes(self) -> list[AttributeDefinition]:
        """The older list of promotions' attributes, with their numbers.

        https://docs.piggy.eu/v3/oauth/promotion-attributes (List Promotion Attributes)
        """
        return self._get("list_promotion_attributes", "promotion-attributes", list[AttributeDefinition])

    def get_promotion_attribute(self, *, id: str) -> AttributeDefinition:
        """One of the older list, by its number. PiggyNotFound (60013, not documented).

        https://docs.piggy.eu/v3/oauth/promotion-attributes (Get Promotion Attribute)
        """

        def check(found: AttributeDefinition) -> None:
            if found.id not in (None, id):
                raise ignored(field="id", operation="get_promotion_attribute")

        path = "promotion-attributes/{promotion_attribute_id}"
        ids = {"promotion_attribute_id": id}
        return self._get("get_promotion_attribute", path, AttributeDefinition, ids=ids, check=check)

    def create_promotion_attribute(
        self, *, name: str, label: str, type: AttributeType, description: str | None = None, options: Options = ()
    ) -> AttributeDefinition:
        """Make an attribute of promotions through their older list. PiggyRejected (60009), PiggyInvalid (1003).

        https://docs.piggy.eu/v3/oauth/promotion-attributes (Create Promotion Attribute)
        """
        return self._make_older("promotion", name, label, type, description, options)

    def update_promotion_attribute(
        self, *, id: str, label: str | None = None, description: str | None = None, options: Options | None = None
    ) -> AttributeDefinition:
        """Change what is given of one of the older list. PiggyNotFound (60013), PiggyInvalid (1003).

        https://docs.piggy.eu/v3/oauth/promotion-attributes (Update Promotion Attribute)
        """
        return self._write(
            "update_promotion_attribute",
            "PUT",
            "promotion-attributes/{promotion_attribute_id}",
            AttributeDefinition,
            ids={"promotion_attribute_id": id},
            json={
                "label": given(checked_text, label, field="label"),
                "description": given(checked_text, description, field="description"),
                "options": None if options is None else _choices(options),
            },
            is_ours=lambda done: done.id in (None, id),
        )

    def list_reward_attributes(self) -> list[AttributeDefinition]:
        """The older list of rewards' attributes. Its keys come in camelCase, its flags as 0 and 1.

        https://docs.piggy.eu/v3/oauth/reward-attributes (List Reward Attributes)
        """
        return self._get("list_reward_attributes", "reward-attributes", list[AttributeDefinition])

    def create_reward_attribute(
        self, *, name: str, label: str, type: AttributeType, description: str | None = None, options: Options = ()
    ) -> AttributeDefinition:
        """Make an attribute of rewards through their older list. PiggyRejected (60009), PiggyInvalid (1003).

        https://docs.piggy.eu/v3/oauth/reward-attributes (Create Reward Attribute)
        """
        return self._make_older("reward", name, label, type, description, options)

    def _make_older(
        self, entity: str, name: str, label: str, type: AttributeType, description: str | None, options: Options
    ) -> AttributeDefinition:
        return self._write(
            f"create_{entity}_attribute",
            "POST",
            f"{entity}-attributes",
            AttributeDefinition,
            json={**_fields(name, label, description, options), "type": type},
            is_ours=lambda done: (done.name, done.type) == (name, type),
        )


def _fields(name: str, label: str, description: str | None, options: Options) -> dict[str, Any]:
    return {
        "name": checked_name(name),
        "label": checked_text(label, field="label"),
        "description": given(checked_text, description, field="description"),
        "options": _choices(options) or None,
    }


def _choices(options: Options) -> list[dict[str, str]]:
    return [{key: checked_text(text, field="options") for key, text in option.items()} for option in options]


def _is_of(named: str | None, entity: str) -> bool:
    return not named or OLDER_NAMES.get(named, named) == entity
