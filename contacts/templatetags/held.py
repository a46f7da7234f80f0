"""Merges and deletions under way, on every page where something is done for a customer."""

from typing import Any

from django import template

from contacts.held.under_way import under_way

register = template.Library()


@register.inclusion_tag("contacts/held/_under_way.html", takes_context=True)
def held_acts(context: dict[str, Any], contact_uuid: str) -> dict[str, Any]:
    """{% held_acts contact_uuid %}: what is under way for them, with a word of warning."""
    return {"held": under_way(contact_uuid), "user": context["user"]}
