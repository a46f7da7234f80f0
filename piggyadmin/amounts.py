"""Amounts as people type them: form fields for whole numbers and for money."""

import re
from typing import Any

from django import forms

MOST = 10_000_000  # a typing mistake, not an amount
TOO_MUCH = "That is too much. Check it digit by digit."

# Groups of three may be parted by a comma, a blank, or one of the blanks that do not break a line.
WHOLE = re.compile(r"[0-9]+|[0-9]{1,3}(?:[, \u00a0\u202f][0-9]{3})+")
ENGLISH = re.compile(rf"(?P<whole>{WHOLE.pattern})?(?:\.(?P<part>[0-9]{{0,2}}))?")
DUTCH = re.compile(r"(?P<whole>[0-9]+|[0-9]{1,3}(?:[. \u00a0\u202f][0-9]{3})+),(?P<part>[0-9]{1,2})")
# One separator and three digits after it: thousands for some, a fraction for others.
EITHER = re.compile(r"(?P<whole>[0-9]{1,3})[.,](?P<part>[0-9]{3})")
DUTCH_GROUPS = re.compile(r"[0-9]{1,3}(?:\.[0-9]{3}){2,}")


class WholeNumberField(forms.CharField):
    """A whole number of credits or vouchers; "5,000" and "5 000" are 5000. Empty is None.

    `most` is the largest one taken, `too_much` what is said of a larger one.
    """

    example = "Type a whole number, for example 500."

    def __init__(self, *, most: int = MOST, too_much: str = TOO_MUCH, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.most, self.too_much = most, too_much

    def clean(self, value: Any) -> int | None:
        text = super().clean(value)
        if not text:
            return None
        amount = self.amount_of(text)
        if amount is None:
            raise forms.ValidationError(self.example)
        if amount > self.most:
            raise forms.ValidationError(self.too_much)
        return amount

    def amount_of(self, text: str) -> int | None:
        return _digits(text) if WHOLE.fullmatch(text) else None


class EurosField(WholeNumberField):
    """Euros, answered in cents: "50", "50.00", "50,00", "€ 1,085.50" and "1.085,50" are understood. Empty is None."""

    example = "Type euros, for example 50 or 12.50."

    def amount_of(self, text: str) -> int | None:
        plain = text.removeprefix("€").strip()
        found = ENGLISH.fullmatch(plain) or DUTCH.fullmatch(plain)
        if found is None or not (found["whole"] or found["part"]):
            return None
        return _digits(found["whole"] or "0") * 100 + int((found["part"] or "").ljust(2, "0"))


class StrictEurosField(EurosField):
    """Euros that are given away at once. What may be read in two ways is refused: 1.085 and 1,085 are a thousand for
    one reader and one for the next. "12.50", "12,50", "1,085.50", "1.085,50" and "1.085.000" are understood.
    """

    def amount_of(self, text: str) -> int | None:
        plain = text.removeprefix("€").strip()
        two_ways = EITHER.fullmatch(plain)
        if two_ways:
            whole, part = two_ways["whole"], two_ways["part"]
            if whole.startswith("0"):
                return None
            raise forms.ValidationError(
                f"“{plain}” may be € {int(whole + part):,}.00, or € {whole}.{part[:2]} with a digit too many. "
                f"Type {whole}{part} or {whole}.{part[:2]}.",
                code="ambiguous",
            )
        if DUTCH_GROUPS.fullmatch(plain):
            return _digits(plain) * 100
        return super().amount_of(text)


class EurosAboveZeroField(StrictEurosField):
    """Euros, answered in cents, more than nothing."""

    def clean(self, value: Any) -> int | None:
        if str(value or "").strip().startswith(("-", "−", "–")):
            raise forms.ValidationError("Type more than zero; the button says which way the money goes.")
        cents = super().clean(value)
        if cents == 0:
            raise forms.ValidationError("Type more than zero.")
        return cents


def _digits(text: str) -> int:
    return int(re.sub(r"[^0-9]", "", text))
