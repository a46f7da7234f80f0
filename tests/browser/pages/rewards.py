"""The pages of rewards, in every state."""

from datetime import timedelta
from typing import Any

from django.utils import timezone
from playwright.sync_api import expect

from tests.browser.pages.places import ARABIC_NAME, CARD, LONG_NAME, UNBROKEN_NAME, Place, Visit, goto, regular

DAY = 86_400


def start(visit: Visit, **names: str) -> str:
    """The address of a customer with a bag to fetch, one that is too late, and rewards in and out of reach."""
    uuid = regular(visit.sandbox, **names)["uuid"]
    bag = visit.sandbox.add_reward(
        "Tote bag", description="Cotton, with our hare on it.", required_credits=75, pre_redeemable=True
    )["uuid"]
    for until in (20, -3):
        when = (timezone.now() + timedelta(days=until)).isoformat()
        visit.sandbox.add_claim(contact_uuid=uuid, reward_uuid=bag, expires_at=when)
    visit.sandbox.add_reward("Tasting at the roastery", required_credits=4000)
    visit.sandbox.add_reward("Summer parasol", required_credits=50, is_active=False)
    return f"/contacts/{uuid}/"


def rewards(visit: Visit) -> None:
    visit.page.goto(start(visit) + "rewards/")


def show_card(visit: Visit, **names: str) -> str:
    home = start(visit, **names)
    visit.page.goto(home + "rewards/")
    visit.page.locator("#id_card").fill(CARD)
    visit.page.get_by_role("button", name="Check the card").click()
    expect(visit.page.locator("main").get_by_text("Card number scanned or typed")).to_be_visible()
    return home


def proved(visit: Visit) -> None:
    show_card(visit)


def wrong_card(visit: Visit) -> None:
    rewards(visit)
    visit.page.locator("#id_card").fill("2600118033104417")
    visit.page.get_by_role("button", name="Check the card").click()
    expect(visit.page.locator("#id_card-e")).to_be_visible()


def long_names(visit: Visit) -> None:
    visit.sandbox.add_reward(LONG_NAME, required_credits=10, description=UNBROKEN_NAME)
    visit.sandbox.add_reward(" ".join(ARABIC_NAME), required_credits=20)
    show_card(visit, firstname=ARABIC_NAME[0], lastname=UNBROKEN_NAME)


def failed(visit: Visit) -> None:
    home = start(visit)
    for operation in ("list_rewards", "list_collectable_rewards", "list_loyalty_transactions"):
        visit.sandbox.fault(operation, kind="500", times=-1)
    visit.page.goto(home + "rewards/")


def empty(visit: Visit) -> None:
    uuid = visit.sandbox.add_contact("nobody@mail.example")["uuid"]
    visit.page.goto(f"/contacts/{uuid}/rewards/")


def claim(visit: Visit, title: str = "Free flat white", **names: str) -> None:
    show_card(visit, **names)
    visit.page.get_by_role("link", name=f"Claim {title}").click()
    expect(visit.page.get_by_role("button", name="Claim it")).to_be_visible()


def press(visit: Visit, button: str) -> None:
    visit.page.clock.run_for(700)
    visit.page.get_by_role("button", name=button).click()


def claim_refused(visit: Visit) -> None:
    claim(visit)
    visit.sandbox.fault("create_reward_reception", kind="refused", value=1018)
    press(visit, "Claim it")
    expect(visit.page.locator("#claim .notice.refused")).to_be_visible()


def claim_lost(visit: Visit) -> None:
    claim(visit)
    visit.sandbox.fault("create_reward_reception", kind="lost_before")
    press(visit, "Claim it")
    expect(visit.page.locator("#story")).to_be_visible()
    visit.page.goto(f"/contacts/{visit.sandbox.state('contact')[0]['uuid']}/rewards/")


def claim_waits(visit: Visit) -> None:
    claim(visit)
    visit.sandbox.fault("create_reward_reception", kind="429", retry_after=40)
    press(visit, "Claim it")
    expect(visit.page.get_by_text("Piggy is busy")).to_be_visible()


def down(visit: Visit) -> None:
    home = start(visit)
    visit.sandbox.fault("reads", kind="503", times=-1)
    visit.page.goto(home + "rewards/")
    expect(visit.page.get_by_role("link", name="Read again")).to_be_visible()


def claimed(visit: Visit) -> None:
    claim(visit, "Tote bag")
    press(visit, "Claim it")
    expect(visit.page.get_by_text("It waits to be handed over.").first).to_be_visible()


def hand_over(visit: Visit) -> None:
    claimed(visit)
    visit.page.get_by_role("link", name="Hand over").last.click()
    expect(visit.page.get_by_role("button", name="It is handed over")).to_be_visible()


def take_back(visit: Visit) -> None:
    claimed(visit)
    visit.page.get_by_role("link", name="Take back").first.click()
    field: Any = visit.page.locator("#id_reason")
    field.evaluate("field => { field.form.noValidate = true }")
    press(visit, "Take it back")
    expect(visit.page.locator("#id_reason-e")).to_be_visible()


def undo(visit: Visit) -> None:
    hand_over(visit)
    press(visit, "It is handed over")
    visit.page.get_by_role("link", name="Undo").first.click()
    expect(visit.page.get_by_role("button", name="Undo the hand-over")).to_be_visible()


REWARDS: list[Place] = [
    Place("rewards", rewards),
    Place("rewards-proved", proved),
    Place("rewards-wrong-card", wrong_card),
    Place("rewards-long-names", long_names),
    Place("rewards-failed", failed),
    Place("rewards-down", down),
    Place("rewards-empty", empty, "marketing"),
    Place("rewards-claim", claim),
    Place("rewards-claim-refused", claim_refused),
    Place("rewards-claim-waits", claim_waits),
    Place("rewards-claim-lost", claim_lost),
    Place("rewards-hand-over", hand_over),
    Place("rewards-take-back", take_back),
    Place("rewards-undo", undo),
    Place("rewards-no-claim", goto("/contacts/x/rewards/claims/y/take-back/")),
]
