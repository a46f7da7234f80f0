"""What people type to make and change attributes. What could not be taken back is refused here already."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.validators import RegexValidator

from piggyadmin.catalogue.attributes.lists import LISTS, SELECTS, TYPE_WORDS, AttributeList, Wish, type_words
from piggyadmin.ledger.forms import OnceForm
from piggyadmin.ledger.marks import MARK
from piggyadmin.typed import LineField, NotReadable, clean

if TYPE_CHECKING:
    from piggyadmin.piggy.payloads import AttributeDefinition, AttributeGroupDefinition, AttributeOption

LONGEST = 250
LONGEST_NAME = 64
MOST_OPTIONS = 100
ALL = "all"
TYPES = [(name, f"{words} ({name})") for name, words in TYPE_WORDS.items()]
PLAIN = {"autocomplete": "off", "spellcheck": "false", "autocapitalize": "off"}
NAME_HELP = "Small letters, digits and underscores, beginning with a letter: table_number. It stays for good."


class ListForm(forms.Form):
    """Which attributes are shown. It lives in the URL."""

    of = forms.ChoiceField(
        label="Of", required=False, choices=[(ALL, "Everything"), *((key, each.words) for key, each in LISTS.items())]
    )
    type = forms.ChoiceField(label="Type", required=False, choices=[("", "Every type"), *TYPES])
    q = LineField(label="Words", required=False, max_length=100, widget=forms.TextInput(attrs={"type": "search"}))


class NameField(forms.CharField):
    """A name as Piggy keeps it for good, in our narrower rules: it becomes part of addresses and of columns."""

    def __init__(self, **more: Any) -> None:
        super().__init__(
            label="Name",
            max_length=LONGEST_NAME,
            help_text=NAME_HELP,
            widget=forms.TextInput(attrs={**PLAIN, "autofocus": True}),
            validators=[
                RegexValidator(
                    r"\A[a-z][a-z0-9_]*\Z",
                    "Only small letters, digits and underscores, beginning with a letter: table_number.",
                )
            ],
            error_messages={"required": "Give it a name."},
            **more,
        )

    def clean(self, value: Any) -> str:
        name: str = super().clean(value)
        if name == MARK:
            raise forms.ValidationError("This dashboard makes the attribute of this name itself. Choose another.")
        return name


class OptionsField(forms.CharField):
    """One option a line, "value = label" or the value alone; as a list of `{"value", "label"}`."""

    def __init__(self, **more: Any) -> None:
        super().__init__(
            label="Options",
            required=False,
            max_length=MOST_OPTIONS * 2 * (LONGEST + 4),
            widget=forms.Textarea(attrs={"rows": 5, "spellcheck": "false"}),
            help_text="For one or several of a list. One a line, as flat_white = Flat white. The value is kept.",
            **more,
        )

    def clean(self, value: Any) -> list[dict[str, str]]:
        text = super().clean(value)
        lines = [line for line in text.replace("\r\n", "\n").split("\n") if line.strip()]
        if len(lines) > MOST_OPTIONS:
            raise forms.ValidationError(f"At most {MOST_OPTIONS} options.")
        found = [_option(line, number) for number, line in enumerate(lines, start=1)]
        values = [each["value"] for each in found]
        twice = next((value for value in values if values.count(value) > 1), None)
        if twice is not None:
            raise forms.ValidationError(f"The value “{twice}” stands there twice.")
        return found


def _option(line: str, number: int) -> dict[str, str]:
    """A line as an option, refused with its number."""
    value, equals, label = line.partition("=")
    try:
        parts = {"value": clean(value), "label": clean(label if equals else value)}
    except NotReadable as error:
        raise forms.ValidationError(f"Line {number} is not like flat_white = Flat white.") from error
    if any(len(part) > LONGEST for part in parts.values()):
        raise forms.ValidationError(f"Line {number} is too long: at most {LONGEST} characters each.")
    return parts


def written(options: Sequence[AttributeOption]) -> str:
    """Options as the field shows them."""
    return "\n".join(f"{each.value} = {each.label or each.value}" for each in options)


def can_be_typed(options: Sequence[AttributeOption]) -> bool:
    """Whether they come back from the field as they went in: a value with "=" in it does not."""
    try:
        back = OptionsField().clean(written(options))
    except forms.ValidationError:
        return False
    return back == [{"value": each.value, "label": each.label or each.value} for each in options]


def _label() -> LineField:
    return LineField(
        label="Label",
        max_length=LONGEST,
        help_text="What people read. It can be changed later.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Say what people shall read."},
    )


def _description() -> LineField:
    return LineField(
        label="Description",
        required=False,
        max_length=LONGEST,
        help_text="For whoever fills it in. It can be changed later, not emptied.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


def _group(groups: Sequence[AttributeGroupDefinition], *, none: str, gone: str = "") -> forms.ChoiceField:
    """`gone` is the group it is in now, where Piggy does not list that one."""
    choices = [("", none)] if none else [(gone, gone)] if gone else []
    return forms.ChoiceField(
        label="Group",
        required=not none,
        choices=[*choices, *((each.name, each.title) for each in groups)],
        error_messages={"invalid_choice": "This group is gone. Choose again."},
    )


class _WithOptions(OnceForm):
    def options_for(self, type: str) -> list[dict[str, str]] | None:
        """The options, checked against the type; None for a type that has none."""
        options: list[dict[str, str]] = self.cleaned_data.get("options") or []
        if "options" in self.errors:
            return None
        if type in SELECTS and not options:
            self.add_error("options", "Write at least one option to choose from.")
        elif type and type not in SELECTS and options:
            self.add_error("options", f"Only one or several of a list have options; this holds {type_words(type)}.")
        return options if type in SELECTS else None

    def tell(self, fields: dict[str, list[str]]) -> bool:
        """Put what Piggy refused beside the fields it names. False: it named none of ours."""
        ours = {"data_type": "type", "group_name": "group"}
        told = False
        for name, sentences in fields.items():
            place = ours.get(name, name).partition(".")[0]
            if place in self.fields and place != "form_token":
                self.add_error(place, f"Piggy says: {' '.join(sentences)}")
                told = True
        return told


class NewForm(_WithOptions):
    name = NameField()
    label = _label()
    type = forms.ChoiceField(
        label="Type",
        choices=[("", "Choose one"), *TYPES],
        help_text="It stays for good.",
        error_messages={"required": "Choose what it holds.", "invalid_choice": "Piggy has no such type."},
    )
    options = OptionsField()
    description = _description()

    def __init__(
        self, *args: Any, where: AttributeList, groups: Sequence[AttributeGroupDefinition], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if where.groups_on_create and groups:
            self.fields["group"] = _group(groups, none="In no group")

    def clean(self) -> None:
        super().clean()
        self.cleaned_data["options"] = self.options_for(self.cleaned_data.get("type", ""))

    @property
    def wish(self) -> Wish:
        asked = self.cleaned_data
        return Wish(
            name=asked["name"],
            type=asked["type"],
            label=asked["label"],
            description=asked["description"],
            options=asked["options"],
            group_name=asked.get("group", ""),
        )


class ChangeForm(_WithOptions):
    """`seen` is what the form was made from; `sure` is asked for when options are to go."""

    label = _label()
    description = _description()
    seen = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        where: AttributeList,
        definition: AttributeDefinition,
        groups: Sequence[AttributeGroupDefinition],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.definition = definition
        self.removed: list[str] = []
        if definition.type in SELECTS and can_be_typed(definition.options):
            self.fields["options"] = OptionsField()
            self.fields["sure"] = forms.BooleanField(
                label="Take these options away; what is kept under them stays as it is", required=False
            )
        if where.groups_on_update and groups:
            now = definition.group_title
            known = {each.name for each in groups}
            self.fields["group"] = _group(
                groups, none="" if now else "In no group", gone=now if now not in known else ""
            )

    def clean_description(self) -> str:
        text: str = self.cleaned_data["description"]
        if not text and self.definition.description:
            raise forms.ValidationError("Piggy keeps the old description when none is sent. Write another one.")
        return text

    def clean(self) -> None:
        super().clean()
        if "options" not in self.fields or "options" in self.errors:
            return
        options = self.options_for(self.definition.type) or []
        kept = {each["value"] for each in options}
        self.removed = [each.label or each.value for each in self.definition.options if each.value not in kept]
        if self.removed and not self.errors and not self.cleaned_data.get("sure"):
            self.add_error("sure", "Options are missing that are there now. Tick this if they shall go.")

    @property
    def wish(self) -> Wish:
        asked = self.cleaned_data
        return Wish(
            name=self.definition.name,
            type=self.definition.type,  # type: ignore[arg-type]  # Piggy's word for it, and not sent
            label=asked["label"],
            description=asked["description"],
            options=asked.get("options") if "options" in self.fields else None,
            group_name=asked.get("group", ""),
        )


class GroupForm(OnceForm):
    name = NameField()
    label = LineField(
        label="Label",
        max_length=LONGEST,
        help_text="What people read. No call changes it later.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Say what people shall read."},
    )
