"""A column of figures, kept as canonical JSON text so that what is hashed is what is stored, on every database."""

import json
from typing import TYPE_CHECKING, Any

from django.db import models

from piggyadmin.ledger.canonical import canonical

Figures = dict[str, Any]

if TYPE_CHECKING:
    TextOfFigures = models.TextField[Figures, Figures]
else:
    TextOfFigures = models.TextField


class FiguresField(TextOfFigures):
    """A dict in Python, canonical JSON text in the database."""

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> Figures | None:
        return None if value is None else json.loads(value)

    def to_python(self, value: Any) -> Any:
        return json.loads(value) if isinstance(value, str) else value

    def get_prep_value(self, value: Any) -> Any:
        return None if value is None else canonical(value)

    def value_to_string(self, obj: models.Model) -> str:
        return canonical(self.value_from_object(obj))
