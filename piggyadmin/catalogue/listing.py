"""What the lists of the catalogue share: words that are looked for, and the list as a file.

Nothing in them is personal, so a file is a link (`?csv=1` beside the filters) and no act of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from piggyadmin.csv_lines import lines_of
from piggyadmin.typed import NotReadable, clean

T = TypeVar("T")


@dataclass(frozen=True)  # without slots: `CatalogueList[Perk](...)` writes to the instance
class CatalogueList(Generic[T]):
    """One list: its name, as the file is called, and its columns with what stands in them."""

    name: str
    columns: tuple[tuple[str, Callable[[T], Any]], ...]

    def file(self, items: Iterable[T], *, read_at: datetime | None = None) -> HttpResponse:
        """The list as a CSV file: UTF-8 with BOM, CRLF, no text that a spreadsheet runs, every moment in UTC."""
        rows = [[_cell(of(item)) for _, of in self.columns] for item in items]
        lines = lines_of([name for name, _ in self.columns], rows)
        response = HttpResponse("".join(lines), content_type="text/csv; charset=utf-8")
        at = (read_at or timezone.now()).astimezone(UTC)
        response["Content-Disposition"] = f'attachment; filename="{self.name}_{at:%Y-%m-%dT%H%MZ}_{len(rows)}rows.csv"'
        response["Cache-Control"] = "no-store"
        return response


def wants_file(request: HttpRequest) -> bool:
    """Whether the list is asked for as a file."""
    return request.GET.get("csv") == "1"


def holds(words: str, *texts: str | None) -> bool:
    """Whether each of the words stands in one of the texts, however it is written. No words: yes."""
    told = " ".join(text for text in texts if text).casefold()
    return all(word in told for word in words.casefold().split())


def _cell(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="seconds")
    return value


class WordsField(forms.CharField):
    """Words to look for in a list, "" for none. They live in the URL: no list of the catalogue holds anybody's name."""

    def __init__(self, label: str = "Words", **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"type": "search", "autocomplete": "off"})
        super().__init__(label=label, required=False, max_length=100, widget=widget, **kwargs)

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        try:
            return clean(text) if text else ""
        except NotReadable as error:
            raise forms.ValidationError(str(error)) from error


def choice(label: str, everything: str, choices: Iterable[tuple[str, str]]) -> forms.ChoiceField:
    """A filter's list of choices; the first, "", is no filter."""
    return forms.ChoiceField(label=label, required=False, choices=[("", everything), *choices])
