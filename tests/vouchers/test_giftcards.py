"""Gift cards: found by their code, shown live, made, and their code shown to whoever may see it."""

import logging

import pytest

from piggyadmin.ledger import lateness, settling
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.models import Act, ActState
from tests.conftest import Person
from tests.fixtures_sandbox import SandboxAccount
from tests.vouchers.giftcard_hands import CODE, HTMX, MAKE, MOVE, Till, asked, new_card, plain


@pytest.fixture
def card(sandbox: SandboxAccount) -> dict:
    sandbox.add("giftcard_program", max_amount_in_cents=15_000)
    return new_card(sandbox, 5000, -1250)


@pytest.fixture
def till(desk: Person, card: dict) -> Till:
    return Till(desk, card).scan()


# --- finding -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", [CODE, "GIFT 2026 HOUS E8KQ", f"]C1{CODE}\r\n", f"  {CODE} "])
def test_a_code_leads_to_its_card_and_stands_in_no_address(desk: Person, card: dict, typed: str) -> None:
    page = desk.post("/giftcards/", {"code": typed})
    assert (page.status_code, page.headers["Location"]) == (303, f"/giftcards/{card['uuid']}/")
    part = desk.post("/giftcards/", {"code": typed}, headers=HTMX)
    assert part.headers["HX-Redirect"] == f"/giftcards/{card['uuid']}/"


def test_a_code_that_no_card_has_is_refused_and_stays_typed(desk: Person, card: dict) -> None:
    page = desk.post("/giftcards/", {"code": "gift2026house8kq"})
    assert page.status_code == 404
    assert "No gift card has this code" in page.content.decode()
    part = desk.post("/giftcards/", {"code": "gift2026house8kq"}, headers=HTMX)
    assert "<html" not in part.content.decode()


@pytest.mark.parametrize("typed", ["", "   ", "x" * 300, "a\x00b", "1" * 100_001])
def test_what_no_code_can_be_is_said_and_never_asked(
    desk: Person, card: dict, sandbox: SandboxAccount, typed: str
) -> None:
    sandbox.forget_calls()
    page = desk.post("/giftcards/", {"code": typed})
    assert page.status_code == 422
    assert 'id="code-error"' in page.content.decode()
    assert asked(sandbox, "find_giftcard_by_hash") == 0


def test_the_list_of_programmes_tells_their_state(marketing: Person, sandbox: SandboxAccount) -> None:
    sandbox.add("giftcard_program", name="House", max_amount_in_cents=15_000, expiration_days=365)
    off = sandbox.add("giftcard_program", name="Old one", active=False)
    text = marketing.get("/giftcards/").content.decode()
    assert "in use" in text
    assert "switched off" in text
    assert "€\u00a0150.00" in text
    assert "365 days" in text
    assert text.count("Make a card") == 1
    assert off["uuid"] not in text


def test_the_desk_finds_cards_and_makes_none(desk: Person, card: dict) -> None:
    assert "Make a card" not in desk.get("/giftcards/").content.decode()


def test_programmes_that_cannot_be_read_do_not_keep_from_finding(desk: Person, sandbox: SandboxAccount) -> None:
    sandbox.fault("list_giftcard_programs", kind="503", times=-1)
    page = desk.get("/giftcards/")
    assert page.status_code == 200
    assert "The programmes could not be read" in page.content.decode()


# --- the card ------------------------------------------------------------------------------------------------------


def test_a_card_shows_its_balance_live_and_never_its_code(till: Till) -> None:
    till.open()
    assert till.status == 200
    assert "€ 37.50" in till.words.replace("\u00a0", " ")
    assert 'class="fresh live"' in till.text
    assert "…E8KQ" in till.text or "…8KQ" in till.text
    assert CODE not in till.text
    assert "−€\u00a012.50" in till.text
    assert "+€\u00a050.00" in till.text


def test_the_history_comes_in_pages_of_this_card_alone(desk: Person, card: dict, sandbox: SandboxAccount) -> None:
    for number in range(25):
        sandbox.add("giftcard_transaction", giftcard_uuid=card["uuid"], amount_in_cents=100 + number)
    other = new_card(sandbox, 77_77, hash="OTHER-CARD")
    till = Till(desk, card).open()
    assert "Page 1 of 2" in till.words
    assert "Page 2 of 2" in till.open("?page=2").words
    assert "+€\u00a050.00" in till.text
    assert "77.77" not in till.text
    assert other["uuid"] not in till.text
    part = desk.get(f"{till.url}?page=2", headers=HTMX).content.decode()
    assert "Page 2 of 2" in plain(part)
    assert 'id="giftcard"' not in part
    for wrong in ("0", "-1", "x", "9" * 30, "²"):
        assert till.open(f"?page={wrong}").status == 200


def test_a_history_of_somebody_elses_is_an_error_and_not_shown(
    desk: Person, card: dict, sandbox: SandboxAccount
) -> None:
    new_card(sandbox, 77_77, hash="OTHER-CARD")
    sandbox.fault("list_giftcard_transactions", kind="ignore_filters", times=-1)
    till = Till(desk, card).open()
    assert "The history could not be read" in till.text
    assert "77.77" not in till.text
    assert "37.50" in till.text


def test_a_card_that_is_not_there_says_so(desk: Person, sandbox: SandboxAccount) -> None:
    for url in ("/giftcards/never-seen/", "/giftcards/a b/", "/giftcards/%F0%9F%98%80/"):
        page = desk.get(url)
        assert page.status_code == 404
        assert "Piggy has no such gift card" in page.content.decode()


def test_marketing_sees_the_balance_and_spends_nothing(marketing: Person, card: dict) -> None:
    till = Till(marketing, card).open()
    assert "37.50" in till.text
    assert "the front desk tops them up" in till.words
    assert 'name="amount"' not in till.text


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"active": False}, "This gift card is switched off at Piggy."),
        ({"expiration_date": "2020-01-01T00:00:00Z"}, "This gift card has expired."),
    ],
)
def test_a_card_of_which_nothing_can_be_paid_says_so(
    desk: Person, sandbox: SandboxAccount, fields: dict, words: str
) -> None:
    till = Till(desk, new_card(sandbox, 5000, **fields)).scan().open()
    assert words in till.words
    assert 'name="amount"' not in till.text
    till.see("1")
    assert till.status == 422
    assert asked(sandbox, MOVE) == 0


# --- making and showing --------------------------------------------------------------------------------------------


def test_a_card_is_made_empty_and_said_to_be(marketing: Person, sandbox: SandboxAccount) -> None:
    program = sandbox.add("giftcard_program", name="House")
    url = f"/giftcards/make/{program['uuid']}/"
    page = marketing.get(url)
    assert "a new card is empty" in plain(page.content.decode())
    assert asked(sandbox, MAKE) == 0
    for _ in range(2):  # a double click
        done = marketing.post(url, {"form_token": "one-time-token-1234567"})
    (card,) = sandbox.state("giftcard")
    assert done.headers["Location"] == f"/giftcards/{card['uuid']}/"
    assert "It is empty." in marketing.get(done.headers["Location"]).content.decode()
    assert card["hash"] not in str(Act.objects.get(action="giftcard.create").figures)


def test_a_card_that_a_person_says_was_made_is_told_by_its_act(
    marketing: Person, admin: Person, sandbox: SandboxAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    url, form = f"/giftcards/make/{sandbox.add('giftcard_program')['uuid']}/", {"form_token": "one-time-token-1234567"}
    sandbox.fault(MAKE, kind="lost_after")
    act_page = marketing.post(url, form).headers["Location"]
    act = Act.objects.get(action="giftcard.create")
    monkeypatch.setattr(lateness, "may_still_come", lambda act: False)
    ActState.objects.filter(act=act).update(next_look_at=None)  # the last look is over
    by = Actor(admin.staff, "admin", admin.shop)
    assert settling.settle_by_person(act.pk, by=by, happened=True, reason="Seen in Piggy").done
    assert marketing.post(url, form).headers["Location"] == act_page
    assert asked(sandbox, MAKE) == 1


def test_no_card_is_made_of_a_programme_that_is_off_or_gone(marketing: Person, sandbox: SandboxAccount) -> None:
    off = sandbox.add("giftcard_program", active=False)["uuid"]
    for uuid in (off, "gone"):
        assert marketing.get(f"/giftcards/make/{uuid}/").status_code == 404
        assert (
            marketing.post(f"/giftcards/make/{uuid}/", {"form_token": f"token-{uuid[:4]}-1234567890"}).status_code
            == 404
        )
    assert sandbox.state("giftcard") == []


def test_a_code_is_shown_to_who_may_and_that_is_kept(marketing: Person, card: dict) -> None:
    page = marketing.post(f"/giftcards/{card['uuid']}/code/")
    assert "GIFT 2026 HOUS E8KQ" in page.content.decode()
    assert "no-store" in page.headers["Cache-Control"]
    act = Act.objects.get(action="giftcard.reveal")
    assert CODE not in str(act.figures)
    assert marketing.post("/giftcards/never-seen/code/").status_code == 404


# --- what nobody may read ------------------------------------------------------------------------------------------


def test_no_code_stands_in_a_log_line_or_the_ledger(
    till: Till, marketing: Person, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        till.scan().see("10").press("do")
        till.person.post("/giftcards/", {"code": "GIFT-NOBODY-HAS"})
        marketing.post(f"{till.url}code/")
    told = "\n".join(record.getMessage() for record in caplog.records if not record.name.startswith("django.db"))
    assert CODE not in told
    assert "GIFT-NOBODY-HAS" not in told
    assert not any(CODE in str(act.figures) for act in Act.objects.all())
