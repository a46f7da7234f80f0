from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from piggyadmin.ledger.forms import OnceForm
from piggyadmin.typed import NotReadable, clean

LONGEST_NAME = 100
LONGEST_CARD = 255  # as Piggy may have them

SCANNED = {"data-scan": "here", "autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}


def scanned(label: str, help_text: str = "", *, focus: bool = True) -> forms.CharField:
    """A field for a scan. As long as a paste may be: what is too long is refused with words, not cut off."""
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=False,
        strip=False,
        max_length=100_000,
        widget=forms.TextInput(attrs={**SCANNED, **({"autofocus": True} if focus else {})}),
    )


def chosen_card() -> forms.CharField:
    """A card of the customer's, as it stands in their list: not cleaned, or it would be another card."""
    return forms.CharField(
        strip=False,
        max_length=LONGEST_CARD,
        widget=forms.HiddenInput,
        error_messages={"required": "Choose the card again."},
    )


class FocusForm(forms.Form):
    """Puts the focus on the first field with an error."""

    def add_error(self, field: str | None, error: Any) -> None:
        super().add_error(field, error)
        first = next((name for name in self.fields if name in self.errors), None)
        if first is not None:
            self.fields[first].widget.attrs["autofocus"] = True


class LinkForm(FocusForm, OnceForm):
    """A card to link. `make` says that one which Piggy does not know is to be made."""

    card = scanned("Card", "Scan it wherever you are on the page, or type the number on it.", focus=False)
    make = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def clean_card(self) -> str:
        return card_number(self.cleaned_data["card"])


class ChosenForm(forms.Form):
    """A card of the customer's to ask a question about: nothing is done yet."""

    card = chosen_card()


class ActForm(OnceForm):
    """One act on a card of the customer's."""

    card = chosen_card()


class RenameForm(ActForm):
    name = forms.CharField(
        label="Name",
        required=False,
        strip=False,
        max_length=100_000,
        widget=forms.TextInput(attrs={"autofocus": True, "autocomplete": "off"}),
    )

    def clean_name(self) -> str:
        name = _cleaned(self.cleaned_data["name"], "Type a name, such as “Card from the counter”.")
        if len(name) > LONGEST_NAME:
            raise ValidationError(f"A name has at most {LONGEST_NAME} characters.")
        return name


class ReplaceForm(ActForm):
    """`card` is the lost one."""

    new = scanned("The new card", "Scan it. The lost card is switched off only once the new one is known to be free.")
    make = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def clean_new(self) -> str:
        return card_number(self.cleaned_data["new"])


class GoOnForm(forms.Form):
    """A replacement that stopped half-way: go on with it, or leave it where it stands."""

    replacement = forms.UUIDField(widget=forms.HiddenInput)
    leave = forms.BooleanField(required=False, widget=forms.HiddenInput)


class WhoseForm(forms.Form):
    """A card that nobody has, or none of ours knows."""

    card = scanned("Card", "Scan it wherever you are on the page, or type the number on it.")

    def clean_card(self) -> str:
        return card_number(self.cleaned_data["card"])


class WhoForm(WhoseForm):
    """Whom a card is for."""

    who = scanned("E-mail, phone or another card")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["card"].widget = forms.HiddenInput()

    def clean_who(self) -> str:
        return _cleaned(self.cleaned_data["who"], "Type the e-mail address or phone number, or scan another card.")


class ForForm(OnceForm):
    """Link a card to the customer chosen on the page."""

    card = chosen_card()
    contact = forms.RegexField(
        r"\A[^/\\\x00-\x1f\x7f-\x9f\u2028\u2029]{1,64}\Z",
        widget=forms.HiddenInput,
        error_messages={"required": "Choose the customer again.", "invalid": "Choose the customer again."},
    )

    def clean_card(self) -> str:
        return card_number(self.cleaned_data["card"])


class NewForm(OnceForm):
    """Make an anonymous customer with this card."""

    card = chosen_card()

    def clean_card(self) -> str:
        return card_number(self.cleaned_data["card"])


def card_number(text: str) -> str:
    """A card number as scanned or typed: case and leading zeros count. Raises ValidationError."""
    card = _cleaned(text, "Scan the card, or type the number on it.")
    if "@" in card:
        raise ValidationError("That is an e-mail address. Scan the card, or type the number on it.")
    return card


def _cleaned(text: str, when_empty: str) -> str:
    if not text.strip():
        raise ValidationError(when_empty)
    try:
        return clean(text)
    except NotReadable as error:
        raise ValidationError(str(error)) from error
