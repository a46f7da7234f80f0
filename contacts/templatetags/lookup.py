"""How a contact's facts are put into words."""

from django import template

from contacts.lookup.services import transaction_words

register = template.Library()
register.filter("transaction_words", transaction_words)
