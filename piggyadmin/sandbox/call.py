"""One call, as its handler sees it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from piggyadmin.sandbox.account import Account
from piggyadmin.sandbox.errors import ApiError, invalid
from piggyadmin.sandbox.inputs import Inputs, unfit
from piggyadmin.sandbox.store import Row
from piggyadmin.sandbox.wire import Answer


@dataclass(slots=True)
class Call:
    """Runs while the account's lock is held and inside its commit."""

    account: Account
    values: list[str]
    """The path's parameters, in order."""
    query: dict[str, Any]
    body: dict[str, Any]
    ignore_filters: bool = False
    no_attributes: bool = False
    late: float = 0.0
    """Seconds beyond the usual, for what is done after the answer."""
    origin: str = ""
    """Scheme and host the caller used, for links."""

    def value(self, name: str, position: int = 0) -> str:
        """A path parameter."""
        value = self.values[position]
        if reason := unfit(value):
            raise invalid(name, f"The {name.replace('_', ' ')} {reason}")
        return value

    def asked(self) -> Inputs:
        """The query string's fields."""
        return Inputs(self.query)

    def sent(self) -> Inputs:
        """The body's fields. Fields of the query string count too, as the framework has it; the body wins."""
        return Inputs({**self.query, **self.body} if self.query else self.body)

    def row(self, kind: str, key: str, missing: int) -> Row:
        """A row, or the refusal with the code for its being missing."""
        row = self.account.table(kind).get(key)
        if row is None:
            raise ApiError(missing)
        return row

    def contact(self, position: int = 0) -> Row:
        """The contact in the path."""
        return self.row("contact", self.value("contact_uuid", position), 55031)

    def answer(self, data: Any, status: int = 200) -> Answer:
        """An answer without pages: its ``meta`` means nothing and is ``[]`` one time and ``{}`` another."""
        return Answer(data, status, meta=[] if self.account.rng.random() < 0.5 else {})
