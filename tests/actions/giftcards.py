"""Gift cards: made, found, paid with, topped up and set right."""

from tests.actions.browsing import Visit
from tests.actions.rows import METORIAL, Row
from tests.conftest import Person
from tests.fixtures_sandbox import SandboxAccount
from tests.vouchers.giftcard_hands import CODE, new_card


def found(person: Person, sandbox: SandboxAccount) -> Visit:
    """The page of a card with € 37.50 on it, found by its code."""
    sandbox.add("giftcard_program", max_amount_in_cents=15_000)
    new_card(sandbox, 5000, -1250)
    return Visit(person, "/giftcards/").press("Find", code=CODE).says("€ 37.50")


def find(person: Person, sandbox: SandboxAccount) -> None:
    found(person, sandbox).says("€ 50.00")


def pay(person: Person, sandbox: SandboxAccount) -> None:
    found(person, sandbox).press("Pay with it", amount="12.50").press("Take").says("€ 25.00")


def top_up(person: Person, sandbox: SandboxAccount) -> None:
    found(person, sandbox).press("Top it up", amount="10").press("Put").says("€ 47.50")


def make(person: Person, sandbox: SandboxAccount) -> None:
    sandbox.add("giftcard_program", name="House", max_amount_in_cents=15_000)
    Visit(person, "/giftcards/").follow("Make").press("Make an empty card").says("€ 0.00")


def take_back(person: Person, sandbox: SandboxAccount) -> None:
    found(person, sandbox)
    last, card = sandbox.state("giftcard_transaction")[-1], sandbox.state("giftcard")[0]
    page = Visit(person, f"/giftcards/{card['uuid']}/transactions/{last['uuid']}/")
    page.press("See the result", reason="Typed wrong").press("Take it back").says("€ 50.00")


def see_programmes(person: Person, sandbox: SandboxAccount) -> None:
    sandbox.add("giftcard_program", name="House", max_amount_in_cents=15_000)
    Visit(person, "/giftcards/").says("House")


ROWS = [
    Row(METORIAL, "manage_giftcards find", "giftcards:start", "desk", "find_giftcard_by_hash", find),
    Row(METORIAL, "manage_giftcards show", "giftcards:card", "desk", "get_giftcard", find),
    Row(METORIAL, "manage_giftcards history", "giftcards:card", "desk", "list_giftcard_transactions", find),
    Row(METORIAL, "manage_giftcards pay", "giftcards:move", "desk", "create_giftcard_transaction", pay),
    Row(METORIAL, "manage_giftcards top up", "giftcards:move", "desk", "create_giftcard_transaction", top_up),
    Row(METORIAL, "manage_giftcards create", "giftcards:create", "marketing", "create_giftcard", make),
    Row(METORIAL, "manage_giftcards reverse", "giftcards:adjust", "admin", "reverse_giftcard_transaction", take_back),
    Row(METORIAL, "manage_giftcards programs", "giftcards:start", "desk", "list_giftcard_programs", see_programmes),
]
