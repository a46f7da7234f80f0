"""What a merge and a deletion each bring to the machinery of held acts: what is sent, and how it is verified."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeVar
from uuid import UUID

from django.utils.module_loading import import_string

from contacts.models import HeldAct
from piggyadmin.ledger.actions import Action, Settlement
from piggyadmin.ledger.door import Target
from piggyadmin.piggy.client import Piggy

if TYPE_CHECKING:
    from piggyadmin.accounts.models import Staff

Row = TypeVar("Row", bound=HeldAct)

# By the name of the write's action: the subjects stand above this machinery, so they are found by name.
KINDS = {"contact.merge": "contacts.merging.kind.KIND", "contact.delete": "contacts.deleting.kind.KIND"}


class NotReady(Exception):
    """What was approved is not so any more. Nothing is sent; `code` says why (see `words` of the kind)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class CannotPropose(Exception):
    """Nothing was proposed; the message is a sentence for whoever tried."""


@dataclass(frozen=True, slots=True)
class Ready:
    """Both facts read right before the write: figures to compare with, and a picture of each contact by its uuid."""

    expected: Mapping[str, Any]
    pictures: Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Look:
    """What Piggy shows of an accepted act. `problems` are codes; they count only when the contact is gone."""

    gone: bool
    actual: Mapping[str, Any] = field(default_factory=dict)
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """The acts of our own that tell of a held one; each is registered by its kind."""

    cancelled: Action  # by a person, while it was held
    stopped: Action  # by ourselves: the facts had changed
    verified: Action
    incident: Action
    closed: Action  # an incident, by a person


class HeldKind(ABC, Generic[Row]):
    """One kind of held act. Nothing in it keeps state: all of it lies in the row."""

    name: str  # of the target in the ledger; also the field of Snapshot that names the row
    model: Any  # the model of its rows: type[Row], whose manager a type variable hides
    action: Action  # the write to Piggy; also what is approved
    told: Told

    def target(self, row: Row) -> Target:
        return Target(self.name, str(row.pk), contact_id=self.contact_of(row))

    @abstractmethod
    def contact_of(self, row: Row) -> str:
        """The contact on whose page the acts show."""

    def names(self, row: Row) -> dict[str, str]:
        """Figures that name whoever else what people write about this act may be about."""
        return {}

    @abstractmethod
    def figures(self, row: Row) -> dict[str, Any]:
        """What is approved and sent. The same each time: an act that Piggy had us wait with is sent again with it."""

    @abstractmethod
    def refuse(self, row: Row) -> None:
        """Raise CannotPropose for a new row that must not be; in a transaction that holds all others back."""

    def bars(self, row: Row, staff: Staff) -> str:
        """Why this person may not approve this one; "" when nothing speaks against it."""
        return self.barred([row], staff).get(row.pk, "")

    def barred(self, rows: Sequence[Row], staff: Staff) -> dict[UUID, str]:
        """Why this person may not approve which of these, by their ids."""
        return {}

    @abstractmethod
    def read(self, row: Row) -> Ready:
        """Read all facts from Piggy right before the write. Raises NotReady, and what kept them from being read."""

    @abstractmethod
    def send(self, client: Piggy, row: Row) -> None:
        """The one writing call."""

    @abstractmethod
    def resolve(self, row: Row) -> Settlement | None:
        """After a lost answer: whether it can be seen at Piggy that it came about."""

    @abstractmethod
    def look(self, row: Row) -> Look:
        """After an accepted call: how far Piggy is. Raises what kept it from being read."""

    @abstractmethod
    def went(self, row: Row) -> None:
        """The contact is gone: leave a tombstone. May be called again."""

    def found_gone(self, row: Row) -> None:
        """Piggy does not know the contact any more, and this act was not what ended it. May be called again.

        Raises what kept that from being read.
        """
        return


def kind_named(action: str) -> HeldKind[Any]:
    """The kind whose write is this action. Raises LookupError."""
    found: HeldKind[Any] = import_string(KINDS[action])
    return found


def row_of(kind: HeldKind[Row], pk: UUID | str) -> Row:
    found: Row = kind.model.objects.select_related("approval__act", "proposed_by", "decided_by", "shop").get(pk=pk)
    return found


def kind_of(row: HeldAct) -> HeldKind[Any]:
    """The kind that this row is of."""
    name = {"merge": "contact.merge", "deletion": "contact.delete"}[str(row._meta.model_name)]
    return kind_named(name)
