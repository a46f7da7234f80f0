"""What can be stored beside Piggy's own fields. https://docs.piggy.eu/v3/oauth/custom-attributes"""

from collections.abc import Mapping, Sequence
from typing import Literal, get_args

from .caller import Caller
from .filters import ignored
from .inputs import checked_name, checked_text, given
from .payloads import AttributeDefinition

AttributeType = Literal[
    "url", "text", "date", "phone", "float", "color", "email", "number", "select", "boolean", "rich_text", "date_time",
    "long_text", "date_range", "time_range", "identifier", "birth_date", "file_upload", "media_upload", "multi_select",
    "license_plate",
]  # fmt: skip
AttributeEntity = Literal[
    "business_profiles", "contact", "reward", "promotion", "voucher", "giftcard", "giftcard_transaction", "prepaid",
    "booking", "visit", "shift",
]  # fmt: skip
ATTRIBUTE_TYPES: tuple[str, ...] = get_args(AttributeType)
OLDER_NAMES = {"business_profile": "business_profiles"}


class AttributeCalls(Caller):
    def list_contact_attributes(self) -> list[AttributeDefinition]:
        """All attributes of contacts, Piggy's own and the account's: what `current_values` may hold.

        Gone from the newest documentation, yet alive; its successor is `list_custom_attributes(entity="contact")`.

        https://docs.piggy.eu/v3/oauth/contact-attributes (List Contact Attributes)
        """
        return self._get("list_contact_attributes", "contact-attributes", list[AttributeDefinition])

    def list_custom_attributes(self, *, entity: AttributeEntity) -> list[AttributeDefinition]:
        """The attributes of one kind of thing. One that names another kind is PiggyFilterIgnored; one that names none
        passes, since a definition is nobody's.

        https://docs.piggy.eu/v3/oauth/custom-attributes (List Custom Attributes)
        """

        def check(found: list[AttributeDefinition]) -> None:
            if not all(_is_of(definition, entity) for definition in found):
                raise ignored(field="entity", operation="list_custom_attributes")

        return self._get(
            "list_custom_attributes",
            "custom-attributes",
            list[AttributeDefinition],
            params={"entity": entity},
            check=check,
        )

    def create_custom_attribute(
        self,
        *,
        entity: AttributeEntity,
        name: str,
        label: str,
        type: AttributeType,
        description: str | None = None,
        options: Sequence[Mapping[str, str]] = (),
        group_name: str | None = None,
    ) -> AttributeDefinition:
        """Make an attribute; `options` are `{"value", "label"}` each, for selects. Its name and type stay for good.

        PiggyRejected (60009 there is one of this name), PiggyInvalid (1003). Neither is documented.

        https://docs.piggy.eu/v3/oauth/custom-attributes (Create Custom Attribute)
        """
        wanted = checked_name(name)
        choices = [{key: checked_text(text, field="options") for key, text in option.items()} for option in options]
        return self._write(
            "create_custom_attribute",
            "POST",
            "custom-attributes",
            AttributeDefinition,
            json={
                "entity": entity,
                "name": wanted,
                "label": checked_text(label, field="label"),
                "type": type,
                "description": given(checked_text, description, field="description"),
                "options": choices or None,
                "group_name": given(checked_text, group_name, field="group_name"),
            },
            is_ours=lambda done: (done.name, done.type) == (wanted, type) and _is_of(done, entity),
        )

    def list_loyalty_transaction_attributes(self) -> list[AttributeDefinition]:
        """What can be stored with a loyalty transaction.

        https://docs.piggy.eu/v3/oauth/loyalty-transaction-attributes (List Loyalty Transaction Attributes)
        """
        return self._get(
            "list_loyalty_transaction_attributes", "loyalty-transaction-attributes", list[AttributeDefinition]
        )

    def create_loyalty_transaction_attribute(
        self,
        *,
        name: str,
        data_type: AttributeType,
        label: str | None = None,
        description: str | None = None,
        options: Sequence[Mapping[str, str]] = (),
    ) -> AttributeDefinition:
        """Make an attribute of loyalty transactions. Piggy takes its type as `data_type` and tells it as `type`, and
        takes and tells its options as an object from value to label.

        PiggyRejected (60009 there is one of this name), PiggyInvalid (1003).

        https://docs.piggy.eu/v3/oauth/loyalty-transaction-attributes (Create Loyalty Transaction Attribute)
        """
        wanted = checked_name(name)
        choices = {
            checked_text(each["value"], field="options"): checked_text(each["label"], field="options")
            for each in options
        }
        return self._write(
            "create_loyalty_transaction_attribute",
            "POST",
            "loyalty-transaction-attributes",
            AttributeDefinition,
            json={
                "name": wanted,
                "data_type": data_type,
                "label": given(checked_text, label, field="label"),
                "description": given(checked_text, description, field="description"),
                "options": choices or None,
            },
            is_ours=lambda done: (done.name, done.type) == (wanted, data_type),
        )


def _is_of(definition: AttributeDefinition, entity: str) -> bool:
    named = definition.entity
    return not named or OLDER_NAMES.get(named, named) == entity
