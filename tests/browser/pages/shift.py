"""The end of a shift and the page to practise by, in every state."""

from playwright.sync_api import expect

from contacts.credits.actions import AWARD
from piggyadmin.accounts.models import Shop
from piggyadmin.desk.models import PracticeRound
from piggyadmin.ledger import approvals
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.door import Target, perform
from piggyadmin.ledger.models import Act
from piggyadmin.piggy.errors import PiggyOutcomeUnknown, PiggyRejected
from tests.browser.pages.places import ARABIC_NAME, LONG_NAME, Place, Visit, goto
from vouchers.check.actions import REDEEM
from vouchers.giftcards.actions import DEDUCT, TOP_UP


def _do(visit: Visit, *, lost: int = 0) -> Actor:
    """A day's work of the one who visits."""
    assert visit.person is not None
    actor = Actor(visit.person.staff, visit.person.staff.role, visit.person.shop)
    customer = Target("contact", "5f0c88aa-0000-4000-8000-000000000001")

    def refuse(act: Act) -> None:
        raise PiggyRejected("No.", code=1015, status=400)

    def lose(act: Act) -> None:
        raise PiggyOutcomeUnknown("No answer.")

    for credits in (24, 120, 1000):
        perform(AWARD, by=actor, target=customer, figures={"credits": credits}, call=lambda act: None)
    perform(AWARD, by=actor, target=customer, figures={"credits": 5000}, call=refuse)
    for number in range(lost):
        perform(AWARD, by=actor, target=customer, figures={"credits": 10 + number}, call=lose)
    card = Target("giftcard", "c-1")
    perform(TOP_UP, by=actor, target=card, figures={"cents": 125_000, "code_end": "8KQX"}, call=lambda act: None)
    spent = {"cents": -1150, "paid_cents": 1150, "code_end": "8KQX"}
    perform(DEDUCT, by=actor, target=card, figures=spent, call=lambda act: None)
    perform(REDEEM, by=actor, target=Target("voucher", "v-1"), figures={"code_end": "FFE1"}, call=lambda act: None)
    approvals.request_approval(AWARD, by=actor, target=customer, figures={"credits": 9000})
    return actor


def shift_full(visit: Visit) -> None:
    _do(visit, lost=2)
    visit.page.goto("/shift/")


def shift_everyone(visit: Visit) -> None:
    """Long names, everybody's, on A4, with more lost answers than the paper shows."""
    actor = _do(visit, lost=15)
    actor.staff.name = LONG_NAME[:150]
    actor.staff.save()
    Shop.objects.update(name=" ".join(ARABIC_NAME))
    visit.page.goto("/shift/?person=all&paper=a4")


SHIFT = [
    Place("shift-empty", goto("/shift/")),
    Place("shift", shift_full),
    Place("shift-everyone", shift_everyone, "admin"),
    Place("shift-wrong", goto("/shift/?day=yesterday")),
]


def practice_begun(visit: Visit) -> None:
    """One task done, one whose answer was lost, three to come."""
    visit.page.goto("/practice/")
    visit.page.get_by_role("button", name="Begin with three new customers").click()
    expect(visit.page.get_by_text("0 of 5 done")).to_be_visible()
    assert visit.person is not None
    actor = Actor(visit.person.staff, visit.person.staff.role, visit.person.shop)
    made = PracticeRound.objects.get().customers
    pim, guest = Target("contact", made["regular"]["uuid"]), Target("voucher", "v-1", made["guest"]["uuid"])

    def lose(act: Act) -> None:
        raise PiggyOutcomeUnknown("No answer.")

    perform(AWARD, by=actor, target=pim, figures={"credits": 12}, call=lambda act: None)
    perform(REDEEM, by=actor, target=guest, figures={"code_end": "FFE1"}, call=lose)
    visit.page.goto("/practice/")


PRACTICE = [Place("practice-empty", goto("/practice/"), "marketing"), Place("practice", practice_begun)]
"""Shown where PIGGYADMIN_ENV is practice, and nowhere else."""
