"""Check a voucher, lock it, redeem it: what the desk sees, and what Piggy was asked."""

import re

import pytest

from piggyadmin.ledger.models import Act
from tests.conftest import Person
from tests.fixtures_sandbox import SandboxAccount
from vouchers.models import KnownRedemption, OwnLock

HTMX = {"HX-Request": "true"}


class Till:
    """One person at one till, using the voucher pages as a browser does: by the forms that are on them."""

    def __init__(self, person: Person, *, htmx: bool = True) -> None:
        self.person, self.headers = person, HTMX if htmx else {}
        self.page = None
        self.text = ""

    def check(self, code: str):
        return self._keep(self.person.post("/vouchers/check/", {"code": code}, headers=self.headers))

    def press(self, act: str, **fields: str):
        """Send the form of this act that is on the page, with what is in it."""
        form = re.search(rf'<form method="post" action="(/vouchers/[^"]+/{act}/)".*?</form>', self.text, re.DOTALL)
        assert form, f"There is nothing to {act} on this page."
        values = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form.group()))
        self.sent = (form.group(1), values | fields)
        return self.again()

    def again(self):
        """The same form once more: a second click."""
        path, values = self.sent
        return self._keep(self.person.post(path, values, headers=self.headers, follow=not self.headers))

    def _keep(self, page):
        self.page, self.text = page, page.content.decode()
        self.status = page.status_code
        verdict = re.search(r'<section class="verdict (\w+)">.*?<h1>(.*?)</h1>', self.text, re.DOTALL)
        self.verdict = verdict.groups() if verdict else None
        return self


@pytest.fixture
def till(desk: Person) -> Till:
    return Till(desk)


@pytest.fixture
def sanne(sandbox: SandboxAccount) -> dict:
    contact = sandbox.add_contact("sanne@mail.example", firstname="Sanne")
    sandbox.add_identifier("2600441700810092", contact_uuid=contact["uuid"])
    return contact


@pytest.fixture
def coffee(sandbox: SandboxAccount, sanne: dict) -> dict:
    return sandbox.add_voucher("COFFEE-1", contact_uuid=sanne["uuid"])


def writes(sandbox: SandboxAccount) -> list[str]:
    return [call.operation for call in sandbox.calls if call.method != "GET"]


# --- looking -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "look", "word"),
    [
        ("ACTIVE", "done", "Valid"),
        ("REDEEMED", "refused", "Used"),
        ("EXPIRED", "refused", "Expired"),
        ("DEACTIVATED", "refused", "Withdrawn"),
        ("INACTIVE", "refused", "Not yet"),
        ("LOCKED", "refused", "Locked"),
    ],
)
def test_every_state_has_a_verdict_and_looking_writes_nothing(
    till: Till, sandbox: SandboxAccount, status: str, look: str, word: str
) -> None:
    sandbox.add_voucher("COFFEE-1", status=status)
    till.check("COFFEE-1")
    assert till.status == 200
    assert till.verdict == (look, word)
    assert "Free coffee" in till.text
    assert writes(sandbox) == []


def test_a_code_that_does_not_exist_says_what_to_do(till: Till, sandbox: SandboxAccount) -> None:
    till.check("NOTHING-1")
    assert till.status == 404
    assert till.verdict == ("refused", "No such code")
    assert "Capitals and small letters count" in till.text


def test_a_code_read_in_groups_of_four_is_found(till: Till, sandbox: SandboxAccount) -> None:
    sandbox.add_voucher("SUMR26AP4T7K9QXD")
    assert till.check("SUMR 26AP 4T7K 9QXD").verdict == ("done", "Valid")


def test_it_works_without_javascript(desk: Person, sandbox: SandboxAccount, coffee: dict) -> None:
    page = desk.post("/vouchers/check/", {"code": "COFFEE-1"})
    assert "<html" in page.text
    assert "Valid" in page.text


@pytest.mark.parametrize("code", ["", "x" * 10_000, "CO\x00FFEE", "COFFEE\x1b1"])
def test_bad_input_is_refused_beside_the_field_and_never_reaches_piggy(
    till: Till, sandbox: SandboxAccount, code: str
) -> None:
    till.check(code)
    assert till.status == 422
    assert 'class="error"' in till.text
    assert sandbox.calls == []


def test_a_checked_voucher_has_a_page_by_its_uuid(
    till: Till, desk: Person, coffee: dict, sandbox: SandboxAccount
) -> None:
    assert "scan or type the code" in desk.get(f"/vouchers/{coffee['uuid']}/").text.lower()
    till.check("COFFEE-1")
    page = desk.get(f"/vouchers/{coffee['uuid']}/")
    assert page.status_code == 200
    assert "Valid" in page.text


def test_a_voucher_on_a_customers_page_opens_unseen(
    desk: Person, coffee: dict, sanne: dict, sandbox: SandboxAccount
) -> None:
    page = desk.get(f"/vouchers/{coffee['uuid']}/?holder={sanne['uuid']}")
    assert page.status_code == 200
    assert "Valid" in page.text


def test_a_voucher_of_somebody_else_does_not_open_by_a_strangers_page(
    desk: Person, coffee: dict, sandbox: SandboxAccount
) -> None:
    other = sandbox.add_contact("other@mail.example")
    assert desk.get(f"/vouchers/{coffee['uuid']}/?holder={other['uuid']}").status_code == 404


def test_when_piggy_is_down_no_verdict_stands(till: Till, sandbox: SandboxAccount, coffee: dict) -> None:
    sandbox.broken = 503
    till.check("COFFEE-1")
    assert till.status == 503
    assert till.verdict is None
    assert "<html" not in till.text


# --- lock, redeem, release -----------------------------------------------------------------------------------------


def test_it_is_locked_then_redeemed_for_the_shop(
    till: Till, sandbox: SandboxAccount, coffee: dict, sanne: dict
) -> None:
    assert till.check("COFFEE-1").press("lock").verdict == ("done", "Locked for you")
    assert till.press("redeem").verdict == ("done", "Redeemed")
    assert writes(sandbox) == ["lock_voucher", "redeem_voucher"]
    sent = next(call for call in sandbox.calls if call.operation == "redeem_voucher")
    assert sent.body["shop_uuid"] == till.person.shop.piggy_uuid
    assert sent.body["release_key"]
    assert [act.state.outcome for act in Act.objects.select_related("state")] == ["done", "done"]
    assert KnownRedemption.objects.get().staff == till.person.staff


def test_a_second_try_is_refused_and_says_who_and_where(till: Till, sandbox: SandboxAccount, coffee: dict) -> None:
    till.check("COFFEE-1").press("lock").press("redeem").check("COFFEE-1")
    assert till.verdict == ("refused", "Used")
    assert "Utrecht West" in till.text
    assert "Fatima El Idrissi" in till.text


def test_a_second_click_redeems_once_and_shows_the_same(till: Till, sandbox: SandboxAccount, coffee: dict) -> None:
    till.check("COFFEE-1").press("lock").press("redeem")
    assert till.again().verdict == ("done", "Redeemed")
    assert writes(sandbox).count("redeem_voucher") == 1


def test_without_javascript_the_voucher_page_says_the_same(desk: Person, sandbox: SandboxAccount, coffee: dict) -> None:
    till = Till(desk, htmx=False)
    assert till.check("COFFEE-1").press("lock").verdict == ("done", "Locked for you")
    assert till.press("redeem").verdict == ("done", "Redeemed")
    assert "COFFEE-1" not in till.page.request["QUERY_STRING"]
    assert "COFFEE" not in till.page.redirect_chain[-1][0]


def test_released_it_can_be_used_again(till: Till, sandbox: SandboxAccount, coffee: dict) -> None:
    till.check("COFFEE-1").press("lock").press("release")
    assert till.verdict == ("done", "Valid")
    assert OwnLock.objects.get().ended_at is not None
    assert till.press("lock").press("redeem").verdict == ("done", "Redeemed")


def test_of_two_desks_one_wins_and_the_other_is_told_who(
    desk: Person, reviewer: Person, sandbox: SandboxAccount, coffee: dict
) -> None:
    first, second = Till(desk), Till(reviewer)
    first.check("COFFEE-1")
    second.check("COFFEE-1")
    assert first.press("lock").verdict == ("done", "Locked for you")
    second.press("lock")
    assert second.status == 409
    assert second.verdict == ("refused", "Locked")
    assert "Fatima El Idrissi at Utrecht West holds it" in second.text
    assert first.press("redeem").verdict == ("done", "Redeemed")


def test_nobody_redeems_with_a_colleagues_lock(
    desk: Person, reviewer: Person, sandbox: SandboxAccount, coffee: dict
) -> None:
    first, second = Till(desk), Till(reviewer)
    first.check("COFFEE-1").press("lock")
    path = f"/vouchers/{coffee['uuid']}/redeem/"
    second._keep(reviewer.post(path, {"form_token": "a-token-of-my-own"}, headers=HTMX))
    assert second.status == 409
    assert writes(sandbox) == ["lock_voucher"]


def test_a_voucher_of_nobody_asks_whose_it_is(till: Till, sandbox: SandboxAccount, sanne: dict) -> None:
    sandbox.add_voucher("FREE-FOR-ALL")
    till.check("FREE-FOR-ALL").press("lock")
    assert "Whose is it?" in till.text
    assert "/redeem/" not in till.text
    till.press("holder", holder="2600 4417 0081 0092")
    assert "Sanne" in till.text
    assert till.press("redeem").verdict == ("done", "Redeemed")
    sent = next(call for call in sandbox.calls if call.operation == "redeem_voucher")
    assert sent.body["contact_uuid"] == sanne["uuid"]


def test_a_card_of_nobody_is_refused_beside_the_field(till: Till, sandbox: SandboxAccount, sanne: dict) -> None:
    sandbox.add_voucher("FREE-FOR-ALL")
    till.check("FREE-FOR-ALL").press("lock").press("holder", holder="999999")
    assert till.status == 422
    assert "No customer has this card or address" in till.text
    assert 'value="999999"' in till.text
    assert till.verdict == ("done", "Locked for you")


def test_a_voucher_of_several_uses_says_how_many_are_left(till: Till, sandbox: SandboxAccount, sanne: dict) -> None:
    sandbox.add_voucher("TEN-TIMES", contact_uuid=sanne["uuid"], total_redemptions_allowed=3)
    assert "3 of 3 uses left" in till.check("TEN-TIMES").text
    till.press("lock").press("redeem")
    assert till.verdict == ("done", "Redeemed")
    assert "2 of 3 uses left" in till.text


def test_marketing_may_look_and_not_lock(marketing: Person, sandbox: SandboxAccount, coffee: dict) -> None:
    till = Till(marketing).check("COFFEE-1")
    assert till.verdict == ("done", "Valid")
    assert "/lock/" not in till.text
    assert marketing.post(f"/vouchers/{coffee['uuid']}/lock/", {"form_token": "t"}).status_code == 403
    assert writes(sandbox) == []


def test_without_a_shop_it_asks_for_one(till: Till, sandbox: SandboxAccount, coffee: dict, desk: Person) -> None:
    from piggyadmin.accounts.models import Shop

    Shop.objects.create(piggy_uuid="other", name="Amersfoort")
    Shop.objects.create(piggy_uuid="third", name="Zeist")
    desk.staff.last_shop = None
    desk.staff.save()
    session = desk.session
    session.pop("shop")
    session.save()
    assert "Pick the shop you are in" in till.check("COFFEE-1").text


# --- answers that get lost -----------------------------------------------------------------------------------------

LOST_AFTER = ["lost_after", "reset", "garbage", "503_after", "500_after", "html200"]


@pytest.mark.parametrize("kind", LOST_AFTER)
def test_a_redemption_whose_answer_is_lost_is_unknown_then_proved(
    till: Till, sandbox: SandboxAccount, coffee: dict, kind: str
) -> None:
    till.check("COFFEE-1").press("lock")
    sandbox.fault("redeem_voucher", kind=kind)
    assert till.press("redeem").verdict == ("unknown", "No answer")
    assert "Do not redeem it again" in till.text
    assert "/redeem/" not in till.text
    assert till.press("look").verdict == ("done", "Redeemed")
    assert writes(sandbox).count("redeem_voucher") == 1
    assert len(sandbox.state("redemption")) == 1


@pytest.mark.parametrize("kind", ["lost_before", "503", "500", "1000"])
def test_a_redemption_that_never_came_is_not_called_done_and_not_sent_again(
    till: Till, sandbox: SandboxAccount, coffee: dict, kind: str
) -> None:
    till.check("COFFEE-1").press("lock")
    sandbox.fault("redeem_voucher", kind=kind)
    assert till.press("redeem").verdict == ("unknown", "No answer")
    assert till.press("look").verdict == ("unknown", "No answer")
    assert till.again().verdict == ("unknown", "No answer")
    assert writes(sandbox).count("redeem_voucher") == 1
    assert sandbox.state("redemption") == []


def test_too_many_calls_is_not_done_and_the_same_form_may_go_again_later(
    till: Till, sandbox: SandboxAccount, coffee: dict
) -> None:
    till.check("COFFEE-1").press("lock")
    sandbox.fault("redeem_voucher", kind="429", retry_after=1)
    till.press("redeem")
    assert till.verdict == ("done", "Locked for you")
    assert "Try again at" in till.text
    assert sandbox.state("redemption") == []


@pytest.mark.parametrize("kind", LOST_AFTER)
def test_a_lock_whose_answer_is_lost_reads_perhaps_by_us(
    till: Till, sandbox: SandboxAccount, coffee: dict, kind: str
) -> None:
    sandbox.fault("lock_voucher", kind=kind)
    assert till.check("COFFEE-1").press("lock").verdict == ("unknown", "Locked")
    assert re.search(r"Locked, perhaps by us, until (tomorrow )?\d\d:\d\d", till.text)  # tomorrow: late in the evening
    assert "/redeem/" not in till.text
    assert till.press("look").verdict == ("unknown", "Locked")


@pytest.mark.parametrize("kind", LOST_AFTER)
def test_a_release_whose_answer_is_lost_is_found_out(
    till: Till, sandbox: SandboxAccount, coffee: dict, kind: str
) -> None:
    till.check("COFFEE-1").press("lock")
    sandbox.fault("release_voucher", kind=kind)
    till.press("release")
    assert till.verdict == ("done", "Valid")
    till.person.post(f"/vouchers/{coffee['uuid']}/look/", headers=HTMX)
    assert Act.objects.get(action="voucher.release").state.outcome == "done"


# --- taking back ---------------------------------------------------------------------------------------------------


def redeemed(admin: Person, sandbox: SandboxAccount) -> tuple[Till, str]:
    till = Till(admin).check("COFFEE-1").press("lock").press("redeem")
    row = KnownRedemption.objects.get()
    return till, f"/vouchers/{row.voucher.piggy_uuid}/reverse/{row.piggy_uuid}/"


def token_on(text: str) -> str:
    return re.search(r'name="form_token" value="([^"]+)"', text).group(1)


def test_an_admin_takes_back_a_redemption_whose_number_we_hold(
    admin: Person, sandbox: SandboxAccount, coffee: dict
) -> None:
    _, path = redeemed(admin, sandbox)
    question = admin.get(path)
    assert "Take back this redemption?" in question.text
    page = admin.post(path, {"reason": "Wrong customer", "form_token": token_on(question.text)}, follow=True)
    assert "Took back a redemption" in page.text
    assert "Valid" in page.text
    assert Act.objects.get(action="voucher.reverse").details.get(event=None).words == {"reason": "Wrong customer"}


def test_a_second_click_takes_back_once(admin: Person, sandbox: SandboxAccount, coffee: dict) -> None:
    _, path = redeemed(admin, sandbox)
    form = {"reason": "Wrong customer", "form_token": token_on(admin.get(path).text)}
    admin.post(path, form)
    assert "Took back a redemption" in admin.post(path, form, follow=True).text
    assert writes(sandbox).count("reverse_voucher_redemption") == 1


def test_another_form_does_not_take_back_what_is_taken_back(
    admin: Person, sandbox: SandboxAccount, coffee: dict
) -> None:
    _, path = redeemed(admin, sandbox)
    admin.post(path, {"reason": "Wrong customer", "form_token": "first-form-of-mine"})
    page = admin.post(path, {"reason": "Once more", "form_token": "second-form-of-mine"}, follow=True)
    assert "taken back already" in page.text
    assert writes(sandbox).count("reverse_voucher_redemption") == 1


def test_while_nobody_knows_whether_it_was_taken_back_it_is_not_tried_again(
    admin: Person, sandbox: SandboxAccount, coffee: dict
) -> None:
    _, path = redeemed(admin, sandbox)
    sandbox.fault("reverse_voucher_redemption", kind="lost_after")
    admin.post(path, {"reason": "Wrong customer", "form_token": "first-form-of-mine"})
    page = admin.post(path, {"reason": "Once more", "form_token": "second-form-of-mine"}, follow=True)
    assert "Nobody knows yet" in page.text
    assert writes(sandbox).count("reverse_voucher_redemption") == 1


def test_a_reason_is_asked_for_and_nothing_typed_is_lost(admin: Person, sandbox: SandboxAccount, coffee: dict) -> None:
    _, path = redeemed(admin, sandbox)
    page = admin.post(path, {"reason": "", "form_token": "some-token-of-mine"})
    assert page.status_code == 422
    assert "some-token-of-mine" in page.text
    assert "reverse_voucher_redemption" not in writes(sandbox)


def test_the_desk_may_not_take_back(desk: Person, admin: Person, sandbox: SandboxAccount, coffee: dict) -> None:
    _, path = redeemed(admin, sandbox)
    assert desk.get(path).status_code == 403
    assert desk.post(path, {"reason": "x", "form_token": "t"}).status_code == 403


def test_a_redemption_from_elsewhere_says_where_to_take_it_back(till: Till, sandbox: SandboxAccount) -> None:
    sandbox.add_voucher("COFFEE-2", status="REDEEMED")
    assert "Piggy’s own dashboard" in till.check("COFFEE-2").text


@pytest.mark.parametrize("kind", LOST_AFTER)
def test_a_reversal_whose_answer_is_lost_is_found_out(
    admin: Person, sandbox: SandboxAccount, coffee: dict, kind: str
) -> None:
    _, path = redeemed(admin, sandbox)
    token = token_on(admin.get(path).text)
    sandbox.fault("reverse_voucher_redemption", kind=kind)
    page = admin.post(path, {"reason": "Wrong customer", "form_token": token}, follow=True)
    assert "We do not know" in page.text
    admin.post(f"/vouchers/{coffee['uuid']}/look/")
    act = Act.objects.get(action="voucher.reverse")
    assert act.state.outcome == "done"
    assert KnownRedemption.objects.get().reversed_at is not None
    assert writes(sandbox).count("reverse_voucher_redemption") == 1


# --- the sweeper, and what stays out of sight ----------------------------------------------------------------------


def test_the_sweeper_frees_what_nobody_used_within_two_minutes(
    till: Till, sandbox: SandboxAccount, coffee: dict
) -> None:
    from datetime import timedelta

    from django.utils import timezone

    from vouchers.check.jobs import release_stale_locks

    till.check("COFFEE-1").press("lock")
    assert release_stale_locks() == 0
    OwnLock.objects.update(at=timezone.now() - timedelta(seconds=121))
    assert release_stale_locks() == 1
    assert till.check("COFFEE-1").verdict == ("done", "Valid")
    assert Act.objects.get(action="voucher.release").figures["by_timer"] is True


def test_no_code_stands_in_the_ledger_or_a_log(
    till: Till, sandbox: SandboxAccount, sanne: dict, caplog: pytest.LogCaptureFixture
) -> None:
    sandbox.add_voucher("SECRET26AP4T7K9QXD", contact_uuid=sanne["uuid"])
    with caplog.at_level("DEBUG"):
        till.check("SECRET26AP4T7K9QXD").press("lock").press("redeem")
    assert "SECRET26AP" not in caplog.text
    for act in Act.objects.all():
        assert "SECRET26AP" not in str(act.figures)
        assert act.figures["code_end"] == "9QXD"
