"""Which of the transactions on a page can be taken back."""

from collections.abc import Iterable

from django import template

from contacts.credits.reversing import reversible
from piggyadmin.piggy.payloads import LoyaltyTransaction

register = template.Library()


@register.simple_tag
def reversible_awards(contact_uuid: str, entries: Iterable[LoyaltyTransaction]) -> frozenset[str]:
    """The uuids that have a page to take them back: {% reversible_awards contact_uuid entries as open_awards %}"""
    return reversible(contact_uuid=contact_uuid, entries=entries)
