"""The filters of these lists. They live in the URL."""

from django import forms

from piggyadmin.catalogue.listing import WordsField, choice
from piggyadmin.catalogue.setup.wording import FORM_STATUSES, FORM_TYPES, SHOP_TYPES, STRATEGIES


class ShopFilter(forms.Form):
    q = WordsField("Name or reference holds")
    type = choice("Type", "every type", [*SHOP_TYPES.items(), ("other", "another")])


class TypeFilter(forms.Form):
    q = WordsField("Name holds")
    strategy = choice("How one comes in", "every way", STRATEGIES.items())


class FormFilter(forms.Form):
    q = WordsField("Name holds")
    status = choice("Status", "every status", FORM_STATUSES.items())
    type = choice("Type", "every type", FORM_TYPES.items())


class AutomationFilter(forms.Form):
    q = WordsField("Name or event holds")
    status = choice("Status", "on and off", [("active", "on"), ("inactive", "off")])
