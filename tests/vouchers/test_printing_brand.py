"""Printed sheets carry the account's colour, and never anything else that stands in its place at Piggy."""

import re
from typing import Any

import pytest

from tests.conftest import Person
from tests.fixtures_sandbox import SandboxAccount
from tests.vouchers.runs import batch_run
from vouchers.printing import brand

pytestmark = pytest.mark.django_db
STYLE = "/vouchers/batches/brand.css"


def style(person: Person) -> str:
    answer = person.get(STYLE)
    assert answer["Content-Type"] == "text/css; charset=utf-8"
    return str(answer.content.decode())


def test_a_sheet_carries_the_accounts_colour(marketing: Person, sandbox: SandboxAccount) -> None:
    sandbox.add("brand_kit", primary_color="#7A3B1D", secondary_color="#2F4A3C")
    run = batch_run(marketing.staff, vouchers=60)
    values = {"size": run.sheet_size, "form_token": "a-token-of-a-form-0001"}
    sheet = marketing.post(f"/vouchers/batches/{run.pk}/sheets/1/", values).content.decode()
    assert f'<link rel="stylesheet" href="{STYLE}">' in sheet
    assert style(marketing) == ":root { --brand: #7a3b1d; }\n"


@pytest.mark.parametrize(
    "wild",
    [
        None,
        "brown",
        "#fff",
        "#7a3b1d; } body { display: none",
        "#7a3b1d}",
        "url(https://a.example/x)",
        "#7a3b1d\n",
        "#٧٧٧٧٧٧",
        "var(--x)",
        "#F4E7D3",  # too light for paper
        "#ffffff",
    ],
)
def test_whatever_else_stands_there_leaves_the_sheet_black(
    marketing: Person, sandbox: SandboxAccount, wild: str | None
) -> None:
    sandbox.add("brand_kit", primary_color=wild)
    assert style(marketing) == ""


@pytest.mark.parametrize("kind", ["503", "lost_before", "garbage", "429", "401"])
def test_with_piggy_away_sheets_are_black_and_still_printed(
    marketing: Person, sandbox: SandboxAccount, kind: str
) -> None:
    sandbox.add("brand_kit", primary_color="#7a3b1d")
    sandbox.fault("get_brand_kit", kind=kind, times=-1)
    assert style(marketing) == ""


def test_the_colour_is_kept_for_the_account_and_not_asked_for_with_every_sheet(
    marketing: Person, sandbox: SandboxAccount, settings: Any
) -> None:
    sandbox.add("brand_kit", primary_color="#7a3b1d")
    for _ in range(3):
        assert "#7a3b1d" in style(marketing)
    assert [call.operation for call in sandbox.calls].count("get_brand_kit") == 1
    settings.PIGGY_TOKEN = "test-another-account"
    assert style(marketing) == ""


def test_what_is_kept_is_checked_as_well(marketing: Person, sandbox: SandboxAccount) -> None:
    brand.cache.set(brand._key(), "red; } * { display: none", 60)
    assert style(marketing) == ""


def test_contrast_is_counted_as_the_standard_has_it() -> None:
    assert brand.contrast_to_white("#000000") == pytest.approx(21)
    assert brand.contrast_to_white("#ffffff") == pytest.approx(1)
    assert brand.contrast_to_white("#767676") == pytest.approx(4.54, abs=0.01)
    assert brand.fit_for_paper("#767676")
    assert not brand.fit_for_paper("#777777")


def test_the_print_style_falls_back_to_black(settings: Any) -> None:
    text = (settings.BASE_DIR / "static" / "print.css").read_text("utf-8")
    assert set(re.findall(r"var\(--brand[^)]*\)", text)) == {"var(--brand, black)"}
