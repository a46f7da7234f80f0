"""The portal for a customer: the sign-in link that is shown once, sessions, session tokens, links claimed for them."""

import re
from typing import Any

import pytest
from django.core.cache import cache
from django.http import HttpResponse
from django.urls import reverse

from piggyadmin.ledger.models import Act, ActDetail, Event
from piggyadmin.sandbox.resources.portal import SESSIONS
from tests.conftest import Person
from tests.contacts.booking_hands import fields_of
from tests.fixtures_sandbox import SandboxAccount

pytestmark = pytest.mark.django_db
AUTH = "get_contacts_portal_auth_url"


@pytest.fixture
def customer(sandbox: SandboxAccount) -> dict[str, Any]:
    return sandbox.add_contact("sanne@mail.example", firstname="Sanne", lastname="Visser")


def token_of(page: HttpResponse, step: str = "") -> str:
    """The form token of the form with this step."""
    forms = re.findall(r"<form.*?</form>", page.content.decode(), flags=re.DOTALL)
    form = next(each for each in forms if "form_token" in each and f'value="{step}"' in each)
    found = re.search(r'name="form_token" value="([^"]+)"', form)
    assert found
    return found[1]


def address(contact: dict[str, Any], name: str = "contacts:portal") -> str:
    return reverse(name, args=[contact["uuid"]])


def ask_link(person: Person, contact: dict[str, Any], **headers: Any) -> HttpResponse:
    page = person.get(address(contact))
    return person.post(address(contact), {"step": "link", "form_token": token_of(page, "link")}, **headers)


def everything_kept(person: Person) -> str:
    """All that is written down of what was done: the ledger, its details, the session, the cache's own words."""
    rows = [*Act.objects.values_list("figures"), *Event.objects.values_list("figures")]
    return repr([rows, list(ActDetail.objects.values_list("body")), dict(person.session), repr(cache)])


def asked(sandbox: SandboxAccount, operation: str) -> int:
    return len([call for call in sandbox.calls if call.operation == operation])


class TestTheSignInLink:
    def test_it_is_shown_once_as_a_qr_and_kept_nowhere(self, desk, sandbox, customer, caplog):
        caplog.set_level("DEBUG")
        shown = ask_link(desk, customer)
        secret = sandbox.state("portal_login")[0]["token"]
        assert shown.status_code == 200
        assert "Scan this with their phone" in shown.text
        assert '<svg class="qr"' in shown.text
        assert secret not in shown.text, "it is in the drawing alone"
        assert shown["Cache-Control"] == "no-store, private"
        assert shown["Referrer-Policy"] == "no-referrer"
        assert secret not in everything_kept(desk)
        assert secret not in caplog.text
        act = Act.objects.get(action="portal.sign_in_link")
        assert (act.outcome, act.contact_id, act.figures) == ("done", customer["uuid"], {})
        assert '<svg class="qr"' not in desk.get(address(customer)).text

    def test_a_second_click_makes_no_second_link_and_says_so(self, desk, sandbox, customer):
        form = {"step": "link", "form_token": token_of(desk.get(address(customer)), "link")}
        desk.post(address(customer), form)
        again = desk.post(address(customer), form)
        assert again.status_code == 409
        assert "shown once already" in again.text
        assert len(sandbox.state("portal_login")) == 1

    def test_without_an_answer_nothing_is_shown_and_a_new_one_may_be_made_at_once(self, desk, sandbox, customer):
        sandbox.fault(AUTH, kind="lost_after")
        lost = ask_link(desk, customer)
        assert lost.status_code == 502
        assert "no link was shown" in lost.text
        assert "Scan this" not in lost.text
        page = desk.post(address(customer), {"step": "link", "form_token": token_of(lost, "link")})
        assert "Scan this" in page.text

    def test_who_may_not_open_the_portal_gets_no_link(self, marketing, sandbox, customer):
        assert marketing.post(address(customer), {"step": "link"}).status_code == 403
        assert not sandbox.state("portal_login")

    def test_a_form_without_its_token_makes_nothing(self, desk, sandbox, customer):
        assert desk.post(address(customer), {"step": "link"}).status_code == 422
        assert not sandbox.state("portal_login")

    def test_with_htmx_the_part_alone_comes(self, desk, customer, sandbox):
        part = ask_link(desk, customer, headers={"HX-Request": "true"})
        assert "<html" not in part.text
        assert '<svg class="qr"' in part.text


def open_session(person: Person, contact: dict[str, Any], kind: str, **more: Any) -> HttpResponse:
    page = person.get(address(contact))
    fields = {
        "step": "session",
        "form_token": token_of(page, "session"),
        "kind": kind,
        "scanner_type": "camera",
        "facing_mode": "user",
        "camera_service": "3",
        "primary_identification_method": "identifier",
        "allow_multiple_giftcards": "on",
        "amount": "",
    }
    return person.post(address(contact), fields | more)


KINDS = {
    "plain": "create_portal_session",
    "credits": "create_credit_reception_portal_session",
    "vouchers": "create_voucher_portal_session",
    "pay_prepaid": "create_pay_prepaid_portal_session",
    "top_up_prepaid": "create_top_up_prepaid_portal_session",
    "top_up_giftcards": "create_top_up_giftcard_portal_session",
    "redeem_giftcards": "create_redeem_giftcard_portal_session",
}


class TestSessions:
    @pytest.mark.parametrize("kind", KINDS)
    def test_one_of_every_kind_is_opened_by_its_own_call_and_has_a_page(self, desk, sandbox, customer, kind):
        assert set(KINDS.values()) == set(SESSIONS.values())
        done = open_session(desk, customer, kind, **({"amount": "12,50"} if kind == "redeem_giftcards" else {}))
        (row,) = sandbox.state("portal_session")
        assert asked(sandbox, KINDS[kind]) == 1
        assert done["Location"] == reverse("contacts:portal-session", args=[customer["uuid"], row["uuid"]])
        page = desk.get(done["Location"])
        assert page.status_code == 200
        assert '<svg class="qr"' in page.text
        assert f"/portal-sessions?uuid={row['uuid']}" in page.text
        assert "Piggy tells of nothing yet" in page.text
        assert page["Cache-Control"] == "no-store, private"
        listed = desk.get(address(customer))
        assert reverse("contacts:portal-session", args=[customer["uuid"], row["uuid"]]) in listed.text

    def test_the_page_as_it_comes_opens_one(self, desk, sandbox, customer):
        """What is seldom changed is hidden, and is sent all the same."""
        forms = re.findall(r"<form.*?</form>", desk.get(address(customer)).text, flags=re.DOTALL)
        form = next(each for each in forms if 'value="session"' in each)
        desk.post(address(customer), {**fields_of(form), "kind": "credits"})
        options = sandbox.state("portal_session")[0]["options"]
        assert (options["scanner_type"], options["facing_mode"], options["camera_service"]) == ("camera", "user", 3)
        assert (options["primary_identification_method"], options["enable_registration"]) == ("identifier", False)

    def test_its_options_are_sent_as_chosen(self, desk, sandbox, customer):
        options = {"scanner_type": "hand_scanner", "camera_service": "2", "enable_registration": "on"}
        open_session(desk, customer, "redeem_giftcards", amount="12.50", allow_multiple_giftcards="", **options)
        sent = sandbox.state("portal_session")[0]["options"]
        assert (sent["scanner_type"], sent["camera_service"], sent["enable_registration"]) == ("hand_scanner", 2, True)
        assert (sent["amount_in_cents"], sent["allow_multiple_giftcards"]) == (1250, False)
        assert sent["enable_email_identification"] is False

    @pytest.mark.parametrize(
        ("wrong", "words"),
        [
            ({"kind": "redeem_giftcards"}, "Type how much"),
            ({"kind": "redeem_giftcards", "amount": "a lot"}, "Type euros"),
            ({"kind": "gold"}, "Choose one of the list"),
            ({"kind": "plain", "camera_service": "9"}, "not one of the available choices"),
        ],
    )
    def test_what_is_wrong_is_said_beside_its_field_and_piggy_is_not_asked(self, desk, sandbox, customer, wrong, words):
        page = open_session(desk, customer, **wrong)
        assert page.status_code == 422
        assert words in page.text
        assert not sandbox.state("portal_session")

    def test_what_is_seldom_changed_is_asked_for_and_kept_all_the_same(self, desk, sandbox, customer):
        assert "Camera service" not in desk.get(address(customer)).text
        shown = desk.get(f"{address(customer)}?options=1")
        assert "Camera service" in shown.text
        open_session(desk, customer, "plain", camera_service="")
        assert not sandbox.state("portal_session")

    def test_a_lost_answer_moves_nothing_and_the_choices_stay(self, desk, sandbox, customer):
        sandbox.fault(KINDS["redeem_giftcards"], kind="lost_after")
        lost = open_session(desk, customer, "redeem_giftcards", amount="12.50")
        assert lost.status_code == 502
        assert "no session is on any screen" in lost.text
        assert 'value="12.50"' in lost.text
        again = {**open_fields(lost), "form_token": token_of(lost, "session")}
        assert desk.post(address(customer), again).status_code == 303

    @pytest.mark.parametrize("kind", ["503", "lost_before", "500"])
    def test_while_piggy_is_down_the_page_says_what_became_of_it_and_keeps_what_was_chosen(
        self, desk, sandbox, customer, kind
    ):
        form = {"step": "session", "form_token": token_of(desk.get(address(customer)), "session")}
        form |= {"kind": "redeem_giftcards", "amount": "12.50", "scanner_type": "camera", "facing_mode": "user"}
        form |= {"camera_service": "3", "primary_identification_method": "identifier"}
        sandbox.fault("*", kind=kind, times=-1)
        page = desk.post(address(customer), form)
        assert page.status_code == 502
        act = Act.objects.get(action="portal.session")
        assert f"/audit/{act.pk}/" in page.text
        assert "no session is on any screen" in page.text
        assert "The customer cannot be read now" in page.text
        assert 'value="12.50"' in page.text
        sandbox.clear_faults()
        again = desk.post(address(customer), form | {"form_token": token_of(page, "session")})
        assert again.status_code == 303
        assert len(sandbox.state("portal_session")) == 1

    def test_a_page_that_was_only_read_says_that_it_could_not_be(self, desk, sandbox, customer):
        sandbox.broken = 503
        page = desk.get(address(customer))
        assert page.status_code == 503
        assert "Read again" in page.text

    def test_a_session_of_somebody_else_is_not_shown(self, desk, sandbox, customer):
        other = sandbox.add_contact("other@mail.example")
        theirs = sandbox.add("portal_session", contact_uuid=other["uuid"])["uuid"]
        nobodys = sandbox.add("portal_session")["uuid"]
        for uuid in (theirs, nobodys, "nope"):
            page = desk.get(reverse("contacts:portal-session", args=[customer["uuid"], uuid]))
            assert page.status_code == 404
            assert "has no such session" in page.text

    def test_events_are_told_by_what_they_are_alone(self, desk, sandbox, customer):
        events = [{"type": "identified", "created_at": "2026-11-20T10:00:00Z", "email": "a@b.example"}, "closed", 7, []]
        row = sandbox.add("portal_session", contact_uuid=customer["uuid"], events=events)
        page = desk.get(reverse("contacts:portal-session", args=[customer["uuid"], row["uuid"]]))
        assert "identified" in page.text
        assert "closed" in page.text
        assert "a@b.example" not in page.text

    def test_piggy_down_is_an_error_page_and_a_customer_who_is_gone_another(self, desk, sandbox, customer):
        assert desk.get(reverse("contacts:portal", args=["nobody"])).status_code == 404
        sandbox.broken = 503
        assert desk.get(address(customer)).status_code == 503

    def test_the_customers_page_leads_here(self, desk, sandbox, customer):
        assert address(customer) in desk.get(reverse("contacts:contact", args=[customer["uuid"]])).text


def open_fields(page: HttpResponse) -> dict[str, str]:
    """What the session's form would send as it stands."""
    return {
        "step": "session",
        "kind": "redeem_giftcards",
        "amount": "12.50",
        "scanner_type": "camera",
        "facing_mode": "user",
        "camera_service": "3",
        "primary_identification_method": "identifier",
    }


TOKEN = "/contacts/token/"


class TestSessionTokens:
    @pytest.fixture
    def secret(self, sandbox: SandboxAccount, customer: dict[str, Any]) -> str:
        return str(sandbox.add("session_token", token="PHONE-8812-QXRT", contact_uuid=customer["uuid"])["token"])

    def use(self, person: Person, secret: str) -> HttpResponse:
        seen = person.post(TOKEN, {"secret_token": secret})
        return person.post(TOKEN, {"step": "use", "secret_token": secret, "form_token": token_of(seen, "use")})

    def test_it_says_whose_it_is_then_is_used_and_leads_to_them(self, desk, sandbox, customer, secret, caplog):
        caplog.set_level("DEBUG")
        seen = desk.post(TOKEN, {"secret_token": f" {secret}\n"})
        assert "Sanne Visser" in seen.text
        assert "active" in seen.text
        assert asked(sandbox, "use_contact_session_token") == 0
        done = self.use(desk, secret)
        assert done["Location"] == reverse("contacts:contact", args=[customer["uuid"]])
        assert sandbox.state("session_token")[0]["status"] == "used"
        assert secret not in everything_kept(desk)
        assert secret not in caplog.text
        act = Act.objects.get(action="portal.use_token")
        assert (act.figures, act.contact_id) == ({"token_end": "QXRT"}, customer["uuid"])

    def test_a_second_click_uses_it_once_and_leads_there_too(self, desk, sandbox, customer, secret):
        form = {"secret_token": secret, "step": "use"}
        form["form_token"] = token_of(desk.post(TOKEN, {"secret_token": secret}), "use")
        assert [desk.post(TOKEN, form).status_code for _ in range(2)] == [303, 303]
        assert asked(sandbox, "use_contact_session_token") == 1

    def test_a_used_one_proves_nothing(self, desk, sandbox, secret):
        self.use(desk, secret)
        page = desk.post(TOKEN, {"secret_token": secret})
        assert "It was used before" in page.text
        assert "Use it and open" not in page.text
        forged = desk.post(TOKEN, {"secret_token": secret, "step": "use", "form_token": "x" * 20})
        assert forged.status_code == 409

    @pytest.mark.parametrize("typed", ["", "   ", "a\x07b", "x/../y", "..", "é" * 65, "x" * 20_000])
    def test_what_can_be_no_token_never_reaches_piggy(self, desk, sandbox, typed):
        sandbox.forget_calls()
        assert desk.post(TOKEN, {"secret_token": typed}).status_code == 422
        assert sandbox.calls == []

    def test_an_unknown_one_is_said_to_be_so(self, desk, sandbox):
        page = desk.post(TOKEN, {"secret_token": "NOBODYS"})
        assert page.status_code == 404
        assert "Piggy does not know this token" in page.text

    def test_marketing_sees_the_address_masked(self, marketing, sandbox, secret):
        page = marketing.post(TOKEN, {"secret_token": secret})
        assert "sanne@mail.example" not in page.text
        assert "sa…@mail.example" in page.text

    def test_todays_page_leads_here(self, desk, sandbox):
        assert TOKEN in desk.get("/").text

    def test_a_lost_answer_is_unknown_and_says_to_look(self, desk, sandbox, secret):
        sandbox.fault("use_contact_session_token", kind="lost_after")
        page = self.use(desk, secret)
        assert page.status_code == 502
        assert "We do not know whether the session token was used" in page.text
        assert "It was used before, perhaps by you" in desk.post(TOKEN, {"secret_token": secret}).text


def link(sandbox: SandboxAccount, shop: str, unique_id: str = "order-1", **gives: Any) -> str:
    import httpx

    body = {"version": "v3", "shop_uuid": shop, "unique_id": unique_id, **(gives or {"credits": 50})}
    headers = {"Authorization": f"Bearer {sandbox.token}"}
    url = f"{sandbox.base_url}/api/v3/oauth/clients/loyalty-tokens"
    return str(httpx.post(url, json=body, headers=headers).json()["data"])


class TestClaimingALink:
    def claim(self, person: Person, contact: dict[str, Any], url: str) -> HttpResponse:
        at = address(contact, "contacts:claim-link")
        page = person.get(at)
        seen = person.post(at, {"step": "see", "secret_link": url, "form_token": token_of(page, "see")})
        assert seen.status_code == 200, seen.text
        return person.post(at, {"step": "claim", "secret_link": url, "form_token": token_of(seen, "claim")})

    def test_it_says_what_it_gives_and_gives_it_once(self, desk, sandbox, customer, caplog):
        caplog.set_level("DEBUG")
        url = link(sandbox, desk.shop.piggy_uuid)
        at = address(customer, "contacts:claim-link")
        seen = desk.post(at, {"step": "see", "secret_link": url, "form_token": token_of(desk.get(at), "see")})
        assert "It says it gives 50 credits" in seen.text
        assert "Utrecht West" in seen.text
        assert asked(sandbox, "claim_loyalty_token") == 0
        done = self.claim(desk, customer, url)
        assert done["Location"] == reverse("contacts:contact", args=[customer["uuid"]])
        assert [row["credits"] for row in sandbox.state("loyalty_transaction")] == [50]
        digest = url.rpartition("=")[2]
        assert digest not in everything_kept(desk)
        assert digest not in caplog.text
        again = self.claim(desk, customer, url)
        assert again.status_code == 409
        assert "claimed before" in again.text
        assert len(sandbox.state("loyalty_transaction")) == 1

    def test_one_of_an_amount_gives_what_the_rules_make_of_it(self, desk, sandbox, customer):
        url = link(sandbox, desk.shop.piggy_uuid, unit_name="purchase_amount", unit_value=25.4)
        assert self.claim(desk, customer, url).status_code == 303
        assert sandbox.state("contact")[0]["credits"] == 25
        assert "Claimed a link for the customer: 25 credits" in desk.get(f"/contacts/{customer['uuid']}/").text

    def test_a_tampered_one_is_refused_by_piggy_and_said_so(self, desk, sandbox, customer):
        url = link(sandbox, desk.shop.piggy_uuid).replace("credits=50", "credits=5000")
        page = self.claim(desk, customer, url)
        assert page.status_code == 409
        assert "does not accept this link" in page.text

    @pytest.mark.parametrize(
        "typed",
        [
            "",
            "hello",
            "https://points.example/l?version=v3&credits=50",
            "https://points.example/l?version=v3&shop_uuid=a@b.example&unique_id=1&timestamp=1&credits=5&hash=ab",
            "x" * 5000,
        ],
    )
    def test_what_is_no_link_never_reaches_piggy(self, desk, sandbox, customer, typed):
        at = address(customer, "contacts:claim-link")
        page = desk.post(at, {"step": "see", "secret_link": typed, "form_token": token_of(desk.get(at), "see")})
        assert page.status_code == 422
        assert asked(sandbox, "claim_loyalty_token") == 0

    def test_while_one_is_open_no_other_is_claimed(self, desk, sandbox, customer):
        sandbox.fault("claim_loyalty_token", kind="lost_after")
        lost = self.claim(desk, customer, link(sandbox, desk.shop.piggy_uuid))
        act = Act.objects.get(action="portal.claim_link")
        assert lost["Location"] == reverse("ledger:act", args=[act.pk])
        page = desk.get(address(customer, "contacts:claim-link"))
        assert "Nobody knows yet" in page.text
        assert "See what it gives" not in page.text
