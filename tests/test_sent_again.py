"""Piggy cannot be read in the middle of a form: its page keeps all that was sent, and one button sends it again."""

from urllib.parse import urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from piggyadmin.ledger.models import Act
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


def test_pressed_twice_it_is_done_once(desk: Person, sandbox: SandboxAccount) -> None:
    page = sanne(desk, sandbox)
    sandbox.broken = 503
    page.press("Save", a_firstname=SUSANNE)
    sandbox.clear_faults()
    sandbox.forget_calls()
    before, path = page.page, page.path
    page.press("Send it again")
    page.page, page.path = before, path  # the second click came before the answer to the first
    page.press("Send it again")
    assert Act.objects.filter(target_kind="contact").count() == 1
    assert [call.method for call in sandbox.calls if call.method != "GET"] == ["PUT"]


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["a page", "a part"])
def test_every_value_is_kept_as_it_was_sent(headers: dict[str, str], desk: Person, sandbox: SandboxAccount) -> None:
    path = sanne(desk, sandbox).path
    sandbox.broken = 503
    page = desk.generic("POST", path, urlencode(FIELDS), "application/x-www-form-urlencoded", headers=headers)
    inputs = [each.attributes for each in again(page.text, path).all("input")]
    assert [(each["name"], each["value"]) for each in inputs if each["name"] != "csrfmiddlewaretoken"] == FIELDS


def test_a_question_is_asked_again_with_what_was_typed(desk: Person, sandbox: SandboxAccount) -> None:
    sandbox.add_promotion("Free flat white")
    sandbox.add_voucher("COFFEE-1")
    page = Visit(desk, "/vouchers/check/")
    sandbox.broken = 503
    page.press("Check", code="COFFEE-1")
    assert "Try again in a moment" in page.said
    sandbox.clear_faults()
    page.press("Try again").says("Free flat white")


def test_passwords_and_codes_of_one_use_are_on_no_page(desk: Person, sandbox: SandboxAccount) -> None:
    path = sanne(desk, sandbox).path
    sandbox.broken = 503
    page = desk.post(path, {"approver": "saskia", "password": "hunter2-hunter2", "otp": "818181"})
    assert "saskia" in page.text
    assert "hunter2" not in page.text
    assert "818181" not in page.text


def test_a_file_is_not_promised_to_be_kept(desk: Person, sandbox: SandboxAccount) -> None:
    path = sanne(desk, sandbox).path
    sandbox.broken = 503
    page = desk.post(path, {"a_firstname": "Zus", "form_token": "x" * 24, "file": SimpleUploadedFile("a.csv", b"x")})
    assert page.status_code == 503
    assert "is kept" not in page.text
    assert not [form for form in read(page.text).all("form") if form.attributes.get("action") == path]


def test_a_page_that_was_only_opened_has_nothing_to_send(desk: Person, sandbox: SandboxAccount) -> None:
    path = sanne(desk, sandbox).path
    sandbox.broken = 503
    page = desk.get(path)
    assert page.status_code == 503
    assert not [form for form in read(page.text).all("form") if form.attributes.get("action") == path]


def again(text: str, path: str) -> Node:
    (form,) = (each for each in read(text).all("form") if each.attributes.get("action") == path)
    return form
