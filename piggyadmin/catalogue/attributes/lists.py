"""What attributes can belong to, and which call of Piggy's reads, makes and changes those of each.

Contacts' are made by their own, older call; promotions and rewards have, beside the newer calls, an older list with
calls of its own; loyalty transactions have only such a list.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import get_args

from piggyadmin.piggy.attributes import AttributeEntity, AttributeType
from piggyadmin.piggy.client import Piggy
from piggyadmin.piggy.payloads import AttributeDefinition, AttributeGroupDefinition

SELECTS = ("select", "multi_select")
TYPE_WORDS: dict[AttributeType, str] = {
    "text": "one line of text",
    "long_text": "several lines of text",
    "rich_text": "text with headings and links",
    "number": "a whole number",
    "float": "a number with decimals",
    "boolean": "yes or no",
    "select": "one of a list",
    "multi_select": "several of a list",
    "date": "a day",
    "date_time": "a day and an hour",
    "birth_date": "a birthday",
    "date_range": "from one day to another",
    "time_range": "from one hour to another",
    "email": "an e-mail address",
    "phone": "a phone number",
    "url": "a web address",
    "color": "a colour",
    "identifier": "a number or code of theirs",
    "license_plate": "a licence plate",
    "file_upload": "a file",
    "media_upload": "a picture or film",
}
"""Piggy's types in plain words; its own word stands beside them, for Piggy's dashboard and its manual use that one."""
assert set(TYPE_WORDS) == set(get_args(AttributeType))


def type_words(type: str | None) -> str:
    """A type in plain words; one that is new to us as Piggy calls it."""
    return next((words for name, words in TYPE_WORDS.items() if name == type), type or "not told")


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants an attribute to be. Empty texts are not sent; None as `options` leaves them."""

    name: str
    type: AttributeType
    label: str
    description: str = ""
    options: Sequence[Mapping[str, str]] | None = None
    group_name: str = ""


@dataclass(frozen=True, slots=True)
class AttributeList:
    """One list of attributes. `update` gets the definition as it is; None where Piggy has no such call."""

    key: str  # in addresses, acts and files
    words: str  # "Customers"
    of: str  # "customers"
    read: Callable[[Piggy], list[AttributeDefinition]]
    create: Callable[[Piggy, Wish], AttributeDefinition]
    update: Callable[[Piggy, AttributeDefinition, Wish], AttributeDefinition] | None = None
    read_one: Callable[[Piggy, AttributeDefinition], AttributeDefinition] | None = None  # where Piggy has such a call
    read_groups: Callable[[Piggy], list[AttributeGroupDefinition]] | None = None
    create_group: Callable[[Piggy, str, str], AttributeGroupDefinition] | None = None
    groups_on_create: bool = False
    groups_on_update: bool = False
    about: str = ""

    @property
    def has_groups(self) -> bool:
        return self.read_groups is not None


def _create(entity: AttributeEntity, client: Piggy, wish: Wish) -> AttributeDefinition:
    return client.create_custom_attribute(
        entity=entity,
        name=wish.name,
        label=wish.label,
        type=wish.type,
        description=wish.description or None,
        options=wish.options or (),
        group_name=wish.group_name or None,
    )


def _update(entity: AttributeEntity, client: Piggy, before: AttributeDefinition, wish: Wish) -> AttributeDefinition:
    return client.update_custom_attribute(
        entity=entity,
        name=before.name,
        label=wish.label,
        description=wish.description or None,
        options=wish.options,
        group_name=wish.group_name or None,
    )


def _create_group(entity: AttributeEntity, client: Piggy, name: str, label: str) -> AttributeGroupDefinition:
    return client.create_custom_attribute_group(entity=entity, name=name, label=label)


def _read(entity: AttributeEntity, client: Piggy) -> list[AttributeDefinition]:
    return client.list_custom_attributes(entity=entity)


def _read_groups(entity: AttributeEntity, client: Piggy) -> list[AttributeGroupDefinition]:
    return client.list_custom_attribute_groups(entity=entity)


def _create_of_contact(client: Piggy, wish: Wish) -> AttributeDefinition:
    return client.create_contact_attribute(
        name=wish.name,
        label=wish.label,
        data_type=wish.type,
        description=wish.description or None,
        options=wish.options or (),
    )


def _create_of_transaction(client: Piggy, wish: Wish) -> AttributeDefinition:
    return client.create_loyalty_transaction_attribute(
        name=wish.name,
        data_type=wish.type,
        label=wish.label,
        description=wish.description or None,
        options=wish.options or (),
    )


def _older(make: Callable[[Piggy], Callable[..., AttributeDefinition]]) -> Callable[[Piggy, Wish], AttributeDefinition]:
    def create(client: Piggy, wish: Wish) -> AttributeDefinition:
        return make(client)(
            name=wish.name,
            label=wish.label,
            type=wish.type,
            description=wish.description or None,
            options=wish.options or (),
        )

    return create


def _update_of_promotion(client: Piggy, before: AttributeDefinition, wish: Wish) -> AttributeDefinition:
    return client.update_promotion_attribute(
        id=before.id or "", label=wish.label, description=wish.description or None, options=wish.options
    )


def _entity(entity: AttributeEntity, words: str, about: str = "") -> AttributeList:
    is_contact = entity == "contact"
    return AttributeList(
        key=entity,
        words=words,
        of=words[0].lower() + words[1:],
        read=partial(_read, entity),
        create=_create_of_contact if is_contact else partial(_create, entity),
        update=partial(_update, entity),
        read_groups=partial(_read_groups, entity),
        create_group=partial(_create_group, entity),
        groups_on_create=not is_contact,
        groups_on_update=True,
        about=about,
    )


ENTITIES = (
    _entity("contact", "Customers", "What the customer’s page, imports and automations can hold."),
    _entity("voucher", "Vouchers", "Of one voucher. For what all vouchers of a promotion share, use promotions."),
    _entity("promotion", "Promotions", "Of a promotion, and so of all its vouchers: a till’s discount code, say."),
    _entity("reward", "Rewards", "Of a reward: a till’s article number, say."),
    _entity("giftcard", "Gift cards"),
    _entity("giftcard_transaction", "Gift card transactions"),
    _entity("prepaid", "Prepaid transactions"),
    _entity("booking", "Bookings"),
    _entity("visit", "Visits"),
    _entity("shift", "Shifts"),
    _entity("business_profiles", "Shops"),
)
TRANSACTIONS = AttributeList(
    key="loyalty_transaction",
    words="Loyalty transactions",
    of="loyalty transactions",
    read=lambda client: client.list_loyalty_transaction_attributes(),
    create=_create_of_transaction,
    about="What an award of credits carries. Piggy has no call that changes one.",
)
OLDER = (
    AttributeList(
        key="promotion-older",
        words="Promotions, older list",
        of="promotions (older list)",
        read=lambda client: client.list_promotion_attributes(),
        create=_older(lambda client: client.create_promotion_attribute),
        update=_update_of_promotion,
        read_one=lambda client, before: client.get_promotion_attribute(id=before.id or ""),
        about="The older list of the same kind, for tills that still read it. Make new ones under Promotions.",
    ),
    AttributeList(
        key="reward-older",
        words="Rewards, older list",
        of="rewards (older list)",
        read=lambda client: client.list_reward_attributes(),
        create=_older(lambda client: client.create_reward_attribute),
        about="The older list of the same kind, for tills that still read it. Make new ones under Rewards.",
    ),
)
LISTS = {each.key: each for each in (*ENTITIES, TRANSACTIONS, *OLDER)}
