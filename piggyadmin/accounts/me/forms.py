from django import forms

from piggyadmin.accounts.models import THEMES


class MyForm(forms.Form):
    """What a person may change of their own account."""

    theme = forms.ChoiceField(label="Light or dark", required=False, choices=THEMES, widget=forms.RadioSelect)
    single_keys = forms.BooleanField(
        label="One-letter keys",
        required=False,
        help_text="Keys like “/” for the box. Keys with Ctrl or Alt always work.",
    )
