"""The programme: rules, tiers in their order, units, gift card programmes; and the making of a unit."""

import pytest

from tests.catalogue.hands import asked, send, text
from tests.conftest import Person
from tests.fixtures_sandbox import SandboxAccount

pytestmark = pytest.mark.django_db

PAGE, NEW = "/catalogue/programme/", "/catalogue/programme/units/new/"
VISITS = {"name": "visits", "label": "Visits", "sign": "v"}


def test_it_shows_the_programme_as_piggy_runs_it(desk: Person, sandbox: SandboxAccount) -> None:
    sandbox.add_tier("Gold", position=2)
    sandbox.add_tier("Bronze", position=1, description="Everybody begins here.")
    sandbox.add("giftcard_program", name="Winter", max_amount_in_cents=15000)
    sandbox.add_unit("visits")
    told = text(desk.get(PAGE))
    assert "Koffie &amp; Co punten" in told
    assert "50,000 credits" in told
    assert told.index("Bronze") < told.index("Gold"), "in the order of their positions"
    assert "2 units" in told
    assert "the default" in told
    assert "Winter" in told
    assert "150.00" in told
    assert "New unit" not in told, "the desk makes none"


@pytest.mark.parametrize(
    ("name", "count", "heads", "row"),
    [
        ("tiers", "2 tiers", "tier_uuid,name,description,position", "Bronze,=HYPERLINK(1),1"),
        ("units", "2 units", "name,label,prefix,default", "visits,Visits,v,false"),
        ("giftcards", "1 gift card programme", "programme_uuid,name,active,cards,min_amount_cents", "Winter"),
    ],
)
def test_each_list_is_counted_and_to_be_had_as_a_file(
    desk: Person, sandbox: SandboxAccount, name: str, count: str, heads: str, row: str
) -> None:
    sandbox.add_tier("Gold", position=2)
    sandbox.add_tier("Bronze", position=1, description="=HYPERLINK(1)")
    sandbox.add("giftcard_program", name="Winter", max_amount_in_cents=15000)
    sandbox.add_unit("visits")
    page = text(desk.get(PAGE))
    assert count in page
    assert f"""href="{PAGE}?csv=1&amp;list={name}" download""" in desk.get(PAGE).text
    answer = desk.get(f"{PAGE}?csv=1&list={name}")
    assert "rows.csv" in answer.headers["Content-Disposition"]
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert lines[0].startswith(heads)
    assert len(lines) == 1 + int(count.split()[0])
    assert any(row in line.replace("'=", "=") for line in lines), lines
    assert not any(",=" in line for line in lines), "a spreadsheet would run it"


def test_one_field_narrows_all_three_lists(desk: Person, sandbox: SandboxAccount) -> None:
    sandbox.add_tier("Winter gold")
    sandbox.add_tier("Bronze")
    sandbox.add_unit("visits")
    sandbox.add("giftcard_program", name="Winter", max_amount_in_cents=15000)
    answer = desk.get(PAGE, {"q": "WINTER"})
    told = text(answer)
    assert "1 tier of 2" in told
    assert "Bronze" not in told
    assert "No unit is like that" in told
    assert "1 gift card programme of 1" in told
    assert 'value="WINTER"' in answer.text, "what was typed stays in its field"
    assert "None is the default" not in told, "the default is only out of sight"
    lines = desk.get(PAGE, {"q": "WINTER", "csv": "1", "list": "tiers"}).content.decode("utf-8-sig").splitlines()
    assert len(lines) == 2, "the file holds what is shown"
    part = desk.get(PAGE, {"q": "WINTER"}, headers={"HX-Request": "true"}).text
    assert "<html" not in part
    assert "1 tier of 2" in text(desk.get(PAGE, {"q": "WINTER"}, headers={"HX-Request": "true"}))


def test_words_that_no_list_could_hold_are_refused_beside_the_field(desk: Person, sandbox: SandboxAccount) -> None:
    for typed in ("x" * 101, "a\x00b"):
        answer = desk.get(PAGE, {"q": typed})
        assert answer.status_code == 422
        assert 'class="error"' in answer.text


def test_a_file_that_cannot_be_read_is_none(desk: Person, sandbox: SandboxAccount) -> None:
    sandbox.fault("list_tiers", kind="503", times=-1)
    assert desk.get(f"{PAGE}?csv=1&list=tiers").status_code == 503


@pytest.mark.parametrize(
    ("operation", "said"),
    [
        ("get_loyalty_program", "The programme could not be read"),
        ("list_tiers", "The tiers could not be read"),
        ("list_units", "The units could not be read"),
        ("list_giftcard_programs", "The gift card programmes could not be read"),
    ],
)
def test_a_part_that_fails_leaves_the_others(desk: Person, sandbox: SandboxAccount, operation: str, said: str) -> None:
    sandbox.fault(operation, kind="500", times=-1)
    page = desk.get(PAGE)
    assert page.status_code == 200
    assert said in text(page)
    assert text(page).count("could not be read") == 1


def test_an_account_without_anything_says_what_that_means(desk: Person, sandbox: SandboxAccount) -> None:
    sandbox.set(default_unit=False)
    told = text(desk.get(PAGE))
    for said in ("No tier yet", "No unit yet", "No gift card programme yet"):
        assert said in told


def test_a_unit_is_made(admin: Person, sandbox: SandboxAccount) -> None:
    assert send(admin, NEW, **VISITS)["Location"] == PAGE
    (made,) = sandbox.state("unit")
    assert (made["name"], made["label"], made["prefix"], made["is_default"]) == ("visits", "Visits", "v", False)
    assert "Made a unit." in text(admin.get(PAGE))


def test_a_unit_may_become_the_default(admin: Person, sandbox: SandboxAccount) -> None:
    send(admin, NEW, **VISITS, is_default="on")
    assert sandbox.state("unit")[0]["is_default"] is True


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": ""}, "Give it a key."),
        ({"name": "Café visits"}, "Small letters"),
        ({"label": "\x00"}, "Null characters"),
        ({"sign": "x" * 11}, "at most 10"),
    ],
)
def test_what_is_typed_wrong_never_reaches_piggy(
    admin: Person, sandbox: SandboxAccount, wrong: dict[str, str], said: str
) -> None:
    answer = send(admin, NEW, **{**VISITS, **wrong})
    assert answer.status_code == 422
    assert said in text(answer)
    assert asked(sandbox, "create_unit") == 0


def test_a_key_that_is_taken_is_told(admin: Person, sandbox: SandboxAccount) -> None:
    answer = send(admin, NEW, **{**VISITS, "name": "purchase_amount"})
    assert answer.status_code == 409
    assert "There is a unit of this name already." in text(answer)
    assert asked(sandbox, "create_unit") == 0


def test_a_unit_whose_making_nobody_knows_stands_on_the_page(admin: Person, sandbox: SandboxAccount) -> None:
    sandbox.fault("create_unit", kind="lost_after")
    assert "/audit/" in send(admin, NEW, **VISITS)["Location"]
    assert "We do not know whether the unit was made." in text(admin.get(PAGE))
