"""Changing vouchers: choosing them, what would change, how far it is; one of them from its own page."""

from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import expect

from piggyadmin.ledger.actor import Actor
from tests.browser.pages.places import LONG_NAME, Place, Visit, goto
from tests.vouchers.runs import batch_run
from vouchers.changing import jobs, services
from vouchers.changing.selecting import Selection
from vouchers.models import BatchRun, Progress, VoucherChange

OTHERS = {2: "REDEEMED", 3: "REDEEMED", 5: "EXPIRED", 7: "DEACTIVATED"}


def made(visit: Visit, vouchers: int = 30, label: str = "Letters to members") -> BatchRun:
    """A run whose vouchers stand at Piggy too, some of them used."""
    assert visit.person
    promotion = visit.sandbox.add_promotion("Summer")["uuid"]
    run = batch_run(
        visit.person.staff, shop=visit.person.shop, vouchers=vouchers, promotion_uuid=promotion, label=label
    )
    for row in run.vouchers.order_by("number"):
        status = OTHERS.get(row.number, "ACTIVE")
        visit.sandbox.add_voucher(row.code, status, uuid=row.piggy_uuid, promotion_uuid=promotion)
    return run


def begun(visit: Visit, **run: str) -> VoucherChange:
    assert visit.person
    actor = Actor(visit.person.staff, "marketing", visit.person.shop)
    chosen = Selection(run=made(visit, **run))
    plan = services.plan(kind="deactivate", selection=chosen, until=None, actor=actor)
    return services.begin(made=plan, actor=actor, token="form-of-the-picture")


def shown(visit: Visit, run: BatchRun, kind: str, **fields: str) -> None:
    visit.page.goto(f"/vouchers/changes/?run={run.pk}")
    visit.page.get_by_label(kind).check()
    for name, value in fields.items():
        visit.page.locator(f"[name={name}]").fill(value)
    visit.page.get_by_role("button", name="Show what would change").click()
    expect(visit.page.locator("form[data-write], .notice").first).to_be_visible()


def of_a_run(visit: Visit) -> None:
    visit.page.goto(f"/vouchers/changes/?run={made(visit, label=LONG_NAME[:110]).pk}")


def preview(visit: Visit) -> None:
    shown(visit, made(visit), "Withdraw them")


def preview_sheet(visit: Visit) -> None:
    shown(visit, made(visit), "Withdraw them", sheet="1")


def preview_end(visit: Visit) -> None:
    shown(visit, made(visit), "Change their end", until="2099-08-31T23:59")


def wrong_number(visit: Visit) -> None:
    preview(visit)
    visit.page.get_by_label("Type the number").fill("3")
    visit.page.clock.run_for(600)
    visit.page.locator("form[data-write] .btn.primary").click()
    expect(visit.page.locator(".error")).to_be_visible()


def nothing(visit: Visit) -> None:
    shown(visit, made(visit, vouchers=1), "Give them back")


def badly(visit: Visit) -> None:
    visit.page.goto("/vouchers/changes/")
    visit.page.get_by_label("Change their end").check()
    visit.page.get_by_role("button", name="Show what would change").click()
    expect(visit.page.locator(".error").first).to_be_visible()


def going_on(visit: Visit) -> None:
    change = begun(visit)
    visit.sandbox.fault("update_voucher", kind="refused", value=1003, skip=2)
    visit.sandbox.fault("update_voucher", kind="lost_after", skip=3)
    visit.sandbox.fault("update_voucher", kind="429", skip=9, retry_after=600)
    jobs.advance(str(change.pk))
    visit.page.goto(f"/vouchers/changes/{change.pk}/")


def over(visit: Visit) -> None:
    change = begun(visit)
    jobs.advance(str(change.pk))
    visit.page.goto(f"/vouchers/changes/{change.pk}/")


def stopped(visit: Visit) -> None:
    change = begun(visit)
    change.items.filter(number__lte=11).update(state=Progress.DONE)
    VoucherChange.objects.update(is_stopped=True, ended_at=timezone.now() + timedelta(seconds=40))
    visit.page.goto(f"/vouchers/changes/{change.pk}/")


def listed(visit: Visit) -> None:
    begun(visit, label=LONG_NAME[:110])
    visit.page.goto("/vouchers/changes/")


def one(visit: Visit) -> None:
    row = made(visit, vouchers=1).vouchers.get()
    visit.page.goto(f"/vouchers/{row.piggy_uuid}/")
    visit.page.get_by_role("button", name="Withdraw it").click()
    expect(visit.page.locator("form[data-write]")).to_be_visible()


def one_done(visit: Visit) -> None:
    one(visit)
    visit.page.clock.run_for(600)
    visit.page.get_by_role("button", name="Withdraw this voucher").click()
    expect(visit.page.locator(".verdict")).to_be_visible()


def one_end(visit: Visit) -> None:
    row = made(visit, vouchers=1).vouchers.get()
    visit.page.goto(f"/vouchers/{row.piggy_uuid}/")
    visit.page.get_by_role("button", name="Change the end").click()
    expect(visit.page.get_by_label("New end")).to_be_visible()


def code_shown(visit: Visit) -> None:
    row = made(visit, vouchers=1).vouchers.get()
    visit.page.goto(f"/vouchers/{row.piggy_uuid}/")
    visit.page.get_by_role("button", name="Show the code").click()
    expect(visit.page.get_by_text("SUMR 0000 0001")).to_be_visible()


CHANGING = [
    Place("changes-empty", goto("/vouchers/changes/"), "marketing"),
    Place("changes", listed, "marketing"),
    Place("changes-of-a-run", of_a_run, "marketing"),
    Place("changes-bad", badly, "marketing"),
    Place("change-preview", preview, "marketing"),
    Place("change-preview-sheet", preview_sheet, "marketing"),
    Place("change-preview-end", preview_end, "marketing"),
    Place("change-wrong-number", wrong_number, "marketing"),
    Place("change-nothing", nothing, "marketing"),
    Place("change-going-on", going_on, "marketing"),
    Place("change-over", over, "marketing"),
    Place("change-stopped", stopped, "marketing"),
    Place("change-one", one, "marketing"),
    Place("change-one-done", one_done, "marketing"),
    Place("change-one-end", one_end, "marketing"),
    Place("voucher-of-a-run", code_shown, "marketing"),
]
