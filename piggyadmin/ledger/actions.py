"""What can be done, by name: who may, in which words it is told, and how to find out whether it happened.

Each subject registers its own in its `actions.py`:

    REDEEM = register(Action(
        name="voucher.redeem",
        permission="vouchers.redeem_voucher",
        words=Words(
            do="Redeem voucher",
            done="Redeemed the voucher ending {code_end}.",
            refused="Not redeemed.",
            unknown="We do not know whether it was redeemed. Do not redeem it again.",
            settle_question="Was the voucher ending {code_end} redeemed?",
        ),
        resolve=resolve_redeem,
    ))
"""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.apps import apps
from django.urls import NoReverseMatch, reverse

from piggyadmin.ledger.phrases import phrase

if TYPE_CHECKING:
    from piggyadmin.accounts.models import Staff
    from piggyadmin.ledger.models import Act, Approval

# The packages whose subjects are searched for an actions.py; a library's module of that name is none of ours.
HOMES = ("piggyadmin", "contacts", "vouchers")


@dataclass(frozen=True, slots=True)
class Words:
    """Sentences of one action; `{names}` are figures of the act, `{cents:euros}` and `{n:signed}` forms of them.

    `do` names it in lists and filters ("Redeem voucher"). `what` is the short figure in the audit's column ("+24").
    """

    do: str
    done: str
    refused: str
    unknown: str
    settle_question: str = ""
    what: str = ""


@dataclass(frozen=True, slots=True)
class Settlement:
    """What a resolver read at Piggy.

    `happened` is None when the reading does not decide it. False is final: say it only when the write can no longer
    come about, not when it is merely not to be seen yet. `reading` is shown beside what we sent and kept with the
    settling: labels and figures ("status": "REDEEMED"), never words about a person. `figures` join the act's own.
    """

    happened: bool | None
    reading: Mapping[str, Any] = field(default_factory=dict)
    figures: Mapping[str, Any] = field(default_factory=dict)
    code: str = ""


Resolver = Callable[["Act"], Settlement | None]
Settled = Callable[["Act", bool, Mapping[str, Any]], None]
Decided = Callable[["Approval"], None]
Names = Callable[[Collection[str]], Mapping[str, str]]
Bars = Callable[[Sequence["Approval"], "Staff"], Mapping[UUID, str]]


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that staff can do.

    `resolve` looks at Piggy and says whether an unknown act happened; None means that nobody can look. `looks` are the
    seconds to wait before each look. `settle_after` is how long, in seconds, an act may stay without any word from us
    before it counts as unknown: longer than any call may take. `may_come_late` is how long, in seconds, a request that
    we gave up on may still be under way at Piggy: no person decides before that. `approve_permission` is for whoever
    may approve it when it is over somebody's limit; `page` is the name of the URL (taking the target's id) of the page
    where whoever asked does it then. `on_settled(act, happened, reading)` puts our own rows right when
    an unknown act was settled, by a look or by a person, in the transaction that says so. `on_decided(approval)` does
    the same when a request was granted, refused, withdrawn or too old. `bars(approvals, staff)` is why this person, who
    has the right, may not decide about which of these requests, by their ids; those that nothing bars are left out.
    With `decides_on_page` the decision, too, is made on `page` alone, which asks for more than a yes. An act of
    `writes_to_piggy=False` is one that we do ourselves (`door.record`).
    """

    name: str
    permission: str
    words: Words
    resolve: Resolver | None = None
    on_settled: Settled | None = None
    on_decided: Decided | None = None
    bars: Bars | None = None
    needs_shop: bool = True
    settle_after: int = 60
    may_come_late: int = 60
    looks: tuple[int, ...] = (2, 8, 20, 60, 300)
    approve_permission: str = ""
    page: str = ""
    decides_on_page: bool = False
    writes_to_piggy: bool = True


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of thing that is acted on: how the audit names it, and the name of the URL (taking its id) of its page.

    `names(ids)` tells what things of this kind are called now, for a reader with `names_permission`; never kept here.
    """

    name: str
    words: str  # "voucher ending {code_end}"
    url_name: str = ""
    names: Names | None = None
    names_permission: str = ""

    def url(self, target_id: str) -> str:
        """The address of its page, or "" where it has none."""
        if not self.url_name or not target_id:
            return ""
        try:
            return reverse(self.url_name, args=[target_id])
        except NoReverseMatch:  # Piggy's ids are opaque: one that no address can hold has no page
            return ""


_actions: dict[str, Action] = {}
_kinds: dict[str, Kind] = {}


def register(action: Action) -> Action:
    if _actions.setdefault(action.name, action) is not action:
        raise ValueError(f"Two actions are called {action.name}.")
    return action


def register_kind(kind: Kind) -> Kind:
    if _kinds.setdefault(kind.name, kind) is not kind:
        raise ValueError(f"Two kinds are called {kind.name}.")
    return kind


def registered() -> list[Action]:
    return sorted(_actions.values(), key=lambda action: action.words.do)


def action_named(name: str) -> Action:
    """The action of this name. One that the code no longer has keeps its acts readable, and nobody can do it."""
    found = _actions.get(name)
    return found or Action(name, permission="", words=Words(name, "Done.", "Not done.", "We do not know."))


def kind_named(name: str) -> Kind:
    return _kinds.get(name) or Kind(name, words=name)


def on_words(kind: str, target_id: str, figures: Mapping[str, Any]) -> str:
    """What was acted on, in words: "voucher ending 9QXD", or "contact 5f0c88aa" where no words are registered."""
    known = _kinds.get(kind)
    if known is not None:
        return phrase(known.words, {**figures, "id": target_id, "short": target_id[:8]})
    return f"{kind} {target_id[:8]}".strip()


def discover() -> None:
    """Import every `actions.py` of our apps and of the subjects inside them."""
    for config in apps.get_app_configs():
        if config.name.partition(".")[0] not in HOMES or config.module is None:
            continue
        packages = [config.name]
        packages += [
            f"{config.name}.{found.name}" for found in pkgutil.iter_modules(config.module.__path__) if found.ispkg
        ]
        for package in packages:
            if importlib.util.find_spec(f"{package}.actions"):
                importlib.import_module(f"{package}.actions")
