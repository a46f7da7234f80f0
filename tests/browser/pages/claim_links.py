"""Claim links: none yet, what would be made, a second person, an order on its way and ended, the cards on paper."""

from datetime import UTC, datetime
from uuid import uuid4

from django.contrib.auth.models import Group
from playwright.sync_api import expect

from piggyadmin.accounts.models import Limit, Staff
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.models import Act
from tests.browser.pages.places import UNBROKEN_NAME, Place, Visit
from vouchers.claim_links import orders, services
from vouchers.claim_links.orders import Order
from vouchers.models import ClaimLink, ClaimLinkOrder, Progress

URL = "https://points.example/l?version=v3&shop_uuid=5f0c88aa&unique_id=o-{}&timestamp=1788509550&credits=50&hash=0"


def empty(visit: Visit) -> None:
    visit.page.goto("/vouchers/claim-links/")


def see(visit: Visit, quantity: str = "24", **typed: str) -> None:
    empty(visit)
    for name, value in {"label": "Thank you for coming", "quantity": quantity, "credits": "50", **typed}.items():
        visit.page.locator(f"[name={name}]").fill(value)
    visit.page.get_by_role("button", name="See what it would be").click()


def shown(visit: Visit) -> None:
    see(visit, label=UNBROKEN_NAME[:60])
    expect(visit.page.locator("#preview")).to_be_visible()


def over(visit: Visit) -> None:
    Limit.objects.update_or_create(kind="claim_link_credits", role="marketing", shop=None, defaults={"amount": 100})
    see(visit)
    expect(visit.page.get_by_text("A second person approves this")).to_be_visible()


def asked(visit: Visit) -> None:
    over(visit)
    visit.page.get_by_role("button", name="Ask for approval").click()
    expect(visit.page.locator("#requests .tag")).to_be_visible()


def to_approve(visit: Visit) -> None:
    """What the second person sees of it."""
    assert visit.person is not None
    noor = Staff.objects.create_user(username="noor", name="Noor van Dijk", password="correct horse battery")
    noor.groups.add(Group.objects.get(name="marketing"))
    shop = visit.person.shop
    assert shop is not None
    wish = Order(24, 50, "Thank you for coming", shop.piggy_uuid)
    approval = orders.ask(wish, actor=Actor(noor, "marketing", shop), token=uuid4().hex, reason="Opening day")
    visit.page.goto(f"/audit/{approval.act_id}/")
    expect(visit.page.get_by_role("button", name="Keep this decision")).to_be_visible()


def wrong(visit: Visit) -> None:
    see(visit, quantity="500")
    expect(visit.page.locator("#id_quantity-e")).to_be_visible()


def order(visit: Visit, made: int = 30, **fields: object) -> ClaimLinkOrder:
    """An order of 30, of which so many are made."""
    person = visit.person
    assert person is not None
    assert person.shop is not None
    wish = Order(30, 50, "Thank you for coming", person.shop.piggy_uuid)
    row = services.begin(order=wish, actor=Actor(person.staff, "admin", person.shop), token=uuid4().hex)
    for link in row.links.filter(number__lte=made):
        ClaimLink.objects.filter(pk=link.pk).update(state=Progress.DONE, url=URL.format(link.number))
    ClaimLinkOrder.objects.filter(pk=row.pk).update(**fields)
    return row


def under_way(visit: Visit) -> None:
    row = order(visit, 12)
    reason = "No answer came. It is asked for again: it stays one link."
    row.links.filter(number=13).update(reason=reason)
    visit.page.goto(f"/vouchers/claim-links/{row.pk}/")


def ended(visit: Visit) -> None:
    row = order(visit, ended_at=datetime(2026, 11, 20, 9, tzinfo=UTC))
    visit.page.goto(f"/vouchers/claim-links/{row.pk}/")


def refused(visit: Visit) -> None:
    ends = {"ended_at": datetime(2026, 11, 20, 9, tzinfo=UTC), "is_stopped": True}
    row = order(visit, 1, reason="Piggy does not know this shop. Ask an admin to refresh the shops.", **ends)
    visit.page.goto(f"/vouchers/claim-links/{row.pk}/")


def listed(visit: Visit) -> None:
    order(visit)
    order(visit, 3)
    assert Act.objects.filter(action="claim_links.order").count() == 2
    empty(visit)


def printing(visit: Visit) -> None:
    visit.page.goto(f"/vouchers/claim-links/{order(visit).pk}/print/")


def paper(visit: Visit) -> None:
    printing(visit)
    visit.page.get_by_role("button", name="Print 30 links").click()
    expect(visit.page.locator(".label").first).to_be_visible()


CLAIM_LINKS = [
    Place("claim-links-none", empty, "marketing"),
    Place("claim-links-listed", listed, "marketing"),
    Place("claim-links-shown", shown, "marketing"),
    Place("claim-links-over-limit", over, "marketing"),
    Place("claim-links-asked", asked, "marketing"),
    Place("claim-links-to-approve", to_approve, "admin"),
    Place("claim-links-wrong", wrong, "marketing"),
    Place("claim-links-under-way", under_way, "marketing"),
    Place("claim-links-ended", ended, "admin"),
    Place("claim-links-refused", refused, "marketing"),
    Place("claim-links-print", printing, "marketing"),
    Place("claim-links-paper", paper, "marketing"),
]
