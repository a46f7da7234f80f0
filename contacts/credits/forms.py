"""What people type to award credits and to take them back."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.core.signing import Signer
from django.core.validators import RegexValidator
from django.utils.crypto import constant_time_compare

from contacts.credits.wishes import Wish
from piggyadmin.amounts import StrictEurosField, WholeNumberField
from piggyadmin.ledger.forms import OnceForm
from piggyadmin.typed import NotReadable, clean

MOST_CREDITS = 1_000_000  # a typing mistake, not an award
MOST_CENTS = 10_000_000
LONGEST = 30  # characters of a number
ONLY_ABOVE_ZERO = "Type more than zero. To take credits away, reverse the award they came from."
TOO_MUCH: dict[str, Any] = {"most": MOST_CENTS, "too_much": "That is more than € 100,000.00. Check it digit by digit."}
WHY = {
    "amount": "Wrong amount",
    "customer": "Wrong customer",
    "returned": "Goods were returned",
    "other": "Another reason",
}


def _digits(mode: str, **more: bool) -> forms.TextInput:
    return forms.TextInput(attrs={"inputmode": mode, "autocomplete": "off", **more})


class _AboveZero:
    """A number above zero. With a minus in front it is no mistake of typing, so it is told where to go."""

    def clean(self, value: Any) -> int | None:
        if str(value or "").strip().startswith(("-", "−", "–")):
            raise forms.ValidationError(ONLY_ABOVE_ZERO)
        amount: int | None = super().clean(value)  # type: ignore[misc]
        if amount == 0:
            raise forms.ValidationError(ONLY_ABOVE_ZERO)
        return amount


class _Choices(forms.RadioSelect):
    """Radio buttons of which the first takes the focus when the field has it."""

    def create_option(
        self, name: str, value: Any, label: Any, selected: bool, index: int, *more: Any, **told: Any
    ) -> Any:
        option = super().create_option(name, value, label, selected, index, *more, **told)
        if index:
            option["attrs"].pop("autofocus", None)
        return option


class MoneyField(_AboveZero, StrictEurosField):
    pass


class CreditsField(_AboveZero, WholeNumberField):
    pass


class WishForm(forms.Form):
    """How much: an amount, or a number of credits."""

    amount = MoneyField(
        label="Amount in euros",
        required=False,
        max_length=LONGEST,
        widget=_digits("decimal", autofocus=True),
        help_text="Piggy’s rules make credits of it.",
        **TOO_MUCH,
    )
    credits = CreditsField(
        label="Or a number of credits",
        required=False,
        max_length=LONGEST,
        most=MOST_CREDITS,
        too_much="That is more than 1,000,000 credits. Check it digit by digit.",
        widget=_digits("numeric"),
        help_text="Goes past the rules.",
    )
    unit = forms.ChoiceField(
        label="The amount is in",
        required=False,
        error_messages={"invalid_choice": "Choose one of these units."},
    )

    def __init__(
        self, *args: Any, units: list[tuple[str, str]], default_unit: str, money: set[str], **kwargs: Any
    ) -> None:
        """`units` are (name, words) to choose from; with none, the account's default unit counts."""
        super().__init__(*args, **kwargs)
        self.money, self.default_unit = money, default_unit
        if units or (default_unit and default_unit not in money):
            self.fields["amount"].label = "Amount"
            self.fields["amount"].help_text = "How many of the account’s unit. Piggy’s rules make credits of it."
        if not units:
            del self.fields["unit"]
            return
        unit: Any = self.fields["unit"]
        unit.choices = units if default_unit else [("", "Choose a unit"), *units]
        unit.initial = default_unit
        self.fields["amount"].help_text = "Euros, or how many of the unit. Piggy’s rules make credits of it."

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or self.cleaned_data
        if self.errors:
            return typed
        amount, credits = typed.get("amount"), typed.get("credits")
        if amount is None and credits is None:
            self.add_error("amount", "Type an amount, or a number of credits below.")
        elif amount is not None and credits is not None:
            self.add_error("credits", "Fill in one of the two, not both.")
        elif amount is not None and "unit" in self.fields and not typed.get("unit"):
            self.add_error("unit", "Choose what the amount is counted in.")
        return typed

    @property
    def wish(self) -> Wish:
        typed = self.cleaned_data
        if typed["credits"] is not None:
            return Wish(credits=typed["credits"])
        unit = typed.get("unit") or ""
        counted_in = unit or self.default_unit
        return Wish(hundredths=typed["amount"], unit=unit, is_money=not counted_in or counted_in in self.money)


class PromiseForm(OnceForm):
    """What was shown, carried by the confirm line as it stood there, with the token that makes it good for one act.

    A seal holds it together: nothing is done, or told to the ledger, that was not shown to this `owner` (the person in
    their shop, and the customer).
    """

    hundredths = forms.IntegerField(required=False, min_value=1, max_value=MOST_CENTS, widget=forms.HiddenInput)
    credits = forms.IntegerField(required=False, min_value=1, max_value=MOST_CREDITS, widget=forms.HiddenInput)
    promised = forms.IntegerField(min_value=1, max_value=2**53, widget=forms.HiddenInput)
    unit = forms.CharField(
        required=False,
        max_length=100,
        widget=forms.HiddenInput,
        validators=[RegexValidator(r"\A[^@\x00-\x1f]*\Z", "Choose the unit again.")],
    )
    money = forms.BooleanField(required=False, widget=forms.HiddenInput)
    seal = forms.CharField(max_length=100, widget=forms.HiddenInput)

    def __init__(self, *args: Any, owner: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.owner = owner

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or self.cleaned_data
        if self.errors:
            return typed
        is_whole = (typed["hundredths"] is None) != (typed["credits"] is None)
        if not is_whole or not constant_time_compare(typed["seal"], _seal(self.owner, self.wish, typed["promised"])):
            raise forms.ValidationError("This form is not complete. Type the amount again.")
        return typed

    @property
    def wish(self) -> Wish:
        typed = self.cleaned_data
        if typed["credits"] is not None:
            return Wish(credits=typed["credits"])
        return Wish(hundredths=typed["hundredths"], unit=typed["unit"], is_money=typed["money"])


def promise_values(wish: Wish, promised: int, owner: str) -> dict[str, Any]:
    """The hidden fields of a PromiseForm that carries this wish."""
    return {
        "seal": _seal(owner, wish, promised),
        "hundredths": wish.hundredths,
        "credits": wish.credits,
        "promised": promised,
        "unit": wish.unit,
        "money": wish.is_money,
    }


def _seal(owner: str, wish: Wish, promised: int) -> str:
    shown = [owner, wish.hundredths, wish.credits, wish.unit, wish.is_money, promised]
    return Signer(salt="contacts.credits.promise").signature(json.dumps(shown))


class TakeBackForm(OnceForm):
    """Why an award is taken back, and how much of it: all, or the share of what was paid back."""

    why = forms.ChoiceField(
        label="Why?",
        choices=list(WHY.items()),
        widget=_Choices(attrs={"autofocus": True}),
        error_messages={"required": "Choose why.", "invalid_choice": "Choose one of the four."},
    )
    words = forms.CharField(
        label="In your own words",
        required=False,
        max_length=500,
        strip=True,
        help_text="Needed for another reason. Kept in the audit, with your name.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    refunded = MoneyField(
        label="Only a part? Paid back, in euros",
        required=False,
        max_length=LONGEST,
        widget=_digits("decimal"),
        help_text="Empty: the whole award.",
        **TOO_MUCH,
    )
    paid = MoneyField(
        label="Of what they paid, in euros",
        required=False,
        max_length=LONGEST,
        widget=_digits("decimal"),
        **TOO_MUCH,
    )
    promised = forms.IntegerField(required=False, min_value=1, max_value=2**53, widget=forms.HiddenInput)

    def __init__(self, *args: Any, paid_cents: int | None, **kwargs: Any) -> None:
        """`paid_cents` is what Piggy says was paid; None when only the person knows."""
        super().__init__(*args, **kwargs)
        self.paid_cents = paid_cents
        if paid_cents is not None:
            del self.fields["paid"]

    def clean_words(self) -> str:
        text = self.cleaned_data["words"]
        try:
            return clean(text) if text else ""
        except NotReadable as error:
            raise forms.ValidationError(str(error)) from error

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or self.cleaned_data
        if typed.get("why") == "other" and "words" in typed and not typed["words"]:
            self.add_error("words", "Write the reason.")
        if "paid" not in self.fields:
            return typed
        if typed.get("refunded") and "paid" in typed and typed["paid"] is None:
            self.add_error("paid", "Type what they had paid.")
        if typed.get("paid") and "refunded" in typed and typed["refunded"] is None:
            self.add_error("refunded", "Type what was paid back, or empty the field below for the whole award.")
        return typed

    @property
    def part(self) -> tuple[int, int] | None:
        """Cents paid back, and cents paid; None for the whole award."""
        refunded = self.cleaned_data["refunded"]
        if refunded is None:
            return None
        return refunded, self.paid_cents if self.paid_cents is not None else self.cleaned_data["paid"]

    @property
    def reason(self) -> str:
        """The chosen reason and the typed one, as one sentence for the ledger."""
        chosen, typed = WHY[self.cleaned_data["why"]], self.cleaned_data["words"]
        return f"{chosen}: {typed}" if typed else chosen
