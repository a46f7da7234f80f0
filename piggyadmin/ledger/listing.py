"""What the audit's two pages show, ready for their templates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet

from piggyadmin.ledger.actions import action_named
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.approvals import open_for
from piggyadmin.ledger.forms import AuditFilter
from piggyadmin.ledger.models import Act, ActDetail, ActState, Approval
from piggyadmin.ledger.naming import tell_names
from piggyadmin.ledger.outcomes import Outcome, outcome_of
from piggyadmin.ledger.phrases import phrase, with_name_of
from piggyadmin.ledger.services import address_of
from piggyadmin.ledger.settling import may_settle
from piggyadmin.ledger.verifying import last_check
from piggyadmin.templatetags.words import euros, thousands

if TYPE_CHECKING:
    from piggyadmin.accounts.models import Shop

ROWS = 50


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list. `first` and `last` are the numbers of its rows, counted from 1."""

    number: int
    pages: int
    total: int

    @property
    def first(self) -> int:
        return (self.number - 1) * ROWS + 1 if self.total else 0

    @property
    def last(self) -> int:
        return min(self.number * ROWS, self.total)

    @property
    def newer(self) -> int | None:
        return self.number - 1 if self.number > 1 else None

    @property
    def older(self) -> int | None:
        return self.number + 1 if self.number < self.pages else None


def page_of(form: AuditFilter, acts: QuerySet[Act], *, by: Actor) -> dict[str, Any]:
    """The rows that a filter lets through, its counts, and when the chain was last verified."""
    context: dict[str, Any] = {"rows": [], "page": Page(1, 1, 0), "check": last_check()}
    if not form.is_valid():
        return context
    counts = form.count(acts)
    form.tell_counts(counts)
    chosen = form.cleaned_data["outcome"]
    total = counts.get(chosen, 0) if chosen else sum(counts.values())
    pages = max(1, -(-total // ROWS))
    page = Page(min(form.cleaned_data["page"] or 1, pages), pages, total)
    rows = list(form.narrow(acts)[page.first - 1 : page.last]) if total else []
    tell_names(rows, by=by)
    return context | {"rows": rows, "page": page}


@dataclass(frozen=True, slots=True)
class Fact:
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Step:
    """One entry of an act's story."""

    at: Any
    outcome: str
    words: str
    who: str
    code: str
    facts: list[Fact]
    told: list[Fact]
    erased: bool


def story_of(act: Act, *, by: Actor) -> dict[str, Any]:
    """One act with everything that became known about it."""
    outcome = outcome_of(act)
    state = ActState.objects.get(act=act)
    act.state = state
    tell_names([act], by=by)
    action = action_named(act.action)
    kept = list(ActDetail.objects.filter(act=act))
    own = next((detail for detail in kept if detail.event_id is None), None)
    decides = may_settle(act, by)
    approval = Approval.objects.filter(act=act).select_related("decided_by").first()
    elsewhere = approval is not None and action_named(approval.action).decides_on_page
    return {
        "act": act,
        "outcome": outcome,
        "facts": facts_of(act.figures, shop=act.shop),
        "told": facts_of(own.words) if own else [],
        "erased": bool(own and own.erased_at),
        "steps": _steps(act, kept),
        "reading": facts_of(state.reading),
        "read_at": state.read_at,
        "look": _look_words(outcome, len(action.looks)),
        "can_look": action.resolve is not None and outcome.unknown,
        "may_settle": decides,
        "question": phrase(action.words.settle_question, act.figures),
        "approval": approval,
        "decides_at": address_of(approval) if approval and elsewhere else "",
        "may_decide": open_for(by).filter(act=act).exists(),
        "asks_itself": outcome.under_way and not decides,
        "children": Act.objects.filter(parent=act).select_related("state").order_by("seq")[:ROWS],
    }


def _steps(act: Act, kept: list[ActDetail]) -> list[Step]:
    details = {detail.event_id: detail for detail in kept}
    return [
        Step(
            at=event.at,
            outcome=event.outcome,
            words=event.get_how_display(),
            who=event.staff.name if event.staff else "",
            code=" ".join(filter(None, [event.code, f"HTTP {event.status}" if event.status else ""])),
            facts=facts_of(event.figures),
            told=facts_of(detail.words) if (detail := details.get(event.id)) else [],
            erased=bool(detail and detail.erased_at),
        )
        for event in act.events.select_related("staff").order_by("seq")
    ]


def _look_words(outcome: Outcome, looks: int) -> str:
    """ "look 2 of 5", of the looks that are still to come; "" when nobody looks."""
    if not outcome.unknown or outcome.next_look_at is None:
        return ""
    return f"look {min(outcome.looks + 1, looks)} of {looks}"


def facts_of(figures: Mapping[str, Any], *, shop: Shop | None = None) -> list[Fact]:
    """Labels and values for reading: {"amount_cents": 2400} is "Amount", "€ 24.00".

    `shop` is where the act was done: it is told by its name, where the figures hold its id at Piggy.
    """
    facts = [fact for name, value in with_name_of(shop, figures).items() for fact in _facts(name, value)]
    return [Fact(fact.label[:1].upper() + fact.label[1:], fact.value) for fact in facts]


def _facts(name: str, value: Any) -> list[Fact]:
    label = "amount" if name == "cents" else name.removesuffix("_cents").replace("_", " ")
    if isinstance(value, Mapping):
        return [Fact(f"{label}, {fact.label}", fact.value) for inner in value for fact in _facts(inner, value[inner])]
    return [Fact(label, _shown(name, value))]


def _shown(name: str, value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return euros(value) if name == "cents" or name.endswith("_cents") else thousands(value)
    if isinstance(value, list):
        return ", ".join(_shown(name, entry) for entry in value)
    return str(value)
