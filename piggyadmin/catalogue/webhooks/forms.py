"""The address at which Piggy is to reach this dashboard."""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit

from django import forms
from django.conf import settings
from django.urls import reverse

from piggyadmin.catalogue.listing import WordsField, choice
from piggyadmin.ledger.forms import OnceForm

LONGEST = 500
OPEN_ADDRESSES = ("demo", "test")  # environments whose Piggy is a stand-in on this machine


class WebhookFilter(forms.Form):
    q = WordsField("Event, name or address holds")
    state = choice("State", "active and paused", [("active", "active"), ("paused", "paused")])

    @property
    def query(self) -> str:
        """The filter as the end of an address, "?state=paused"; "" for none, and for one that was refused."""
        said = {name: value for name, value in self.cleaned_data.items() if value} if self.is_valid() else {}
        return f"?{urlencode(said)}" if said else ""


class SubscribeForm(OnceForm):
    """One press asks for all events that are missing."""

    address = forms.CharField(
        label="Our address",
        max_length=LONGEST,
        help_text="Where Piggy reaches this dashboard from outside.",
        widget=forms.URLInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": "Type the address at which Piggy reaches this dashboard."},
    )

    def clean_address(self) -> str:
        """Refuse what Piggy could not reach, what would send customers’ data in the clear, and typing errors."""
        address: str = self.cleaned_data["address"]
        try:
            url = urlsplit(address)
            reachable = bool(url.hostname) and (url.port is None or url.port > 0)
        except ValueError:
            reachable = False
        if not reachable or not address.isascii() or not address.isprintable() or " " in address:
            raise forms.ValidationError(
                "This is no address. It looks like https://dashboard.example.org/webhooks/piggy/."
            )
        if url.scheme != "https" and not (url.scheme == "http" and settings.PIGGYADMIN_ENV in OPEN_ADDRESSES):
            raise forms.ValidationError("The address begins with https: what Piggy tells is about customers.")
        if "@" in url.netloc or url.query or url.fragment:
            raise forms.ValidationError("Leave out names, passwords and anything after the path.")
        if not url.path.endswith(reverse("piggy-webhook")):
            raise forms.ValidationError(f"The address ends in {reverse('piggy-webhook')}.")
        return address


class ChangeForm(OnceForm):
    """Pause, resume or delete one subscription of ours."""
