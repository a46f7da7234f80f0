"""Somebody of each role walks the whole house and throws wild values at every form and address.

Bad input never reaches Piggy as a write, is never an error of ours (nor Django's bare 400), and what was typed is never
lost. Each field gets a sample of tests/wild/corpus.py, always the same one and another one for each role; `WILD=29`
throws everything at every field, which takes many minutes.
"""

import os

import pytest
from django.core.management import call_command
from django.urls import reverse

from tests.actions.browsing import Visit
from tests.conftest import Person
from tests.contacts.duplicate_hands import paired
from tests.fixtures_sandbox import SandboxAccount
from tests.test_permissions import ADDRESSES, TABLE
from tests.vouchers import link_hands
from tests.vouchers.runs import batch_run
from tests.wild.forms import BOOKING
from tests.wild.walking import Walk
from vouchers.models import Printer

WHY = "Same woman, two cards, she stood here with both"
SAMPLE = int(os.environ.get("WILD", "1"))
# Fewer than these, and the walk has lost its way: it would hold the promise of nothing.
LEAST_PAGES = {"desk": 70, "marketing": 100, "admin": 150}
LEAST_REFUSALS = {"desk": 120, "marketing": 140, "admin": 300}


@pytest.fixture
def starts(sandbox: SandboxAccount, marketing: Person, reviewer: Person) -> list[str]:
    """A house where something of everything is there or under way, and the pages to begin at."""
    links = link_hands.work(link_hands.make(marketing))
    sandbox.seed(contacts=60)
    call_command("sync", verbosity=0)
    goes, stays, leaves = (
        sandbox.add_contact(f"{name.lower()}@leaving.example", firstname=name, lastname="de Boer", credits=5)["uuid"]
        for name in ("Anna", "Anne", "Arie")
    )
    merge = Visit(reviewer, f"/contacts/merges/new/?source={goes}&destination={stays}")
    merge.press("Propose the merge", reason=f"{WHY}. " * 3, confirm="de Boer").says("Proposed")
    deletion = Visit(reviewer, f"/contacts/{leaves}/delete/")
    deletion.press("Propose", type="GDPR", reason=WHY, typed="arie@leaving.example").says("Proposed")
    run = batch_run(marketing.staff, shop=marketing.shop, vouchers=4)
    printer = Printer.objects.create(name="At the window")
    holders = {row["value"]: row["contact_uuid"] for row in sandbox.state("identifier")}
    saskia, double = holders["2600118022104417"], holders["2600335600813356"]
    pair = paired(saskia, double)
    return [
        *("/", "/contacts/", "/vouchers/check/", "/giftcards/", "/bookings/", "/catalogue/", "/staff/me/", "/audit/"),
        f"/contacts/{holders['2600118077004410']}/",
        f"/contacts/{holders['2600441700810092']}/",
        f"/contacts/{holders['2600441700818841']}/claim/",
        f"/contacts/merges/new/?source={double}&destination={saskia}",
        merge.path,
        deletion.path,
        f"/contacts/duplicates/{pair.pk}/",
        f"/bookings/{BOOKING}/edit/",
        f"/vouchers/batches/{run.pk}/",
        f"/vouchers/batches/{run.pk}/sheets/1/",
        f"/vouchers/batches/{run.pk}/sheets/receipt/1/",
        f"/vouchers/printers/{printer.pk}/",
        f"/vouchers/claim-links/{links.pk}/",
    ]


@pytest.mark.parametrize("role", ["desk", "marketing", "admin"])
def test_whatever_is_thrown_at_it_the_house_stands(
    role: str, sandbox: SandboxAccount, starts: list[str], request: pytest.FixtureRequest
) -> None:
    walk = Walk(request.getfixturevalue(role), sandbox, pages_of_a_kind=2, wild_of_a_field=SAMPLE)
    walk.from_(*starts)
    may_send = (name for name, rule in TABLE.items() if role in rule.who and "POST" in rule.methods)
    walk.throw_at_the_rest(
        {name: reverse(name, kwargs=ADDRESSES[name]) for name in may_send if name != "piggy-webhook"}
    )
    walk.throw_at_addresses()
    assert walk.faults == []
    assert walk.opened.total() >= LEAST_PAGES[role], walk.opened
    assert walk.refused.total() >= LEAST_REFUSALS[role], walk.refused
