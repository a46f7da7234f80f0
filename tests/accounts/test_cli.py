"""`piggyadmin staff`, for whoever has the machine."""

import argparse
import getpass
import io
from collections.abc import Callable

import pytest
from django.test import Client

from piggyadmin.accounts import cli
from piggyadmin.accounts.models import Shop, Staff
from piggyadmin.ledger.models import Act
from tests.accounts.conftest import PASSWORD

Run = Callable[..., int]


@pytest.fixture
def run(db: None, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Type a command, with what comes from standard input."""

    def type_it(*words: str, stdin: str = "") -> int:
        parser = argparse.ArgumentParser()
        cli.add_arguments(parser)
        monkeypatch.setattr("sys.stdin", io.StringIO(stdin))
        return cli.run(parser.parse_args(words))

    return type_it


def test_it_makes_the_first_admin_of_an_empty_house(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("add", "Saskia de Wit", "--username", "Saskia", "--password-stdin", stdin="purple kettle drum\n") == 0
    saskia = Staff.objects.get()
    assert (saskia.username, saskia.role, saskia.password_was_given) == ("saskia", "admin", False)
    assert saskia.has_perm("accounts.manage_staff")
    assert "Added Saskia de Wit, who signs in as saskia (Admin)." in capsys.readouterr().out
    assert Client().post("/account/login/", {"login": "saskia", "password": "purple kettle drum"}).status_code == 302
    act = Act.objects.get(action="staff.added")
    assert (act.staff, act.target_id) == (None, str(saskia.pk))


def test_it_asks_for_the_password_twice_and_shows_it_never(
    run: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    typed = iter(["purple kettle drum", "purple kettle drum", "purple kettle drum", "purple kettle dram"])
    monkeypatch.setattr(getpass, "getpass", lambda prompt: next(typed))
    assert run("add", "Saskia de Wit", "--username", "saskia") == 0
    assert run("add", "Noor van Dijk", "--username", "noor") == 1
    said = capsys.readouterr()
    assert "The two were not the same. Nothing was done." in said.err
    assert "purple" not in said.out + said.err


def test_it_gives_a_role_and_shops(run: Run, shop: Shop, amersfoort: Shop) -> None:
    words = ("add", "Fatima", "--username", "fatima", "--role", "desk", "--shop", "Amersfoort", "--password-stdin")
    assert run(*words, stdin="purple kettle drum") == 0
    fatima = Staff.objects.get()
    assert (fatima.role, list(fatima.shops.all())) == ("desk", [amersfoort])


@pytest.mark.parametrize(
    ("words", "stdin", "sentence"),
    [
        (("add", "Saskia", "--username", "two words"), "purple kettle drum", "Sign-in name: Letters, digits"),
        (("add", "", "--username", "saskia"), "purple kettle drum", "Name: This field is required."),
        (("add", "Saskia", "--username", "saskia"), "short", "First password: "),
        (("add", "Saskia", "--username", "saskia"), "", "A password is needed."),
        (("add", "Saskia", "--username", "saskia", "--shop", "Nowhere"), "x", "There are: Utrecht West."),
        (("password", "nobody"), "purple kettle drum", "Nobody signs in as “nobody”."),
    ],
)
def test_it_says_in_one_sentence_what_to_mend(
    run: Run, shop: Shop, words: tuple[str, ...], stdin: str, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(*words, "--password-stdin", stdin=stdin) == 1
    said = capsys.readouterr().err
    assert sentence in said
    assert said.count("\n") == 1
    assert not Staff.objects.exists()


def test_it_refuses_a_name_that_is_taken(
    run: Run, staff: Callable[..., Staff], capsys: pytest.CaptureFixture[str]
) -> None:
    staff("saskia")
    assert run("add", "Saskia", "--username", "SASKIA", "--password-stdin", stdin="purple kettle drum") == 1
    assert "Somebody has this sign-in name." in capsys.readouterr().err


def test_it_lists_who_may_sign_in(run: Run, staff: Callable[..., Staff], capsys: pytest.CaptureFixture[str]) -> None:
    staff("fatima", name="Fatima El Idrissi")
    staff("noor", "marketing", is_active=False)
    assert run("list") == 0
    assert capsys.readouterr().out.splitlines()[-2:] == [
        "fatima  Front desk    Fatima El Idrissi",
        "noor    switched off  Noor",
    ]


def test_it_sets_a_forgotten_password_and_lifts_the_pause(
    run: Run, staff: Callable[..., Staff], shop: Shop, browser_of: Callable[..., Client]
) -> None:
    person = staff()
    browser = browser_of(person)
    for _ in range(5):
        Client().post("/account/login/", {"login": "fatima", "password": "wrong-wrong"})
    assert run("password", "fatima", "--password-stdin", stdin="purple kettle drum") == 0
    assert browser.get("/staff/me/").status_code == 302
    assert Client().post("/account/login/", {"login": "fatima", "password": PASSWORD}).status_code == 422
    assert Client().post("/account/login/", {"login": "fatima", "password": "purple kettle drum"}).status_code == 302
    assert Act.objects.get(action="staff.password_reset").staff is None


def test_it_says_so_when_the_tables_are_not_there(
    run: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from django.db import OperationalError

    def no_table(args: argparse.Namespace) -> None:
        raise OperationalError("no such table: accounts_staff")

    monkeypatch.setattr(cli, "_list", no_table)
    assert run("list") == 1
    assert "Run: manage.py migrate" in capsys.readouterr().err
