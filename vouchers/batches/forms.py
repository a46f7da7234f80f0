"""What people type to make a batch, to confirm it, and to steer one that runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError

from piggyadmin.amounts import WholeNumberField
from piggyadmin.ledger.forms import OnceForm
from piggyadmin.ledger.marks import MARK
from piggyadmin.moments import NotAMoment, Twice, local_text, moment_of, typed_local
from piggyadmin.typed import NotReadable, clean
from piggyadmin.zones import zone_named
from vouchers.batches.orders import Order
from vouchers.models import BatchRun

if TYPE_CHECKING:
    from piggyadmin.piggy.payloads import AttributeDefinition, Promotion

MOST_VOUCHERS = 100_000  # of one run
LONGEST_TYPED = 1000
OWN = "own_"  # before the name of a custom attribute
YES_NO = [("", "nothing"), ("true", "yes"), ("false", "no")]


class QuantityField(WholeNumberField):
    example = "Type a whole number of vouchers, for example 1,200."

    def clean(self, value: Any) -> int | None:
        number = super().clean(value)
        if number == 0:
            raise ValidationError("A batch is of one voucher at least.")
        return number


class LineField(forms.CharField):
    """One line, or nothing."""

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        try:
            return clean(text) if text else ""
        except NotReadable as error:
            raise ValidationError(str(error)) from error


class NumberField(LineField):
    """A number as Piggy takes it, in text: "12.5"."""

    def clean(self, value: Any) -> str:
        text = super().clean(value).replace(",", ".")
        if not text:
            return ""
        try:
            number = Decimal(text)
        except InvalidOperation as error:
            raise ValidationError("Type a number, for example 10 or 12.50.") from error
        if not number.is_finite() or abs(number) >= 10**15 or "e" in text.lower():
            raise ValidationError("Type a number, for example 10 or 12.50.")
        return format(number, "f")


class MomentField(forms.CharField):
    """A local date and time, or nothing. Which moment it is, the zone of the form says."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateTimeInput(attrs={"type": "datetime-local"})
        super().__init__(required=False, max_length=LONGEST_TYPED, widget=widget, **kwargs)

    def clean(self, value: Any) -> datetime | None:
        text = super().clean(value)
        try:
            return typed_local(text) if text else None
        except NotAMoment as error:
            raise ValidationError(str(error)) from error


class BatchForm(forms.Form):
    """What is to be made. Times are in the zone that the page named when it was shown."""

    promotion = forms.ChoiceField(
        label="Promotion",
        error_messages={
            "required": "Choose what the vouchers are for.",
            "invalid_choice": "Piggy has no such promotion any more. Choose another.",
        },
    )
    quantity = QuantityField(
        label="How many",
        max_length=LONGEST_TYPED,
        most=MOST_VOUCHERS,
        too_much=f"One batch is of {MOST_VOUCHERS:,} vouchers at most. Make several.",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"required": "Type how many vouchers."},
    )
    label = LineField(
        label="Name of the batch",
        required=False,
        max_length=120,
        help_text="For yourselves: “Summer, letters to members”. It stands in lists and files.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    activation = MomentField(label="Valid from", help_text="Empty: at once.")
    expiration = MomentField(label="Valid until", help_text="Empty: as the promotion says.")
    contact = LineField(
        label="For one customer",
        required=False,
        max_length=LONGEST_TYPED,
        help_text="Card, e-mail or id of whoever gets all of them. Empty: nobody yet.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "data-scan": "here"}),
    )
    zone = forms.CharField(required=False, max_length=LONGEST_TYPED, widget=forms.HiddenInput)

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        promotions: Iterable[Promotion],
        attributes: Sequence[AttributeDefinition],
        zone: ZoneInfo,
        **kwargs: Any,
    ) -> None:
        super().__init__(data, **kwargs)
        self.typed_zone = zone_named(data.get("zone"), zone) if data is not None else zone
        self.initial.setdefault("zone", zone.key)
        choose: Any = self.fields["promotion"]
        named = [(each.uuid, each.name or "Promotion without a name") for each in promotions]
        choose.choices = [("", "Choose a promotion"), *sorted(named, key=lambda each: each[1].casefold())]
        self.names = dict(named)
        self.own = [each for each in attributes if is_simple(each)]
        for each in self.own:
            self.fields[f"{OWN}{each.name}"] = _control(each)
        first = "quantity" if self.initial.get("promotion") else "promotion"
        self.fields[first].widget.attrs["autofocus"] = True

    @property
    def own_fields(self) -> list[forms.BoundField]:
        return [self[f"{OWN}{each.name}"] for each in self.own]

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or self.cleaned_data
        for name in ("activation", "expiration"):
            if typed.get(name) is not None:
                typed[name] = self._moment(name, typed[name])
        if typed.get("activation") and typed.get("expiration") and typed["expiration"] <= typed["activation"]:
            self.add_error("expiration", "They end before they begin. Put the end after the beginning.")
        return typed

    def order(self, contact_uuid: str) -> Order:
        """What was typed, for this contact ("" for none)."""
        typed = self.cleaned_data
        own = {each.name: typed.get(f"{OWN}{each.name}") or "" for each in self.own}
        return Order(
            promotion_uuid=typed["promotion"],
            promotion_name=self.names[typed["promotion"]],
            quantity=typed["quantity"],
            contact_uuid=contact_uuid,
            activation_date=typed["activation"],
            expiration_date=typed["expiration"],
            label=typed["label"],
            attributes={name: value for name, value in own.items() if value},
        )

    def _moment(self, name: str, local: datetime) -> datetime | None:
        try:
            return moment_of(local, self.typed_zone)
        except Twice:
            self.add_error(name, f"The clock shows {local:%H:%M} twice that night. Type an hour earlier or later.")
        except NotAMoment as error:
            self.add_error(name, str(error))
        return None


def typed_of(order: Order, zone: ZoneInfo) -> dict[str, Any]:
    """What the form's fields hold for this order."""
    dates = {"activation": order.activation_date, "expiration": order.expiration_date}
    return {
        "promotion": order.promotion_uuid,
        "quantity": str(order.quantity),
        "label": order.label,
        "contact": order.contact_uuid,
        "zone": zone.key,
        **{name: local_text(at, zone) if at else "" for name, at in dates.items()},
        **{f"{OWN}{name}": value for name, value in order.attributes.items()},
    }


def is_simple(about: AttributeDefinition) -> bool:
    """Whether the page has a control for it: text, a number, yes or no, one of a list; never our own mark."""
    if about.name == MARK or about.is_read_only:
        return False
    return about.type in ("text", "number", "float", "boolean") or (about.type == "select" and bool(about.options))


def _control(about: AttributeDefinition) -> forms.Field:
    shown: dict[str, Any] = {"label": about.title, "required": False, "help_text": about.description or ""}
    if about.type == "boolean":
        return forms.ChoiceField(choices=YES_NO, **shown)
    if about.type == "select":
        choices = [("", "nothing"), *((option.value, option.label or option.value) for option in about.options)]
        return forms.ChoiceField(choices=choices, **shown)
    widget = forms.TextInput(attrs={"autocomplete": "off"})
    return (LineField if about.type == "text" else NumberField)(max_length=255, widget=widget, **shown)


class ConfirmForm(OnceForm):
    """The preview's: what was shown, sealed, and the number typed once more."""

    order = forms.CharField(max_length=50_000, widget=forms.HiddenInput(attrs={"id": False}))
    again = WholeNumberField(
        label="Type the number to confirm",
        required=False,
        max_length=LONGEST_TYPED,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )


class AgainForm(forms.Form):
    """The number typed once more, for what a second person has approved."""

    again = ConfirmForm.base_fields["again"]


class SteerForm(OnceForm):
    """What a person tells a run: the button that was pressed, and what they found where they decide."""

    step = forms.ChoiceField(
        choices=[(word, word) for word in ("pause", "resume", "cancel", "decide", "read")],
        error_messages={"required": "Press one of the buttons.", "invalid_choice": "Press one of the buttons."},
    )
    reason = forms.CharField(required=False, max_length=500)


class ListForm(forms.Form):
    """Which runs are listed. It lives in the URL."""

    who = forms.ChoiceField(required=False, choices=[("", "everybody’s"), ("mine", "mine")])
    state = forms.ChoiceField(required=False, choices=[("", "every state"), *BatchRun.State.choices])
    page = forms.IntegerField(required=False, min_value=1, max_value=1_000_000)
