from django import forms

from piggyadmin.accounts.models import validate_zone


class ZoneForm(forms.Form):
    time_zone = forms.CharField(
        label="Time zone",
        max_length=64,
        validators=[validate_zone],
        help_text="Times are shown in it. For example Europe/Amsterdam.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "list": "zones"}),
    )
