"""Setting right what was done on a gift card: the last transaction taken back, any other corrected."""

import pytest

from piggyadmin.accounts.models import Limit
from piggyadmin.ledger.models import Act
from tests.conftest import Person
from tests.fixtures_sandbox import SandboxAccount
from tests.vouchers.giftcard_hands import BACK, HTMX, MOVE, Till, asked, balance, moved, new_card, plain


@pytest.fixture
def card(sandbox: SandboxAccount) -> dict:
    sandbox.add("giftcard_program", max_amount_in_cents=15_000)
    return new_card(sandbox, 5000, -1250)


@pytest.fixture
def till(desk: Person, card: dict) -> Till:
    return Till(desk, card).scan()


# --- setting right -------------------------------------------------------------------------------------------------


class Desk:
    """An admin before one transaction of a card."""

    def __init__(self, admin: Person, sandbox: SandboxAccount, card: dict, number: int) -> None:
        self.admin = admin
        uuid = sandbox.state("giftcard_transaction")[number]["uuid"]
        self.url = f"/giftcards/{card['uuid']}/transactions/{uuid}/"
        self.token = "adjust-token-1234567890"

    def send(self, amount: str = "", reason: str = "Typed wrong", **more: str):
        fields = {"amount": amount, "reason": reason, "form_token": self.token, **more}
        return self.admin.post(self.url, fields, headers=HTMX)


def test_the_last_transaction_is_taken_back_after_its_result_was_shown(
    admin: Person, sandbox: SandboxAccount, card: dict
) -> None:
    desk = Desk(admin, sandbox, card, -1)
    shown = plain(desk.send().content.decode()).replace("\u00a0", " ")
    assert "That takes it back whole" in shown
    assert "€ 37.50 +€ 12.50 → € 50.00" in shown
    assert asked(sandbox, BACK) == 0
    for _ in range(2):  # a double click
        assert desk.send(promised="1250").headers["HX-Redirect"] == f"/giftcards/{card['uuid']}/"
    assert moved(sandbox) == [5000, -1250, 1250]
    assert balance(sandbox, card) == 5000
    assert "comes to" in admin.get(desk.url).content.decode()


def test_an_earlier_transaction_is_corrected_by_the_difference(
    admin: Person, sandbox: SandboxAccount, card: dict
) -> None:
    desk = Desk(admin, sandbox, card, 0)
    assert "It is not the card’s last" in admin.get(desk.url).content.decode()
    assert desk.send("").status_code == 422
    shown = plain(desk.send("25").content.decode()).replace("\u00a0", " ")
    assert "€ 37.50 −€ 25.00 → € 12.50" in shown
    for _ in range(2):
        assert "HX-Redirect" in desk.send("25", promised="-2500").headers
    assert moved(sandbox) == [5000, -1250, -2500]
    act = Act.objects.get(action="giftcard.correct")
    assert (act.figures["of_cents"], act.figures["to_cents"], act.figures["cents"]) == (5000, 2500, -2500)
    desk.token = "another-token-1234567890"
    assert "That is what it is already" in desk.send("25").content.decode()
    assert "HX-Redirect" in desk.send("30", promised="500").headers
    assert balance(sandbox, card) == 1750


def test_a_payment_is_corrected_downwards_and_upwards(admin: Person, sandbox: SandboxAccount, card: dict) -> None:
    desk = Desk(admin, sandbox, card, -1)
    assert "HX-Redirect" in desk.send("2.50", promised="1000").headers
    assert balance(sandbox, card) == 4750
    desk.token = "another-token-1234567890"
    assert "there is only" in desk.send("60").content.decode()


def test_a_correction_that_was_itself_taken_back_counts_no_more(
    admin: Person, sandbox: SandboxAccount, card: dict
) -> None:
    desk = Desk(admin, sandbox, card, 0)
    assert "HX-Redirect" in desk.send("40", promised="-1000").headers
    last = Desk(admin, sandbox, card, -1)
    last.token = "another-token-1234567890"
    assert "HX-Redirect" in last.send(promised="1000").headers
    assert "comes to" not in admin.get(desk.url).content.decode()
    assert balance(sandbox, card) == 3750


def test_a_correction_needs_a_reason_and_keeps_what_was_typed(
    admin: Person, sandbox: SandboxAccount, card: dict
) -> None:
    desk = Desk(admin, sandbox, card, 0)
    page = desk.send("25", reason=" ")
    assert page.status_code == 422
    assert "Write why." in page.content.decode()
    assert 'value="25"' in page.content.decode()
    for amount in ("-1", "1e9", "1,085", "100001"):
        assert desk.send(amount).status_code == 422
    assert asked(sandbox, MOVE) == 0


def test_an_admins_own_limit_is_not_gone_round_by_a_correction(
    admin: Person, sandbox: SandboxAccount, card: dict
) -> None:
    Limit.objects.create(kind="prepaid_cents", role="admin", amount=1000)
    desk = Desk(admin, sandbox, card, 0)
    assert "Top it up instead" in desk.send("70").content.decode()
    assert "That takes it back whole" in Desk(admin, sandbox, card, -1).send().content.decode()


def test_when_another_till_was_faster_piggy_says_so(admin: Person, sandbox: SandboxAccount, card: dict) -> None:
    desk = Desk(admin, sandbox, card, -1)
    sandbox.fault(BACK, kind="refused", value=55025)
    page = desk.send(promised="1250")
    assert page.status_code == 409
    assert "Only the last transaction of a gift card can be reversed." in page.content.decode()
    assert moved(sandbox) == [5000, -1250]


def test_what_is_no_transaction_of_this_card_is_not_there(admin: Person, sandbox: SandboxAccount, card: dict) -> None:
    other = new_card(sandbox, 100, hash="OTHER-CARD")
    foreign = sandbox.state("giftcard_transaction")[-1]["uuid"]
    for uuid, its in ((card["uuid"], foreign), (card["uuid"], "x"), ("x", foreign)):
        assert admin.get(f"/giftcards/{uuid}/transactions/{its}/").status_code == 404
    assert admin.get(f"/giftcards/{other['uuid']}/transactions/{foreign}/").status_code == 200
