"""The transactions of one's own shop, of every shop for who may, and their list as a file."""

import csv
import io
from typing import Any

import pytest
from django.utils import timezone

from contacts.credits import reversing, services
from contacts.credits.wishes import Wish
from contacts.models import ContactCopy
from contacts.rewards import services as rewards
from contacts.rewards.proving import Proof
from contacts.rewards.services import OneClaim
from contacts.transactions import services as listing
from contacts.transactions.exporting import COLUMNS
from piggyadmin.accounts.models import Limit, Shop
from piggyadmin.ledger import settling
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.models import Act
from piggyadmin.piggy import paging
from tests.conftest import Person
from tests.contacts.paging_hands import tells_no_totals
from tests.fixtures_sandbox import SandboxAccount

PATH = "/transactions/"


@pytest.fixture
def other(sandbox: SandboxAccount) -> Shop:
    made = Shop.objects.create(piggy_uuid="shop-amersfoort", name="Amersfoort")
    sandbox.add_shop(uuid=made.piggy_uuid, name=made.name)
    return made


@pytest.fixture
def sanne(sandbox: SandboxAccount) -> str:
    return str(sandbox.add_contact("sanne@mail.example")["uuid"])


@pytest.fixture
def some(sandbox: SandboxAccount, shop: Shop, other: Shop, sanne: str) -> None:
    for credits, at, where in (
        (25, "2026-05-01T10:00:00Z", shop),
        (-10, "2026-05-02T21:59:59Z", shop),
        (7, "2026-05-02T22:00:00Z", shop),  # midnight in Amsterdam: the third of May
        (40, "2026-05-03T10:00:00Z", other),
    ):
        sandbox.add_loyalty_transaction(contact_uuid=sanne, credits=credits, created_at=at, shop_uuid=where.piggy_uuid)
    sandbox.add_loyalty_transaction(
        contact_uuid=sanne,
        credits=-15,
        type="reward_reception",
        title="Free <i>cake</i>",
        shop_uuid=shop.piggy_uuid,
        created_at="2026-05-04T10:00:00Z",
    )


def asked(sandbox: SandboxAccount) -> list[Any]:
    return [call for call in sandbox.calls if call.operation == "list_loyalty_transactions"]


def file_of(person: Person, **filters: str) -> list[list[str]]:
    answer: Any = person.post(PATH + "export.csv", filters)
    assert answer.status_code == 200, answer.text
    return list(csv.reader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))


class TestTheList:
    def test_the_desk_sees_its_own_shop_alone(
        self, desk: Person, sandbox: SandboxAccount, some: None, sanne: str
    ) -> None:
        text = desk.get(PATH + "?shop=shop-amersfoort").text
        assert "4 transactions" in text
        assert "+40" not in text
        assert "Reward: Free &lt;i&gt;cake&lt;/i&gt;" in text
        assert f'href="/contacts/{sanne}/"' in text
        assert "Export" not in text
        assert asked(sandbox)[0].query["shop_uuid"] == desk.shop.piggy_uuid

    def test_who_may_sees_every_shop_or_one(self, marketing: Person, some: None, other: Shop) -> None:
        assert "5 transactions" in marketing.get(PATH).text
        assert "1 transaction<" in marketing.get(f"{PATH}?shop={other.piggy_uuid}").text
        assert marketing.get(f"{PATH}?shop=nowhere").status_code == 422

    def test_the_totals_are_those_of_the_page(self, desk: Person, some: None) -> None:
        text = desk.get(PATH).text
        assert [part.split("</span>")[0] for part in text.split('<span class="n">')[1:]] == ["32", "10", "15"]

    def test_days_are_those_of_the_shops_clock(self, desk: Person, sandbox: SandboxAccount, some: None) -> None:
        text = desk.get(PATH + "?since=2026-05-02&until=2026-05-02").text
        assert "1 transaction<" in text
        assert "−10" in text
        query = asked(sandbox)[-1].query
        assert query["created_at"] == {"gte": "2026-05-01T22:00:00+00:00", "lt": "2026-05-02T22:00:00+00:00"}

    def test_a_kind(self, desk: Person, some: None) -> None:
        assert "1 transaction<" in desk.get(PATH + "?kind=reward_receptions").text
        assert "3 transactions" in desk.get(PATH + "?kind=credit_receptions").text

    @pytest.mark.parametrize(
        "query", ["kind=odd", "since=tomorrow", "since=2026-05-02&until=2026-05-01", "page=0", "until=1999-01-01"]
    )
    def test_a_filter_that_cannot_be_read_asks_nothing(self, desk: Person, sandbox: SandboxAccount, query: str) -> None:
        page = desk.get(f"{PATH}?{query}")
        assert page.status_code == 422
        assert "cannot be read" in page.text
        assert asked(sandbox) == []

    def test_names_come_from_the_copy(self, desk: Person, some: None, sanne: str) -> None:
        ContactCopy.objects.create(contact_uuid=sanne, read_at=timezone.now(), firstname="Sanne", lastname="Vermeulen")
        assert "Sanne Vermeulen" in desk.get(PATH).text

    def test_nothing_yet_and_nothing_of_a_filter(self, desk: Person, sandbox: SandboxAccount) -> None:
        assert "Nothing yet at" in desk.get(PATH).text
        assert "fits this filter" in desk.get(PATH + "?since=2026-05-02").text
        assert "To the first page" in desk.get(PATH + "?page=7").text

    @pytest.mark.parametrize("kind", ["503", "garbage", "lost_before"])
    def test_transactions_that_cannot_be_read(
        self, desk: Person, sandbox: SandboxAccount, some: None, kind: str
    ) -> None:
        sandbox.fault("list_loyalty_transactions", kind=kind, times=-1)
        page = desk.get(PATH)
        assert page.status_code == 503
        assert "The transactions could not be read" in page.text

    def test_htmx_gets_the_part(self, desk: Person, some: None) -> None:
        part = desk.get(PATH, headers={"HX-Request": "true"}).text
        assert "<html" not in part
        assert "4 transactions" in part

    def test_without_a_shop_the_desk_is_led_to_the_shops(self, desk: Person, other: Shop) -> None:
        session = desk.session
        session["shop"] = "none"
        session.save()
        assert desk.get(PATH).headers["Location"].startswith("/")


class TestTheFile:
    def test_it_has_the_columns_and_the_filter(self, marketing: Person, some: None, other: Shop) -> None:
        rows = file_of(marketing, shop=other.piggy_uuid)
        assert tuple(rows[0]) == COLUMNS
        (row,) = rows[1:]
        told = dict(zip(rows[0], row, strict=True))
        assert (told["type"], told["credits"], told["shop_uuid"]) == ("credit_reception", "40", other.piggy_uuid)
        assert (told["created_at"], told["staff"]) == ("2026-05-03T10:00:00+00:00", "")
        assert Act.objects.get().figures == {"rows": 1, "of": 1, "shop_uuid": other.piggy_uuid}

    def test_it_names_who_did_it_and_what_took_it_back(
        self, admin: Person, sandbox: SandboxAccount, sanne: str
    ) -> None:
        Limit.objects.filter(kind="award_pause").delete()
        actor = Actor(admin.staff, "admin", admin.shop)
        made = services.award(contact_uuid=sanne, wish=Wish(credits=25), promised=25, actor=actor, token="one-form-x")
        uuid = made.figures["reception_uuid"]
        given = reversing.open_given(contact_uuid=sanne, reception_uuid=uuid)
        reversing.take_back(given=given, actor=actor, why="amount", reason="=Typed wrong", token="two-form-xx")
        rows = file_of(admin)
        back, award = (dict(zip(rows[0], row, strict=True)) for row in rows[1:])
        assert (award["transaction_uuid"], award["staff"]) == (uuid, admin.staff.name)
        assert award["reversed_by"] == back["transaction_uuid"]
        assert (back["credits"], back["staff"], back["reason"]) == ("-25", admin.staff.name, "'=Typed wrong")

    @pytest.fixture
    def claimed(self, admin: Person, sandbox: SandboxAccount) -> OneClaim:
        fatma = str(sandbox.add_contact("fatma@mail.example", credits=240)["uuid"])
        bag = sandbox.add_reward("Tote bag", required_credits=75, pre_redeemable=True)["uuid"]
        actor = Actor(admin.staff, "admin", admin.shop)
        offer = rewards.open_claim(contact_uuid=fatma, reward_uuid=bag, actor=actor).offer
        proof = Proof("card", timezone.now())
        made = rewards.claim(contact_uuid=fatma, offer=offer, proof=proof, actor=actor, token="claim-form")
        return rewards.open_one(contact_uuid=fatma, claim_uuid=made.figures["claim_uuid"])

    def test_a_claim_that_was_taken_back_names_what_took_it_back(self, admin: Person, claimed: OneClaim) -> None:
        actor = Actor(admin.staff, "admin", admin.shop)
        back = rewards.reverse(one=claimed, actor=actor, reason="Wrong bag", token="back-form")
        rows = file_of(admin)
        told = {row[0]: dict(zip(rows[0], row, strict=True)) for row in rows[1:]}
        returned = back.figures["reversal_uuid"]
        assert told[claimed.claimed.uuid]["reversed_by"] == returned
        assert (told[returned]["staff"], told[returned]["reason"]) == (admin.staff.name, "Wrong bag")

    def test_a_lost_number_makes_nobody_the_giver_of_what_others_gave(
        self, admin: Person, sandbox: SandboxAccount, claimed: OneClaim, sanne: str
    ) -> None:
        sandbox.fault("collect_collectable_reward", kind="lost_after")
        actor = Actor(admin.staff, "admin", admin.shop)
        lost = rewards.hand_over(one=claimed, proof=None, actor=actor, token="hand-form")
        assert settling.look(lost.act_id).done
        tills = sandbox.add_loyalty_transaction(contact_uuid=sanne, credits=40)["uuid"]
        rows = file_of(admin)
        told = {row[0]: dict(zip(rows[0], row, strict=True)) for row in rows[1:]}
        assert told[claimed.claimed.uuid]["staff"] == admin.staff.name
        assert told[tills]["staff"] == ""

    def test_money_is_whole_cents(self, marketing: Person, sandbox: SandboxAccount, sanne: str) -> None:
        sandbox.add_loyalty_transaction(contact_uuid=sanne, credits=10, unit_value=10.4)
        row = dict(zip(*file_of(marketing), strict=True))
        assert (row["unit_value"], row["amount_cents"]) == ("10.4", "1040")

    def test_it_stops_at_its_most_and_says_so(
        self, marketing: Person, some: None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(listing, "MOST_EXPORTED", 3)
        assert "Export the newest 3 of 5 rows" in marketing.get(PATH).text
        answer: Any = marketing.post(PATH + "export.csv")
        assert "newest3of5rows.csv" in answer.headers["Content-Disposition"]
        assert len(answer.getvalue().decode().splitlines()) == 4
        assert Act.objects.get().figures == {"rows": 3, "of": 5}

    @pytest.mark.parametrize(("most", "cut", "of"), [(3, "Z_newest3rows", {"cut": True}), (5, "Z_5rows", {"of": 5})])
    def test_it_says_so_even_if_piggy_counts_nothing(
        self, marketing: Person, some: None, monkeypatch: pytest.MonkeyPatch, most: int, cut: str, of: Any
    ) -> None:
        tells_no_totals(monkeypatch)
        monkeypatch.setattr(listing, "MOST_EXPORTED", most)
        monkeypatch.setattr(listing, "LOYALTY_TRANSACTIONS", paging.Paging(most=1))
        answer: Any = marketing.post(PATH + "export.csv")
        assert cut in answer.headers["Content-Disposition"]
        assert len(answer.getvalue().decode().splitlines()) == 1 + most
        assert Act.objects.get().figures == {"rows": most, **of}

    def test_half_a_file_is_none(self, marketing: Person, sandbox: SandboxAccount, some: None) -> None:
        sandbox.fault("list_loyalty_transactions", kind="503", times=-1)
        assert marketing.post(PATH + "export.csv").status_code == 503
        assert not Act.objects.exists()

    def test_the_desk_exports_nothing(self, desk: Person, some: None) -> None:
        assert desk.post(PATH + "export.csv").status_code == 403

    def test_a_filter_that_cannot_be_read_exports_nothing(self, marketing: Person, some: None) -> None:
        assert marketing.post(PATH + "export.csv", {"since": "odd"}).status_code == 422
        assert not Act.objects.exists()
