"""What every page has: its frame, its headers, and its faces for what goes wrong."""

import re

import pytest
from django.test import Client, override_settings

from tests.conftest import Person
from tests.fixtures_sandbox import SandboxAccount

HTMX = {"HX-Request": "true"}


def test_healthz_answers_without_a_sign_in() -> None:
    answer = Client().get("/healthz")
    assert answer.json() == {"status": "ok"}


def test_the_policy_lets_in_nothing_foreign(desk: Person) -> None:
    policy = desk.get("/").headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy


def test_no_page_is_kept_by_a_cache(desk: Person) -> None:
    assert desk.get("/").headers["Cache-Control"] == "no-store, private"


def test_pages_and_parts_are_told_apart_by_caches(desk: Person) -> None:
    varies = desk.get("/").headers["Vary"]
    assert "HX-Request" in varies
    assert "Cookie" in varies


def test_no_page_has_inline_style_or_script(desk: Person) -> None:
    page = desk.get("/").text
    assert not re.search(r"\sstyle=", page)
    assert not re.search(r"<script(?![^>]*\ssrc=)[^>]*>\s*\S", page)
    assert not re.search(r"\son\w+=", page)


def test_who_and_where_is_always_on_screen(desk: Person) -> None:
    page = desk.get("/").text
    assert "Fatima El Idrissi" in page
    assert "Utrecht West" in page
    assert "Front desk" in page


def test_the_list_shows_only_what_the_role_may_open(desk: Person, admin: Person) -> None:
    assert "/staff/shops/" not in desk.get("/").text.split("<main")[0]
    assert "/staff/shops/" in admin.get("/").text.split("<main")[0]


@pytest.mark.parametrize("kind", ["practice", "demo", "test"])
def test_all_but_production_carry_a_striped_bar(desk: Person, kind: str) -> None:
    with override_settings(PIGGYADMIN_ENV=kind):
        page = desk.get("/").text
    assert 'class="env"' in page
    assert f"<title>[{kind.capitalize()}]" in page
    assert "favicon-striped" in page


def test_production_is_plain(desk: Person) -> None:
    with override_settings(PIGGYADMIN_ENV="production"):
        page = desk.get("/").text
    assert 'class="env"' not in page
    assert "<title>Today" in page


def test_an_address_that_is_none_says_so_whole_and_in_part(desk: Person) -> None:
    whole = desk.get("/nothing/here/")
    assert whole.status_code == 404
    assert "Nothing stands here" in whole.text
    assert "<html" in whole.text
    part = desk.get("/nothing/here/", headers=HTMX)
    assert "<html" not in part.text


def test_an_address_that_only_takes_forms_says_so_whole_and_in_part(desk: Person) -> None:
    whole = desk.get("/audit/export/")
    assert (whole.status_code, whole.headers["Allow"]) == (405, "POST")
    assert "This is no page to open" in whole.text
    assert "<html" in whole.text
    part = desk.get("/audit/export/", headers=HTMX)
    assert part.status_code == 405
    assert "<html" not in part.text
    assert "Nothing was done" in part.text
    assert "This is no page to open" in Client().get("/webhooks/piggy/").text, "signed out, too"


@pytest.mark.parametrize(
    ("address", "page"),
    [
        ("/contacts/some-id/prepaid/move/", "/contacts/some-id/prepaid/"),
        ("/contacts/some-id/rewards/card/", "/contacts/some-id/rewards/"),
        ("/giftcards/some-id/move/", "/giftcards/some-id/"),
    ],
)
def test_an_address_that_only_takes_forms_leads_to_its_page(desk: Person, address: str, page: str) -> None:
    answer = desk.get(address)
    assert answer.status_code == 405
    assert f'<a class="btn primary" href="{page}">Open its page</a>' in answer.text


def test_an_address_without_a_page_leads_to_the_start(desk: Person) -> None:
    page = desk.get("/find/").text
    assert "Open its page" not in page


def test_a_page_that_is_not_yours_says_so_whole_and_in_part(desk: Person) -> None:
    for headers in ({}, HTMX):
        page = desk.get("/staff/", headers=headers)
        assert page.status_code == 403
        assert "Not yours to open" in page.text
        assert ("<html" in page.text) is not bool(headers)


def test_a_fault_of_ours_is_a_page_that_says_where_to_look(desk: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    from piggyadmin.desk import services

    monkeypatch.setattr(services, "last_customers", lambda **_: 1 / 0)
    desk.raise_request_exception = False
    page = desk.get("/")
    assert page.status_code == 500
    assert "Something broke on our side" in page.text


def test_a_piggy_failure_is_a_page_with_a_sentence_and_a_number_for_support(
    desk: Person, sandbox: SandboxAccount
) -> None:
    sandbox.broken = 503
    page = desk.post("/vouchers/check/", {"code": "COFFEE-1"})
    assert page.status_code == 503
    assert "We were only reading. Try again" in page.text
    assert page.headers["X-Request-Id"] in page.text


def test_a_page_that_could_not_be_read_leads_on(desk: Person, sandbox: SandboxAccount) -> None:
    sandbox.broken = 503
    page = desk.get("/contacts/c-1/rewards/?x=1")
    assert page.status_code == 503
    assert page.text.count("<h1") == 1
    assert re.search(r'<a class="btn primary" href="/contacts/c-1/rewards/\?x=1"[^>]*>Read again', page.text)
    assert '<a href="/contacts/c-1/" data-key="Escape">Back to the customer</a>' in page.text
    swapped = desk.get(
        "/contacts/c-1/rewards/", headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/at/"}
    )
    assert "<h1" not in swapped.text
    assert '<a class="btn" href="/at/" data-open-again>Open the page again</a>' in swapped.text


def test_a_form_that_met_a_failure_leads_to_what_has_happened(desk: Person, sandbox: SandboxAccount) -> None:
    sandbox.broken = 503
    form = {"form_token": "a-form-of-the-test-itself"}
    where = "/contacts/00000000-0000-0000-0000-000000000000/rewards/claims/any/hand-over/"
    for headers in ({}, HTMX):
        page = desk.post(where, form, headers=headers)
        assert page.status_code == 503
        assert 'href="/audit/">See what has happened' in page.text


def test_too_many_calls_says_when_to_try_again(desk: Person, sandbox: SandboxAccount) -> None:
    sandbox.fault("*", kind="429", retry_after=60, times=-1)
    page = desk.post("/vouchers/check/", {"code": "COFFEE-1"}, headers=HTMX)
    assert page.status_code == 503
    assert int(page.headers["Retry-After"]) >= 60


def test_a_given_request_id_is_kept_only_if_it_is_one() -> None:
    assert (
        Client().get("/healthz", headers={"X-Request-Id": "till-7-12345678"}).headers["X-Request-Id"]
        == "till-7-12345678"
    )
    assert Client().get("/healthz", headers={"X-Request-Id": "a\nb<script>"}).headers["X-Request-Id"] != "a\nb<script>"


def test_history_and_boosted_requests_get_whole_pages(desk: Person) -> None:
    for header in ("HX-Boosted", "HX-History-Restore-Request"):
        page = desk.post("/vouchers/check/", {"code": ""}, headers=HTMX | {header: "true"})
        assert "<html" in page.text


@pytest.mark.parametrize("address", ["/vouchers/own-codes/", "/vouchers/changes/preview/", "/vouchers/batches/new/"])
@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=edge"])
def test_a_list_that_is_too_long_is_answered_in_words(marketing: Person, address: str, kind: str) -> None:
    """Before any view of ours has it, also where the page's CSRF token is looked for first."""
    codes = "A" * 3_000_000
    part = f'--edge\r\nContent-Disposition: form-data; name="codes"\r\n\r\n{codes}\r\n--edge--\r\n'
    body = part if kind.startswith("multipart") else f"codes={codes}"
    marketing.get("/")  # brings the cookie, with which the token in the form is compared
    marketing.handler.enforce_csrf_checks = True
    came_from = {"Referer": "http://testserver/vouchers/changes/?run=7"}
    page = marketing.generic("POST", address, body, kind, headers=came_from)
    assert page.status_code == 413
    assert "That is too much at once" in page.text
    assert "a form takes 2.5\xa0MB of text at most" in page.text
    assert 'href="/vouchers/changes/?run=7">Open the page again' in page.text
    assert codes not in page.text

    part_of_page = marketing.generic("POST", address, body, kind, headers=came_from | HTMX)
    assert part_of_page.status_code == 413
    assert part_of_page.headers["HX-Reswap"].startswith("afterbegin"), "the form keeps what was pasted"
    assert "<main" not in part_of_page.text
    assert "413" in marketing.get("/").text.split("responseHandling")[1].split("]}")[0], "htmx shows it"


def test_a_way_back_leads_nowhere_else(marketing: Person) -> None:
    body = "codes=" + "A" * 3_000_000
    for elsewhere in ("https://elsewhere.example/vouchers/", "javascript:alert(1)", ""):
        page = marketing.generic(
            "POST", "/vouchers/own-codes/", body, "application/x-www-form-urlencoded", headers={"Referer": elsewhere}
        )
        assert page.status_code == 413
        assert "elsewhere" not in page.text
        assert "alert(1)" not in page.text


LONG = ("Sanne " * 100).strip()


@pytest.mark.parametrize("page", ["/", "/contacts/", "/vouchers/check/", "/giftcards/", "/contacts/new/", "/bookings/"])
def test_no_field_cuts_off_what_is_pasted_without_a_word(desk: Person, sandbox: SandboxAccount, page: str) -> None:
    text = desk.get(page).text
    assert "<input" in text
    assert "maxlength" not in text


def test_the_box_of_every_header_says_that_a_text_is_too_long(desk: Person, sandbox: SandboxAccount) -> None:
    answer = desk.post("/find/", {"q": LONG})
    assert answer.status_code == 422
    assert "599 characters" in answer.text
    assert LONG in answer.text
    assert sandbox.calls == []
