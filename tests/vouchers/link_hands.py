"""One person at the claim links' pages, using them as a browser does, and the worker behind them."""

import re
from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.utils import timezone

from piggyadmin.ledger.models import ActState
from tests.conftest import Person
from vouchers.claim_links import jobs
from vouchers.models import ClaimLink, ClaimLinkOrder

LINKS = "/vouchers/claim-links/"


def form_of(page: HttpResponse, step: str) -> dict[str, str]:
    """The hidden fields of the form with this step."""
    forms = re.findall(r"<form.*?</form>", page.content.decode(), flags=re.DOTALL)
    form = next(each for each in forms if f'name="step" value="{step}"' in each)
    return {
        name: value
        for each in re.findall(r"<input[^>]*type=\"hidden\"[^>]*>", form)
        for name, value in [(re.findall(r'name="(\w+)"', each)[0], (re.findall(r'value="([^"]*)"', each) or [""])[0])]
        if name != "csrfmiddlewaretoken"
    }


def see(person: Person, **typed: Any) -> HttpResponse:
    page = person.get(LINKS)
    assert page.status_code == 200
    return person.post(LINKS, {"step": "see", "label": "Opening day", "quantity": "3", "credits": "50"} | typed)


def make(person: Person, **typed: Any) -> ClaimLinkOrder:
    seen = see(person, **typed)
    assert seen.status_code == 200, seen.text
    made = person.post(LINKS, form_of(seen, "make"))
    assert made.status_code == 303, made.text
    return ClaimLinkOrder.objects.latest("created_at")


def work(order: ClaimLinkOrder, rounds: int = 12) -> ClaimLinkOrder:
    """The worker, with all waits of ours over, until the order has ended."""
    for _ in range(rounds):
        ClaimLinkOrder.objects.update(not_before=None, claimed_until=None)
        ClaimLink.objects.update(not_before=None)
        long_ago = timezone.now() - timedelta(days=1)
        ActState.objects.exclude(not_before=None).update(not_before=long_ago)
        ActState.objects.exclude(next_look_at=None).update(next_look_at=long_ago)
        jobs.advance(str(order.pk))
        order.refresh_from_db()
        if order.ended_at:
            break
    return order
