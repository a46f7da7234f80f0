from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator, validate_email

from piggyadmin.amounts import WholeNumberField
from piggyadmin.ledger.forms import OnceForm
from piggyadmin.typed import NotReadable, clean
from vouchers.check.sights import MOST_TIMES


class CodeForm(forms.Form):
    """A voucher code, exactly as printed: case and leading zeros matter, groups of four are only for reading."""

    code = forms.CharField(label="Voucher code", required=False, strip=False, max_length=100_000)

    def clean_code(self) -> str:
        return _cleaned(self.cleaned_data["code"], "Scan or type a code first.")


class HolderForm(forms.Form):
    """Whose voucher is it? A card, or the e-mail address of the customer's account."""

    holder = forms.CharField(label="Customer’s card or e-mail", required=False, strip=False, max_length=100_000)

    def clean_holder(self) -> str:
        text = _cleaned(self.cleaned_data["holder"], "Scan the customer’s card first.")
        if "@" in text:
            try:
                validate_email(text)
            except ValidationError as error:
                raise ValidationError("That is not a whole e-mail address. Check it letter by letter.") from error
        return text


class ActForm(OnceForm):
    """Lock, redeem or release: one act, for the customer chosen on the page (where nobody holds the voucher)."""

    contact = forms.CharField(
        required=False, max_length=64, validators=[RegexValidator(r"\A[\w-]+\Z", "Choose the customer again.")]
    )


class RedeemForm(ActForm):
    """Redeem: once, or a voucher of several uses so many times at once."""

    times = WholeNumberField(
        label="How many times?",
        required=False,
        most=MOST_TIMES,
        too_much=f"At most {MOST_TIMES} times at once.",
    )

    def clean_times(self) -> int:
        times = self.cleaned_data["times"]
        if times == 0:
            raise ValidationError("Once at least.")
        return 1 if times is None else int(times)


class ReverseForm(OnceForm):
    """Why a redemption is taken back. The reason is kept in the ledger."""

    reason = forms.CharField(
        label="Reason",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Kept in the audit, with your name.",
    )


def _cleaned(text: str, when_empty: str) -> str:
    if not text.strip():
        raise ValidationError(when_empty)
    try:
        return clean(text)
    except NotReadable as error:
        raise ValidationError(str(error)) from error
