"""What is typed into search, and the filter of the list of customers."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import connection
from django.db.models import QuerySet
from django.db.models.functions import Collate
from django.utils import timezone

from contacts.models import ContactCopy
from contacts.search.facets import Tier, facets
from piggyadmin.accounts.models import Shop
from piggyadmin.ledger.forms import EARLIEST, LATEST, DayInput
from piggyadmin.templatetags.words import thousands

NEWEST, OLDEST, BY_NAME = "", "oldest", "name"
LONGEST_TYPED = 100_000  # longer than any name: a paste gone wrong is answered with words, not cut off silently


class SearchForm(forms.Form):
    q = forms.CharField(
        label="Name, e-mail, phone, card or id",
        required=False,
        strip=False,
        max_length=LONGEST_TYPED,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off", "spellcheck": "false"}),
    )

    def clean_q(self) -> str:
        text: str = self.cleaned_data["q"]
        return text.replace("\x00", "")


def _day(label: str) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=False,
        widget=DayInput,
        input_formats=["%Y-%m-%d"],
        validators=[MinValueValidator(EARLIEST), MaxValueValidator(LATEST)],
        error_messages={"invalid": "Write a day as 2026-11-20."},
    )


class ListFilter(forms.Form):
    """The list's filter. It lives in the URL; it holds nothing that names a person."""

    who = forms.ChoiceField(label="Who", required=False)
    tier = forms.ChoiceField(label="Tier", required=False)
    shop = forms.ModelChoiceField(
        Shop.objects.none(), label="Shop", required=False, empty_label="Every shop", to_field_name="piggy_uuid"
    )
    since = _day("Made from")
    until = _day("Made until")
    unverified = forms.BooleanField(label="No e-mail verified", required=False)
    sort = forms.ChoiceField(
        label="Order",
        required=False,
        choices=[(NEWEST, "Newest first"), (OLDEST, "Oldest first"), (BY_NAME, "By name")],
    )
    page = forms.IntegerField(required=False, min_value=1, max_value=1_000_000, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        shop: Any = self.fields["shop"]
        shop.queryset = Shop.objects.order_by("name")
        counted = facets()
        who: Any = self.fields["who"]
        who.choices = [
            ("", "Everybody"),
            ("known", f"With an e-mail address {thousands(counted.known)}"),
            ("anonymous", f"Anonymous {thousands(counted.anonymous)}"),
        ]
        tier: Any = self.fields["tier"]
        tier.choices = [("", "Every tier"), *((one.uuid, _tier_words(one)) for one in counted.tiers)]

    def clean_until(self) -> date | None:
        since: date | None = self.cleaned_data.get("since")
        until: date | None = self.cleaned_data["until"]
        if since and until and until < since:
            raise forms.ValidationError("This day lies before the first one.")
        return until

    def narrow(self, copies: QuerySet[ContactCopy]) -> QuerySet[ContactCopy]:
        """Those that this (valid) filter lets through."""
        asked = self.cleaned_data
        if asked["who"]:
            copies = copies.filter(is_anonymous=asked["who"] == "anonymous")
        if asked["tier"]:
            copies = copies.filter(tier_uuid=asked["tier"])
        if asked["shop"]:
            copies = copies.filter(shop_uuids__contains=f";{asked['shop'].piggy_uuid};")
        if asked["since"]:
            copies = copies.filter(created_at__gte=_midnight(asked["since"]))
        if asked["until"]:
            copies = copies.filter(created_at__lt=_midnight(asked["until"] + timedelta(days=1)))
        if asked["unverified"]:
            copies = copies.filter(email_verified_at=None)
        return copies

    def ordered(self, copies: QuerySet[ContactCopy]) -> QuerySet[ContactCopy]:
        match self.cleaned_data["sort"]:
            case "name":
                return copies.order_by(_bytewise("search_name"), "id")
            case "oldest":
                return copies.order_by("created_at", "id")
            case _:
                return copies.order_by("-created_at", "-id")

    def figures(self) -> dict[str, Any]:
        """The names of the filters that are set, as figures of an act."""
        names = [name for name, value in self.cleaned_data.items() if value and name not in ("page", "sort")]
        return {"filters": names} if names else {}


def _tier_words(tier: Tier) -> str:
    return f"{tier.name or 'Tier without a name'} {thousands(tier.contacts)}"


def _bytewise(field: str) -> Any:
    """In the order of bytes on both databases; the index for it is made so (see index_postgresql)."""
    return Collate(field, "C") if connection.vendor == "postgresql" else field


def _midnight(day: date) -> datetime:
    """The first moment of a day in the active zone."""
    return timezone.make_aware(datetime.combine(day, time.min))
