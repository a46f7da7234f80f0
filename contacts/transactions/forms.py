"""The filter of the transactions. It lives in the URL and names nobody."""

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils import timezone

from piggyadmin.accounts.models import Shop
from piggyadmin.ledger.forms import EARLIEST, LATEST, DayInput
from piggyadmin.moments import day_bounds

KINDS = [("", "Everything"), ("credit_receptions", "Credits"), ("reward_receptions", "Rewards")]
MOST_PAGE = 1_000_000


def _day(label: str) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=False,
        widget=DayInput,
        input_formats=["%Y-%m-%d"],
        validators=[MinValueValidator(EARLIEST), MaxValueValidator(LATEST)],
        error_messages={"invalid": "Write a day as 2026-11-20."},
    )


class TransactionFilter(forms.Form):
    """`shop` is there for who may see every shop; the others see the one they stand in, whatever the address says."""

    kind = forms.ChoiceField(label="Kind", required=False, choices=KINDS)
    shop = forms.ModelChoiceField(
        Shop.objects.none(), label="Shop", required=False, empty_label="Every shop", to_field_name="piggy_uuid"
    )
    since = _day("From")
    until = _day("To")
    page = forms.IntegerField(required=False, min_value=1, max_value=MOST_PAGE, widget=forms.HiddenInput)

    def __init__(self, *args: Any, own_shop: Shop | None, **kwargs: Any) -> None:
        """`own_shop` is the only shop this person may see; None for every one."""
        super().__init__(*args, **kwargs)
        self.own_shop = own_shop
        shop: Any = self.fields["shop"]
        if own_shop is not None:
            del self.fields["shop"]
        else:
            shop.queryset = Shop.objects.order_by("name")  # closed ones too: what they gave stays

    def clean_until(self) -> date | None:
        since: date | None = self.cleaned_data.get("since")
        until: date | None = self.cleaned_data["until"]
        if since and until and until < since:
            raise forms.ValidationError("This day lies before the first one.")
        return until

    @property
    def asked_shop(self) -> Shop | None:
        return self.own_shop or self.cleaned_data.get("shop")

    @property
    def is_narrowed(self) -> bool:
        """Whether something of this filter could be taken away."""
        return any(self.cleaned_data.get(name) for name in ("kind", "shop", "since", "until"))

    def question(self) -> dict[str, Any]:
        """What to ask Piggy: days become moments, by the clock of the shop that is looked at."""
        asked, shop = self.cleaned_data, self.asked_shop
        zone = ZoneInfo(shop.time_zone) if shop else ZoneInfo(timezone.get_current_timezone_name())
        return {
            "shop_uuid": shop.piggy_uuid if shop else None,
            "kind": asked["kind"] or None,
            "since": day_bounds(asked["since"], zone)[0] if asked["since"] else None,
            "before": day_bounds(asked["until"], zone)[1] if asked["until"] else None,
        }

    def figures(self) -> dict[str, str]:
        """The filter as figures of an act."""
        asked, shop = self.cleaned_data, self.asked_shop
        told = {
            "kind": asked["kind"],
            "shop_uuid": shop.piggy_uuid if shop else "",
            "since": asked["since"].isoformat() if asked["since"] else "",
            "until": asked["until"].isoformat() if asked["until"] else "",
        }
        return {name: value for name, value in told.items() if value}
