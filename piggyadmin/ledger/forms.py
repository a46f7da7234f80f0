"""What people type on the audit's pages, and the hidden field that makes a form good for one act."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.contrib.auth import get_user_model
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from piggyadmin.ledger.actions import registered
from piggyadmin.ledger.door import form_token
from piggyadmin.ledger.models import Act, Approval, State
from piggyadmin.ledger.settling import LONGEST_REASON
from piggyadmin.moments import day_bounds
from piggyadmin.templatetags.words import OUTCOME_WORDS, thousands

SHOPS: Any = Act._meta.get_field("shop").related_model._default_manager
EARLIEST, LATEST = date(2000, 1, 1), date(2100, 12, 31)


class OnceForm(forms.Form):
    """A form that does something once: hand `cleaned_data["form_token"]` to `perform` or `record`.

    Show `{{ form.form_token }}` in the template. A form shown again with errors keeps its token; after an act that was
    refused show a new form, for the old token leads to that refusal.
    """

    form_token = forms.CharField(
        widget=forms.HiddenInput(attrs={"id": False}),  # a page may hold it twice
        initial=form_token,
        max_length=100,
        validators=[RegexValidator(r"\A[\w-]{16,100}\Z", "This form is not complete. Open the page again.")],
    )


class DayInput(forms.DateInput):
    input_type = "date"

    def format_value(self, value: Any) -> str | None:
        return value.isoformat() if isinstance(value, date) else value


def _day(label: str) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=False,
        widget=DayInput,
        input_formats=["%Y-%m-%d"],
        validators=[MinValueValidator(EARLIEST), MaxValueValidator(LATEST)],
        error_messages={"invalid": "Write a day as 2026-11-20."},
    )


class AuditFilter(forms.Form):
    """The audit's filter. It lives in the URL; what it does not understand it refuses beside the field.

    Days are those of the chosen shop's zone, else of the active one.
    """

    since = _day("From")
    until = _day("To")
    person = forms.ModelChoiceField(
        queryset=get_user_model().objects.none(), label="Person", required=False, empty_label="Everyone"
    )
    shop = forms.ModelChoiceField(queryset=SHOPS.none(), label="Shop", required=False, empty_label="Every shop")
    action = forms.ChoiceField(label="Act", required=False)
    outcome = forms.ChoiceField(label="Outcome", required=False)
    target = forms.CharField(
        label="On",
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"placeholder": "Whole id or mark"}),
    )
    page = forms.IntegerField(required=False, min_value=1, max_value=1_000_000, widget=forms.HiddenInput)

    def __init__(self, *args: Any, all_people: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if all_people:
            people: Any = self.fields["person"]
            people.queryset = get_user_model().objects.order_by("name")
        else:
            del self.fields["person"]
        shop: Any = self.fields["shop"]
        shop.queryset = SHOPS.order_by("name")
        action: Any = self.fields["action"]
        action.choices = [("", "Every act"), *((known.name, known.words.do) for known in registered())]
        self.tell_counts({})

    def clean_until(self) -> date | None:
        since: date | None = self.cleaned_data.get("since")
        until: date | None = self.cleaned_data["until"]
        if since and until and until < since:
            raise forms.ValidationError("This day lies before the first one.")
        return until

    def narrow(self, acts: QuerySet[Act], *, but_outcome: bool = False) -> QuerySet[Act]:
        """`acts` that this (valid) filter lets through; `but_outcome` leaves the outcome out, to count each."""
        asked = self.cleaned_data
        shop = asked["shop"]
        zone = ZoneInfo(shop.time_zone) if shop else timezone.get_current_timezone()
        if asked["since"]:
            acts = acts.filter(at__gte=day_bounds(asked["since"], zone)[0])
        if asked["until"]:
            acts = acts.filter(at__lt=day_bounds(asked["until"], zone)[1])
        if shop:
            acts = acts.filter(shop=shop)
        if asked.get("person"):
            acts = acts.filter(staff=asked["person"])
        if asked["action"]:
            acts = acts.filter(action=asked["action"])
        if asked["target"]:
            acts = acts.filter(_on(asked["target"]))
        if asked["outcome"] and not but_outcome:
            acts = acts.filter(state__outcome=asked["outcome"])
        return acts

    def count(self, acts: QuerySet[Act]) -> dict[str, int]:
        """How many acts of each outcome the rest of the filter lets through."""
        rows = self.narrow(acts, but_outcome=True).order_by().values("state__outcome").annotate(n=Count("pk"))
        return {row["state__outcome"]: row["n"] for row in rows}

    def tell_counts(self, counts: dict[str, int]) -> None:
        """Write the counts into the outcome's choices: "done 1,270"."""
        outcome: Any = self.fields["outcome"]
        words = [(state, OUTCOME_WORDS.get(state, state)) for state in State.values]
        told = [(state, f"{word} {thousands(counts[state])}" if state in counts else word) for state, word in words]
        outcome.choices = [("", "Every outcome"), *told]

    def figures(self) -> dict[str, Any]:
        """The filter as figures of an act; what was typed under "On" is not among them, it may be about a person."""
        asked = self.cleaned_data
        told = {
            "since": asked["since"] and asked["since"].isoformat(),
            "until": asked["until"] and asked["until"].isoformat(),
            "person": str(asked["person"].pk) if asked.get("person") else "",
            "shop": str(asked["shop"].pk) if asked["shop"] else "",
            "action": asked["action"],
            "outcome": asked["outcome"],
        }
        return {name: value for name, value in told.items() if value}


def _on(text: str) -> Q:
    """Acts on this target or customer, or the one act of this mark or id."""
    found = Q(target_id=text) | Q(contact_id=text) | Q(mark=text.upper())
    try:
        return found | Q(pk=UUID(text))
    except ValueError:
        return found


class DecideForm(forms.Form):
    """A second person's answer to a request for approval."""

    granted = forms.ChoiceField(
        label="Your decision",
        choices=[("yes", "Approve it"), ("no", "Refuse it")],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose one of the two."},
    )
    reason = forms.CharField(
        label="Reason",
        required=False,
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Needed when you refuse. Kept in the audit, with your name.",
    )


class SettleForm(forms.Form):
    """A person's word on an act that nobody could look up."""

    happened = forms.ChoiceField(
        label="What do you know?",
        choices=[("yes", "It happened"), ("no", "It did not happen")],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose one of the two."},
    )
    reason = forms.CharField(
        label="How do you know it?",
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Kept in the audit, with your name.",
        error_messages={"required": "Write how you know it."},
    )


class AskForm(forms.Form):
    """Words for whoever approves."""

    reason = forms.CharField(
        label="Reason",
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="For whoever approves it. Kept in the audit.",
    )


class ApproverForm(forms.Form):
    """A second person's own name and password, typed on this screen. Nobody is signed in or out by it."""

    approver = forms.CharField(
        label="Their sign-in name",
        max_length=150,
        widget=forms.TextInput(
            attrs={"autofocus": True, "autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}
        ),
    )
    password = forms.CharField(
        label="Their password",
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
    otp = forms.CharField(
        label="Their code, if they use one",
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
    )


class RequestForm(OnceForm):
    """One request of this person's own, to do what was approved or to take the request back."""

    approval = forms.UUIDField(widget=forms.HiddenInput)


def request_form(approval: Approval, *, token: str = "") -> RequestForm:
    """The form of one request; `token` is that of the act which waits, where one does."""
    return RequestForm(initial={"approval": approval.pk} | ({"form_token": token} if token else {}), auto_id=False)


def focus_first_error(form: forms.Form) -> bool:
    """Let the page begin at the first field that has something to say; whether there is one that can be seen."""
    wrong = next((name for name in form.fields if name in form.errors and not form[name].is_hidden), None)
    if wrong is not None:
        for name, field in form.fields.items():
            field.widget.attrs.pop("autofocus", None)
            if name == wrong:
                field.widget.attrs["autofocus"] = True
    return wrong is not None
