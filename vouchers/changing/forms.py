from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils import timezone

from piggyadmin.amounts import WholeNumberField
from piggyadmin.ledger.forms import OnceForm
from piggyadmin.moments import NotAMoment, moment_of
from piggyadmin.templatetags.words import thousands
from piggyadmin.typed import NotReadable, clean
from vouchers.batches.forms import MomentField
from vouchers.changing.kinds import STATUS_WORDS, Kind
from vouchers.changing.selecting import MOST_CODES, Selection
from vouchers.models import BatchRun

MOST_TYPED = 100_000
KINDS = [(Kind.DEACTIVATE, "Withdraw them"), (Kind.REACTIVATE, "Give them back"), (Kind.EXPIRY, "Change their end")]


class ChangeForm(forms.Form):
    """Which vouchers, and what becomes of them. Of the four ways to say which, one is used."""

    kind = forms.ChoiceField(
        label="What shall become of them?",
        choices=KINDS,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose one of the three.", "invalid_choice": "Choose one of the three."},
    )
    until = MomentField(label="New end")
    voucher = forms.CharField(
        required=False,
        max_length=64,
        widget=forms.HiddenInput,
        validators=[RegexValidator(r"\A[^/\\\x00-\x1f\x7f-\x9f\u2028\u2029]*\Z", "Open the voucher again.")],
    )
    run = forms.ModelChoiceField(
        queryset=BatchRun.objects.all(),
        required=False,
        widget=forms.HiddenInput,
        error_messages={"invalid_choice": "There is no such run. Open it again."},
    )
    sheet = WholeNumberField(
        label="Only sheet",
        required=False,
        max_length=20,
        most=100_000,
        too_much="There is no such sheet.",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        help_text="Its number stands at the foot of the sheet. Empty: the whole batch.",
    )
    status = forms.ChoiceField(
        label="Only those that are",
        required=False,
        choices=[("", "in any state"), *STATUS_WORDS.items()],
        error_messages={"invalid_choice": "Choose one of these states."},
    )
    codes = forms.CharField(
        label="Voucher codes",
        required=False,
        strip=False,
        max_length=MOST_TYPED,
        widget=forms.Textarea(attrs={"rows": 6, "autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}),
        help_text=f"One a line, up to {MOST_CODES}. A scanner may write them here one after another.",
    )

    def __init__(self, *args: Any, zone: ZoneInfo, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = zone
        self.fields["until"].help_text = f"Only to change their end. By the clock of {zone.key}."

    def clean_until(self) -> datetime | None:
        local = self.cleaned_data["until"]
        if local is None:
            return None
        try:
            at = moment_of(local, self.zone, second=True)  # of two, the later one: an end keeps what was promised
        except NotAMoment as error:
            raise ValidationError(str(error)) from error
        if at <= timezone.now():
            raise ValidationError("That is past already. To end them at once, withdraw them.")
        return at

    def clean_codes(self) -> tuple[str, ...]:
        lines = [line for line in self.cleaned_data["codes"].splitlines() if line.strip()]
        if len(lines) > MOST_CODES:
            raise ValidationError(f"These are {thousands(len(lines))} codes. Take {MOST_CODES} at most at once.")
        found: dict[str, None] = {}
        for number, line in enumerate(lines, start=1):
            try:
                found[clean(line)] = None
            except NotReadable as error:
                raise ValidationError(f"Line {number}: {error}") from error
        return tuple(found)

    def clean_sheet(self) -> int | None:
        sheet: int | None = self.cleaned_data["sheet"]
        if sheet == 0:
            raise ValidationError("Sheets are counted from 1.")
        return sheet

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or self.cleaned_data
        if typed.get("kind") == Kind.EXPIRY and "until" in typed and typed["until"] is None:
            self.add_error("until", "Say when they shall end.")
        chosen = [name for name in ("voucher", "run", "codes") if typed.get(name)]
        if not self.errors and len(chosen) != 1:
            self.add_error("codes", "Nothing is selected. Scan or paste the codes." if not chosen else "Choose again.")
        if typed.get("kind") != Kind.EXPIRY:
            typed["until"] = None
        return typed

    @property
    def selection(self) -> Selection:
        typed = self.cleaned_data
        return Selection(
            voucher=typed["voucher"],
            run=typed["run"],
            sheet=typed["sheet"] if typed["run"] else None,
            status=typed["status"] if typed["run"] else "",
            codes=typed["codes"],
        )


class ConfirmForm(OnceForm):
    """Do exactly what was shown. Above a sheet's worth the number is typed."""

    plan = forms.CharField(max_length=64, widget=forms.HiddenInput)
    number = forms.CharField(
        label="Type the number to confirm",
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "autofocus": True}),
    )

    def is_number(self, wanted: int) -> bool:
        """Whether the number was typed; says so at the field when it was not."""
        typed = "".join(character for character in self.cleaned_data["number"] if character not in ", .\u00a0\u202f")
        if typed == str(wanted):
            return True
        self.add_error("number", f"Type {wanted} here: that is how many vouchers will change.")
        return False
