"""Forms about people."""

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.validators import RegexValidator
from django.db.models import Q

from piggyadmin.accounts.models import Shop, Staff
from piggyadmin.accounts.roles import ROLE_NAMES

if TYPE_CHECKING:
    _Shops = forms.ModelMultipleChoiceField[Shop]
else:  # generic in the type checker's eyes alone
    _Shops = forms.ModelMultipleChoiceField


class ShopsField(_Shops):
    """Shops to tick. Those that Piggy no longer lists are named so, and stay ticked where they are."""

    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, obj: Shop) -> str:
        return obj.name if obj.is_active else f"{obj.name} (gone from Piggy)"

    def clean(self, value: Any) -> Any:
        try:
            return super().clean(value)
        except forms.ValidationError:
            raise forms.ValidationError("One of these is not a shop of ours. Tick again.") from None


class PersonForm(forms.Form):
    """What an admin may change of a person."""

    name = forms.CharField(label="Name", max_length=150, help_text="As it stands in the audit and on the screen.")
    role = forms.ChoiceField(label="Role", choices=[("", "Choose a role"), *ROLE_NAMES.items()])
    shops = ShopsField(
        label="Shops", queryset=Shop.objects.none(), required=False, help_text="None ticked: every shop."
    )
    is_active = forms.BooleanField(
        label="May sign in", required=False, help_text="Without it: signed out at once, and shut out."
    )

    def __init__(self, *args: Any, person: Staff | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # A closed shop that is somebody's only one must stay on offer: without it nothing is ticked, which is "all".
        theirs = person.shops.values("pk") if person else Shop.objects.none()
        shops = cast(ShopsField, self.fields["shops"])
        shops.queryset = Shop.objects.filter(Q(is_active=True) | Q(pk__in=theirs))


class AddForm(PersonForm):
    username = forms.CharField(
        label="Sign-in name", max_length=150, help_text="Small letters and digits, for example fatima.",
        validators=[RegexValidator(r"^[\w.+-]+\Z", "Letters, digits and . + - _ only, without blanks.")],
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )  # fmt: skip
    password = forms.CharField(
        label="First password", required=False, max_length=1000, strip=False,
        help_text="Leave empty: one is made and shown once.",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )  # fmt: skip

    field_order = ["name", "username", "role", "shops", "password"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["is_active"]

    def clean_username(self) -> str:
        return str(self.cleaned_data["username"]).casefold()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("password"):
            staff = Staff(username=cleaned.get("username", ""), name=cleaned.get("name", ""))
            try:
                validate_password(cleaned["password"], staff)
            except forms.ValidationError as error:
                self.add_error("password", error)
        return cleaned
