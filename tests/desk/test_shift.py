"""The end of a shift: what a person did in a shop on one day, on one page of paper."""

import re
import time
import uuid
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.utils import timezone

from contacts.credits.actions import AWARD, REVERSE
from piggyadmin.accounts.models import Shop, Staff
from piggyadmin.desk.shift import services
from piggyadmin.desk.shift.lines import LINES
from piggyadmin.ledger import approvals, triggers
from piggyadmin.ledger.actions import Action, action_named, registered
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.door import Target, perform
from piggyadmin.ledger.models import Act, ActState, State
from piggyadmin.navigation import NAVIGATION
from piggyadmin.piggy.errors import PiggyError, PiggyOutcomeUnknown, PiggyRejected
from tests.conftest import Person
from tests.fixtures_sandbox import SandboxAccount
from vouchers.check.actions import REDEEM
from vouchers.claim_links import services as claim_links
from vouchers.claim_links.orders import Order
from vouchers.giftcards.actions import DEDUCT, TOP_UP
from vouchers.giftcards.mail_actions import MAIL

pytestmark = pytest.mark.django_db

PAGE = "/shift/"
LOST, NO = PiggyOutcomeUnknown("No answer."), PiggyRejected("No.", code=1017, status=400)
AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def do(
    action: Action, who: Person, error: PiggyError | None = None, *, shop: Shop | None = None, **figures: Any
) -> Act:
    """One act of this person's, as the ledger would write it, with what Piggy said of it."""

    def call(act: Act) -> None:
        if error:
            raise error

    actor = Actor(who.staff, who.staff.role, shop or who.shop)
    outcome = perform(action, by=actor, target=Target("contact", "c-1", "c-1"), figures=figures, call=call)
    return Act.objects.get(pk=outcome.act_id)


def words(page: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode()))


def slip(page: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode().partition('class="sheet')[2]))


def figure_links(page: Any) -> list[str]:
    found = re.findall(r'<td><a href="(/audit/\?[^"]+)"', page.content.decode())
    return [url.replace("&amp;", "&") for url in found]


@pytest.fixture
def busy(desk: Person, admin: Person) -> None:
    for credits in (24, 900, 1):
        do(AWARD, desk, credits=credits)
    do(AWARD, desk, NO, credits=5000)
    do(AWARD, desk, LOST, credits=77)
    do(TOP_UP, desk, cents=2500, code_end="8KQX")
    do(DEDUCT, desk, cents=-1150, paid_cents=1150, code_end="8KQX")
    do(REDEEM, desk, code_end="FFE1")
    do(REVERSE, admin, credits=-24, reception_uuid="r", why="wrong amount")


def test_it_counts_and_sums_what_was_done(desk: Person, busy: None) -> None:
    told = slip(desk.get(PAGE))
    assert "Awards 3 925 credits" in told
    assert "Top-ups 1 € 25.00" in told
    assert "Paid with a gift card 1 € 11.50" in told
    assert "Redeemed 1" in told
    assert "Refused 1" in told
    assert "Together 8" in told
    assert "Awards taken back" not in told  # the admin's


def test_orders_of_claim_links_and_mailed_gift_cards_have_lines_of_their_own(
    admin: Person, sandbox: SandboxAccount
) -> None:
    assert admin.shop is not None
    at_desk = Actor(admin.staff, "admin", admin.shop)
    for quantity in (3, 4):
        order = Order(quantity, 50, "Thank you", admin.shop.piggy_uuid)
        claim_links.begin(order=order, actor=at_desk, token=uuid.uuid4().hex)
    do(MAIL, admin, code_end="8KQX")
    told = slip(admin.get(PAGE))
    assert "Claim links ordered 2 " in told
    assert "Mailed 1" in told
    assert "Everything else" not in told


def test_lost_answers_stand_first_and_are_in_no_sum(desk: Person, busy: None) -> None:
    told = slip(desk.get(PAGE))
    assert told.index("Needs a word before going home") < told.index("Awards 3")
    assert "Award credits +77" in told


def test_a_lost_answer_of_an_earlier_day_is_still_open(desk: Person) -> None:
    act = do(AWARD, desk, LOST, credits=77)
    later = timezone.localdate() + timedelta(days=1)
    found = services.slip_of(person=desk.staff, shop=desk.shop, day=later, zone=AMSTERDAM, sees_all=False)
    assert found.unknown == [act]
    assert found.total == 0
    before = services.slip_of(
        person=desk.staff, shop=desk.shop, day=later - timedelta(days=2), zone=AMSTERDAM, sees_all=False
    )
    assert before.unknown == []


def test_every_figure_leads_to_just_its_acts(admin: Person, busy: None) -> None:
    page = admin.get(PAGE, {"person": "all"})
    links = figure_links(page)
    assert len(links) >= 8
    numbers = [int(n.replace(",", "")) for n in re.findall(r'in the audit">([\d,]+)</a>', page.content.decode())]
    for url, number in zip(links, numbers, strict=True):
        listed = admin.get(url)
        assert listed.status_code == 200
        assert re.search(rf"1 to {min(number, 50)} of {number}\b", listed.content.decode()), url
        assert "@" not in url


def test_without_anything_done_it_says_so(desk: Person) -> None:
    assert "Nothing was done yet" in words(desk.get(PAGE))
    assert "Nothing was done" in words(desk.get(PAGE, {"day": "2026-01-05"}))


def test_a_request_over_the_limit_is_told_with_who_decided(desk: Person, admin: Person) -> None:
    at_desk = Actor(desk.staff, "desk", desk.shop)
    asked = approvals.request_approval(AWARD, by=at_desk, target=Target("contact", "c-1"), figures={"credits": 900})
    assert f"{desk.staff.name} asked, open" in slip(desk.get(PAGE))
    approvals.decide(asked.pk, by=Actor(admin.staff, "admin", admin.shop), granted=True)
    for person in (desk, admin):
        assert f"{desk.staff.name} asked, {admin.staff.name} approved" in slip(person.get(PAGE))


class TestWhose:
    def test_the_desk_sees_only_its_own(self, desk: Person, admin: Person, busy: None) -> None:
        assert 'name="person"' not in desk.get(PAGE).content.decode()
        for person in (str(admin.staff.pk), "all", str(desk.staff.pk)):
            assert desk.get(PAGE, {"person": person}).status_code == 403

    def test_an_admin_sees_anybodys_and_everybodys(self, desk: Person, admin: Person, busy: None) -> None:
        assert "Awards taken back 1 −24 credits" in slip(admin.get(PAGE))
        assert "Awards 3 925 credits" in slip(admin.get(PAGE, {"person": str(desk.staff.pk)}))
        everyone = slip(admin.get(PAGE, {"person": "all"}))
        assert "Awards 3 925 credits" in everyone
        assert "Awards taken back 1 −24 credits" in everyone
        assert f"{desk.staff.name} 8" in everyone
        assert f"{admin.staff.name} 1" in everyone

    @pytest.mark.parametrize(
        "asked", [{"person": "x"}, {"person": str(uuid.uuid4())}, {"shop": "x"}, {"day": "yesterday"}, {"paper": "a3"}]
    )
    def test_what_is_not_understood_is_refused_beside_its_field(self, admin: Person, asked: dict[str, str]) -> None:
        page = admin.get(PAGE, asked)
        assert page.status_code == 422
        assert 'class="error"' in page.content.decode()
        assert 'class="sheet' not in page.content.decode()

    def test_a_day_to_come_has_no_slip(self, desk: Person) -> None:
        tomorrow = timezone.localdate() + timedelta(days=1)
        page = desk.get(PAGE, {"day": (tomorrow + timedelta(days=1)).isoformat()})
        assert page.status_code == 422
        assert "This day has not come yet." in words(page)


class TestWhereAndWhen:
    def test_each_shop_has_its_own(self, desk: Person, busy: None) -> None:
        other = Shop.objects.create(piggy_uuid="shop-leiden", name="Leiden")
        do(AWARD, desk, credits=5, shop=other)
        assert "Awards 3 925 credits" in slip(desk.get(PAGE))
        assert "Awards 1 5 credits" in slip(desk.get(PAGE, {"shop": str(other.pk)}))
        assert "Awards 4 930 credits" in slip(desk.get(PAGE, {"shop": "all"}))

    @pytest.mark.parametrize(
        ("at", "day"),
        [
            (datetime(2026, 10, 25, 0, 0, tzinfo=AMSTERDAM), date(2026, 10, 25)),  # a day of 25 hours
            (datetime(2026, 10, 25, 23, 59, 59, tzinfo=AMSTERDAM), date(2026, 10, 25)),
            (datetime(2026, 10, 26, 0, 0, tzinfo=AMSTERDAM), date(2026, 10, 26)),
            (datetime(2026, 11, 20, 23, 30, tzinfo=AMSTERDAM), date(2026, 11, 20)),
        ],
    )
    def test_a_day_is_the_shops_own(
        self, desk: Person, monkeypatch: pytest.MonkeyPatch, at: datetime, day: date
    ) -> None:
        monkeypatch.setattr(timezone, "now", lambda: at)
        do(AWARD, desk, credits=24)
        monkeypatch.undo()
        for shown in (day - timedelta(days=1), day, day + timedelta(days=1)):
            found = services.slip_of(person=desk.staff, shop=desk.shop, day=shown, zone=AMSTERDAM, sees_all=False)
            assert found.total == (shown == day)

    def test_the_paper_tells_which_house_and_when_it_was_printed(self, desk: Person, busy: None) -> None:
        told = slip(desk.get(PAGE))
        assert "Test Koffie &amp; Co" in told
        for fact in ("Utrecht West", desk.staff.name, f"printed {timezone.localtime():%Y-%m-%d}"):
            assert fact in told
        assert "shift a4" in desk.get(PAGE, {"paper": "a4"}).content.decode()


def many(staff: Staff, shop: Shop | None, number: int) -> None:
    """A day of so many acts, written past the ledger's door for speed: the triggers are back when the test ends."""
    triggers.drop(connection)
    now = timezone.now()
    acts = [
        Act(
            seq=1_000_000 + n,
            at=now,
            staff=staff,
            shop=shop,
            action=LINES[n % len(LINES)].action,
            target_kind="contact",
            mark=f"M{n}",
            figures={"credits": 1, "cents": 100, "paid_cents": 100},
            prev_hash="",
            hash=str(n),
        )
        for n in range(number)
    ]
    Act.objects.bulk_create(acts)
    ActState.objects.bulk_create(
        [ActState(act=act, outcome=State.UNKNOWN if act.seq % 50 == 0 else State.DONE, updated_at=now) for act in acts]
    )


def test_a_day_of_5000_acts_is_quick_and_takes_few_queries(
    admin: Person, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    many(admin.staff, admin.shop, 5000)
    begun = time.perf_counter()
    with django_assert_max_num_queries(7):
        found = services.slip_of(person=None, shop=admin.shop, day=timezone.localdate(), zone=AMSTERDAM, sees_all=True)
    assert time.perf_counter() - begun < 2
    assert found.total == 5000
    assert found.unknowns == 100
    assert found.more_unknown == 100 - services.SHOWN


def test_every_line_is_an_action_that_exists_and_stands_once() -> None:
    names = [line.action for line in LINES]
    assert set(names) <= {action.name for action in registered()}
    assert len(set(names)) == len(names)


def test_the_words_of_a_line_tell_it_from_its_neighbours() -> None:
    assert len({(line.section, line.words) for line in LINES}) == len(LINES)
    assert all(action_named(line.action).writes_to_piggy or not line.sums for line in LINES)


def test_it_is_reached_from_everywhere() -> None:
    assert any(entry.url_name == "desk:shift" for group in NAVIGATION for entry in group.entries)
