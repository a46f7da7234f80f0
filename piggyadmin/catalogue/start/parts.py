"""The parts of the account, as the catalogue's first page counts them. A new part adds its line here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from piggyadmin.piggy.client import Piggy
from piggyadmin.piggy.payloads import Automation, Form, Perk, Reward, SubscriptionType

Count = tuple[int | None, str]
"""How many there are (None where Piggy does not count them), and a word or two on them, "" for none."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part: what it is called, where its list is, who may open it, and how it is counted."""

    words: str
    url_name: str
    permission: str
    question: Callable[[Piggy], Any]
    counted: Callable[[Any], Count]
    url: str = ""  # filled in when it is shown


@dataclass(frozen=True, slots=True)
class Group:
    words: str
    parts: tuple[Part, ...]


def _length(found: list[Any]) -> Count:
    return len(found), ""


def _rewards(found: list[Reward]) -> Count:
    return len(found), f"{sum(bool(each.is_active) for each in found)} active"


def _perks(found: list[Perk]) -> Count:
    return len(found), f"{sum(each.data_type == 'boolean' for each in found)} yes or no" if found else ""


def _types(found: list[SubscriptionType]) -> Count:
    return len(found), f"{sum(bool(each.active) for each in found)} active"


def _forms(found: list[Form]) -> Count:
    return len(found), f"{sum(each.status == 'PUBLISHED' for each in found)} published"


def _automations(found: list[Automation]) -> Count:
    return len(found), f"{sum(each.is_active for each in found)} on"


def _paged(page: Any) -> Count:
    """Of a list that comes in pages Piggy tells the whole number, or nobody knows it."""
    return (len(page.items) if page.is_all else page.total), ""


def _brand(kit: Any) -> Count:
    names = ("primary_color", "secondary_color", "tertiary_color", "fourth_color")
    told = sum(bool(getattr(kit, name)) for name in names)
    return told, "colours"


SEE, SET_UP = "catalogue.view_programme", "catalogue.view_setup"
GROUPS = (
    Group(
        "The programme",
        (
            Part("Tiers", "catalogue:programme", SEE, lambda piggy: piggy.list_tiers(), _length),
            Part("Units", "catalogue:programme", SEE, lambda piggy: piggy.list_units(), _length),
            Part("Perks", "catalogue:perks", SEE, lambda piggy: piggy.list_perks(), _perks),
            Part("Rewards", "catalogue:rewards", SEE, lambda piggy: piggy.list_rewards(), _rewards),
            Part(
                "Gift card programmes",
                "catalogue:programme",
                SEE,
                lambda piggy: piggy.list_giftcard_programs(),
                _length,
            ),
            Part(
                "Promotions",
                "vouchers:promotions",
                "vouchers.view_promotion",
                lambda piggy: piggy.list_promotions(),
                _length,
            ),
        ),
    ),
    Group(
        "The house",
        (
            Part("Shops", "catalogue:shops", SEE, lambda piggy: piggy.list_shops(), _length),
            Part(
                "Products",
                "catalogue:products",
                "catalogue.view_products",
                lambda piggy: piggy.list_products(limit=1),
                _paged,
            ),
            Part(
                "Categories",
                "catalogue:categories",
                "catalogue.view_products",
                lambda piggy: piggy.list_categories(limit=1),
                _paged,
            ),
            Part("Brand", "catalogue:brand", SET_UP, lambda piggy: piggy.get_brand_kit(), _brand),
        ),
    ),
    Group(
        "What customers get and tell",
        (
            Part(
                "Subscription types",
                "catalogue:subscription-types",
                SET_UP,
                lambda piggy: piggy.list_subscription_types(),
                _types,
            ),
            Part("Forms", "catalogue:forms", SET_UP, lambda piggy: piggy.list_forms(), _forms),
            Part("Automations", "catalogue:automations", SET_UP, lambda piggy: piggy.list_automations(), _automations),
            Part(
                "Referrals",
                "catalogue:referrals",
                SET_UP,
                lambda piggy: piggy.list_referrals(limit=1),
                _paged,
            ),
            Part(
                "Customers’ attributes",
                "catalogue:attributes",
                SET_UP,
                lambda piggy: piggy.list_contact_attributes(),
                _length,
            ),
            Part(
                "Webhooks",
                "catalogue:webhooks",
                "catalogue.manage_webhooks",
                lambda piggy: piggy.list_webhook_subscriptions(),
                _length,
            ),
        ),
    ),
)
