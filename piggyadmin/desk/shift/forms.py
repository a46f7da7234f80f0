"""Which slip is shown: of whom, of which shop and day, on which paper. It lives in the URL."""

from __future__ import annotations

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.http import QueryDict
from django.utils import timezone

from piggyadmin.accounts.models import Shop, Staff
from piggyadmin.ledger.forms import EARLIEST, LATEST, DayInput

ALL = "all"
A4 = "a4"


class SlipForm(forms.Form):
    """Empty fields are: oneself, the picked shop (all, where none is picked), today in its zone, a receipt."""

    day = forms.DateField(
        label="Day",
        widget=DayInput,
        input_formats=["%Y-%m-%d"],
        validators=[MinValueValidator(EARLIEST), MaxValueValidator(LATEST)],
        error_messages={"invalid": "Write a day as 2026-11-20."},
    )
    shop = forms.ChoiceField(label="Shop")
    person = forms.ChoiceField(label="Person")
    paper = forms.ChoiceField(label="Paper", required=False, choices=[("", "Receipt, 80 mm"), (A4, "A4")])

    def __init__(self, data: QueryDict, *, staff: Staff, shop: Shop | None, all_people: bool) -> None:
        self._staff = staff
        self._shops = {str(each.pk): each for each in Shop.objects.order_by("name")}
        self._people = {str(staff.pk): staff}
        if all_people:
            self._people = {str(each.pk): each for each in Staff.objects.order_by("name")}
        usual = {"shop": str(shop.pk) if shop else ALL, "person": str(staff.pk)}
        asked = usual | {name: str(value) for name, value in data.items() if value}
        self._shop = self._shops.get(asked["shop"])
        super().__init__({"day": self._today().isoformat()} | asked)
        shops: Any = self.fields["shop"]
        shops.choices = [(ALL, "All shops"), *((pk, each.name) for pk, each in self._shops.items())]
        people: Any = self.fields["person"]
        people.choices = [(ALL, "Everyone"), *((pk, each.name) for pk, each in self._people.items())]
        if not all_people:
            del self.fields["person"]

    def clean_day(self) -> date:
        day: date = self.cleaned_data["day"]
        if day > self._today():
            raise forms.ValidationError("This day has not come yet.")
        return day

    @property
    def of_shop(self) -> Shop | None:
        return self._shop

    @property
    def of_person(self) -> Staff | None:
        """Whose slip it is; None for everybody's."""
        chosen = self.cleaned_data.get("person", "")
        return None if chosen == ALL else self._people.get(chosen, self._staff)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self._shop.time_zone if self._shop else timezone.get_current_timezone_name())

    @property
    def is_today(self) -> bool:
        return bool(self.cleaned_data["day"] == self._today())

    def _today(self) -> date:
        return timezone.localdate(timezone=self.zone)
