"""`{{ type|type_words }}`, `{{ event|event_words }}`: Piggy's words in plain ones. Piggy's own stand beside them."""

from django import template

from piggyadmin.catalogue.attributes.lists import type_words
from piggyadmin.catalogue.setup.wording import EVENTS, said

register = template.Library()
register.filter(type_words)


@register.filter
def event_words(event: str | None) -> str:
    """What starts an automation: "a customer changes"."""
    return said(EVENTS, event)
