"""Vouchers: checked and used at the desk, made and changed for a mailing."""

from tests.actions.browsing import Visit
from tests.actions.rows import BEYOND, COMPOSIO, METORIAL, Row
from tests.conftest import Person
from tests.fixtures_sandbox import SandboxAccount
from tests.vouchers.batch_hands import drive
from vouchers.changing import jobs
from vouchers.models import BatchRun, VoucherChange


def checked(person: Person, sandbox: SandboxAccount) -> Visit:
    """The page of a voucher whose code was typed."""
    sanne = sandbox.add_contact("sanne@mail.example", firstname="Sanne")
    sandbox.add_voucher("COFFEE-1", contact_uuid=sanne["uuid"])
    return Visit(person, "/vouchers/check/").press("Check", code="COFFEE-1")


def find(person: Person, sandbox: SandboxAccount) -> None:
    checked(person, sandbox).says("Valid", "Free coffee", "Lock for 2 minutes")


def lock(person: Person, sandbox: SandboxAccount) -> None:
    checked(person, sandbox).press("Lock").says("Redeem it")


def release(person: Person, sandbox: SandboxAccount) -> None:
    checked(person, sandbox).press("Lock").press("Release").says("Lock for 2 minutes")


def redeem(person: Person, sandbox: SandboxAccount) -> None:
    checked(person, sandbox).press("Lock").press("Redeem it").says("Redeemed")
    assert [row["status"] for row in sandbox.state("voucher")] == ["REDEEMED"]


def redeem_thrice(person: Person, sandbox: SandboxAccount) -> None:
    sanne = sandbox.add_contact("sanne@mail.example", firstname="Sanne")
    sandbox.add_voucher("TEN-1", contact_uuid=sanne["uuid"], total_redemptions_allowed=10)
    page = Visit(person, "/vouchers/check/").press("Check", code="TEN-1").press("Lock")
    page.press("Redeem it", times="3").says("Redeemed 3 times", "7 of 10")


def reverse(person: Person, sandbox: SandboxAccount) -> None:
    redeem(person, sandbox)
    page = Visit(person, f"/vouchers/{sandbox.state('voucher')[0]['uuid']}/").follow("Take")
    page.press("Take it back", reason="Pressed for the wrong customer").says("Valid")


def withdraw(person: Person, sandbox: SandboxAccount) -> None:
    checked(person, sandbox)
    page = Visit(person, f"/vouchers/{sandbox.state('voucher')[0]['uuid']}/").press("Withdraw it")
    page.press("Withdraw")
    for change in VoucherChange.objects.filter(ended_at=None):
        jobs.advance(str(change.pk))
    assert [row["status"] for row in sandbox.state("voucher")] == ["DEACTIVATED"]


def make_one(person: Person, sandbox: SandboxAccount) -> None:
    uuid = sandbox.add_promotion("Summer")["uuid"]
    page = Visit(person, "/vouchers/new/").press("Show what it would be", promotion=uuid, code="SUMMER-0001", uses="3")
    page.press("Make this voucher").says("SUMMER-0001")


def make_a_batch(person: Person, sandbox: SandboxAccount) -> None:
    sandbox.set(batch_seconds=0)
    uuid = sandbox.add_promotion("Summer")["uuid"]
    page = Visit(person, f"/vouchers/batches/new/{uuid}/").press("See what it would be", quantity="20")
    page.press("Make 20 vouchers", again="20")
    run = drive(BatchRun.objects.get())
    Visit(person, f"/vouchers/batches/{run.pk}/").says("20 of 20 made")


def see_promotions(person: Person, sandbox: SandboxAccount) -> None:
    sandbox.add_promotion("Summer", description="€ 10 off")
    Visit(person, "/vouchers/promotions/").says("Summer").follow("Summer").says("€ 10 off")


def make_a_promotion(person: Person, sandbox: SandboxAccount) -> None:
    page = Visit(person, "/vouchers/promotions/new/")
    page.press("Make the promotion", name="Summer", description="€ 10 off").says("Summer")


ROWS = [
    Row(COMPOSIO, "Create Vouchers Batch", "vouchers:batch-new", "marketing", "create_voucher_batch", make_a_batch),
    Row(COMPOSIO, "Find Voucher By Code", "vouchers:check", "desk", "find_voucher_by_code", find),
    Row(METORIAL, "manage_vouchers lock", "vouchers:lock", "desk", "lock_voucher", lock),
    Row(METORIAL, "manage_vouchers release", "vouchers:release", "desk", "release_voucher", release),
    Row(METORIAL, "manage_vouchers redeem", "vouchers:redeem", "desk", "redeem_voucher", redeem),
    Row(METORIAL, "manage_vouchers redeem many", "vouchers:redeem", "desk", "multi_redeem_voucher", redeem_thrice),
    Row(METORIAL, "manage_vouchers create", "vouchers:voucher-new", "marketing", "create_voucher", make_one),
    Row(METORIAL, "manage_vouchers update", "vouchers:changes", "marketing", "update_voucher", withdraw),
    Row(METORIAL, "manage_vouchers list", "vouchers:batch", "marketing", "list_vouchers", make_a_batch),
    Row(BEYOND, "reverse a redemption", "vouchers:reverse", "admin", "reverse_voucher_redemption", reverse),
    Row(METORIAL, "list_promotions", "vouchers:promotions", "marketing", "list_promotions", see_promotions),
    Row(METORIAL, "list_promotions one", "vouchers:promotion", "marketing", "get_promotion", see_promotions),
    Row(BEYOND, "create a promotion", "vouchers:promotion-new", "marketing", "create_promotion", make_a_promotion),
]
