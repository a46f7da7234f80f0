"""The rows under the box, and the list of customers."""

from collections.abc import Callable

from playwright.sync_api import expect

from contacts.models import ContactCopy
from tests.browser.pages.places import ARABIC_NAME, LONG_NAME, UNBROKEN_NAME, Place, Visit, goto
from tests.contacts.copy_hands import copied


def crowd() -> None:
    """Customers whose names try the width of a row."""
    copied(
        "c-jan", "Jan Jansen", "jan@mail.example", "+31612344417", "2600441700810092", tier_name="Gold", credits=1240
    )
    copied("c-piet", "Piet Janssen", "piet.janssen@mail.example", "0687654321", tier_name="Silver", credits=-20)
    copied("c-long", f"Jansje {LONG_NAME}", f"{'long' * 30}@mail.example", credits=10)
    copied("c-one", f"Janselijn {UNBROKEN_NAME}", "one@mail.example")
    copied("c-rtl", " ".join(ARABIC_NAME), "rtl@mail.example")
    copied("c-anonymous", card="2600441700810177")


def typed(words: str, path: str = "/") -> Callable[[Visit], None]:
    def go(visit: Visit) -> None:
        crowd()
        visit.page.goto(path)
        box = visit.page.locator("#q")
        box.focus()
        visit.page.keyboard.type(words, delay=120)
        expect(visit.page.locator("#q-rows")).to_be_visible()

    return go


def words_found(visit: Visit) -> None:
    crowd()
    visit.page.goto("/")
    visit.page.locator("#q").fill("award jans")
    visit.page.locator("#q").press("Enter")
    expect(visit.page.locator("#found")).to_contain_text("Award credits to")


def listed(query: str = "") -> Callable[[Visit], None]:
    def go(visit: Visit) -> None:
        crowd()
        visit.page.goto(f"/contacts/{query}")

    return go


def searched(words: str) -> Callable[[Visit], None]:
    def go(visit: Visit) -> None:
        crowd()
        visit.page.goto("/contacts/")
        visit.page.locator("#id_q").fill(words)
        visit.page.get_by_role("button", name="Search").click()
        expect(visit.page.locator("#customers .pager, #customers .empty")).to_contain_text(words)

    return go


def many(visit: Visit) -> None:
    for number in range(60):
        copied(f"c-{number}", f"Number {number}", f"number{number}@mail.example", credits=number)
    assert ContactCopy.objects.count() == 60
    visit.page.goto("/contacts/?who=known&sort=name")


# Open only as long as the focus is in the box.
ROWS = [
    Place("search-rows", typed("jans")),
    Place("search-rows-in-the-bar", typed("jans", "/staff/me/")),
    Place("search-words", typed("award jans")),
    Place("search-masked", typed("jans"), "marketing"),
    Place("search-nobody", typed("xyzzy")),
    Place("search-nobody-in-the-bar", typed("new@mail.example", "/staff/me/")),
]
SEARCH = [
    *ROWS,
    Place("search-words-found", words_found),
    Place("customers", listed()),
    Place("customers-masked", listed(), "marketing"),
    Place("customers-pages", many),
    Place("customers-searched", searched("jansen")),
    Place("customers-searched-nobody", searched("xyzzy")),
    Place("customers-none-in-filter", listed("?since=2030-01-01")),
    Place("customers-bad-filter", listed("?since=x&page=0")),
    Place("customers-empty", goto("/contacts/")),
]
