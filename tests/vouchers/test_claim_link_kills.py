"""A worker dies while it makes claim links: another goes on, and there are as many as were asked for, none twice."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from piggyadmin.ledger.models import Act, State
from piggyadmin.ledger.verifying import verify_ledger
from piggyadmin.piggy.client import Piggy
from piggyadmin.piggy.errors import PiggyRejected
from piggyadmin.piggy.loyalty_tokens import read_link
from tests.conftest import Person
from tests.vouchers.batch_hands import actor_of
from tests.vouchers.workers import Place, database_url, make_place
from vouchers.claim_links import services
from vouchers.claim_links.actions import LINK
from vouchers.claim_links.orders import Order
from vouchers.models import ClaimLinkOrder, Progress

pytestmark = pytest.mark.django_db(transaction=True)

OPERATION = "create_loyalty_token"
QUANTITY, CREDITS = 40, 50
EARLY, LATE = 9, 25  # links made before each of the two kills
ALREADY_USED = 60000
LONGEST = 90  # s: after a kill the link in hand waits half a minute until the call it was in is over for certain


@pytest.fixture
def place(db: None, tmp_path: Path) -> Iterator[Place]:
    made = make_place(tmp_path, database_url=database_url(), settle=2, timeout=5)
    try:
        made.start_sandbox()
        made.worker.start()
        yield made
    finally:
        made.stop()


def test_a_killed_worker_makes_no_link_twice_and_says_of_none_that_it_is_there_before_it_is(
    marketing: Person, place: Place
) -> None:
    assert marketing.shop is not None
    place.account.add_shop(uuid=marketing.shop.piggy_uuid, name=marketing.shop.name)
    # The first kill meets a call that Piggy has answered to nobody, the second one that it has not begun with.
    place.account.fault(OPERATION, kind="latency_after", seconds=4, skip=EARLY)
    wish = Order(QUANTITY, CREDITS, "Opening day", marketing.shop.piggy_uuid)
    order = services.begin(order=wish, actor=actor_of(marketing), token=uuid4().hex)

    kill_in_the_midst(place, order, made=EARLY, number=EARLY + 1)
    assert len(tokens(place)) == EARLY + 1, "Piggy made the one in hand, and nobody has its address"
    place.account.fault(OPERATION, kind="latency", seconds=4, skip=LATE - EARLY)
    place.worker.start()
    kill_in_the_midst(place, order, made=LATE, number=LATE + 2)  # the first one's link still waits
    place.worker.start()
    wait_until(lambda: is_over(order), "the order ended")

    check_books(place, order)
    assert verify_ledger().whole


def kill_in_the_midst(place: Place, order: ClaimLinkOrder, *, made: int, number: int) -> None:
    """Kill the worker while it waits for an answer about link `number`; nobody says of that one that it is there."""
    held = order.links.filter(number=number, state=Progress.SENT, act__state__outcome=State.SENT)
    wait_until(lambda: services.standing(order).done == made and held.exists(), f"{made} links and a call under way")
    time.sleep(0.3)  # the call stands in the ledger a moment before it reaches Piggy
    place.worker.kill()
    assert held.get().url == ""
    standing = services.standing(order)
    assert (standing.done, standing.left) == (made, QUANTITY - made)
    assert not is_over(order)


def check_books(place: Place, order: ClaimLinkOrder) -> None:
    """What Piggy's own books say of the order, what of its links can be claimed, and what we told of each call."""
    links = list(order.links.order_by("number"))
    assert [link.state for link in links] == [Progress.DONE] * QUANTITY
    asked = Counter(row["unique_id"] for row in tokens(place))
    assert set(asked) == {link.unique_id for link in links}, "so many as were asked for, and no other"
    again = [unique_id for unique_id, times in asked.items() if times > 1]
    assert len(again) == 2, "each kill had one call in hand; no other link was asked for twice"
    assert max(asked.values()) == 2
    calls = Counter(Act.objects.filter(action=LINK.name).values_list("state__outcome", flat=True))
    assert calls == {State.DONE: QUANTITY, State.UNKNOWN: 2}, "the two lost calls are told as what they are"
    assert {link.act.state.outcome for link in links} == {State.DONE}

    piggy = Piggy(base_url=place.account.base_url, tokens=place.account.token)
    contact = place.account.add_contact()["uuid"]
    for link in links:
        piggy.claim_loyalty_token(token=read_link(link.url), contact_uuid=contact)
    for link in links:
        if link.unique_id in again:  # the address that a dead worker got is as good as this one, which has none left
            other = piggy.create_loyalty_token(
                shop_uuid=order.shop.piggy_uuid, unique_id=link.unique_id, credits=CREDITS
            )
            with pytest.raises(PiggyRejected) as caught:
                piggy.claim_loyalty_token(token=read_link(other), contact_uuid=contact)
            assert caught.value.code == ALREADY_USED
    given = [row["credits"] for row in place.account.state("loyalty_transaction")]
    assert given == [CREDITS] * QUANTITY


def tokens(place: Place) -> list[dict[str, str]]:
    """What was asked of Piggy, in its own books."""
    return place.account.state("loyalty_token")


def is_over(order: ClaimLinkOrder) -> bool:
    order.refresh_from_db()
    return order.ended_at is not None


def wait_until(is_so: Callable[[], bool], what: str) -> None:
    until = time.monotonic() + LONGEST
    while not is_so():
        assert time.monotonic() < until, f"{what}: not within {LONGEST} s"
        time.sleep(0.05)
