"""A code of the phone beside the password: switched on, asked for, counted, switched off."""

import time
from collections.abc import Callable

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.test import Client
from django.test.utils import override_settings

from piggyadmin.accounts.models import Shop, Staff
from piggyadmin.accounts.second_factor import SecondFactorAdapter
from tests.accounts.conftest import PASSWORD

SIGN_IN = "/account/login/"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"

MakeStaff = Callable[..., Staff]
BrowserOf = Callable[..., Client]


def code_now(secret: str = SECRET, steps: int = 0) -> str:
    """What the app on the phone shows; `steps` of 30 seconds later."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


@pytest.fixture
def careful(staff: MakeStaff, shop: Shop) -> Staff:
    """An admin whose second factor is on."""
    person = staff("saskia", "admin")
    TOTP.activate(person, SECRET)
    RecoveryCodes.activate(person)
    return person


def begin_sign_in(client: Client, person: Staff, **fields: str) -> None:
    answer = client.post(SIGN_IN, {"login": person.username, "password": PASSWORD, **fields})
    assert answer["Location"] == "/account/2fa/authenticate/"


def test_it_asks_for_the_code_and_signs_nobody_in_before_it(client: Client, careful: Staff) -> None:
    begin_sign_in(client, careful)
    assert client.get("/staff/me/").status_code == 302
    page = client.get("/account/2fa/authenticate/").content.decode()
    assert "The code of your app" in page
    assert "<aside class" in page  # in our frame
    answer = client.post("/account/2fa/authenticate/", {"code": code_now()})
    assert answer["Location"] == "/"
    assert client.get("/staff/me/").status_code == 200


def test_it_remembers_shop_and_page_across_the_code(client: Client, careful: Staff, amersfoort: Shop) -> None:
    begin_sign_in(client, careful, shop=str(amersfoort.pk), next="/staff/me/")
    answer = client.post("/account/2fa/authenticate/", {"code": code_now()})
    assert answer["Location"] == "/staff/me/"
    assert client.session["shop"] == str(amersfoort.pk)


def test_it_takes_a_code_once(client: Client, careful: Staff) -> None:
    code = code_now()
    begin_sign_in(client, careful)
    assert client.post("/account/2fa/authenticate/", {"code": code}).status_code == 302
    other = Client()
    begin_sign_in(other, careful)
    if code == code_now():  # else the half minute has just turned, and the code is old anyway
        assert "That code does not fit" in other.post("/account/2fa/authenticate/", {"code": code}).content.decode()


def test_it_takes_a_recovery_code_once(client: Client, careful: Staff) -> None:
    codes = Authenticator.objects.get(user=careful, type="recovery_codes").wrap().get_unused_codes()
    begin_sign_in(client, careful)
    assert client.post("/account/2fa/authenticate/", {"code": codes[0]})["Location"] == "/"
    other = Client()
    begin_sign_in(other, careful)
    assert other.post("/account/2fa/authenticate/", {"code": codes[0]}).status_code == 200
    assert other.get("/staff/me/").status_code == 302


def test_it_counts_wrong_codes_like_wrong_passwords(client: Client, careful: Staff) -> None:
    begin_sign_in(client, careful)
    for left in ("Four tries", "Three tries", "Two tries", "One try"):
        page = client.post("/account/2fa/authenticate/", {"code": "000000"}).content.decode()
        assert f"That code does not fit. {left} left" in page
    assert client.post("/account/2fa/authenticate/", {"code": "000000"}).status_code == 429
    # The pause holds for the right code, for a new beginning, and for the password.
    assert client.post("/account/2fa/authenticate/", {"code": code_now()}).status_code == 429
    assert Client().post(SIGN_IN, {"login": "saskia", "password": PASSWORD}).status_code == 429


def test_it_does_not_forget_wrong_codes_because_the_password_was_right(client: Client, careful: Staff) -> None:
    for _ in range(4):
        begin_sign_in(client, careful)
        client.post("/account/2fa/authenticate/", {"code": "000000"})
        client.post("/account/logout/")
    begin_sign_in(client, careful)
    assert client.post("/account/2fa/authenticate/", {"code": "000000"}).status_code == 429


def test_it_is_switched_on_with_the_apps_first_code(staff: MakeStaff, shop: Shop, browser_of: BrowserOf) -> None:
    person = staff()
    browser = browser_of(person)
    page = browser.get("/account/2fa/totp/activate/")
    text = page.content.decode()
    assert 'src="data:image/svg+xml;base64,' in text
    secret = page.context["form"].secret
    wrong = browser.post("/account/2fa/totp/activate/", {"code": "000000"})
    assert "That code does not fit" in wrong.content.decode()
    answer = browser.post("/account/2fa/totp/activate/", {"code": code_now(secret)}, follow=True)
    assert answer.redirect_chain == [("/account/2fa/recovery-codes/", 302)]
    assert "10 of 10 are left" in answer.content.decode()
    other = Client()
    begin_sign_in(other, person)


def test_it_shows_downloads_and_renews_the_recovery_codes(client: Client, careful: Staff) -> None:
    begin_sign_in(client, careful)
    client.post("/account/2fa/authenticate/", {"code": code_now()})
    codes = Authenticator.objects.get(user=careful, type="recovery_codes").wrap().get_unused_codes()
    page = client.get("/account/2fa/recovery-codes/").content.decode()
    assert all(code in page for code in codes)
    file = client.get("/account/2fa/recovery-codes/download/")
    assert file.content.decode().split() == codes
    assert "no-store" in file["Cache-Control"]
    client.post("/account/2fa/recovery-codes/generate/")
    renewed = Authenticator.objects.get(user=careful, type="recovery_codes").wrap().get_unused_codes()
    assert set(renewed).isdisjoint(codes)


def test_it_is_switched_off_by_a_form_and_takes_the_recovery_codes_along(client: Client, careful: Staff) -> None:
    begin_sign_in(client, careful)
    client.post("/account/2fa/authenticate/", {"code": code_now()})
    assert "Switch the second factor off?" in client.get("/account/2fa/totp/deactivate/").content.decode()
    client.post("/account/2fa/totp/deactivate/")
    assert not Authenticator.objects.filter(user=careful).exists()


def test_it_recommends_itself_to_admins_and_to_nobody_else(
    staff: MakeStaff, shop: Shop, browser_of: BrowserOf, client: Client, careful: Staff
) -> None:
    words = "recommended for admins"
    assert words in browser_of(staff("mohammed", "admin")).get("/staff/me/").content.decode()
    assert words not in browser_of(staff("fatima")).get("/staff/me/").content.decode()
    begin_sign_in(client, careful)
    client.post("/account/2fa/authenticate/", {"code": code_now()})
    assert words not in client.get("/staff/me/").content.decode()


def test_it_keeps_the_apps_key_encrypted(careful: Staff) -> None:
    kept = Authenticator.objects.get(user=careful, type="totp").data["secret"]
    assert SECRET not in kept
    assert SecondFactorAdapter().decrypt(kept) == SECRET


def test_it_still_reads_keys_after_the_sites_secret_was_changed(careful: Staff) -> None:
    with override_settings(SECRET_KEY="a-new-one", SECRET_KEY_FALLBACKS=["tests-only"]):
        authenticator = Authenticator.objects.get(user=careful, type="totp")
        assert SecondFactorAdapter().decrypt(authenticator.data["secret"]) == SECRET


def test_it_has_pages_that_only_their_owner_sees(client: Client, careful: Staff) -> None:
    for path in ("", "totp/activate/", "totp/deactivate/", "recovery-codes/", "recovery-codes/generate/"):
        assert client.get(f"/account/2fa/{path}")["Location"].startswith(SIGN_IN)
