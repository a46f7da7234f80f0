"""Award credits: what the desk sees in two steps, and what Piggy was asked."""

import re

import pytest
from django.urls import reverse
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from contacts.credits.forms import WishForm
from piggyadmin.accounts.models import Limit, Shop
from piggyadmin.ledger.marks import MARK
from piggyadmin.ledger.models import Act, State
from tests.conftest import Person
from tests.fixtures_sandbox import SandboxAccount

HTMX = {"HX-Request": "true"}
GIVE = "create_credit_reception"


class AwardPage:
    """One person on one customer's award page, using it as a browser does: by the forms that are on it."""

    def __init__(self, person: Person, contact_uuid: str, *, htmx: bool = True) -> None:
        self.person, self.headers = person, HTMX if htmx else {}
        self.contact_uuid = contact_uuid
        self.url = f"/contacts/{contact_uuid}/award/"
        self.text, self.status, self.led_to = "", 0, ""

    def open(self):
        return self._keep(self.person.get(self.url))

    def see(self, amount: str = "", credits: str = "", **more: str):
        fields = {"step": "see", "amount": amount, "credits": credits, **more}
        return self._keep(self.person.post(self.url, fields, headers=self.headers))

    def fields(self, step: str) -> dict[str, str]:
        forms = re.findall(r"<form .*?</form>", self.text, re.DOTALL)
        form = next((form for form in forms if f'name="step" value="{step}"' in form), None)
        assert form, f"There is no {step} on this till."
        found = re.findall(r'<input type="hidden" name="(\w+)"(?: value="([^"]*)")?', form)
        return {name: value for name, value in found if name != "csrfmiddlewaretoken"}

    def press(self, step: str, **typed: str):
        """Send the form of this step that is on the page, with what is in it."""
        self.sent = self.fields(step) | typed
        return self.again()

    def again(self):
        """The same form once more: a second click."""
        return self._keep(self.person.post(self.url, self.sent, headers=self.headers))

    def follow(self) -> str:
        return self.person.get(self.led_to).content.decode()

    def _keep(self, page):
        self.text, self.status = page.content.decode(), page.status_code
        self.led_to = page.headers.get("Location") or page.headers.get("HX-Redirect") or ""
        return self


def writes(sandbox: SandboxAccount) -> list[str]:
    return [call.operation for call in sandbox.calls if call.method != "GET"]


def given_to(sandbox: SandboxAccount, contact_uuid: str) -> list[int]:
    """What this customer was given, by the sandbox's own books."""
    return [row["credits"] for row in sandbox.state("loyalty_transaction") if row["contact_uuid"] == contact_uuid]


def balance(sandbox: SandboxAccount, contact_uuid: str) -> int:
    return next(row["credits"] for row in sandbox.state("contact") if row["uuid"] == contact_uuid)


@pytest.fixture
def sanne(sandbox: SandboxAccount) -> dict:
    return sandbox.add_contact("sanne@mail.example", firstname="Sanne", lastname="Visser", credits=1240)


@pytest.fixture
def till(desk: Person, sanne: dict) -> AwardPage:
    return AwardPage(desk, sanne["uuid"])


def plain(text: str) -> str:
    """A page's words, without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


# --- the first step ------------------------------------------------------------------------------------------------


def test_it_asks_for_an_amount_first_and_shows_the_live_balance(till: AwardPage, sandbox: SandboxAccount) -> None:
    till.open()
    assert till.status == 200
    assert "Sanne Visser" in till.text
    assert "1,240 credits" in till.text
    assert re.search(r'name="amount"[^>]*autofocus', till.text)
    assert "The amount is in" not in till.text  # one unit: nothing to choose
    assert writes(sandbox) == []


def test_the_first_step_shows_the_result_in_numbers_and_writes_nothing(
    till: AwardPage, sandbox: SandboxAccount
) -> None:
    till.see("25.40")
    assert till.status == 200
    words = plain(till.text)
    assert "€ 25.40 would be 25 credits" in words
    assert "1,240 + 25 → 1,265 expected" in words
    assert "Utrecht West" in words
    assert 'class="fresh live"' in till.text
    assert re.search(r"<button[^>]*data-careful autofocus>Award 25 credits", till.text)
    assert not re.search(r'name="amount"[^>]*autofocus', till.text)
    assert writes(sandbox) == []


def test_the_first_step_takes_one_round_trip(till: AwardPage, sandbox: SandboxAccount) -> None:
    till.open()
    sandbox.forget_calls()
    till.see("25.40")
    asked = sorted(call.operation for call in sandbox.calls)
    assert asked.count("get_contact") == asked.count("list_units") == asked.count("calculate_credits") == 1


def test_credits_go_past_the_rules_and_nothing_is_calculated(till: AwardPage, sandbox: SandboxAccount) -> None:
    till.see(credits="40")
    assert "1,240 + 40 → 1,280 expected" in plain(till.text)
    assert "calculate_credits" not in [call.operation for call in sandbox.calls]


@pytest.mark.parametrize(
    ("amount", "credits", "words"),
    [
        ("", "", "Type an amount, or a number of credits"),
        ("5", "5", "Fill in one of the two"),
        ("0", "", "Type more than zero"),
        ("-5", "", "Type more than zero"),
        ("−5", "", "Type more than zero"),
        ("", "0", "Type more than zero"),
        ("", "-1", "Type more than zero"),
        ("100000.01", "", "more than € 100,000.00"),
        ("", "1000001", "more than 1,000,000 credits"),
        ("1,085", "", "may be € 1,085.00, or € 1.08 with a digit too many"),
        ("1.085", "", "may be € 1,085.00, or € 1.08 with a digit too many"),
        ("many", "", "Type euros"),
        ("1e3", "", "Type euros"),
        ("٣", "", "Type euros"),
        ("", "1.5", "Type a whole number"),
        ("1\x00", "", "Null characters"),
        ("9" * 10_000, "", "at most 30 characters"),
        ("☕" * 20, "", "Type euros"),
        ("\u202e12", "", "Type euros"),
    ],
)
@pytest.mark.parametrize("htmx", [True, False])
def test_bad_input_is_refused_beside_the_field_and_nothing_is_written(
    desk: Person, sanne: dict, sandbox: SandboxAccount, amount: str, credits: str, words: str, htmx: bool
) -> None:
    till = AwardPage(desk, sanne["uuid"], htmx=htmx).see(amount, credits)
    assert till.status == 422
    assert words in till.text.replace("\u00a0", " ")
    assert 'aria-invalid="true"' in till.text
    assert 'value="award"' not in till.text
    assert ("<html" in till.text) is not htmx
    assert len(re.findall("autofocus", till.text)) == 1
    assert writes(sandbox) == []


@pytest.mark.parametrize(
    ("typed", "credits"), [("12,50", 12), ("12.50", 12), ("€ 12,50", 12), ("1.085,50", 1085), ("1,085.50", 1085)]
)
def test_amounts_are_understood_as_people_write_them(till: AwardPage, typed: str, credits: int) -> None:
    till.see(typed)
    assert f"would be {credits:,} credits" in plain(till.text)


def test_an_amount_that_gives_nothing_is_no_award(till: AwardPage, sandbox: SandboxAccount) -> None:
    till.see("0.50")
    assert till.status == 422
    assert "gives no credits" in till.text
    assert writes(sandbox) == []


@hypothesis_settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(amount=st.text(max_size=40), credits=st.text(max_size=40))
def test_any_typing_is_a_bounded_wish_or_a_sentence(amount: str, credits: str) -> None:
    form = WishForm({"amount": amount, "credits": credits}, units=[], default_unit="", money=set())
    if form.is_valid():
        wish = form.wish
        assert (wish.credits is None) != (wish.hundredths is None)
        assert 0 < (wish.credits or wish.hundredths or 0) <= 10_000_000
    else:
        assert all(error.endswith(".") for errors in form.errors.values() for error in errors if "(" not in error)


# --- units ---------------------------------------------------------------------------------------------------------


def test_with_several_units_it_offers_them_the_default_chosen(till: AwardPage, sandbox: SandboxAccount) -> None:
    sandbox.add_unit("visits", label="Visits", rate=10)
    till.open()
    assert re.search(r'<option value="purchase_amount" selected>Purchase amount', till.text)
    till.see("3", unit="visits")
    assert "3 × visits would be 30 credits" in plain(till.text)
    till.press("award")
    (act,) = Act.objects.filter(action="credits.award")
    assert (act.figures["unit"], act.figures["unit_value"]) == ("visits", "3")
    assert given_to(sandbox, till.contact_uuid) == [30]


def test_a_unit_that_the_account_does_not_have_is_refused(till: AwardPage, sandbox: SandboxAccount) -> None:
    sandbox.add_unit("visits", label="Visits", rate=10)
    till.see("3", unit="moons")
    assert till.status == 422
    assert "Choose one of these units" in till.text
    assert 'value="award"' not in till.text


def test_a_default_unit_that_is_no_money_is_not_called_euros(till: AwardPage, sandbox: SandboxAccount) -> None:
    sandbox.set(default_unit=False)
    sandbox.add_unit("visits", label="Visits", rate=10, is_default=True)
    assert "Amount in euros" not in till.open().text
    till.see("3")
    assert "€" not in plain(till.text).partition("would be")[0]
    till.press("award")
    assert given_to(sandbox, till.contact_uuid) == [30]
    assert Act.objects.get(action="credits.award").figures["unit_value"] == "3"


def test_without_a_default_unit_it_asks_which_one(till: AwardPage, sandbox: SandboxAccount) -> None:
    sandbox.set(default_unit=False)
    sandbox.add_unit("visits", label="Visits", rate=10)
    till.open()
    assert "The account has no default unit" in till.text
    till.see("3")
    assert till.status == 422
    assert "Choose what the amount is counted in" in till.text
    till.see("3", unit="visits")
    assert "would be 30 credits" in plain(till.text)


def test_without_any_unit_only_credits_can_be_awarded(till: AwardPage, sandbox: SandboxAccount) -> None:
    sandbox.set(default_unit=False)
    till.open()
    assert "only a number of credits can be awarded" in till.text
    till.see("3")
    assert till.status == 422
    assert "The account has no default unit" in till.text
    till.see(credits="3").press("award")
    assert given_to(sandbox, till.contact_uuid) == [3]


# --- the second step -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("htmx", [True, False])
def test_the_second_step_awards_what_was_shown_and_leads_to_the_customer(
    desk: Person, sanne: dict, sandbox: SandboxAccount, htmx: bool
) -> None:
    till = AwardPage(desk, sanne["uuid"], htmx=htmx)
    till.see("25.40").press("award")
    assert till.led_to == f"/contacts/{sanne['uuid']}/"
    assert "Awarded 25 credits. The balance is 1,265." in till.follow()
    (row,) = sandbox.state("loyalty_transaction")
    assert (row["credits"], row["unit_value"], row["shop_uuid"]) == (25, 25.4, "shop-utrecht")
    (act,) = Act.objects.filter(action="credits.award")
    assert act.outcome == State.DONE
    assert row["attributes"][MARK] == act.mark
    assert act.figures["unit_value_cents"] == 2540
    done = act.events.get().figures
    assert (done["reception_uuid"], done["credits"], done["balance_after"]) == (row["uuid"], 25, 1265)
    assert done["marked"] is True


def test_the_mark_is_made_once_for_the_account_by_the_dashboard_itself(
    till: AwardPage, admin: Person, sandbox: SandboxAccount
) -> None:
    till.see("25").press("award")
    AwardPage(admin, till.contact_uuid).see("30").press("award")
    assert writes(sandbox).count("create_loyalty_transaction_attribute") == 1
    (act,) = Act.objects.filter(action="credits.make_mark")
    assert (act.staff, act.outcome) == (None, State.DONE)
    assert given_to(sandbox, till.contact_uuid) == [25, 30]


@pytest.mark.parametrize("kind", ["500", "401", "lost_before"])
def test_without_a_mark_it_awards_all_the_same(till: AwardPage, sandbox: SandboxAccount, kind: str) -> None:
    sandbox.fault("create_loyalty_transaction_attribute", kind=kind)
    till.see("25").press("award")
    assert till.led_to == f"/contacts/{till.contact_uuid}/"
    (act,) = Act.objects.filter(action="credits.award")
    assert act.figures["with_mark"] is False
    assert act.events.get().figures["marked"] is False
    assert given_to(sandbox, till.contact_uuid) == [25]


def test_it_says_when_the_rules_counted_differently(admin: Person, sanne: dict, sandbox: SandboxAccount) -> None:
    till = AwardPage(admin, sanne["uuid"])
    sandbox.add_unit("points", label="Points", rate=2)
    till.see("25", unit="points")
    assert "would be 50 credits" in plain(till.text)
    sandbox.add_unit("points", label="Points", rate=3)  # since then
    till.press("award")
    words = till.follow()
    assert "Awarded 75 credits. 50 were expected: the rules of the programme counted differently." in words


def test_a_second_click_shows_the_first_and_gives_nothing_more(till: AwardPage, sandbox: SandboxAccount) -> None:
    till.see("25").press("award")
    till.again()
    assert "Awarded 25 credits. The balance is 1,265." in till.follow()
    assert given_to(sandbox, till.contact_uuid) == [25]


def test_two_tabs_give_once_and_the_second_is_told_when_it_may(
    till: AwardPage, desk: Person, sandbox: SandboxAccount
) -> None:
    other = AwardPage(desk, till.contact_uuid).see("25")
    till.see("25").press("award")
    other.press("award")
    assert other.status == 409
    assert "You gave this customer credits a moment ago. Wait until" in other.text
    assert given_to(sandbox, till.contact_uuid) == [25]


def test_what_piggy_refuses_is_told_and_may_be_changed(till: AwardPage, sandbox: SandboxAccount) -> None:
    sandbox.set(max_amount=20)
    till.see("25").press("award")
    assert till.status == 409
    assert "No credits were awarded." in till.text
    assert "ERR 1015" in till.text
    assert 'value="25.00"' in till.text
    sandbox.set(max_amount=50_000)
    till.press("award")  # the same amount again: a form of its own
    assert given_to(sandbox, till.contact_uuid) == [25]


def test_a_busy_customer_is_told_so(till: AwardPage, sandbox: SandboxAccount) -> None:
    sandbox.set(running=[till.contact_uuid])
    till.see("25").press("award")
    assert till.status == 409
    assert "Nothing was given now" in till.text


def test_what_must_wait_is_sent_once_by_the_same_form(till: AwardPage, sandbox: SandboxAccount) -> None:
    sandbox.fault(GIVE, kind="429", retry_after=0)
    till.see("25").press("award")
    assert till.status == 409
    assert "Piggy is busy" in till.text
    assert till.fields("award") == till.sent
    till.press("award")
    assert till.led_to == f"/contacts/{till.contact_uuid}/"
    assert given_to(sandbox, till.contact_uuid) == [25]
    assert Act.objects.filter(action="credits.award").count() == 1


def test_an_unknown_award_is_never_called_done_and_bars_the_next_one(
    till: AwardPage, admin: Person, sandbox: SandboxAccount
) -> None:
    other = AwardPage(admin, till.contact_uuid).see(credits="5")
    sandbox.fault(GIVE, kind="lost_after")
    till.see("25").press("award")
    (act,) = Act.objects.filter(action="credits.award")
    assert till.led_to == f"/audit/{act.pk}/"
    words = till.follow()
    assert "Do not make it again" in words
    assert "Awarded 25" not in words
    till.open()
    assert "Nobody knows yet whether an earlier award was made" in till.text
    assert f"/audit/{act.pk}/" in till.text
    assert 'name="amount"' not in till.text
    other.press("award")
    assert other.status == 409
    assert "an earlier award to this customer" in other.text
    assert given_to(sandbox, till.contact_uuid) == [25]


def test_a_colleague_who_may_not_open_the_unknown_act_is_told_whom_to_ask(
    till: AwardPage, person, sandbox: SandboxAccount
) -> None:
    sandbox.fault(GIVE, kind="lost_after")
    till.see("25").press("award")
    other = AwardPage(person("desk2", "Jan Peters", "desk"), till.contact_uuid).open()
    assert "Fatima El Idrissi" in other.text
    assert "/audit/" + str(Act.objects.get(action="credits.award").pk) not in other.text


@pytest.mark.parametrize(
    "changed",
    [
        {"credits": "5"},
        {"hundredths": "2600"},
        {"hundredths": "", "credits": "25"},
        {"promised": "24"},
        {"promised": "x"},
        {"unit": "visits"},
        {"unit": "a@b.example"},
        {"money": ""},
        {"seal": ""},
        {"seal": "x" * 43},
        {"form_token": "short"},
    ],
)
def test_nothing_is_done_that_was_not_shown(till: AwardPage, sandbox: SandboxAccount, changed: dict) -> None:
    till.see("25").press("award", **changed)
    assert till.status == 422
    assert "Nothing was awarded" in till.text
    assert writes(sandbox) == []


def test_what_was_shown_to_one_is_not_done_by_another_or_for_another(
    till: AwardPage, admin: Person, sandbox: SandboxAccount
) -> None:
    till.see("25")
    omar = sandbox.add_contact("omar@mail.example")
    for other in (AwardPage(admin, till.contact_uuid), AwardPage(till.person, omar["uuid"])):
        other.text = till.text
        other.press("award")
        assert other.status == 422
    assert writes(sandbox) == []


# --- Piggy away, nobody there ---------------------------------------------------------------------------------------


def test_with_piggy_down_it_says_so_and_nothing_is_written(till: AwardPage, sandbox: SandboxAccount) -> None:
    sandbox.broken = 503
    assert till.open().status == 503
    assert "Maintenance at Piggy" in till.text
    assert till.see("25").status == 503
    assert "<html" not in till.text


def test_credits_that_cannot_be_calculated_are_said_beside_the_amount(till: AwardPage, sandbox: SandboxAccount) -> None:
    sandbox.fault("calculate_credits", kind="500", times=-1)
    till.see("25")
    assert till.status == 503
    assert "could not be asked" in till.text
    assert 'value="25"' in till.text


def test_with_piggy_down_at_the_second_step_nothing_was_sent_and_that_is_said(
    till: AwardPage, sandbox: SandboxAccount, settings: object
) -> None:
    till.see("25")
    settings.PIGGY_BASE_URL = "http://127.0.0.1:9"  # type: ignore[attr-defined]
    till.press("award")
    assert till.led_to == f"/contacts/{till.contact_uuid}/"
    assert "No credits were awarded." in till.follow()
    assert given_to(sandbox, till.contact_uuid) == []


def test_units_that_cannot_be_read_leave_the_default_one(till: AwardPage, sandbox: SandboxAccount) -> None:
    sandbox.fault("list_units", kind="500", times=-1)
    till.open()
    assert "the account’s default one counts" in till.text
    till.see("25").press("award")
    assert given_to(sandbox, till.contact_uuid) == [25]


def test_a_customer_who_is_gone_has_no_award_page(desk: Person, sandbox: SandboxAccount) -> None:
    till = AwardPage(desk, "no-such-customer")
    assert till.open().status == 404
    assert till.see("25").status == 404


def test_without_a_shop_it_leads_to_the_list_of_shops(desk: Person, sanne: dict) -> None:
    Shop.objects.create(piggy_uuid="shop-two", name="Two")
    session = desk.session
    session.pop("shop")
    session.save()
    desk.staff.last_shop = None
    desk.staff.save()
    answer = desk.get(f"/contacts/{sanne['uuid']}/award/")
    assert (
        answer.headers["Location"] == f"{reverse('accounts:pick-shop')}?next=%2Fcontacts%2F{sanne['uuid']}%2Faward%2F"
    )


@pytest.mark.parametrize("who", ["marketing", "stranger"])
def test_only_who_may_award_opens_it(request: pytest.FixtureRequest, sandbox: SandboxAccount, sanne: dict, who: str):
    till = AwardPage(request.getfixturevalue(who), sanne["uuid"])
    assert till.open().status == 403
    assert till.see("25").status == 403
    assert sandbox.calls == []


def test_no_words_about_the_customer_enter_the_ledger(till: AwardPage, sandbox: SandboxAccount) -> None:
    till.see("25").press("award")
    for act in Act.objects.all():
        for row in (act, *act.events.all()):
            assert "Sanne" not in str(row.figures)
            assert "sanne" not in str(row.figures)


def test_the_pause_begins_at_thirty_seconds(first_limits: None) -> None:
    assert Limit.objects.filter(kind="award_pause", amount=30).count() == 2
