"""Why somebody needs a customer's auth token."""

from django import forms

from piggyadmin.ledger.approvals import LONGEST_REASON
from piggyadmin.ledger.forms import OnceForm

SHORTEST = 10


class ReadForm(OnceForm):
    reason = forms.CharField(
        label="Why do you need it?",
        min_length=SHORTEST,
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3, "autofocus": True}),
        help_text="Kept in the audit, with your name. At least ten characters.",
        error_messages={
            "required": "Write why you need it.",
            "min_length": "Write a little more: at least ten characters, so that others understand it later.",
        },
    )
