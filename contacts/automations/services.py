"""Automations that can be run for one customer, and running one. What it then does, Piggy does and does not tell."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from contacts.automations.actions import RUN
from contacts.editing.guards import nothing_sent
from piggyadmin import piggy
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.details import EMAIL
from piggyadmin.ledger.door import Target, perform
from piggyadmin.ledger.models import Act, State
from piggyadmin.ledger.open_acts import sent_before, still_open
from piggyadmin.ledger.outcomes import Outcome
from piggyadmin.ledger.services import acts_of
from piggyadmin.piggy.errors import PiggyError, PiggyInvalid, PiggyNotFound, PiggyRejected
from piggyadmin.piggy.payloads import Automation, Contact
from piggyadmin.piggy.payloads.automations import RUNNABLE_EVENT

AGAIN_AFTER = timedelta(minutes=30)
ACTS_SHOWN = 8
EARLIER = "Nobody knows yet what became of an earlier run of it for this customer. Look at that first."
JUST_NOW = "It was started for this customer a moment ago. Open the page again to start it once more."
UNREAD = "The automations could not be read. Nothing was started."
CANNOT = "This automation cannot be run any more. Load the page again."


class NoCustomer(Exception):
    """Piggy has no such contact."""


class NoAutomation(Exception):
    """Piggy has no such automation (any more)."""


@dataclass(frozen=True, slots=True)
class Line:
    """One automation. `why_not` is empty for one that can be run."""

    automation: Automation
    why_not: str

    @property
    def uuid(self) -> str:
        return self.automation.uuid or ""


@dataclass(frozen=True, slots=True)
class AutomationsPage:
    """Each of the two facts with its own error; `acts` are the runs from here, the latest first."""

    contact: Contact | None
    contact_error: PiggyError | None
    lines: list[Line]
    error: PiggyError | None
    read_at: datetime
    acts: list[Act]


@dataclass(frozen=True, slots=True)
class RunPage:
    contact: Contact
    automation: Automation
    why_not: str
    read_at: datetime
    last: Act | None  # the last run of it for this customer within AGAIN_AFTER
    open: Act | None  # an earlier one that nobody knows the outcome of


def open_page(*, contact_uuid: str) -> AutomationsPage:
    """The customer and every automation, asked at once. Raises NoCustomer."""
    answers = _asked(contact_uuid)
    contact, automations = answers["contact"], answers["automations"]
    if isinstance(contact.error, PiggyNotFound | PiggyInvalid):
        raise NoCustomer(contact_uuid)
    lines = [Line(each, why_not(each)) for each in automations.value or []]
    lines.sort(key=lambda line: (bool(line.why_not), line.automation.name.casefold()))
    earlier = acts_of(contact_id=contact_uuid).filter(action=RUN.name)
    return AutomationsPage(
        contact=contact.value,
        contact_error=contact.error,
        lines=lines,
        error=automations.error,
        read_at=automations.read_at,
        acts=list(earlier[:ACTS_SHOWN]),
    )


def open_run(*, contact_uuid: str, automation_uuid: str) -> RunPage:
    """One automation for one customer. Raises NoCustomer, NoAutomation, PiggyError."""
    answers = _asked(contact_uuid)
    if isinstance(answers["contact"].error, PiggyNotFound | PiggyInvalid):
        raise NoCustomer(contact_uuid)
    for answer in answers.values():
        if answer.error is not None:
            raise answer.error
    contact: Any = answers["contact"].value
    automations: list[Automation] = answers["automations"].value or []
    found = next((each for each in automations if each.uuid == automation_uuid), None)
    if found is None:
        raise NoAutomation(automation_uuid)
    runs = _runs(contact_uuid, automation_uuid)
    return RunPage(
        contact=contact,
        automation=found,
        why_not=why_not(found),
        read_at=answers["automations"].read_at,
        last=_recent(runs).first(),
        open=still_open(runs).first(),
    )


def _asked(contact_uuid: str) -> dict[str, piggy.Answer[Any]]:
    return piggy.gather(
        {
            "contact": lambda client: client.get_contact(contact_uuid=contact_uuid),
            "automations": lambda client: client.list_automations(),
        },
        seconds=settings.PIGGY_TIMEOUT,
    )


def why_not(automation: Automation) -> str:
    """Why it cannot be run by hand; "" where it can."""
    if automation.event != RUNNABLE_EVENT:
        return "Starts by itself; nobody starts it by hand."
    if not automation.is_active:
        return "Switched off in Piggy’s own dashboard."
    return "" if automation.uuid else "Piggy tells no id of it, so it cannot be named."


def run(
    *,
    contact_uuid: str,
    automation: Automation,
    data: dict[str, str],
    again: bool,
    actor: Actor,
    token: str,
) -> Outcome:
    """Start it, once for each form. Raises PermissionDenied.

    Refused while an earlier run of it for this customer is unknown; and within AGAIN_AFTER of one, without `again`.
    """
    client, uuid = piggy.get_client(), automation.uuid or ""

    def call(act: Act) -> None:
        runs = _runs(contact_uuid, uuid)
        if sent_before(act, still_open(runs)):
            raise PiggyRejected(EARLIER)
        if not again and sent_before(act, _recent(runs)):
            raise PiggyRejected(JUST_NOW)
        with nothing_sent(UNREAD):
            there = next((each for each in client.list_automations() if each.uuid == uuid), None)
        if there is None or not there.can_be_run:
            raise PiggyRejected(CANNOT)
        client.create_automation_run(contact_uuid=contact_uuid, automation_uuid=uuid, data=data)

    return perform(
        RUN,
        by=actor,
        target=Target("contact", contact_uuid),
        figures={
            "automation": shown(automation.name),
            "automation_uuid": uuid,
            "fields": sorted(data),
            "again": again,
        },
        detail={"data": data} if data else None,
        form_token=token,
        call=call,
    )


def shown(name: str) -> str:
    """An automation's name as the ledger may hold it: no address stands in figures."""
    return EMAIL.sub("(address)", name)


def _runs(contact_uuid: str, automation_uuid: str) -> QuerySet[Act]:
    """The runs of it for this customer from here, the latest first. The column is text: this narrows to its uuid."""
    return acts_of(contact_id=contact_uuid).filter(action=RUN.name, figures__contains=f'"{automation_uuid}"')


def _recent(runs: QuerySet[Act]) -> QuerySet[Act]:
    return runs.filter(at__gte=timezone.now() - AGAIN_AFTER).exclude(state__outcome__in=(State.REFUSED, State.PLANNED))
