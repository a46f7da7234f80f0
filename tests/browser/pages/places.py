"""What it takes to get to a page, and the customers and vouchers that several pages show."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page, expect

from tests.conftest import Person
from tests.fixtures_sandbox import SandboxAccount

CARD = "2600441700810092"
LONG_NAME = "Wilhelmina Theodora Cornelia van der Hoeven-Oudekerk de Graaf " * 3
UNBROKEN_NAME = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
ARABIC_NAME = ("عبد الرحمن", "بن يوسف الحسيني")


@dataclass
class Visit:
    """Somebody on the way to a page: their tab, who they are, and the account as they find it."""

    page: Page
    sandbox: SandboxAccount
    person: Person | None

    def check(self, code: str) -> None:
        self.page.goto("/vouchers/check/")
        self.page.locator("#code").fill(code)
        self.page.locator("#code").press("Enter")

    def press(self, button: str, then: str) -> None:
        """Press a button of the verdict and wait for the next one."""
        self.page.clock.run_for(600)
        self.page.get_by_role("button", name=button).click()
        self.verdict(then)

    def verdict(self, word: str) -> None:
        expect(self.page.locator(".verdict h1")).to_have_text(word)

    def find(self, words: str) -> None:
        self.page.goto("/")
        self.page.locator("#q").fill(words)
        self.page.locator("#q").press("Enter")
        expect(self.page.locator("#found > *").first).to_be_visible()


@dataclass(frozen=True)
class Place:
    """A page in one state. `who` is the fixture of the person there, "" for nobody."""

    name: str
    go: Callable[[Visit], None]
    who: str = "desk"


def goto(path: str) -> Callable[[Visit], None]:
    def go(visit: Visit) -> None:
        visit.page.goto(path)

    return go


def regular(sandbox: SandboxAccount, **names: str) -> dict[str, Any]:
    """A customer with something in every panel."""
    tier = sandbox.add_tier("Gold")
    name = {"firstname": "Sanne", "lastname": "Visser"} | names
    contact = sandbox.add_contact("sanne@mail.example", tier_uuid=tier["uuid"], phone="+31612345678", **name)
    uuid = contact["uuid"]
    sandbox.add_identifier(CARD, contact_uuid=uuid, name="Card from the counter", default=True)
    sandbox.add_identifier("2600441700810177", contact_uuid=uuid, active=False)
    shop = sandbox.state("shop")[0]["uuid"]
    for credits in (1240, -150, 24):
        sandbox.add_loyalty_transaction(contact_uuid=uuid, credits=credits, shop_uuid=shop)
    for cents in (120_000, -11_450):
        sandbox.add_prepaid_transaction(contact_uuid=uuid, amount_in_cents=cents, shop_uuid=shop)
    promotion = sandbox.add_promotion("€ 10.00 off any order over € 40.00")["uuid"]
    for number, status in enumerate(("ACTIVE", "REDEEMED", "EXPIRED")):
        sandbox.add_voucher(f"SUMR26AP4T7K{number:04}", status, contact_uuid=uuid, promotion_uuid=promotion)
    sandbox.add_reward("Free flat white", required_credits=100)
    sandbox.add_reward("Cake of the day", required_credits=250)
    return contact


def open_contact(visit: Visit, contact: dict[str, Any]) -> None:
    visit.page.goto(f"/contacts/{contact['uuid']}/")


def coffee(visit: Visit, code: str = "COFFEE-1", **fields: Any) -> None:
    """A voucher of somebody's."""
    holder = visit.sandbox.add_contact("holder@mail.example", firstname="Omar")
    visit.sandbox.add_voucher(code, **{"contact_uuid": holder["uuid"]} | fields)


def redeem(visit: Visit) -> None:
    coffee(visit)
    visit.check("COFFEE-1")
    visit.press("Lock", "Locked for you")
    visit.press("Redeem it", "Redeemed")


def lose_a_redemption(visit: Visit) -> None:
    coffee(visit)
    visit.check("COFFEE-1")
    visit.press("Lock", "Locked for you")
    visit.sandbox.fault("redeem_voucher", kind="lost_before")
    visit.press("Redeem it", "No answer")
