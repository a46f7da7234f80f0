"""What is typed on the three pages: who a new customer is, what is to change, and which mail they want."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.http import QueryDict

from contacts.cards.forms import card_number
from contacts.editing.controls import LineField, MailField, PhoneField
from contacts.editing.sheets import Entry, Sheet, print_of
from piggyadmin.ledger.forms import OnceForm, focus_first_error

PRINT = r"[A-Za-z0-9_]{1,64}=[0-9a-f]{20}"
INCOMPLETE = "This form is not complete. Open the page again."
PARTS = {"_from": "from", "_to": "until", "_which": "which of the two"}


class FindForm(forms.Form):
    """Anything by which a customer can be found. At least one of the three."""

    email = MailField(label="E-mail")
    phone = PhoneField(label="Phone")
    card = LineField(label="Card", attrs={"data-scan": "here", "autocapitalize": "off"})

    def __init__(self, *args: Any, region: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        phone = self.fields["phone"]
        assert isinstance(phone, PhoneField)
        phone.region = region

    def clean_card(self) -> str:
        card = self.cleaned_data.get("card") or ""
        return card_number(card) if card else ""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and not any(cleaned.values()):
            raise ValidationError("Type or scan at least one of the three.")
        return cleaned

    def focus(self) -> None:
        """Where typing begins: what is wrong, else the first field."""
        if not focus_first_error(self):
            self.fields["email"].widget.attrs["autofocus"] = True

    def texts(self) -> dict[str, str]:
        """The three as Piggy is asked for them, "" for what was not typed."""
        return {name: self.cleaned_data.get(name) or "" for name in ("email", "phone", "card")}


class NewForm(OnceForm):
    """How to make the customer whom nobody found, and what to call them."""

    firstname = LineField(label="First name")
    lastname = LineField(label="Last name")
    way = forms.ChoiceField(label="How", error_messages={"required": "Choose how.", "invalid_choice": "Choose how."})

    def __init__(self, *args: Any, ways: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        way = self.fields["way"]
        assert isinstance(way, forms.ChoiceField)
        way.choices = list(ways.items())
        way.initial = next(iter(ways), None)
        if len(ways) == 1:
            way.widget = forms.HiddenInput()
        else:
            way.widget = forms.RadioSelect(choices=way.choices)


class TypeForm(OnceForm):
    """One kind of mail."""

    type = forms.CharField(max_length=64, validators=[RegexValidator(r"\A[^/\\\s]+\Z", INCOMPLETE)])


@dataclass(frozen=True, slots=True)
class Clash:
    """An attribute that somebody else changed since the form was shown: both values, in words."""

    mine: str
    theirs: str


@dataclass(frozen=True, slots=True)
class Row:
    """One attribute on the page: its controls, or the choice between two values."""

    entry: Entry
    controls: list[forms.BoundField]
    keep: forms.BoundField | None = None
    clash: Clash | None = None


class EditForm(OnceForm):
    """A customer's attributes, each with the control of its type.

    `shown` carries a fingerprint of what each control showed: what is sent back as it was shown is nobody's change,
    whatever it is. `asked` names the attributes for which the page asks which of two values to keep.
    """

    shown = forms.CharField(
        widget=forms.HiddenInput,
        max_length=50_000,
        validators=[RegexValidator(rf"\A{PRINT}(?: {PRINT})*\Z", INCOMPLETE)],
        error_messages={"required": INCOMPLETE},
    )
    asked = forms.CharField(
        widget=forms.HiddenInput,
        required=False,
        max_length=10_000,
        validators=[RegexValidator(r"\A[A-Za-z0-9_ ]*\Z", INCOMPLETE)],
    )

    def __init__(self, data: Any = None, *, sheet: Sheet, must_choose: bool = True, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.sheet, self.must_choose = sheet, must_choose
        self.keys: dict[str, dict[str, str]] = {}  # by attribute: the name of each control's field, by its part
        self.changes: dict[str, Any] = {}
        self.initial["shown"] = self._written(sheet.prints())
        for entry in sheet.writable:
            self._add(entry)

    def _add(self, entry: Entry) -> None:
        texts = entry.texts or {}
        self.keys[entry.name] = {}
        for part, control in entry.kind.fields(entry.about, entry.value, self.sheet.place).items():
            key = f"a_{entry.name}{part}"
            control.label = f"{entry.label}, {PARTS[part]}" if part else entry.label
            control.help_text = (entry.about.description or "") if part in ("", "_from") else ""
            self.fields[key] = control
            self.initial[key] = texts.get(part)
            self.keys[entry.name][part] = key
        if entry.name in self._names_asked():
            choices = [("mine", ""), ("theirs", "")]
            words = {"required": "Choose one of the two.", "invalid_choice": "Choose one of the two."}
            self.fields[f"keep_{entry.name}"] = forms.ChoiceField(
                label=entry.label,
                choices=choices,
                widget=forms.RadioSelect,
                required=self.must_choose,
                error_messages=words,
            )

    def _names_asked(self) -> set[str]:
        return set(str(self.data.get("asked", "")).split()) if self.is_bound else set()

    @staticmethod
    def _written(prints: Mapping[str, str]) -> str:
        return " ".join(f"{name}={mark}" for name, mark in prints.items())

    def prints(self) -> dict[str, str]:
        """The fingerprints that came with the form."""
        pairs = (pair.partition("=") for pair in str(self.cleaned_data.get("shown", "")).split())
        return {name: mark for name, _, mark in pairs}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        shown = self.prints()
        for name in shown.keys() - self.keys.keys():
            self._insist_on_untouched(name, shown[name])
        for entry in self.sheet.writable:
            keys = self.keys[entry.name]
            if self._is_untouched(entry, keys, shown) or cleaned.get(f"keep_{entry.name}") == "theirs":
                for key in keys.values():
                    self.errors.pop(key, None)
            elif not any(key in self.errors for key in keys.values()):
                self._join(entry, keys, cleaned)
        return cleaned

    def _is_untouched(self, entry: Entry, keys: Mapping[str, str], shown: Mapping[str, str]) -> bool:
        typed = self.typed(entry)
        if all(self._is_missing(key) for key in keys.values()):
            return True  # a form that came without this control changes nothing
        return shown.get(entry.name) == print_of(self.sheet.contact.uuid, entry.name, typed)

    def _insist_on_untouched(self, name: str, shown: str) -> None:
        """What could be changed when the form was shown, and cannot be any more, must not get lost in silence."""
        key, data = f"a_{name}", cast(QueryDict, self.data)
        came = {part: data.getlist(f"{key}{part}") for part in ("", *PARTS) if f"{key}{part}" in data}
        uuid = self.sheet.contact.uuid
        ways = ({part: values[-1] for part, values in came.items()}, came)
        if came and all(print_of(uuid, name, texts) != shown for texts in ways):
            raise ValidationError(f"“{name}” cannot be changed any more. Open the page again.")

    def _is_missing(self, key: str) -> bool:
        """Whether the browser sent nothing at all. Boxes that are all left empty send nothing, and mean it."""
        if isinstance(self.fields[key], forms.MultipleChoiceField):
            return False
        return key not in self.data

    def typed(self, entry: Entry) -> dict[str, Any]:
        """What came in the controls of an attribute, as it came."""
        return {
            part: self.fields[key].widget.value_from_datadict(self.data, self.files, key) or ""
            for part, key in self.keys[entry.name].items()
        }

    def _join(self, entry: Entry, keys: Mapping[str, str], cleaned: Mapping[str, Any]) -> None:
        values = {part: cleaned.get(key) for part, key in keys.items()}
        try:
            self.changes[entry.name] = entry.kind.joined(values, self.sheet.place)
        except ValidationError as error:
            for part, messages in error.message_dict.items():
                self.add_error(keys[part], messages)

    def groups(self) -> Iterator[tuple[str, list[Row]]]:
        """The rows of the page under their headings, in the sheet's order."""
        rows: dict[str, list[Row]] = {}
        for entry in self.sheet.writable:
            rows.setdefault(entry.group, []).append(self._row(entry))
        yield from rows.items()

    def _row(self, entry: Entry) -> Row:
        keys = self.keys[entry.name]
        keep = f"keep_{entry.name}"
        if keep in self.fields:
            mine = ", ".join(_told(text) for text in self.typed(entry).values() if text) or "nothing"
            clash = Clash(mine, entry.told or "nothing")
            return Row(entry, [self[key] for key in keys.values()], self[keep], clash)
        shown = [key for part, key in keys.items() if part != "_which" or self._needs_which(entry, key)]
        return Row(entry, [self[key] for key in shown])

    def _needs_which(self, entry: Entry, key: str) -> bool:
        """Whether the page asks which of two equal times is meant: only where the clock shows it twice."""
        typed = self.typed(entry) if self.is_bound else entry.texts or {}
        return bool(typed.get("_which")) or key in self.errors

    def refuse(self, refusals: Mapping[str, Sequence[str]]) -> None:
        """Show what Piggy did not accept beside the fields it is about."""
        for field, words in refusals.items():
            name = field.removeprefix("attributes.").partition(".")[0]
            key = next(iter(self.keys.get(name, {}).values()), None)
            if key is not None:
                self.add_error(key, f"Piggy does not accept this: {' '.join(words)[:300]}")


def _told(text: Any) -> str:
    return ", ".join(map(str, text)) if isinstance(text, list) else str(text)


def asking(form: EditForm, names: Sequence[str], data: Any, token: str) -> EditForm:
    """The same form once more, good for a new act, with the choice between two values for these attributes.

    What Piggy shows of them now is what the new form has shown.
    """
    again = data.copy()
    prints = form.prints() | {name: mark for name, mark in form.sheet.prints().items() if name in names}
    again["shown"], again["asked"], again["form_token"] = form._written(prints), " ".join(names), token
    for name in names:
        again.pop(f"keep_{name}", None)
    return EditForm(again, sheet=form.sheet, must_choose=False)
