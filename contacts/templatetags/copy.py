"""How far the copy is while it is made for the first time."""

from django import template

from contacts.copy.freshness import so_far
from piggyadmin.templatetags.words import thousands

register = template.Library()


@register.simple_tag
def copied_so_far() -> str:
    """ " (12,400 of 20,000 so far)" after a word that the copy is not complete; "" when nobody knows."""
    known = so_far()
    return f" ({thousands(known[0])} of {thousands(known[1])} so far)" if known else ""
