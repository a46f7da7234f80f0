"""Rewards and prepaid money of a customer: claimed, handed over, topped up, and all of it taken back."""

from tests.actions.browsing import Visit
from tests.actions.rows import BEYOND, METORIAL, Row
from tests.conftest import Person
from tests.contacts.reward_hands import CARD
from tests.fixtures_sandbox import SandboxAccount


def somebody(sandbox: SandboxAccount) -> str:
    """The address of a customer with a card, 240 credits, € 25.00 and a reward within reach."""
    uuid = str(sandbox.add_contact("sanne@mail.example", firstname="Sanne", credits=240)["uuid"])
    sandbox.add_identifier(CARD, contact_uuid=uuid)
    sandbox.add_prepaid_transaction(contact_uuid=uuid, amount_in_cents=2500)
    sandbox.add_reward("Tote bag", required_credits=75, pre_redeemable=True)
    return f"/contacts/{uuid}/"


def within_reach(person: Person, sandbox: SandboxAccount) -> Visit:
    """The customer's rewards, with their card shown."""
    page = Visit(person, somebody(sandbox)).follow("Claim a reward").says("Tote bag", "within reach")
    return page.press("Check the card", card=CARD).says("Card number scanned or typed")


def see(person: Person, sandbox: SandboxAccount) -> None:
    within_reach(person, sandbox)


def claim(person: Person, sandbox: SandboxAccount) -> Visit:
    page = within_reach(person, sandbox).follow("Claim").says("240 − 75 → 165 expected")
    return page.press("Claim it").says("Credits 165", "To hand over 1")


def do_claim(person: Person, sandbox: SandboxAccount) -> None:
    claim(person, sandbox)


def take_claim_back(person: Person, sandbox: SandboxAccount) -> None:
    page = claim(person, sandbox).follow("Take back").says("165 + 75 → 240 expected")
    page.press("Take it back", reason="Wrong reward").says("Credits 240", "taken back")


def hand_over(person: Person, sandbox: SandboxAccount) -> Visit:
    page = claim(person, sandbox).follow("Hand over")
    return page.press("It is handed over").says("To hand over 0", "handed over")


def do_hand_over(person: Person, sandbox: SandboxAccount) -> None:
    hand_over(person, sandbox)


def undo_hand_over(person: Person, sandbox: SandboxAccount) -> None:
    page = hand_over(person, sandbox).follow("Undo")
    page.press("Undo the hand-over", reason="They left it here").says("To hand over 1")


def money(person: Person, sandbox: SandboxAccount) -> Visit:
    """The page of the customer's prepaid money."""
    return Visit(person, somebody(sandbox)).follow("Top up").says("Balance € 25.00", "The last 1 of 1")


def see_money(person: Person, sandbox: SandboxAccount) -> None:
    money(person, sandbox)


def top_up(person: Person, sandbox: SandboxAccount) -> None:
    money(person, sandbox).press("Top up", amount="10").press("Put").says("Balance € 35.00")


def deduct(person: Person, sandbox: SandboxAccount) -> None:
    page = money(person, sandbox).press("Deduct", amount="10", reason="Paid at the stall")
    page.press("Take").says("Balance € 15.00")


def take_money_back(person: Person, sandbox: SandboxAccount) -> None:
    page = money(person, sandbox).follow("Take back").says("expected")
    page.press("Take it back", reason="Wrong customer").says("Balance € 0.00", "taken back")


REWARDS, PREPAID, MOVE = "contacts:rewards", "contacts:prepaid", "contacts:prepaid-move"
COLLECT, UNDO = "collect_collectable_reward", "reverse_collectable_reward_redemption"
ROWS = [
    Row(METORIAL, "list_rewards", REWARDS, "desk", "list_rewards", see),
    Row(METORIAL, "claim_reward", "contacts:claim-reward", "desk", "create_reward_reception", do_claim),
    Row(METORIAL, "claim_reward reverse", "contacts:take-back-claim", "desk", "reverse_reward_reception",
        take_claim_back),
    Row(METORIAL, "manage_prepaid balance", PREPAID, "desk", "get_contact_prepaid_balance", see_money),
    Row(METORIAL, "manage_prepaid history", PREPAID, "desk", "list_prepaid_transactions", see_money),
    Row(METORIAL, "manage_prepaid top up", MOVE, "desk", "create_prepaid_transaction", top_up),
    Row(METORIAL, "manage_prepaid deduct", MOVE, "admin", "create_prepaid_transaction", deduct),
    Row(BEYOND, "Reverse a prepaid transaction", "contacts:reverse-prepaid", "admin", "reverse_prepaid_transaction",
        take_money_back),
    Row(BEYOND, "List what waits to be collected", REWARDS, "desk", "list_collectable_rewards", do_claim),
    Row(BEYOND, "Hand over a collectable reward", "contacts:hand-over", "desk", COLLECT, do_hand_over),
    Row(BEYOND, "Undo a hand-over", "contacts:undo-hand-over", "desk", UNDO, undo_hand_over),
]  # fmt: skip
