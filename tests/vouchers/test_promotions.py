"""Promotions: the list, one with its vouchers by state, and making one."""

import re

import pytest

from piggyadmin.ledger import settling
from piggyadmin.ledger.models import Act
from piggyadmin.piggy.client import Piggy
from piggyadmin.piggy.errors import PiggyRejected
from tests.conftest import Person
from tests.fixtures_sandbox import SandboxAccount
from vouchers.models import KnownVoucher
from vouchers.promotions.wording import duration

LIST, NEW = "/vouchers/promotions/", "/vouchers/promotions/new/"


def plain(text: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


def token_of(page: str) -> str:
    return re.search(r'name="form_token" value="([^"]+)"', page)[1]


def made(sandbox: SandboxAccount) -> list[str]:
    return [row["name"] for row in sandbox.state("promotion")]


def send(person: Person, **typed: str) -> object:
    page = person.get(NEW).text
    return person.post(NEW, {"name": "Summer", "description": "€ 10 off", "form_token": token_of(page)} | typed)


@pytest.fixture
def summer(sandbox: SandboxAccount) -> str:
    """A promotion with seven vouchers in several states."""
    uuid = sandbox.add_promotion(
        "Summer", description="€ 10 off", voucher_limit=500, limit_per_contact=1, expiration_duration=30 * 86_400
    )["uuid"]
    for number, status in enumerate(["ACTIVE"] * 4 + ["REDEEMED", "DEACTIVATED", "EXPIRED"]):
        sandbox.add_voucher(f"SUMR26AP4T7K{number:04}", status, promotion_uuid=uuid)
    other = sandbox.add_promotion("Winter")["uuid"]
    sandbox.add_voucher("WINTER-0001", promotion_uuid=other)
    return uuid


def test_the_list_says_limits_and_validity_in_words(marketing: Person, summer: str) -> None:
    words = plain(marketing.get(LIST).text)
    assert "2 promotions" in words
    assert "At most 500 vouchers, 1 per customer, valid 30 days after it is made" in words
    assert "No limit, valid without end unless a date is given" in words
    assert "live" in words


def test_the_list_finds_by_a_part_of_the_name(marketing: Person, summer: str) -> None:
    words = plain(marketing.get(LIST, {"q": "sUm"}).text)
    assert "1 promotion with “sUm”" in words
    assert "Winter" not in words
    assert "No promotion is called so" in marketing.get(LIST, {"q": "spring"}).text
    assert "Winter" in marketing.get(LIST, {"q": "w"}, headers={"HX-Request": "true"}).text


def test_a_long_list_is_cut_and_says_so(marketing: Person, sandbox: SandboxAccount) -> None:
    for number in range(101):
        sandbox.add_promotion(f"Promotion {number:03}")
    page = marketing.get(LIST)
    assert "101 promotions" in plain(page.text)
    assert "The first 100." in plain(page.text)
    assert len(page.content) < 60_000
    assert "Promotion 100" in marketing.get(LIST, {"q": "100"}).text


def test_an_account_without_promotions_says_what_next(marketing: Person, sandbox: SandboxAccount) -> None:
    assert "No promotion yet" in marketing.get(LIST).text


def test_the_list_shows_piggys_failure(marketing: Person, sandbox: SandboxAccount) -> None:
    sandbox.broken = 503
    assert marketing.get(LIST).status_code == 503


@pytest.mark.parametrize(
    ("seconds", "words"), [(86_400, "1 day"), (129_600, "36 hours"), (5400, "90 minutes"), (61, "61 seconds")]
)
def test_a_duration_is_told_in_the_largest_whole_unit(seconds: int, words: str) -> None:
    assert duration(seconds) == words


def test_a_promotion_shows_its_vouchers_by_state_with_counts(
    marketing: Person, summer: str, sandbox: SandboxAccount
) -> None:
    page = marketing.get(f"{LIST}{summer}/")
    words = plain(page.text)
    assert "all 7" in words
    assert "active 4 redeemed 1 not valid yet 0 expired 1 withdrawn 1 locked 0" in words
    assert "1 to 7 of 7" in words
    assert "SUMR26AP4T7K" not in page.text  # codes are cash: the last four are enough here
    assert "…0003" in words
    assert "WINTER" not in page.text


def test_the_filter_lives_in_the_url(marketing: Person, summer: str) -> None:
    words = plain(marketing.get(f"{LIST}{summer}/", {"status": "REDEEMED"}).text)
    assert "1 to 1 of 1" in words
    assert "…0004" in words
    assert "all 7" in words
    odd = marketing.get(f"{LIST}{summer}/", {"status": "NONSENSE", "page": "x"})
    assert odd.status_code == 422
    assert "This filter cannot be read" in odd.text


def test_its_pages_keep_the_filter(marketing: Person, sandbox: SandboxAccount) -> None:
    uuid = sandbox.add_promotion("Big")["uuid"]
    for number in range(101):
        sandbox.add_voucher(f"BIGGER-{number:04}", promotion_uuid=uuid)
    first = marketing.get(f"{LIST}{uuid}/", {"status": "ACTIVE"}).text
    assert "1 to 50 of 101" in plain(first)
    assert "?status=ACTIVE&amp;page=2" in first
    last = marketing.get(f"{LIST}{uuid}/", {"status": "ACTIVE", "page": "3"}).text
    assert "101 to 101 of 101" in plain(last)
    assert 'rel="next"' not in last
    assert "There is no such page any more" in marketing.get(f"{LIST}{uuid}/", {"page": "9"}).text


def test_every_voucher_seen_has_a_page(marketing: Person, summer: str) -> None:
    page = marketing.get(f"{LIST}{summer}/").text
    assert KnownVoucher.objects.filter(promotion_uuid=summer).count() == 7
    url = re.search(r'href="(/vouchers/[0-9a-f-]{36}/)"', page)[1]
    assert marketing.get(url).status_code == 200
    marketing.get(f"{LIST}{summer}/")
    assert KnownVoucher.objects.filter(promotion_uuid=summer).count() == 7


def test_each_part_fails_on_its_own(marketing: Person, summer: str, sandbox: SandboxAccount) -> None:
    sandbox.fault("get_promotion", kind="503", times=-1)
    page = plain(marketing.get(f"{LIST}{summer}/").text)
    assert "Its rules could not be read" in page
    assert "1 to 7 of 7" in page
    sandbox.clear_faults()
    sandbox.fault("list_vouchers", kind="503", times=-1)
    page = plain(marketing.get(f"{LIST}{summer}/").text)
    assert "The vouchers could not be read" in page
    assert "At most 500 vouchers" in page
    assert "not read" in page


def test_a_promotion_that_is_gone_says_so(marketing: Person, sandbox: SandboxAccount) -> None:
    page = marketing.get(f"{LIST}no-such-promotion/")
    assert page.status_code == 404
    assert "Piggy has no promotion with this id" in page.text


def test_it_makes_a_promotion(marketing: Person, sandbox: SandboxAccount) -> None:
    answer = send(marketing, voucher_limit="1,000", limit_per_contact="1", days="30")
    (row,) = sandbox.state("promotion")
    assert answer.headers["Location"] == f"{LIST}{row['uuid']}/"
    assert (row["name"], row["voucher_limit"], row["expiration_duration"]) == ("Summer", 1000, 30 * 86_400)
    assert "Made a promotion." in marketing.get(answer.headers["Location"]).text


def test_a_double_click_makes_one(marketing: Person, sandbox: SandboxAccount) -> None:
    token = token_of(marketing.get(NEW).text)
    first, second = send(marketing, form_token=token), send(marketing, form_token=token)
    assert first.headers["Location"] == second.headers["Location"]
    assert made(sandbox) == ["Summer"]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"name": ""}, "Give it a name."),
        ({"description": " "}, "Say in a sentence what it gives."),
        ({"voucher_limit": "0"}, "Type 1 or more"),
        ({"voucher_limit": "-5"}, "Type a whole number"),
        ({"days": "9999"}, "more than ten years"),
        ({"name": "a\x07b"}, "control character"),
        ({"form_token": "short"}, "This form is not complete"),
    ],
)
def test_it_refuses_what_cannot_be(
    marketing: Person, sandbox: SandboxAccount, typed: dict[str, str], words: str
) -> None:
    answer = send(marketing, **typed)
    assert answer.status_code == 422
    assert words in answer.text
    assert made(sandbox) == []
    assert not Act.objects.filter(action="promotion.create").exists()


def test_a_name_that_is_taken_is_refused_and_kept(marketing: Person, summer: str, sandbox: SandboxAccount) -> None:
    answer = send(marketing)
    assert answer.status_code == 422
    assert "There is a promotion of this name already" in answer.text
    assert 'value="€ 10 off"' in answer.text
    assert made(sandbox) == ["Summer", "Winter"]


@pytest.mark.parametrize("kind", ["lost_before", "lost_after", "reset", "500", "503", "garbage", "429", "refused"])
def test_no_fault_makes_two_or_a_false_done(marketing: Person, sandbox: SandboxAccount, kind: str) -> None:
    token = token_of(marketing.get(NEW).text)
    sandbox.fault("create_promotion", kind=kind, times=1, **({"value": 1003} if kind == "refused" else {}))
    send(marketing, form_token=token)
    send(marketing, form_token=token)
    act = Act.objects.get(action="promotion.create")
    assert len(made(sandbox)) <= 1
    if act.outcome == "unknown":
        settling.look(act.pk)
        act.refresh_from_db()
    if act.outcome == "done":
        assert made(sandbox) == ["Summer"]
    if act.outcome == "refused":
        assert made(sandbox) == []


def test_an_account_that_does_not_offer_it_says_where_to_go(
    marketing: Person, sandbox: SandboxAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_such_address(*args: object, **kwargs: object) -> None:
        raise PiggyRejected("Piggy does not know this address.", status=404)

    monkeypatch.setattr(Piggy, "create_promotion", no_such_address)
    answer = send(marketing)
    assert answer.status_code == 409
    assert "makes promotions in Piggy’s own dashboard only" in answer.text
