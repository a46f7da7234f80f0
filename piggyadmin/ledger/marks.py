"""The mark that lets a lost write be found again: an attribute, made once in the account for each kind of thing.

Without it the writes work all the same, but nobody can look up one whose answer was lost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.cache import cache

from piggyadmin import piggy
from piggyadmin.ledger import lateness
from piggyadmin.ledger.actions import Action, Settlement, Words, action_named
from piggyadmin.ledger.door import Target, perform
from piggyadmin.ledger.models import Act
from piggyadmin.ledger.open_acts import sent_before, still_open
from piggyadmin.ledger.services import acts_of
from piggyadmin.piggy.client import Piggy
from piggyadmin.piggy.errors import PiggyError, PiggyRejected
from piggyadmin.piggy.payloads import AttributeDefinition

if TYPE_CHECKING:
    from piggyadmin.ledger.outcomes import Outcome

MARK = "piggyadmin_act"
LABEL = "piggyadmin act"
DESCRIPTION = "Which act of the dashboard made this. Filled in by itself."
FOR_LONG = 86_400  # s that "it is there" is believed
FOR_A_WHILE = 600  # s before it is tried again where it could not be made
THERE_ALREADY = 60009


@dataclass(frozen=True, slots=True)
class MarkAttribute:
    """The attribute of one kind of thing ("transaction"); `read` lists what the account has, `write` makes ours.

    `action_name` and `permission` are those of the act that makes it; `writes` names what goes out without a mark where
    it cannot be made ("Awards"). One per kind, made in the subject's `marks.py`; its `actions.py` registers `action()`.
    """

    kind: str
    action_name: str
    permission: str
    writes: str
    read: Callable[[Piggy], list[AttributeDefinition]]
    write: Callable[[Piggy], AttributeDefinition]

    def action(self) -> Action:
        return Action(
            name=self.action_name,
            permission=self.permission,
            words=Words(
                do="Make the attribute for our marks",
                done=f"Made the {self.kind} attribute that carries our marks.",
                refused=f"The {self.kind} attribute for our marks was not made. {self.writes} go out without a mark.",
                unknown=f"We do not know whether the {self.kind} attribute for our marks was made.",
                settle_question=f"Is there a {self.kind} attribute called {MARK}?",
            ),
            resolve=self.resolve,
            needs_shop=False,
        )

    @property
    def _kept(self) -> str:
        return f"marks:{self.kind}"

    def known(self) -> bool | None:
        """Whether the attribute is there; None when nobody has looked of late."""
        there: bool | None = cache.get(self._kept)
        return there

    def note(self, found: Iterable[AttributeDefinition]) -> None:
        """Remember what a list of the account's attributes says. One that is missing is left to `ensure`."""
        if any(definition.name == MARK for definition in found):
            cache.set(self._kept, True, FOR_LONG)

    def forget(self) -> None:
        cache.delete(self._kept)

    def ensure(self) -> bool:
        """Whether a mark can be sent; makes the attribute when the account has none, as the dashboard's own act.

        Never raises for Piggy's failures: a write goes out without a mark then.
        """
        there = self.known()
        if there is not None:
            return there
        try:
            self.note(self.read(piggy.get_client()))
        except PiggyError:
            return False
        if self.known():
            return True
        made = self._make()
        is_there = made.done or made.code == str(THERE_ALREADY)  # somebody else was a moment faster
        cache.set(self._kept, is_there, FOR_LONG if is_there else FOR_A_WHILE)
        return is_there

    def _make(self) -> Outcome:
        target = Target(f"{self.kind}_attribute", MARK)
        action = action_named(self.action_name)

        def call(act: Act) -> AttributeDefinition:
            if sent_before(act, still_open(acts_of(target=target))):
                raise PiggyRejected("Nobody knows yet whether an earlier try made it.")
            return self.write(piggy.get_client())

        return perform(action, by=None, target=target, call=call)

    def resolve(self, act: Act) -> Settlement:
        """Whether an attribute whose making was not answered is there now. Nobody else makes one of its name."""
        there = any(definition.name == MARK for definition in self.read(piggy.get_client()))
        reading = {MARK: "there" if there else "not there"}
        if there:
            self.forget()
            return Settlement(True, reading)
        return Settlement(None if lateness.may_still_come(act) else False, reading)
