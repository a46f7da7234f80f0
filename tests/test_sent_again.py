"""Piggy cannot be read in the middle of a form: its page keeps all that was sent, and one button sends it again."""

from urllib.parse import urlencode

from django.core.files.uploadedfile import SimpleUploadedFile

from tests.actions.browsing import Node, Visit, read
from tests.conftest import Person
from tests.fixtures_sandbox import SandboxAccount

HTMX = {"HX-Request": "true", "HX-Current-URL": "http://testserver/at/"}
SUSANNE = "Susanne-Marie “Zus”"
FIELDS = [("a", "1"), ("b", "one\r\ntwo"), ("b", "<three> & “four”"), ("form_token", "x" * 24)]


def sanne(person: Person, sandbox: SandboxAccount) -> Visit:
    uuid = sandbox.add_contact("sanne@mail.example", firstname="Sanne")["uuid"]
    return Visit(person, f"/contacts/{uuid}/edit/")


def firstname(sandbox: SandboxAccount) -> str:
    (row,) = sandbox.state("contact")
    return str(row["values"]["firstname"])


def test_what_was_typed_is_sent_again_once_piggy_answers(desk: Person, sandbox: SandboxAccount) -> None:
    page = sanne(desk, sandbox)
    sandbox.broken = 503
    page.press("Save", a_firstname=SUSANNE)
    assert page.status == 503
    assert "What you typed is kept" in page.said
    assert page.press("Send it again").status == 503
    assert firstname(sandbox) == "Sanne"

    sandbox.clear_faults()
    page.press("Send it again").says("Susanne-Marie")
    assert firstname(sandbox) == SUSANNE


def test_every_value_is_kept_so_that_it_is_the_same_act(desk: Person, sandbox: SandboxAccount) -> None:
    path = sanne(desk, sandbox).path
    sandbox.broken = 503
    page = desk.generic("POST", path, urlencode(FIELDS), "application/x-www-form-urlencoded")
    inputs = [each.attributes for each in again(page.text, path).all("input")]
    assert [(each["name"], each["value"]) for each in inputs if each["name"] != "csrfmiddlewaretoken"] == FIELDS


def test_a_part_of_a_page_brings_no_form_for_it_may_stand_in_one(desk: Person, sandbox: SandboxAccount) -> None:
    path = sanne(desk, sandbox).path
    sandbox.broken = 503
    page = desk.post(path, dict(FIELDS), headers=HTMX)
    assert page.status_code == 503
    assert "<form" not in page.text
    assert "Look at the audit page before you try again" in page.text


def test_a_question_is_asked_again_with_what_was_typed(desk: Person, sandbox: SandboxAccount) -> None:
    sandbox.add_promotion("Free flat white")
    sandbox.add_voucher("COFFEE-1")
    page = Visit(desk, "/vouchers/check/")
    sandbox.broken = 503
    page.press("Check", code="COFFEE-1")
    assert "Try again in a moment" in page.said
    sandbox.clear_faults()
    page.press("Try again").says("Free flat white")


def test_passwords_codes_and_tokens_are_on_no_page(desk: Person, sandbox: SandboxAccount) -> None:
    path = sanne(desk, sandbox).path
    sandbox.broken = 503
    secrets = {"password": "hunter2-hunter2", "otp": "818181", "secret_token": "phone-sanne-26"}
    page = desk.post(path, {"form_token": "x" * 24, "approver": "saskia", **secrets})
    assert "saskia" in page.text
    assert not [text for text in secrets.values() if text in page.text]
    assert "no password, code or file: you are asked for it again" in page.text


def test_beside_a_file_all_else_is_kept(desk: Person, sandbox: SandboxAccount) -> None:
    path = sanne(desk, sandbox).path
    sandbox.broken = 503
    page = desk.post(path, {"a_firstname": "Zus", "form_token": "x" * 24, "file": SimpleUploadedFile("a.csv", b"x")})
    assert page.status_code == 503
    assert "no password, code or file: you are asked for it again" in page.text
    names = [each.attributes["name"] for each in again(page.text, path).all("input")]
    assert {"a_firstname", "form_token"} <= set(names)
    assert "file" not in names


def test_a_page_that_was_only_opened_has_nothing_to_send(desk: Person, sandbox: SandboxAccount) -> None:
    path = sanne(desk, sandbox).path
    sandbox.broken = 503
    page = desk.get(path)
    assert page.status_code == 503
    assert not [form for form in read(page.text).all("form") if form.attributes.get("action") == path]


def again(text: str, path: str) -> Node:
    (form,) = (each for each in read(text).all("form") if each.attributes.get("action") == path)
    return form
