"""Above the limit, or within the pause, a second person approves: asked from afar, or typing on the same screen."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time

from contacts.credits import limits, services
from contacts.credits.wishes import Wish
from piggyadmin.accounts.limits.services import set_limit
from piggyadmin.accounts.models import Limit, Shop
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.models import Act, Approval
from tests.conftest import Person
from tests.contacts.test_credits import GIVE, HTMX, AwardPage, given_to, plain, writes
from tests.fixtures_sandbox import SandboxAccount

PASSWORD = "correct horse battery"


@pytest.fixture
def sanne(sandbox: SandboxAccount) -> dict:
    return sandbox.add_contact("sanne@mail.example", firstname="Sanne", lastname="Visser", credits=1240)


@pytest.fixture
def till(desk: Person, sanne: dict) -> AwardPage:
    return AwardPage(desk, sanne["uuid"])


def asked_for(till: AwardPage, amount: str = "", credits: str = "900") -> Approval:
    till.see(amount, "" if amount else credits)
    till.press("ask", reason="Catering for a wedding")
    return Approval.objects.latest("requested_at")


def decided(by: Person, approval: Approval, *, granted: bool = True) -> None:
    answer = by.post(f"/audit/{approval.act_id}/decide/", {"granted": "yes" if granted else "no", "reason": "Too many"})
    assert answer.status_code == 303


def test_up_to_the_limit_nobody_else_is_needed(till: AwardPage, sandbox: SandboxAccount) -> None:
    till.see(credits="500").press("award")
    assert given_to(sandbox, till.contact_uuid) == [500]


def test_above_the_limit_there_is_nothing_to_award_alone(till: AwardPage, sandbox: SandboxAccount) -> None:
    till.see("501")
    assert "more than the 500 credits you may award alone here" in plain(till.text)
    assert 'name="step" value="award"' not in till.text
    assert writes(sandbox) == []


@pytest.mark.parametrize("wish", [Wish(credits=501), Wish(hundredths=50_100)])
def test_an_award_is_judged_by_what_it_would_give_and_not_by_what_was_promised(
    desk: Person, sanne: dict, shop: Shop, sandbox: SandboxAccount, wish: Wish
) -> None:
    actor = Actor(desk.staff, "desk", shop)
    outcome = services.award(contact_uuid=sanne["uuid"], wish=wish, promised=5, actor=actor, token="t" * 20)
    assert outcome.refused
    assert "It would be 501 credits now, more than the 500 you may award alone here." in outcome.words
    assert given_to(sandbox, sanne["uuid"]) == []


def test_the_limit_of_a_shop_of_its_own_counts(
    till: AwardPage, admin: Person, shop: Shop, sandbox: SandboxAccount
) -> None:
    by = Actor(admin.staff, "admin", shop)
    set_limit(by=by, kind=Limit.Kind.AWARD_CREDITS, role="desk", shop=shop, amount=10)
    till.see("11")
    assert "more than the 10 credits" in plain(till.text)


def test_what_cannot_be_calculated_at_the_last_moment_is_not_sent(till: AwardPage, sandbox: SandboxAccount) -> None:
    till.see("25")
    sandbox.fault("calculate_credits", kind="500", times=-1)
    token = till.fields("award")["form_token"]
    till.press("award")
    assert Act.objects.get(form_token=token).outcome == "refused"
    assert "No credits were awarded. Nobody can say now how many credits it would be, so nothing was sent" in till.text
    assert GIVE not in writes(sandbox)


@pytest.mark.parametrize("kind", ["429", "503", "1000"])
def test_a_busy_calculation_refuses_for_good_and_plans_nothing(
    till: AwardPage, sandbox: SandboxAccount, kind: str
) -> None:
    till.see("25")
    sandbox.fault("calculate_credits", kind=kind, times=-1)
    till.press("award")
    assert Act.objects.get(action="credits.award").outcome == "refused"
    assert GIVE not in writes(sandbox)


# --- asked from afar -----------------------------------------------------------------------------------------------


def test_asking_waits_for_whoever_may_approve_and_the_asker_can_finish(
    till: AwardPage, marketing: Person, sandbox: SandboxAccount
) -> None:
    approval = asked_for(till, amount="900")
    assert till.led_to == till.url
    words = plain(till.follow())
    assert "Nothing is awarded yet" in words
    assert "waiting" in words
    assert "Award 900 credits" not in words
    assert "Fatima El Idrissi asks for your approval" in plain(marketing.get("/").text)
    assert "Catering for a wedding" in marketing.get(f"/audit/{approval.act_id}/").text

    decided(marketing, approval)
    till.open()
    assert "Noor van Dijk approved it" in plain(till.text)
    till.press("finish")
    assert "Awarded 900 credits. The balance is 2,140." in till.follow()
    (award,) = Act.objects.filter(action="credits.award")
    assert award.parent == approval.act
    assert award.staff == till.person.staff
    assert given_to(sandbox, till.contact_uuid) == [900]
    till.again()
    assert given_to(sandbox, till.contact_uuid) == [900]
    assert "approved it" not in till.open().text


def test_the_page_asks_by_itself_without_asking_piggy(
    till: AwardPage, marketing: Person, sandbox: SandboxAccount
) -> None:
    approval = asked_for(till)
    till.open()
    assert "data-polling" in till.text
    sandbox.forget_calls()
    part = till.person.get(till.url, headers={**HTMX, "X-Polling": "1"})
    assert "waiting" in part.text
    decided(marketing, approval)
    part = till.person.get(till.url, headers={**HTMX, "X-Polling": "1"})
    assert "approved it" in plain(part.text)
    assert "data-polling" not in part.text
    assert "<html" not in part.text
    assert sandbox.calls == []


def test_one_approval_is_good_for_one_award_in_two_tabs(
    till: AwardPage, marketing: Person, sandbox: SandboxAccount
) -> None:
    approval = asked_for(till)
    decided(marketing, approval)
    other = AwardPage(till.person, till.contact_uuid).open()
    till.open().press("finish")
    other.press("finish")
    assert other.status == 409
    assert "The approval is gone" in other.text
    assert given_to(sandbox, till.contact_uuid) == [900]


def test_a_refusal_is_told_with_its_reason(till: AwardPage, marketing: Person, sandbox: SandboxAccount) -> None:
    decided(marketing, asked_for(till), granted=False)
    words = plain(till.open().text)
    assert "Noor van Dijk did not approve it : Too many" in words or "did not approve it: Too many" in words
    assert 'value="finish"' not in till.text


def test_a_request_can_be_withdrawn_also_when_it_was_granted(
    till: AwardPage, marketing: Person, sandbox: SandboxAccount
) -> None:
    approval = asked_for(till)
    decided(marketing, approval)
    till.open().press("withdraw")
    approval.refresh_from_db()
    assert approval.status == "withdrawn"
    assert 'value="finish"' not in till.open().text
    till.again()  # once more changes nothing and is no error
    assert till.led_to == till.url


def test_the_rules_may_not_make_more_of_it_than_was_approved(
    till: AwardPage, marketing: Person, sandbox: SandboxAccount
) -> None:
    approval = asked_for(till, amount="900")
    decided(marketing, approval)
    figures = {**approval.figures, "credits": 800}
    Approval.objects.filter(pk=approval.pk).update(figures=figures)
    till.open().press("finish")
    assert till.status == 409
    assert "It would be 900 credits now, more than the 800 that were approved" in till.text
    approval.refresh_from_db()
    assert approval.status == "granted", "it was not used up by an award that was not sent"
    assert given_to(sandbox, till.contact_uuid) == []


def test_an_approval_spent_on_a_refusal_is_told_and_asked_again_with_one_click(
    till: AwardPage, marketing: Person, sandbox: SandboxAccount
) -> None:
    decided(marketing, asked_for(till))
    sandbox.set(max_amount=20)
    till.open().press("finish")
    assert till.status == 409
    words = plain(till.open().text)
    assert "The approval was used, and the award was not made." in words
    assert "more credits than the programme allows" in words
    till.press("ask")
    sandbox.set(max_amount=50_000)
    second = Approval.objects.latest("requested_at")
    assert second.figures["credits"] == 900
    assert second.status == "open"
    decided(marketing, second)
    till.open().press("finish")
    assert given_to(sandbox, till.contact_uuid) == [900]


def test_what_must_wait_keeps_its_approval(till: AwardPage, marketing: Person, sandbox: SandboxAccount) -> None:
    decided(marketing, asked_for(till))
    sandbox.fault(GIVE, kind="429", retry_after=0)
    till.open().press("finish")
    assert till.status == 409
    assert "Piggy is busy" in till.text
    assert 'value="approve"' not in till.text
    till.open().press("finish")
    assert till.led_to == f"/contacts/{till.contact_uuid}/"
    assert given_to(sandbox, till.contact_uuid) == [900]
    assert till.again().led_to == f"/contacts/{till.contact_uuid}/"
    assert given_to(sandbox, till.contact_uuid) == [900]


def test_a_second_tab_that_came_too_late_does_not_say_that_nothing_was_awarded(
    till: AwardPage, marketing: Person, sandbox: SandboxAccount
) -> None:
    decided(marketing, asked_for(till))
    other = AwardPage(till.person, till.contact_uuid).open()
    till.open().press("finish")
    other.press("finish")
    assert other.status == 409
    assert "the award was not made" not in other.text
    assert given_to(sandbox, till.contact_uuid) == [900]


def test_an_approval_is_for_its_asker_its_customer_and_its_shop(
    till: AwardPage,
    marketing: Person,
    person: Callable[..., Person],
    sandbox: SandboxAccount,
) -> None:
    approval = asked_for(till)
    decided(marketing, approval)
    till.open()
    fields = till.fields("finish")
    colleague = person("desk2", "Jan Peters", "desk")
    assert colleague.post(till.url, fields).status_code == 422
    omar = sandbox.add_contact("omar@mail.example")
    assert till.person.post(f"/contacts/{omar['uuid']}/award/", fields).status_code == 422
    elsewhere = Shop.objects.create(piggy_uuid="shop-two", name="Amersfoort")
    sandbox.add_shop(uuid="shop-two", name="Amersfoort")
    session = till.person.session
    session["shop"] = str(elsewhere.pk)
    session.save()
    till.press("finish")
    assert "It was approved for Utrecht West" in till.text
    assert writes(sandbox).count(GIVE) == 0


def test_nobody_approves_their_own(admin: Person, sanne: dict, shop: Shop, sandbox: SandboxAccount) -> None:
    set_limit(by=Actor(admin.staff, "admin", shop), kind=Limit.Kind.AWARD_CREDITS, role="admin", shop=None, amount=100)
    till = AwardPage(admin, sanne["uuid"])
    approval = asked_for(till)
    assert admin.post(f"/audit/{approval.act_id}/decide/", {"granted": "yes"}).status_code == 403
    till.see(credits="900").press("approve", approver="admin", password=PASSWORD)
    assert till.status == 422
    assert "Who asks may not approve" in till.text
    assert given_to(sandbox, sanne["uuid"]) == []


# --- typed on the same screen --------------------------------------------------------------------------------------


def test_a_second_person_types_here_and_it_is_awarded_at_once(
    till: AwardPage, marketing: Person, sandbox: SandboxAccount
) -> None:
    till.see(credits="900").press("approve", approver="marketing", password=PASSWORD)
    assert "Awarded 900 credits." in till.follow()
    approval = Approval.objects.get()
    assert (approval.status, approval.decided_by) == ("used", marketing.staff)
    award = Act.objects.get(action="credits.award")
    assert (award.staff, award.parent) == (till.person.staff, approval.act)
    assert till.person.get("/").context["user"] == till.person.staff  # nobody was signed in or out
    till.again()
    assert given_to(sandbox, till.contact_uuid) == [900]


@pytest.mark.parametrize(
    ("name", "password", "words"),
    [
        ("marketing", "wrong horse", "Name, password or code is wrong"),
        ("nobody", PASSWORD, "Name, password or code is wrong"),
        ("desk", PASSWORD, "Who asks may not approve"),
        ("desk2", PASSWORD, "This person may not approve awards"),
        ("", PASSWORD, "This field is required"),
        ("marketing", "", "This field is required"),
        ("x" * 10_000, "y", "at most 150 characters"),
    ],
)
def test_who_may_not_approve_approves_nothing_and_leaves_nothing_behind(
    till: AwardPage,
    marketing: Person,
    person: Callable[..., Person],
    sandbox: SandboxAccount,
    name: str,
    password: str,
    words: str,
) -> None:
    person("desk2", "Jan Peters", "desk")
    till.see(credits="900").press("approve", approver=name, password=password)
    assert till.status == 422
    assert words in till.text
    assert not password or f'value="{password}"' not in till.text
    assert Approval.objects.count() == 0
    assert Act.objects.filter(action="approval.asked").count() == 0
    assert given_to(sandbox, till.contact_uuid) == []


def test_a_code_of_the_second_factor_is_asked_for_and_a_second_click_needs_no_other(
    till: AwardPage, marketing: Person, sandbox: SandboxAccount
) -> None:
    secret = TOTP.activate(marketing.staff, "JBSWY3DPEHPK3PXP").instance.data["secret"]
    assert secret
    till.see(credits="900").press("approve", approver="marketing", password=PASSWORD)
    assert till.status == 422
    counter = next(iter(yield_hotp_counters_from_time()))
    code = format_hotp_value(hotp_value("JBSWY3DPEHPK3PXP", counter))
    till.press("approve", approver="marketing", password=PASSWORD, otp=code)
    assert given_to(sandbox, till.contact_uuid) == [900]
    till.again()  # the code is used up, and it was this very form
    assert till.led_to == f"/contacts/{till.contact_uuid}/"
    assert given_to(sandbox, till.contact_uuid) == [900]


def test_wrong_passwords_typed_here_count_towards_the_pause(till: AwardPage, marketing: Person) -> None:
    till.see(credits="900")
    kept = till.text
    for _ in range(6):
        till.text = kept
        till.press("approve", approver="marketing", password="wrong horse")
    till.text = kept
    till.press("approve", approver="marketing", password=PASSWORD)
    assert till.status in (403, 422, 429)
    assert Approval.objects.count() == 0


# --- the pause -----------------------------------------------------------------------------------------------------


def test_within_the_pause_a_second_person_is_needed_and_the_end_is_told(
    till: AwardPage, marketing: Person, sandbox: SandboxAccount
) -> None:
    till.see("25").press("award")
    till.see("26")
    assert "You gave this customer credits a moment ago. Alone you may again at" in plain(till.text)
    assert 'name="step" value="award"' not in till.text
    till.press("approve", approver="marketing", password=PASSWORD)
    assert given_to(sandbox, till.contact_uuid) == [25, 26]


def test_an_approval_of_an_amount_above_the_limit_covers_the_pause(
    till: AwardPage, marketing: Person, sandbox: SandboxAccount
) -> None:
    till.see("25").press("award")
    till.see(credits="900")
    assert "more than the 500" in plain(till.text)
    assert "a moment ago" in plain(till.text)
    till.press("approve", approver="marketing", password=PASSWORD)
    assert given_to(sandbox, till.contact_uuid) == [25, 900]


def test_the_pause_ends(till: AwardPage, sandbox: SandboxAccount, shop: Shop) -> None:
    Limit.objects.filter(kind="award_pause").update(amount=1)
    till.see("25").press("award")
    act = Act.objects.get(action="credits.award")
    actor = Actor(till.person.staff, "desk", shop)
    until = limits.AWARDS.until(actor, [act])
    assert until is None or until <= act.at + timedelta(seconds=1)
    while limits.AWARDS.until(actor, [act]):
        pass
    till.see("26").press("award")
    assert given_to(sandbox, till.contact_uuid) == [25, 26]


def test_the_pause_is_of_one_person_and_one_customer(
    till: AwardPage, person: Callable[..., Person], sandbox: SandboxAccount
) -> None:
    till.see("25").press("award")
    omar = sandbox.add_contact("omar@mail.example")
    AwardPage(till.person, omar["uuid"]).see("25").press("award")
    AwardPage(person("desk2", "Jan Peters", "desk"), till.contact_uuid).see("30").press("award")
    assert given_to(sandbox, till.contact_uuid) == [25, 30]
    assert given_to(sandbox, omar["uuid"]) == [25]


def test_a_refused_award_begins_no_pause(till: AwardPage, sandbox: SandboxAccount) -> None:
    sandbox.set(max_amount=20)
    till.see("25").press("award")
    till.see("15").press("award")
    assert given_to(sandbox, till.contact_uuid) == [15]


def test_an_award_taken_back_whole_begins_no_pause(admin: Person, sanne: dict, sandbox: SandboxAccount) -> None:
    till = AwardPage(admin, sanne["uuid"])
    till.see("250").press("award")
    uuid = sandbox.state("loyalty_transaction")[0]["uuid"]
    url = f"/contacts/{sanne['uuid']}/award/{uuid}/reverse/"
    assert admin.post(url, {"why": "amount", "form_token": "x" * 20}).status_code == 303
    till.see("25").press("award")
    assert given_to(sandbox, sanne["uuid"]) == [250, -250, 25]


def test_without_a_pause_two_awards_may_follow_each_other(till: AwardPage, sandbox: SandboxAccount) -> None:
    Limit.objects.filter(kind="award_pause").delete()
    till.see("25").press("award")
    till.see("25").press("award")
    assert given_to(sandbox, till.contact_uuid) == [25, 25]
