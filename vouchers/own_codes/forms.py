from collections.abc import Mapping
from typing import Any

from django import forms

from piggyadmin.amounts import WholeNumberField
from piggyadmin.ledger.forms import OnceForm
from vouchers.batches.forms import LONGEST_TYPED, BatchForm
from vouchers.batches.orders import Order
from vouchers.own_codes.reading import LONGEST_CODE, MOST_BYTES, MOST_ROWS, Codes, NotAList, read, read_text


class CodesForm(BatchForm):
    """The codes, as a file or pasted, and what they are for; promotion and dates are typed as for a batch."""

    file = forms.FileField(
        label="CSV file",
        required=False,
        allow_empty_file=True,  # said with the other things that a file may be
        max_length=LONGEST_TYPED,
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,text/csv,text/plain"}),
        help_text=f"Up to {MOST_ROWS:,} codes of at most {LONGEST_CODE} characters.",
    )
    pasted = forms.CharField(
        label="Or paste the codes",
        required=False,
        strip=False,
        max_length=MOST_BYTES,
        widget=forms.Textarea(attrs={"rows": 5, "autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}),
        help_text="One a line.",
    )

    def __init__(self, data: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(data, attributes=[], **kwargs)
        del self.fields["quantity"], self.fields["contact"]
        self.codes = Codes()

    def clean(self) -> dict[str, Any]:
        typed = super().clean()
        file, pasted = typed.get("file"), typed.get("pasted", "")
        if {"file", "pasted"} & set(self.errors):
            return typed
        if (file is None) == (not pasted.strip()):
            self.add_error(
                "file", "Choose a file, or paste the codes." if file is None else "A file or text, not both."
            )
            return typed
        name = "pasted" if file is None else "file"
        try:
            if file is not None and file.size > MOST_BYTES:
                raise NotAList(f"The file is larger than {MOST_BYTES // 1024 // 1024} MB. Divide it.")
            self.codes = read(file.read()) if file is not None else read_text(pasted)
        except NotAList as error:
            self.add_error(name, str(error))
        if file is not None and self.errors and self.codes.rows:
            # A browser forgets a chosen file; the codes need not be chosen again for another field's sake.
            self.data = {**{key: self.data[key] for key in self.data}, "pasted": self._lines()}
        return typed

    def _lines(self) -> str:
        return "\n".join(code for _, code in self.codes.rows) if not self.codes.bad else ""

    def order(self, contact_uuid: str = "") -> Order:
        typed = self.cleaned_data
        return Order(
            promotion_uuid=typed["promotion"],
            promotion_name=self.names[typed["promotion"]],
            quantity=len(self.codes.rows),
            activation_date=typed["activation"],
            expiration_date=typed["expiration"],
            label=typed["label"],
            own_codes=tuple(code for _, code in self.codes.rows),
        )


class ConfirmForm(OnceForm):
    """Make exactly what was shown: its key, and the number typed once more."""

    key = forms.CharField(max_length=64, widget=forms.HiddenInput(attrs={"id": False}))
    again = WholeNumberField(
        label="Type the number to confirm",
        required=False,
        max_length=LONGEST_TYPED,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
