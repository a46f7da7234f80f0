"""One quick question to Piggy, for the status page: does it answer, and what does it tell us of?"""

from __future__ import annotations

import time
from dataclasses import dataclass

from contacts.copy import events
from piggyadmin import piggy
from piggyadmin.catalogue.webhooks import resolvers, services
from piggyadmin.piggy.errors import PiggyError, PiggyRateLimited, PiggyRejected, PiggyUnauthorized
from piggyadmin.piggy.payloads import WebhookSubscription

ASK_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Told:
    """How many of the events that matter Piggy tells us of, and how many it would if they were not paused."""

    active: int
    paused: int
    wanted: int


@dataclass(frozen=True, slots=True)
class Asked:
    """What one quick call to Piggy came to. `told` is None when the subscriptions could not be read."""

    answered: bool
    milliseconds: int
    problem: str = ""
    told: Told | None = None


def ask_about(*, proposed: str) -> Asked:
    """Ask Piggy for the subscriptions, for whoever wants to know whether it answers. Never raises for its failures."""
    started = time.monotonic()
    told: Told | None = None
    problem = ""
    try:
        found = piggy.get_client(seconds=ASK_SECONDS).list_webhook_subscriptions()
        told = _told_of(found, services.address(proposed=proposed))
    except (PiggyUnauthorized, PiggyRateLimited) as error:
        problem = error.message
    except PiggyRejected:
        pass  # it answered; that it does not tell the subscriptions is another matter
    except PiggyError as error:
        problem = error.message or "Piggy did not answer."
    return Asked(not problem, round((time.monotonic() - started) * 1000), problem, told)


def _told_of(found: list[WebhookSubscription], address: str) -> Told:
    here = [each for each in found if each.url == address and each.event_type in events.WANTED]
    active = {each.event_type for each in here if each.status == resolvers.ACTIVE}
    paused = {each.event_type for each in here} - active
    return Told(len(active), len(paused), len(events.WANTED))
