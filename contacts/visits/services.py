"""List, make and change visits. The only caller of Piggy for these pages."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from contacts.bookings.services import own_code
from contacts.editing.guards import nothing_sent
from contacts.orders.customer import Whose, read_with
from contacts.visits import fields
from contacts.visits.actions import CHANGE, MAKE, VISIT
from piggyadmin import piggy
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.door import Target, begun_with, perform
from piggyadmin.ledger.models import Act, State
from piggyadmin.ledger.open_acts import sent_before, still_open
from piggyadmin.ledger.outcomes import Outcome
from piggyadmin.ledger.services import acts_of
from piggyadmin.piggy.client import Piggy
from piggyadmin.piggy.errors import PiggyError, PiggyInvalid, PiggyNotFound, PiggyRejected
from piggyadmin.piggy.paging import VISITS, Page
from piggyadmin.piggy.payloads import Visit
from piggyadmin.piggy.pool import Answer

MOST_PAGES = 4  # of 500 visits each: who comes more often than that is a sensor, not a person
EARLIER = "Nobody knows yet what became of an earlier try. Look at that first."
OTHERS = "Somebody else changed it at the same moment. Look at it again."
LONG_AGO = datetime.min.replace(tzinfo=UTC)


class NoVisit(Exception):
    """Piggy has no such visit of this customer."""


@dataclass(frozen=True, slots=True)
class VisitsPage:
    """`visits` are the newest first; `unread` counts those that Piggy has beyond what is read here."""

    whose: Whose
    visits: list[Visit]
    read_at: datetime
    error: PiggyError | None
    unread: int
    open_acts: list[Act]


@dataclass(frozen=True, slots=True)
class Sight:
    """One visit as Piggy has it now."""

    whose: Whose
    visit: Visit
    read_at: datetime
    open_act: Act | None  # a change that is under way, or of which nobody knows what became


@dataclass(frozen=True, slots=True)
class Saving:
    """What came of a try to save. No outcome: nothing was sent, for nothing was to be, or others came first."""

    outcome: Outcome | None = None
    others: tuple[str, ...] = ()  # fields that somebody else changed since the page was shown
    unkept: tuple[str, ...] = ()  # fields that Piggy's answer has otherwise than they were sent


def open_page(*, contact_uuid: str) -> VisitsPage:
    """The customer and their visits. Raises NoCustomer; visits that cannot be read stand as the page's error."""
    whose = read_with(contact_uuid, {"visits": _page_of(contact_uuid, 1)})
    first: Answer[Page[Visit]] = whose.answers["visits"]
    visits, error, unread = [], first.error, 0
    if first.value is not None:
        visits = list(first.value.items)
        last = first.value.last or 1
        numbers = range(2, min(last, MOST_PAGES) + 1)
        more = piggy.gather({str(n): _page_of(contact_uuid, n) for n in numbers}, seconds=5.0) if numbers else {}
        error = next((answer.error for answer in more.values() if answer.error), None)
        visits += [visit for answer in more.values() if answer.value for visit in answer.value.items]
        unread = max(0, (first.value.total or 0) - len(visits)) if last > MOST_PAGES else 0
    unique = {visit.uuid: visit for visit in visits}  # one that was made meanwhile moves others to the next page
    return VisitsPage(
        whose=whose,
        visits=sorted(unique.values(), key=_when, reverse=True) if error is None else [],
        read_at=first.read_at,
        error=error,
        unread=unread,
        open_acts=list(_open_acts(contact_uuid)),
    )


def open_visit(*, contact_uuid: str, visit_uuid: str) -> Sight:
    """One visit, to change it. Raises NoCustomer, NoVisit (also for somebody else's), PiggyError."""
    whose = read_with(contact_uuid, {"visit": lambda client: client.get_visit(visit_uuid=visit_uuid)})
    answer: Answer[Visit] = whose.answers["visit"]
    if isinstance(answer.error, PiggyNotFound | PiggyInvalid):
        raise NoVisit(visit_uuid)
    visit = answer.get()
    if visit.contact.uuid != contact_uuid:
        raise NoVisit(visit_uuid)
    return Sight(whose, visit, answer.read_at, _open_changes(visit_uuid).first())


def create(*, contact_uuid: str, actor: Actor, values: Mapping[str, Any], token: str) -> Outcome:
    """Make a visit in the shop this person stands in.

    It always carries a code of its own (`external_id`), typed or made here, by which a lost one is found again.
    Raises PermissionDenied.
    """
    assert actor.shop is not None  # the ledger refuses a write without a shop
    shop_uuid, code = actor.shop.piggy_uuid, values.get("external_id") or own_code(token)
    sent = {**{name: value for name, value in values.items() if value is not None}, "external_id": code}
    is_own = code == own_code(token)

    def call(act: Act) -> Visit:
        if sent_before(act, _open_acts(contact_uuid).filter(action=MAKE.name)):
            raise PiggyRejected(EARLIER)
        return piggy.get_client().create_visit(shop_uuid=shop_uuid, contact_uuid=contact_uuid, fields=sent)

    return perform(
        MAKE,
        by=actor,
        target=Target("contact", contact_uuid),
        figures={
            "fields": fields.in_words(sent),
            "shop_uuid": shop_uuid,
            "look_for": f"the code {code}" if is_own else "the code that was typed",
            **({"own_code": code} if is_own else {}),
        },
        detail=fields.detail_of({}, sent),
        form_token=token,
        call=call,
        done_figures=lambda answer: {"visit_uuid": answer.uuid},
    )


def save(
    *,
    contact_uuid: str,
    visit_uuid: str,
    actor: Actor,
    typed: Mapping[str, Any],
    changed_since: Callable[[Mapping[str, Any]], set[str]],
    token: str,
) -> Saving:
    """Send what this person changed, if the visit is still as they saw it; the fields that were not touched stay.

    `changed_since` names, given the values that Piggy has now, the fields that are no longer as the page showed them.
    Raises NoCustomer, NoVisit, PiggyError (before anything is sent), PermissionDenied.
    """
    begun = begun_with(token)
    if begun is not None and begun.state.outcome != State.PLANNED:
        return Saving(_once_more(visit_uuid, contact_uuid, actor, token))
    now = fields.values_of(open_visit(contact_uuid=contact_uuid, visit_uuid=visit_uuid).visit)
    others = changed_since(now)
    if others:
        return Saving(others=tuple(name for name in fields.NAMES if name in others))
    changes = {name: value for name, value in typed.items() if (value or None) != (now[name] or None)}
    if not changes:
        return Saving()

    def call(act: Act) -> Visit:
        if sent_before(act, _open_changes(visit_uuid)):
            raise PiggyRejected(EARLIER)
        client = piggy.get_client()
        with nothing_sent("The visit could not be read once more before the change. Nothing was changed."):
            if changed_since(fields.values_of(client.get_visit(visit_uuid=visit_uuid))):
                raise PiggyRejected(OTHERS)
        return client.update_visit(visit_uuid=visit_uuid, fields=changes)

    outcome = perform(
        CHANGE,
        by=actor,
        target=Target(VISIT.name, visit_uuid, contact_id=contact_uuid),
        figures={"fields": fields.in_words(changes)},
        detail=fields.detail_of(now, changes),
        form_token=token,
        call=call,
    )
    kept = fields.detail_of({}, changes)
    answer: Visit | None = outcome.answer
    return Saving(
        outcome,
        unkept=tuple(name for name in kept if answer and not fields.stands(answer, name, kept[name]["after"])),
    )


def _once_more(visit_uuid: str, contact_uuid: str, actor: Actor, token: str) -> Outcome:
    """What this very form came to before."""

    def never(act: Act) -> None:
        raise PiggyRejected("It was sent before. Look at the visit again.")

    target = Target(VISIT.name, visit_uuid, contact_id=contact_uuid)
    return perform(CHANGE, by=actor, target=target, form_token=token, call=never)


def _page_of(contact_uuid: str, number: int) -> Callable[[Piggy], Page[Visit]]:
    return lambda client: client.list_visits(contact_uuid=contact_uuid, page=number, limit=VISITS.most)


def _open_acts(contact_uuid: str) -> Any:
    """Acts on this customer's visits that are under way or unknown, the latest first."""
    return still_open(acts_of(contact_id=contact_uuid).filter(action__in=(MAKE.name, CHANGE.name)))


def _open_changes(visit_uuid: str) -> Any:
    return still_open(Act.objects.filter(target_kind=VISIT.name, target_id=visit_uuid).order_by("-seq"))


def _when(visit: Visit) -> datetime:
    return visit.starts_at or visit.created_at or LONG_AGO
