"""Limits: how much a role may do alone, by kind, role and shop."""

from decimal import Decimal
from importlib import import_module

import pytest
from django.apps import apps
from django.forms import ValidationError
from hypothesis import example, given
from hypothesis import strategies as st

from piggyadmin.accounts.limits.forms import field_name
from piggyadmin.accounts.limits.services import MOST, limit_for, set_limit
from piggyadmin.accounts.models import Limit, Shop
from piggyadmin.amounts import EurosField, StrictEurosField, WholeNumberField
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.models import Act
from tests.conftest import Person

HTMX = {"HX-Request": "true", "HX-Current-URL": "http://testserver/staff/limits/"}
AWARD, PREPAID, BATCH = Limit.Kind.AWARD_CREDITS, Limit.Kind.PREPAID_CENTS, Limit.Kind.BATCH_VOUCHERS
PAUSE, PREPAID_PAUSE, CARD_PAUSE = Limit.Kind.AWARD_PAUSE, Limit.Kind.PREPAID_PAUSE, Limit.Kind.GIFTCARD_PAUSE


@pytest.fixture(autouse=True)
def first_limits(db: None) -> None:
    """What the migration sets; a test with real transactions may have emptied the table since."""
    import_module("piggyadmin.accounts.migrations.0002_first_limits").set_first_limits(apps, None)
    import_module("piggyadmin.accounts.migrations.0003_award_pause").set_first_pauses(apps, None)
    import_module("piggyadmin.accounts.migrations.0005_prepaid_pause").set_first_pauses(apps, None)
    import_module("piggyadmin.accounts.migrations.0006_giftcard_pause").set_first_pauses(apps, None)


def test_it_begins_with_the_first_limits(shop: Shop) -> None:
    assert limit_for(AWARD, "desk", shop) == 500
    assert limit_for(PREPAID, "desk", shop) == 5_000
    assert limit_for(BATCH, "marketing", None) == 5_000
    assert limit_for(PAUSE, "desk", shop) == limit_for(PAUSE, "admin", shop) == 30
    assert limit_for(PREPAID_PAUSE, "desk", shop) == limit_for(PREPAID_PAUSE, "admin", shop) == 30
    assert limit_for(CARD_PAUSE, "desk", shop) == limit_for(CARD_PAUSE, "admin", shop) == 30


def test_a_house_that_has_a_pause_keeps_it(shop: Shop) -> None:
    Limit.objects.filter(kind=PAUSE, role="desk").update(amount=5)
    import_module("piggyadmin.accounts.migrations.0003_award_pause").set_first_pauses(apps, None)
    assert limit_for(PAUSE, "desk", shop) == 5


def test_it_knows_no_limit_where_none_is_set(shop: Shop) -> None:
    assert limit_for(AWARD, "admin", shop) is None
    assert limit_for("unheard-of", "desk", shop) is None


def test_it_lets_a_shops_own_limit_win_even_when_it_is_nothing(admin: Person, shop: Shop, amersfoort: Shop) -> None:
    by = Actor(staff=admin.staff, role="admin", shop=shop)
    set_limit(by=by, kind=AWARD, role="desk", shop=amersfoort, amount=0)
    assert limit_for(AWARD, "desk", amersfoort) == 0
    assert limit_for(AWARD, "desk", shop) == 500
    assert limit_for(AWARD, "desk", None) == 500


def test_it_shows_the_table_in_euros_and_thousands(admin: Person, amersfoort: Shop) -> None:
    Limit.objects.create(kind=PREPAID, role="desk", shop=amersfoort, amount=1250)
    page = admin.get("/staff/limits/").content.decode()
    assert "€\u00a050.00" in page
    assert "€\u00a012.50" in page
    assert "5,000" in page
    assert "no limit" in page
    part = admin.get("/staff/limits/", headers=HTMX).content.decode()
    assert "<html" not in part


def test_it_changes_limits_typed_as_euros(admin: Person, shop: Shop, amersfoort: Shop) -> None:
    page = admin.get(f"/staff/limits/{PREPAID}/desk/").content.decode()
    assert 'value="50.00"' in page
    typed = {"every_shop": "75", field_name(shop): "12,50", field_name(amersfoort): ""}
    assert admin.post(f"/staff/limits/{PREPAID}/desk/", typed)["Location"] == "/staff/limits/"
    assert limit_for(PREPAID, "desk", shop) == 1_250
    assert limit_for(PREPAID, "desk", amersfoort) == 7_500


def test_it_tells_a_pause_in_seconds(admin: Person, shop: Shop, amersfoort: Shop) -> None:
    Limit.objects.create(kind=PAUSE, role="desk", shop=amersfoort, amount=1250)
    Limit.objects.create(kind=PAUSE, role="desk", shop=shop, amount=0)
    page = admin.get("/staff/limits/").content.decode()
    assert "Seconds between two awards" in page
    assert "30 s" in page
    assert "1,250 s" in page
    assert "Seconds between two prepaid top-ups" in page
    assert "Seconds between two gift card top-ups" in page
    assert page.count("no pause") == 4  # marketing's three, and the shop's own nought
    page = admin.get(f"/staff/limits/{CARD_PAUSE}/desk/").content.decode()
    assert "topping up the same gift card again" in page
    assert "Empty: no pause." in page
    page = admin.get(f"/staff/limits/{PREPAID_PAUSE}/desk/").content.decode()
    assert "topping up the same customer’s prepaid money again" in page
    assert "Empty: no pause." in page
    page = admin.get(f"/staff/limits/{PAUSE}/desk/").content.decode()
    assert "In seconds" in page
    assert "Empty: no pause." in page
    assert 'value="30"' in page


def test_it_changes_a_pause_typed_as_seconds(admin: Person, shop: Shop) -> None:
    typed = {"every_shop": "", field_name(shop): "90"}
    assert admin.post(f"/staff/limits/{PAUSE}/desk/", typed)["Location"] == "/staff/limits/"
    assert limit_for(PAUSE, "desk", shop) == 90
    assert limit_for(PAUSE, "desk", None) is None


@pytest.mark.parametrize("wrong", ["-1", "1.5", "30 s", "86401", "x" * 10_000])
def test_it_refuses_what_is_no_pause(admin: Person, shop: Shop, wrong: str) -> None:
    answer = admin.post(f"/staff/limits/{PAUSE}/desk/", {"every_shop": wrong})
    assert answer.status_code == 422
    assert limit_for(PAUSE, "desk", shop) == 30


def test_it_takes_a_shops_own_limit_away_when_its_field_is_emptied(admin: Person, shop: Shop) -> None:
    Limit.objects.create(kind=AWARD, role="desk", shop=shop, amount=9)
    admin.post(f"/staff/limits/{AWARD}/desk/", {"every_shop": "500", field_name(shop): ""}, headers=HTMX)
    assert limit_for(AWARD, "desk", shop) == 500


def test_it_tells_the_ledger_each_limit_that_changed(admin: Person, shop: Shop) -> None:
    admin.post(f"/staff/limits/{AWARD}/desk/", {"every_shop": "500", field_name(shop): "250"})
    (act,) = Act.objects.filter(action="limit.changed")
    assert act.figures == {"kind": "award_credits", "role": "desk", "shop": str(shop.pk), "old": None, "new": 250}


@pytest.mark.parametrize("wrong", ["-1", "1.5", "many", "1e3", "٣", "10000001", "5;5", "0x10", "½", "x" * 10_000])
@pytest.mark.parametrize("headers", [{}, HTMX])
def test_it_refuses_bad_numbers_beside_the_field_and_changes_nothing(
    admin: Person, shop: Shop, wrong: str, headers: dict[str, str]
) -> None:
    typed = {"every_shop": "600", field_name(shop): wrong}
    answer = admin.post(f"/staff/limits/{AWARD}/desk/", typed, headers=headers)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f'id="id_{field_name(shop)}-e"' in page
    assert 'value="600"' in page
    assert ("<html" in page) is not bool(headers)
    assert limit_for(AWARD, "desk", shop) == 500


@pytest.mark.parametrize(
    "wrong",
    ["-1", "1.234", "1.2.3", "fifty", "€", ".", "1,2,3.", "1.085", "1,08,5", "5 0", "100000.01", "NaN", "Infinity"],
)
def test_it_refuses_what_is_no_amount_of_euros(wrong: str) -> None:
    with pytest.raises(ValidationError):
        EurosField().clean(wrong)


@pytest.mark.parametrize(
    ("typed", "cents"),
    [
        ("50", 5_000),
        ("50.00", 5_000),
        ("50,00", 5_000),
        ("€ 1,085.50", 108_550),
        ("0", 0),
        (".5", 50),
        ("12,5", 1_250),
        ("1 085.50", 108_550),
        ("1,085", 108_500),
        ("1.085,50", 108_550),
        ("50.", 5_000),
    ],
)
def test_it_understands_euros_as_people_write_them(typed: str, cents: int) -> None:
    assert EurosField().clean(typed) == cents


@pytest.mark.parametrize(
    ("typed", "readings"),
    [
        ("1,085", "“1,085” may be € 1,085.00, or € 1.08 with a digit too many. Type 1085 or 1.08."),
        ("1.085", "“1.085” may be € 1,085.00, or € 1.08 with a digit too many. Type 1085 or 1.08."),
        ("€ 12.500", "“12.500” may be € 12,500.00, or € 12.50 with a digit too many. Type 12500 or 12.50."),
    ],
)
def test_what_is_given_away_at_once_is_refused_where_it_may_be_read_in_two_ways(typed: str, readings: str) -> None:
    with pytest.raises(ValidationError) as refused:
        StrictEurosField().clean(typed)
    assert refused.value.messages == [readings]


@pytest.mark.parametrize(
    ("typed", "cents"),
    [
        ("12,50", 1_250),
        ("12.50", 1_250),
        ("12,5", 1_250),
        ("1085", 108_500),
        ("1 085", 108_500),
        ("1.085,50", 108_550),
        ("1,085.50", 108_550),
        ("€ 1,085.50", 108_550),
        (".5", 50),
    ],
)
def test_what_can_be_read_in_one_way_is_understood(typed: str, cents: int) -> None:
    assert StrictEurosField().clean(typed) == cents


def test_groups_of_dots_are_a_million_and_not_a_thousand() -> None:
    assert StrictEurosField(most=200_000_000).clean("1.085.000") == 108_500_000


@pytest.mark.parametrize("wrong", ["0,085", "0.085", "1.08,5", "1,08.5", "1.2.3", "-5", "٣"])
def test_a_strict_amount_is_no_amount_where_nobody_writes_it_so(wrong: str) -> None:
    with pytest.raises(ValidationError):
        StrictEurosField().clean(wrong)


@given(st.integers(min_value=0, max_value=MOST))
def test_a_strict_field_never_reads_another_amount_than_the_plain_one(cents: int) -> None:
    for typed in (f"{cents / 100:.2f}", f"{cents / 100:.2f}".replace(".", ","), f"{cents // 100}"):
        assert StrictEurosField().clean(typed) == EurosField().clean(typed)


@given(st.integers(min_value=0, max_value=MOST))
def test_it_reads_back_every_amount_it_writes(cents: int) -> None:
    assert EurosField().clean(f"{cents / 100:.2f}") == cents
    assert EurosField().clean(f"€ {cents // 100:,}.{cents % 100:02d}") == cents
    assert WholeNumberField().clean(f"{cents:,}") == cents


@given(st.text(max_size=30))
@example("１２")
@example("1_000")
@example("+5")
@example("0.0.0")
def test_it_answers_any_typing_with_a_bounded_amount_or_a_sentence(typed: str) -> None:
    sentences: set[str] = set()
    for field in (EurosField(required=False), StrictEurosField(required=False), WholeNumberField(required=False)):
        try:
            amount = field.clean(typed)
        except ValidationError as error:
            sentences.update(error.messages)
        else:
            assert amount is None or 0 <= amount <= MOST
    assert all(sentence.endswith(".") for sentence in sentences)


@given(st.decimals(min_value=0, max_value=Decimal("99999.99"), places=2))
def test_it_never_loses_a_cent(euros: Decimal) -> None:
    assert EurosField().clean(str(euros)) == int(euros * 100)


def test_it_knows_no_other_kind_or_role(admin: Person) -> None:
    assert admin.get("/staff/limits/unheard-of/desk/").status_code == 404
    assert admin.get(f"/staff/limits/{AWARD}/emperor/").status_code == 404


@pytest.mark.parametrize("who", ["desk", "marketing", "stranger"])
def test_it_is_for_admins_only(request: pytest.FixtureRequest, who: str) -> None:
    person = request.getfixturevalue(who)
    assert person.get("/staff/limits/").status_code == 403
    assert person.post(f"/staff/limits/{AWARD}/desk/", {"every_shop": "1"}).status_code == 403
    assert limit_for(AWARD, "desk", None) == 500
