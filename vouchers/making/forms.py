from typing import Any

from django import forms

from piggyadmin.amounts import WholeNumberField
from piggyadmin.ledger.forms import OnceForm
from piggyadmin.templatetags.words import thousands
from vouchers.batches.forms import LONGEST_TYPED, BatchForm, LineField
from vouchers.batches.orders import Order
from vouchers.making.services import Wish

LONGEST_CODE = 64
MOST_USES = 1_000_000


class UsesField(WholeNumberField):
    example = "Type how many times it can be used, for example 5."

    def clean(self, value: Any) -> int | None:
        uses = super().clean(value)
        if uses == 0:
            raise forms.ValidationError("It is good for one use at least.")
        return uses


class VoucherForm(BatchForm):
    """One voucher. What it shares with a batch, promotion, dates and customer, is typed and judged as there."""

    code = LineField(
        label="Its code",
        required=False,
        max_length=LONGEST_CODE,
        help_text="Exactly as it shall be scanned; capitals and small letters count. Empty: Piggy chooses one.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}),
    )
    uses = UsesField(
        label="Uses",
        required=False,
        max_length=LONGEST_TYPED,
        most=MOST_USES,
        too_much="That is more often than Piggy can count. Type fewer.",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        help_text="How many times it can be used. Empty: as the promotion says.",
    )

    def __init__(self, *args: Any, alone: int | None, **kwargs: Any) -> None:
        """`alone` is the most vouchers this person may make without a second one: a use is worth as much."""
        super().__init__(*args, attributes=[], **kwargs)
        del self.fields["quantity"], self.fields["label"]
        uses = self.fields["uses"]
        if alone is not None and isinstance(uses, UsesField):
            uses.most = min(MOST_USES, alone)
            uses.too_much = f"Alone you may give away {thousands(alone)} uses. Ask somebody with a higher limit."
        self.fields["contact"].help_text = "Card, e-mail or id of whoever gets it. Empty: nobody yet."

    def order(self, contact_uuid: str) -> Order:
        self.cleaned_data |= {"quantity": 1, "label": ""}
        return super().order(contact_uuid)

    def wish(self, contact_uuid: str) -> Wish:
        typed = self.cleaned_data
        return Wish(
            promotion_uuid=typed["promotion"],
            code=typed["code"],
            contact_uuid=contact_uuid,
            activation_date=typed["activation"],
            expiration_date=typed["expiration"],
            uses=typed["uses"],
        )


class ConfirmForm(OnceForm):
    """The second step's token. What is made stands in the same form, hidden, and is judged once more."""
