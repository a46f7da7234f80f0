"""Attributes of every entity, and their groups: what the client asks for and what comes back."""

from typing import Any

TILL = {"id": 41, "name": "till_code", "label": "Till code", "type": "text", "options": []}
DISH = {"name": "dish", "label": "Dish", "type": "select", "options": [{"value": "1", "label": "Soup"}]}
NEW = {"name": "dish", "label": "Dish", "description": "Ordered", "options": [{"value": "1", "label": "Soup"}]}
GROUP = {"entity": "booking", "name": "kitchen", "label": "Kitchen", "created_at": "2026-05-01T10:00:00+00:00"}

READS: list[tuple[str, dict[str, Any], str, Any]] = [
    ("list_custom_attribute_groups", {"entity": "booking"}, "/custom-attribute-groups?entity=booking", [GROUP]),
    ("list_promotion_attributes", {}, "/promotion-attributes", [TILL]),
    ("get_promotion_attribute", {"id": "41"}, "/promotion-attributes/41", TILL),
    ("list_reward_attributes", {}, "/reward-attributes", [{**TILL, "fieldType": "text", "isPiggyDefined": 0}]),
]
WRITES: list[tuple[str, dict[str, Any], str, str, Any, Any]] = [
    (
        "create_contact_attribute",
        {**NEW, "data_type": "select"},
        "POST",
        "/contact-attributes",
        {**NEW, "data_type": "select"},
        DISH,
    ),
    (
        "update_custom_attribute",
        {"entity": "booking", "name": "dish", "label": "Dish", "options": [], "group_name": "kitchen"},
        "PUT",
        "/custom-attributes/dish",
        {"entity": "booking", "label": "Dish", "options": [], "group_name": "kitchen"},
        {**DISH, "entity": "booking"},
    ),
    (
        "create_custom_attribute_group",
        {"entity": "booking", "name": "kitchen", "label": "Kitchen"},
        "POST",
        "/custom-attribute-groups",
        {"entity": "booking", "name": "kitchen", "label": "Kitchen"},
        GROUP,
    ),
    ("create_promotion_attribute", {**NEW, "type": "select"}, "POST", "/promotion-attributes",
     {**NEW, "type": "select"}, DISH),
    ("update_promotion_attribute", {"id": "41", "label": "Code"}, "PUT", "/promotion-attributes/41", {"label": "Code"},
     TILL),
    ("create_reward_attribute", {**NEW, "type": "select"}, "POST", "/reward-attributes", {**NEW, "type": "select"},
     DISH),
]  # fmt: skip
