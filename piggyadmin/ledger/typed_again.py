"""What was typed into a form that cannot be taken because of a field that nobody types into: it is never lost.

A hidden field may be missing, of an older page, or changed on the way. Nothing is done then, and the page is shown as
it is now, with the same texts in its forms; a text whose form cannot stand there is shown beside them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from django import forms
from django.http import QueryDict

from piggyadmin.typed import SECRET_NAME

Typed = TypeVar("Typed", bound=forms.Form)


def as_typed(
    form_class: type[Typed], data: QueryDict, *, initial: Mapping[str, Any] | None = None, **kwargs: Any
) -> Typed:
    """The form as the page has it now, with what was typed: its hidden fields are the page's own again."""
    own = dict(initial or {})
    typed = {
        each.name: each.field.widget.value_from_datadict(data, {}, each.html_name)
        for each in form_class(initial=own, **kwargs).visible_fields()
        if each.html_name in data
    }
    return form_class(initial=own | typed, **kwargs)


def left_over(data: QueryDict, *without_place: forms.Form) -> list[tuple[str, str]]:
    """Label and text of what was typed into forms that the page does not show; no passwords and codes."""
    return [
        (str(each.label), text)
        for form in without_place
        for each in form.visible_fields()
        if isinstance(each.field.widget, forms.TextInput | forms.Textarea)
        and not SECRET_NAME.search(each.html_name)
        and (text := data.get(each.html_name, "").strip())
    ]
