"""A customer's auth token: with a reason, shown once, and found nowhere afterwards."""

import json
import logging
import re
from typing import Any

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session
from django.http import HttpResponse

from piggyadmin.ledger.models import Act, ActDetail
from tests.conftest import Person
from tests.fixtures_sandbox import SandboxAccount

pytestmark = pytest.mark.django_db
REASON = "The app of the web shop cannot sign her in"


@pytest.fixture
def customer(sandbox: SandboxAccount) -> dict[str, Any]:
    return sandbox.add_contact("sanne@mail.example", firstname="Sanne", lastname="Vermeulen")


def path(customer: dict[str, Any]) -> str:
    return f"/contacts/{customer['uuid']}/auth-token/"


def form_token(page: HttpResponse) -> str:
    found = re.search(r'name="form_token" value="([\w-]{16,})"', page.content.decode())
    assert found
    return found[1]


def ask(person: Person, where: str, **data: str) -> HttpResponse:
    return person.post(
        where, {"form_token": data.get("form_token") or form_token(person.get(where)), "reason": REASON, **data}
    )


def shown(page: HttpResponse) -> str:
    found = re.search(r'id="auth-token"[^>]*>([^<]+)<', page.content.decode())
    return found[1] if found else ""


def words(page: HttpResponse) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page.content.decode()))


@pytest.mark.parametrize("time", range(4))  # Piggy answers in two shapes, by the dice
def test_it_is_shown_once_and_kept_nowhere(
    admin: Person, sandbox: SandboxAccount, customer: dict, caplog: pytest.LogCaptureFixture, time: int
) -> None:
    caplog.set_level(logging.DEBUG)
    one = form_token(admin.get(path(customer)))
    page = ask(admin, path(customer), form_token=one)
    token = shown(page)
    assert page.status_code == 200
    assert page["Cache-Control"] == "no-store, private"
    assert token.endswith(sandbox.state("auth_token")[0]["ends_with"])
    again = ask(admin, path(customer), form_token=one)
    assert again.status_code == 409
    assert not shown(again)
    assert "It was shown once" in words(again)
    assert "This token was shown" in words(again)
    assert len(sandbox.state("auth_token")) == 1
    assert token not in again.content.decode() + admin.get(path(customer)).content.decode()
    assert token not in caplog.text
    assert token not in json.dumps(dict(admin.session.items()), default=str)
    assert all(token not in str(each.get_decoded()) for each in Session.objects.all())
    database = _whole_database()
    assert REASON in database  # it is looked through indeed
    assert token not in database


def _whole_database() -> str:
    """Every column of every row of ours."""
    return "\n".join(
        str(row) for model in apps.get_models() if model._meta.managed for row in model._base_manager.values()
    )


def test_who_read_it_and_why_is_kept_before_piggy_is_asked(
    admin: Person, sandbox: SandboxAccount, customer: dict
) -> None:
    sandbox.fault("get_contact_auth_token", kind="lost_before")
    page = ask(admin, path(customer))
    act = Act.objects.get(action="contact.auth_token")
    assert page["Location"] == f"/audit/{act.pk}/"
    assert (act.staff, act.contact_id, act.figures) == (admin.staff, customer["uuid"], {})
    assert ActDetail.objects.get(act=act, event=None).words == {"reason": REASON}
    assert act.outcome == "unknown"


@pytest.mark.parametrize("reason", ["", "          ", "too short", "x" * 5000])
def test_it_wants_a_reason(admin: Person, sandbox: SandboxAccount, customer: dict, reason: str) -> None:
    page = ask(admin, path(customer), reason=reason)
    assert page.status_code == 422
    assert 'id="id_reason-e"' in page.content.decode()
    assert not sandbox.state("auth_token")
    assert not Act.objects.exists()


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ({"kind": "refused", "value": 1053}, "does not accept the account"),
        ({"kind": "refused", "value": 3000}, "sign-in at Piggy has expired"),
        ({"kind": "refused", "value": 55031}, "does not know this customer"),
        ({"kind": "429", "retry_after": 30}, "Try again at"),
    ],
)
def test_what_piggy_refuses_is_said_in_words(
    admin: Person, sandbox: SandboxAccount, customer: dict, fault: dict, said: str
) -> None:
    sandbox.fault("get_contact_auth_token", **fault)
    page = ask(admin, path(customer))
    assert page.status_code == 409
    assert said in words(page)
    assert REASON in page.content.decode()


@pytest.mark.parametrize("kind", ["lost_after", "garbage", "503_after", "reset"])
def test_an_answer_that_is_lost_shows_nothing_and_is_not_asked_again(
    admin: Person, sandbox: SandboxAccount, customer: dict, kind: str
) -> None:
    sandbox.fault("get_contact_auth_token", kind=kind)
    one = form_token(admin.get(path(customer)))
    for _ in range(2):
        page = ask(admin, path(customer), form_token=one)
        assert page.status_code == 303
        assert "Nobody here has seen it" in words(admin.get(page["Location"]))
    assert len(sandbox.state("auth_token")) == 1


def test_an_old_sign_in_is_renewed_first(admin: Person, customer: dict) -> None:
    one = form_token(admin.get(path(customer)))
    session = admin.session
    session["signed_in_at"] -= 16 * 60
    session.save()
    assert "/account/reauthenticate/" in admin.get(path(customer))["Location"]
    assert "/account/reauthenticate/" in ask(admin, path(customer), form_token=one)["Location"]
    assert not Act.objects.exists()


def test_only_admins_and_only_of_customers_there_are(
    admin: Person, marketing: Person, desk: Person, customer: dict
) -> None:
    assert {marketing.get(path(customer)).status_code, desk.get(path(customer)).status_code} == {403}
    assert admin.get(path({"uuid": "nobody"})).status_code == 404
