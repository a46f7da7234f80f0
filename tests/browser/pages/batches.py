"""A new batch from the first field to the second person, the list of runs, and a run in every state."""

from datetime import timedelta
from typing import Any

from django.contrib.auth.models import Group
from django.utils import timezone
from playwright.sync_api import expect

from piggyadmin.accounts.models import Limit, Staff
from piggyadmin.ledger import approvals
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.models import Approval
from tests.browser.pages.places import ARABIC_NAME, LONG_NAME, UNBROKEN_NAME, Place, Visit, goto
from tests.browser.pages.promotions import WHO, summer
from tests.vouchers.runs import batch_run
from vouchers.models import BatchRun, Progress, RunVoucher

NEW = "/vouchers/batches/new/"
State = BatchRun.State


# --- a new one


def new(visit: Visit) -> None:
    # Tests with real transactions empty the tables, also of what a migration has set.
    Limit.objects.update_or_create(kind="batch_vouchers", role="marketing", shop=None, defaults={"amount": 5000})
    for name, kind in (("channel", "text"), ("gift", "boolean")):
        visit.sandbox.add_attribute(name, kind, entity="voucher", label=name.title())
    visit.page.goto(f"{NEW}{summer(visit)}/")


def see(visit: Visit, quantity: str, then: str = "#preview") -> None:
    new(visit)
    visit.page.locator("[name=label]").fill("Summer, letters to members")
    visit.page.locator("[name=expiration]").fill(f"{timezone.now().year + 1}-08-31T23:59")
    visit.page.locator("[name=own_channel]").fill("letters")
    visit.page.locator("[name=quantity]").fill(quantity)
    visit.page.locator("[name=quantity]").press("Enter")
    expect(visit.page.locator(then).first).to_be_visible()


def new_wrong(visit: Visit) -> None:
    new(visit)
    visit.page.locator("[name=contact]").fill("nobody@mail.example")
    visit.page.locator("[name=activation]").fill(f"{timezone.now().year + 1}-08-31T23:59")
    visit.page.locator("[name=expiration]").fill(f"{timezone.now().year + 1}-06-01T00:00")
    visit.page.locator("[name=quantity]").fill("1e9")
    visit.page.locator("[name=quantity]").press("Enter")
    expect(visit.page.locator("#id_quantity-e")).to_be_visible()


def preview(visit: Visit) -> None:
    see(visit, "1,200")


def other_number(visit: Visit) -> None:
    preview(visit)
    visit.page.locator("[name=again]").fill("1,300")
    visit.page.clock.run_for(700)
    visit.page.locator("[name=again]").press("Enter")
    expect(visit.page.locator("#id_again-e")).to_be_visible()


def over_limit(visit: Visit) -> None:
    see(visit, "10,000")


def wrong_approver(visit: Visit) -> None:
    over_limit(visit)
    visit.page.locator("[name=again]").fill("10000")
    visit.page.locator("[name=approver]").fill("nobody")
    visit.page.locator("[name=password]").fill("wrong horse")
    visit.page.clock.run_for(700)
    visit.page.locator("[name=password]").press("Enter")
    expect(visit.page.locator("#id_password-e")).to_be_visible()


def asked(visit: Visit) -> None:
    over_limit(visit)
    visit.page.get_by_role("button", name="Ask for approval").click()
    expect(visit.page.get_by_text("waiting")).to_be_visible()


def _decide(visit: Visit, *, granted: bool) -> None:
    asked(visit)
    other = Staff.objects.create_user(username="saskia", name="Saskia de Wit")
    other.groups.add(Group.objects.get(name="admin"))
    approval = Approval.objects.get()
    by = Actor(other, "admin", approval.shop)
    approvals.decide(approval.pk, by=by, granted=granted, reason="" if granted else "Not before July.")
    visit.page.reload()


def approved(visit: Visit) -> None:
    _decide(visit, granted=True)
    expect(visit.page.get_by_role("button", name="Make 10,000 vouchers")).to_be_visible()


def declined(visit: Visit) -> None:
    _decide(visit, granted=False)


# --- runs


def run(visit: Visit, **fields: Any) -> BatchRun:
    assert visit.person is not None
    usual = {"promotion_name": "€ 10.00 off any order over € 40.00", "label": "Summer, letters to members"}
    return batch_run(visit.person.staff, shop=visit.person.shop, **usual | fields)


def to(visit: Visit, made: BatchRun) -> None:
    visit.page.goto(f"/vouchers/batches/{made.pk}/")


def half_way(visit: Visit, **fields: Any) -> BatchRun:
    """6,000 of 10,000 made; one call is on its way, one busy, one lost, one half seen."""
    now = timezone.now()
    times = {"begun_at": now - timedelta(minutes=3), "created_at": now - timedelta(minutes=3)}
    made = run(visit, **{"vouchers": 6000, "quantity": 10_000, "state": State.RUNNING} | times | fields)
    RunVoucher.objects.filter(run=made).update(read_at=now)
    made.chunks.filter(number__gt=12).update(attempt=0)
    sent = {"attempt": 1, "sent_at": now - timedelta(seconds=40)}
    made.chunks.filter(number=8).update(state=Progress.UNKNOWN, made=312, **sent)
    made.chunks.filter(number=14).update(state=Progress.UNKNOWN, **sent)
    made.chunks.filter(number=15).update(state=Progress.SENT, answered=True, **sent)
    busy = {"not_before": now + timedelta(minutes=1), "reason": "Piggy: too many requests, nothing made."}
    made.chunks.filter(number=16).update(**sent | busy)
    return made


def running(visit: Visit) -> None:
    to(visit, half_way(visit))


def begun(visit: Visit) -> None:
    made = run(visit, vouchers=0, quantity=10_000, state=State.RUNNING, begun_at=None)
    made.chunks.update(attempt=0)
    to(visit, made)


def long_names(visit: Visit) -> None:
    to(visit, half_way(visit, label=f"{LONG_NAME[:60]} {UNBROKEN_NAME[:50]}", promotion_name=" ".join(ARABIC_NAME)))


def paused(visit: Visit) -> None:
    to(visit, half_way(visit, state=State.PAUSED))


def cancelling(visit: Visit) -> None:
    visit.page.goto(f"/vouchers/batches/{half_way(visit).pk}/cancel/")


def cancelled(visit: Visit) -> None:
    to(visit, run(visit, vouchers=1500, quantity=10_000, state=State.CANCELLED))


def in_doubt(visit: Visit) -> None:
    why = (
        "Piggy does not give our marks back, so nobody can tell which vouchers are ours. The promotion had 12 vouchers "
        "before, has 512 now, and we asked for 500. Nothing more is sent."
    )
    made = run(visit, vouchers=0, quantity=2000, state=State.DOUBT, marks="missing", reason=why, ended_at=None)
    made.chunks.filter(number__gt=1).update(attempt=0)
    made.chunks.filter(number=1).update(state=Progress.SENT, answered=True, sent_at=timezone.now())
    to(visit, made)


def ended_by_piggy(visit: Visit) -> None:
    why = "Piggy’s limit of 2,000 vouchers for this promotion is reached."
    made = run(visit, vouchers=2000, quantity=10_000, state=State.REFUSED, reason=why)
    BatchRun.objects.update(code="80008")
    made.chunks.filter(number=5).update(state=Progress.REFUSED, reason=why, code="80008")
    made.chunks.filter(number__gt=5).update(attempt=0)
    to(visit, made)


def done(visit: Visit, **fields: Any) -> None:
    made = run(visit, **{"vouchers": 1200} | fields)
    for status, first, last in (("REDEEMED", 1, 322), ("EXPIRED", 323, 330), ("DEACTIVATED", 331, 354)):
        RunVoucher.objects.filter(run=made, number__range=(first, last)).update(status=status)
    to(visit, made)


def surplus(visit: Visit) -> None:
    done(visit, surplus=500)


def large(visit: Visit) -> None:
    made = run(visit, vouchers=500, quantity=100_000, state=State.RUNNING)
    made.chunks.filter(number__gt=1).update(attempt=0)
    to(visit, made)


def own_codes(visit: Visit) -> None:
    made = run(visit, vouchers=1, quantity=1, kind=BatchRun.Kind.OWN_CODES)
    why = "A voucher has this code already."
    made.chunks.update(own_code="SUMMER-2027-0001", state=Progress.REFUSED, reason=why, made=0)
    to(visit, made)


def batches(visit: Visit) -> None:
    half_way(visit)
    run(visit, vouchers=1200, label="Birthdays in July", promotion_name="Birthday cake")
    run(visit, vouchers=500, quantity=2000, state=State.REFUSED, label="")
    run(visit, vouchers=0, quantity=2000, state=State.DOUBT, label="Flyers", ended_at=None)
    visit.page.goto("/vouchers/batches/")


def told(visit: Visit) -> None:
    run(visit, vouchers=1200, told_at=None)
    visit.page.goto("/vouchers/promotions/new/")


BATCHES = [
    Place("batches", batches, WHO),
    Place("batches-empty", goto("/vouchers/batches/"), WHO),
    Place("batches-found-none", goto("/vouchers/batches/?who=mine&state=doubt"), WHO),
    Place("batch-new", new, WHO),
    Place("batch-new-no-promotion", goto(NEW), WHO),
    Place("batch-new-bad-input", new_wrong, WHO),
    Place("batch-preview", preview, WHO),
    Place("batch-other-number", other_number, WHO),
    Place("batch-over-limit", over_limit, WHO),
    Place("batch-wrong-approver", wrong_approver, WHO),
    Place("batch-asked", asked, WHO),
    Place("batch-approved", approved, WHO),
    Place("batch-declined", declined, WHO),
    Place("batch-begun", begun, WHO),
    Place("batch-running", running, WHO),
    Place("batch-long-names", long_names, WHO),
    Place("batch-paused", paused, WHO),
    Place("batch-cancelling", cancelling, WHO),
    Place("batch-cancelled", cancelled, WHO),
    Place("batch-doubt", in_doubt, WHO),
    Place("batch-ended-by-piggy", ended_by_piggy, WHO),
    Place("batch-done", done, WHO),
    Place("batch-surplus", surplus, WHO),
    Place("batch-large", large, WHO),
    Place("batch-own-codes", own_codes, WHO),
    Place("batch-told", told, WHO),
]
