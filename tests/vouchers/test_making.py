"""Make one voucher: what is shown first, what is sent, and what becomes of a lost answer."""

import re

import pytest

from piggyadmin.codes import groups_of_four
from piggyadmin.ledger import lateness, settling
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.models import Act
from tests.conftest import Person
from tests.fixtures_sandbox import SandboxAccount
from vouchers.making import services
from vouchers.making.services import Wish
from vouchers.models import KnownVoucher

NEW = "/vouchers/new/"
HAPPENED = ["lost_after", "reset", "garbage", "html200", "503_after", "500_after", "1000_after"]
NOT_HAPPENED = ["lost_before", "503", "500", "1000"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def summer(sandbox: SandboxAccount) -> str:
    return sandbox.add_promotion("Summer")["uuid"]


@pytest.fixture
def actor(marketing: Person) -> Actor:
    return Actor(marketing.staff, "marketing", marketing.shop)


def see(person: Person, promotion: str, **fields: str):
    return person.post(NEW, {"promotion": promotion, "zone": "Europe/Amsterdam", **fields})


def confirm(person: Person, page):
    text = page.content.decode()
    form = re.search(r'<form class="acts gap"[^>]*action="/vouchers/new/".*?</form>', text, re.DOTALL)
    assert form, text
    values = {}
    for field in re.findall(r"<input[^>]*>", form.group()):
        name, value = re.search(r'name="(\w+)"', field), re.search(r'value="([^"]*)"', field)
        values[name[1]] = value[1] if value else ""
    return person.post(NEW, values), values


def makings(sandbox: SandboxAccount) -> int:
    return len([call for call in sandbox.calls if call.operation == "create_voucher"])


class TestThePage:
    def test_a_voucher_with_a_code_of_ones_own(self, marketing: Person, sandbox: SandboxAccount, summer: str) -> None:
        assert "Make one voucher" in marketing.get(NEW).content.decode()
        page = see(marketing, summer, code="SUMMER-0001", uses="3")
        assert "SUMMER-0001" in page.content.decode()
        assert makings(sandbox) == 0
        done, values = confirm(marketing, page)
        [voucher] = sandbox.state("voucher")
        assert voucher["code"] == "SUMMER-0001"
        assert voucher["total_redemptions_allowed"] == 3
        assert done.headers["Location"].startswith(f"/vouchers/{voucher['uuid']}/?act=")
        after = marketing.get(done.headers["Location"]).content.decode()
        assert "Made the voucher ending 0001." in after
        assert "SUMMER-0001" in after, "whoever made it knows its code"
        assert "SUMMER-0001" not in marketing.get(f"/vouchers/{voucher['uuid']}/").content.decode()
        again = marketing.post(NEW, values)
        assert again.headers["Location"] == done.headers["Location"]
        assert makings(sandbox) == 1
        [act] = Act.objects.filter(action="voucher.make")
        assert "SUMMER-0001" not in str(act.figures)
        assert voucher["attributes"]["piggyadmin_act"] == act.mark

    def test_without_a_code_piggy_chooses_one(self, marketing: Person, sandbox: SandboxAccount, summer: str) -> None:
        page = see(marketing, summer)
        assert "Piggy chooses one" in page.content.decode()
        done, _ = confirm(marketing, page)
        [voucher] = sandbox.state("voucher")
        shown = marketing.get(done.headers["Location"]).content.decode()
        assert groups_of_four(voucher["code"]) in shown

    def test_for_a_customer_and_with_dates(self, marketing: Person, sandbox: SandboxAccount, summer: str) -> None:
        contact = sandbox.add_contact("sanne@mail.example", firstname="Sanne")
        page = see(
            marketing,
            summer,
            contact="sanne@mail.example",
            activation="2099-06-01T00:00",
            expiration="2099-08-31T23:59",
        )
        assert "Sanne" in page.content.decode()
        confirm(marketing, page)
        [voucher] = sandbox.state("voucher")
        assert voucher["contact_uuid"] == contact["uuid"]
        assert voucher["expiration_date"].startswith("2099-08-31T21:59")

    def test_a_code_that_exists_is_said_at_the_field_and_all_else_stays(
        self, marketing: Person, sandbox: SandboxAccount, summer: str
    ) -> None:
        sandbox.add_voucher("SUMMER-0001")
        page, _ = confirm(marketing, see(marketing, summer, code="SUMMER-0001", uses="7"))
        text = page.content.decode()
        assert page.status_code == 409
        assert "A voucher with this code exists already." in text
        assert 'value="SUMMER-0001"' in text
        assert 'value="7"' in text

    @pytest.mark.parametrize(
        ("fields", "said"),
        [
            ({"code": "x" * 65}, "64"),
            ({"code": "a\x07b"}, "control character"),
            ({"uses": "0"}, "one use at least"),
            ({"uses": "1.5"}, "Type how many times"),
            ({"uses": "1e9"}, "Type how many times"),
            ({"uses": "5001"}, "Alone you may give away 5,000 uses"),
            ({"expiration": "2020-01-01T10:00"}, "That time has been"),
            ({"activation": "2099-06-02T00:00", "expiration": "2099-06-01T00:00"}, "They end before they begin"),
            ({"promotion": "gone"}, "no such promotion"),
            ({"contact": "nobody@mail.example"}, "No customer"),
        ],
    )
    def test_bad_input_is_a_sentence_at_the_field(
        self, marketing: Person, sandbox: SandboxAccount, summer: str, fields: dict[str, str], said: str
    ) -> None:
        page = marketing.post(NEW, {"promotion": summer, "zone": "Europe/Amsterdam", "step": "make"} | fields)
        assert page.status_code == 422
        assert said in page.content.decode()
        assert makings(sandbox) == 0

    def test_while_piggy_is_busy_nothing_is_made_and_the_form_keeps(
        self, marketing: Person, sandbox: SandboxAccount, summer: str
    ) -> None:
        sandbox.fault("create_voucher", kind="429", retry_after=1)
        page, values = confirm(marketing, see(marketing, summer, code="SUMMER-0001"))
        assert page.status_code == 409
        assert "Piggy is busy" in page.content.decode()
        assert values["form_token"] in page.content.decode()
        assert not sandbox.state("voucher")

    def test_a_lost_answer_leads_to_the_page_that_looks(
        self, marketing: Person, sandbox: SandboxAccount, summer: str
    ) -> None:
        sandbox.fault("create_voucher", kind="lost_after")
        page, _ = confirm(marketing, see(marketing, summer, code="SUMMER-0001"))
        assert page.headers["Location"].startswith("/audit/")
        text = marketing.get(page.headers["Location"]).content.decode()
        assert "Do not make it again." in text

    def test_the_desk_may_not(self, desk: Person, sandbox: SandboxAccount) -> None:
        assert desk.get(NEW).status_code == 403


class TestEveryFault:
    @pytest.fixture(params=["SUMMER-0001", ""], ids=["own code", "random code"])
    def wish(self, request: pytest.FixtureRequest, summer: str) -> Wish:
        return Wish(promotion_uuid=summer, code=request.param)

    @pytest.mark.parametrize("kind", HAPPENED)
    def test_what_was_made_without_an_answer_is_found_by_code_or_mark(
        self, wish: Wish, actor: Actor, sandbox: SandboxAccount, kind: str
    ) -> None:
        sandbox.fault("create_voucher", kind=kind)
        outcome = services.make(wish=wish, actor=actor, token="form-of-the-test")
        assert outcome.unknown
        assert services.make(wish=wish, actor=actor, token="form-of-the-test").repeated
        assert services.make(wish=wish, actor=actor, token="another-form-of-it").refused, "not while it is open"
        settled = settling.look(outcome.act_id)
        assert settled.done
        [voucher] = sandbox.state("voucher")
        assert settled.figures["voucher_uuid"] == voucher["uuid"]
        assert KnownVoucher.objects.get(piggy_uuid=voucher["uuid"]).code == voucher["code"]

    @pytest.mark.parametrize("kind", NOT_HAPPENED)
    def test_what_was_never_made_is_not_called_made(
        self, wish: Wish, actor: Actor, sandbox: SandboxAccount, kind: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        sandbox.add_voucher("ANOTHER-1", promotion_uuid=wish.promotion_uuid, attributes={"piggyadmin_act": "AAAA"})
        sandbox.fault("create_voucher", kind=kind)
        outcome = services.make(wish=wish, actor=actor, token="form-of-the-test")
        assert outcome.unknown
        assert settling.look(outcome.act_id).unknown, "it may still come"
        monkeypatch.setattr(lateness, "may_still_come", lambda act: False)
        assert settling.look(outcome.act_id).refused
        assert services.make(wish=wish, actor=actor, token="another-form-of-it").done
        assert len(sandbox.state("voucher")) == 2

    def test_refused_for_now_is_not_done(self, wish: Wish, actor: Actor, sandbox: SandboxAccount) -> None:
        sandbox.fault("create_voucher", kind="401")
        assert services.make(wish=wish, actor=actor, token="form-of-the-test").refused
        sandbox.fault("create_voucher", kind="429")
        assert services.make(wish=wish, actor=actor, token="second-form-of-it").outcome == "planned"
        assert not sandbox.state("voucher")

    def test_where_marks_do_not_come_back_a_person_decides(
        self, summer: str, actor: Actor, sandbox: SandboxAccount, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(lateness, "may_still_come", lambda act: False)
        sandbox.fault("*", kind="no_attributes", times=-1)
        sandbox.fault("create_voucher", kind="lost_after")
        outcome = services.make(wish=Wish(promotion_uuid=summer), actor=actor, token="form-of-the-test")
        assert settling.look(outcome.act_id).unknown

    def test_the_code_of_another_voucher_is_not_taken_for_ours(
        self, summer: str, actor: Actor, sandbox: SandboxAccount
    ) -> None:
        sandbox.add_voucher("SUMMER-0001", attributes={"piggyadmin_act": "SOMEBODY"})
        sandbox.fault("create_voucher", kind="lost_before")
        wish = Wish(promotion_uuid=summer, code="SUMMER-0001")
        outcome = services.make(wish=wish, actor=actor, token="form-of-the-test")
        assert settling.look(outcome.act_id).refused
