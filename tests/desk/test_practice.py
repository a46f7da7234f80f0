"""Practice: three customers to try the work on, tasks that tick themselves, and no way to a real customer."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from contacts.credits.actions import AWARD
from piggyadmin import practice as command
from piggyadmin.desk.models import PracticeRound
from piggyadmin.desk.practice import services
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.door import Target, form_token, perform
from piggyadmin.together import CannotStart
from tests.conftest import Person
from tests.contacts.claiming_hands import Desk as Till
from tests.contacts.test_credits import AwardPage
from tests.fixtures_sandbox import SandboxAccount

ROOT = Path(__file__).resolve().parents[2]
PAGE = "/practice/"


@pytest.fixture
def practising(sandbox: SandboxAccount, settings: Any) -> SandboxAccount:
    settings.PIGGYADMIN_ENV = "practice"
    return sandbox


def ticks(person: Person) -> str:
    page = person.get(PAGE).content.decode()
    return page.partition('id="practice"')[2].partition("</section>")[0]


@pytest.mark.django_db
class TestThePage:
    def test_it_exists_in_practice_only(self, desk: Person, sandbox: SandboxAccount) -> None:
        assert desk.get(PAGE).status_code == 404
        assert desk.post(f"{PAGE}begin/").status_code == 404
        assert sandbox.state("contact") == []
        assert "What to practise" not in desk.get("/keys/").content.decode()

    def test_before_anybody_began_it_says_what_to_do(self, desk: Person, practising: SandboxAccount) -> None:
        assert "Nobody is here yet" in desk.get(PAGE).content.decode()

    def test_it_makes_three_customers_and_says_what_to_type(self, desk: Person, practising: SandboxAccount) -> None:
        page = desk.post(f"{PAGE}begin/", follow=True).content.decode()
        assert len(practising.state("contact")) == 3
        assert practising.state("identifier")[0]["value"] in page
        assert practising.state("voucher")[0]["code"] in page
        assert "0 of 5 done" in page
        assert "What to practise" in desk.get("/keys/").content.decode()

    def test_the_next_one_gets_three_others(self, desk: Person, marketing: Person, practising: SandboxAccount) -> None:
        desk.post(f"{PAGE}begin/")
        first = PracticeRound.objects.get().customers
        marketing.post(f"{PAGE}begin/")
        second = PracticeRound.objects.first()
        assert second is not None
        assert {facts["uuid"] for facts in first.values()}.isdisjoint(
            facts["uuid"] for facts in second.customers.values()
        )

    def test_a_stand_in_that_is_away_is_a_sentence(
        self, desk: Person, practising: SandboxAccount, settings: Any
    ) -> None:
        settings.PIGGY_BASE_URL = "http://127.0.0.1:9"
        page = desk.post(f"{PAGE}begin/", follow=True)
        assert "Nothing is new." in page.content.decode()
        assert not PracticeRound.objects.exists()


@pytest.mark.django_db
class TestTheTasks:
    """Each is done the way that it is asked for, and ticks itself."""

    @pytest.fixture
    def customers(self, desk: Person, practising: SandboxAccount) -> dict[str, dict[str, str]]:
        desk.post(f"{PAGE}begin/")
        return PracticeRound.objects.get().customers

    def done(self, desk: Person) -> list[str]:
        told = services.practice(desk.staff)
        return [
            step.task.words
            for customer in told.customers
            for step in customer.steps
            if step.state == "done" and not step.astray
        ]

    def test_the_regular(self, desk: Person, practising: SandboxAccount, customers: dict[str, dict[str, str]]) -> None:
        pim = customers["regular"]
        assert desk.post("/find/", {"q": pim["card"]}).url == f"/contacts/{pim['uuid']}/"
        AwardPage(desk, pim["uuid"]).see(credits="12").press("award")
        assert self.done(desk) == ["Give 12 credits"]
        assert "not yet" in ticks(desk)
        assert desk.staff.name in ticks(desk)

    def test_another_number_of_credits_is_no_tick_and_says_so(
        self, desk: Person, practising: SandboxAccount, customers: dict[str, dict[str, str]]
    ) -> None:
        AwardPage(desk, customers["regular"]["uuid"]).see(credits="24").press("award")
        assert self.done(desk) == []
        assert "0 of 5 done" in ticks(desk)
        assert "That was another number of credits." in ticks(desk)
        actor = Actor(desk.staff, desk.staff.role, desk.shop)
        pim = Target("contact", customers["regular"]["uuid"])
        perform(AWARD, by=actor, target=pim, figures={"credits": 12}, call=lambda act: None)
        assert self.done(desk) == ["Give 12 credits"]
        assert "That was another number of credits." not in ticks(desk)

    def test_who_may_not_do_the_tasks_is_told_so_first(
        self, desk: Person, marketing: Person, customers: dict[str, dict[str, str]]
    ) -> None:
        assert "These tasks are the front desk’s" in marketing.get(PAGE).content.decode()
        assert "These tasks are the front desk’s" not in desk.get(PAGE).content.decode()

    def test_the_stranger(self, desk: Person, practising: SandboxAccount, customers: dict[str, dict[str, str]]) -> None:
        stranger = customers["stranger"]
        assert stranger["email"] in desk.get(PAGE).content.decode()
        Till(desk, stranger["uuid"]).open().claim(stranger["email"])
        assert self.done(desk) == ["Make the card theirs"]

    def test_the_guest(self, desk: Person, practising: SandboxAccount, customers: dict[str, dict[str, str]]) -> None:
        voucher = practising.state("voucher")[0]["uuid"]
        desk.post("/vouchers/check/", {"code": customers["guest"]["code"]})
        desk.post(f"/vouchers/{voucher}/lock/", {"form_token": form_token()})
        assert self.done(desk) == ["Check the code and lock it"]
        desk.post(f"/vouchers/{voucher}/redeem/", {"form_token": form_token()})
        assert self.done(desk) == ["Check the code and lock it", "Redeem it"]

    def test_what_the_last_one_did_ticks_nothing_of_the_next(
        self, desk: Person, practising: SandboxAccount, customers: dict[str, dict[str, str]]
    ) -> None:
        AwardPage(desk, customers["regular"]["uuid"]).see(credits="12").press("award")
        assert self.done(desk)
        desk.post(f"{PAGE}begin/")
        assert self.done(desk) == []

    def test_it_takes_two_queries(
        self, desk: Person, customers: dict[str, dict[str, str]], django_assert_num_queries: Any
    ) -> None:
        for by in (None, desk.staff):
            with django_assert_num_queries(2):
                services.practice(by)


@pytest.mark.django_db
class TestWhoDidIt:
    """Whoever learns has what they did themselves ticked; whoever may only watch sees what anybody did."""

    @pytest.fixture
    def common(self, practising: SandboxAccount) -> dict[str, dict[str, str]]:
        """The three that stand there from the start, for whoever comes."""
        return services.begin().customers

    def award(self, person: Person, customers: dict[str, dict[str, str]]) -> None:
        AwardPage(person, customers["regular"]["uuid"]).see(credits="12").press("award")

    def test_what_somebody_else_did_is_no_tick_and_says_how_to_go_on(
        self, desk: Person, admin: Person, common: dict[str, dict[str, str]]
    ) -> None:
        self.award(admin, common)
        assert "1 of 5 done" in ticks(admin)
        assert "0 of 5 done" in ticks(desk)
        assert f"{admin.staff.name}</bdi> did this. Begin with three new customers" in ticks(desk)
        self.award(desk, common)
        assert "1 of 5 done" in ticks(desk)
        assert "did this. Begin with" not in ticks(desk)

    def test_what_somebody_else_did_otherwise_says_nothing(
        self, desk: Person, admin: Person, common: dict[str, dict[str, str]]
    ) -> None:
        AwardPage(admin, common["regular"]["uuid"]).see(credits="24").press("award")
        assert "another number of credits" in ticks(admin)
        assert "another number of credits" not in ticks(desk)
        assert admin.staff.name not in ticks(desk)

    def test_nobody_is_taken_away_from_whoever_is_at_it(
        self, desk: Person, admin: Person, common: dict[str, dict[str, str]]
    ) -> None:
        desk.post(f"{PAGE}begin/")
        own = PracticeRound.objects.get(staff=desk.staff).customers
        self.award(desk, own)
        admin.post(f"{PAGE}begin/")
        services.begin()
        assert own["regular"]["card"] in ticks(desk)
        assert "1 of 5 done" in ticks(desk)
        theirs = PracticeRound.objects.get(staff=admin.staff).customers
        assert theirs["regular"]["card"] in ticks(admin)
        assert "0 of 5 done" in ticks(admin)

    def test_whom_somebody_else_may_not_practise_on_stand_there_for_whoever_comes(
        self, desk: Person, marketing: Person, common: dict[str, dict[str, str]]
    ) -> None:
        marketing.post(f"{PAGE}begin/")
        made = PracticeRound.objects.latest("pk").customers
        assert made["regular"]["card"] != common["regular"]["card"]
        assert made["regular"]["card"] in ticks(desk)

    def test_whoever_may_not_do_the_tasks_watches_what_anybody_does(
        self, desk: Person, marketing: Person, common: dict[str, dict[str, str]]
    ) -> None:
        self.award(desk, common)
        assert "1 of 5 done" in ticks(marketing)
        assert desk.staff.name in ticks(marketing)


@pytest.mark.django_db
class TestNeverElsewhere:
    def test_nobody_is_made_up_outside_practice(self, sandbox: SandboxAccount) -> None:
        with pytest.raises(RuntimeError):
            services.begin()
        with pytest.raises(CommandError, match="practice only"):
            call_command("seed_practice")
        assert sandbox.state("contact") == []

    def test_it_refuses_what_answers_as_piggy_and_is_no_stand_in(self, settings: Any) -> None:
        settings.PIGGYADMIN_ENV, settings.PIGGY_BASE_URL = "practice", "http://127.0.0.1:9"
        with pytest.raises(CommandError, match="not the stand-in"):
            call_command("seed_practice")


def settings_of(**environment: str) -> dict[str, Any] | str:
    """What the settings come to with this environment, or the sentence they stop with."""
    script = (
        "import json, django; from django.conf import settings as s; django.setup();"
        "print(json.dumps([s.SESSION_COOKIE_SECURE, s.SESSION_COOKIE_NAME, s.PRACTICE_URL]))"
    )
    base = {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "piggyadmin.settings",
        "PIGGYADMIN_ENV_FILE": os.devnull,
        "DJANGO_SECRET_KEY": "x" * 50,
        "PIGGY_BASE_URL": "http://127.0.0.1:8899",
        "PIGGY_TOKEN": "t",
    }
    done = subprocess.run(
        [sys.executable, "-c", script], env=base | environment, cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        return done.stderr.strip().splitlines()[-1]
    secure, cookie, url = json.loads(done.stdout)
    return {"secure": secure, "cookie": cookie, "url": url}


class TestTheSettings:
    @pytest.mark.parametrize(
        "address", ["https://api.piggy.eu", "http://10.0.0.3:8899", "http://127.0.0.1.evil.example:80"]
    )
    def test_practice_starts_with_no_other_piggy(self, address: str) -> None:
        told = settings_of(PIGGYADMIN_ENV="practice", PIGGY_BASE_URL=address)
        assert "Practice knows the stand-in Piggy alone" in str(told)

    def test_on_this_machine_alone_it_needs_no_tls_and_has_cookies_of_its_own(self) -> None:
        told = settings_of(PIGGYADMIN_ENV="practice")
        assert told == {"secure": False, "cookie": "practice_sessionid", "url": ""}

    def test_under_a_name_its_cookies_want_tls(self) -> None:
        told = settings_of(PIGGYADMIN_ENV="practice", DJANGO_ALLOWED_HOSTS="127.0.0.1,practice.example.org")
        assert isinstance(told, dict)
        assert told["secure"] is True

    @pytest.mark.parametrize("url", ["javascript:alert(1)", "http://practice.example.org", "//x.example", "practice"])
    def test_an_address_of_practice_that_is_none_is_refused(self, url: str) -> None:
        assert "PRACTICE_URL is an address with https://" in str(settings_of(PRACTICE_URL=url))

    @pytest.mark.parametrize(
        "url", ["https://practice.example.org/", "http://localhost:8010/", "http://127.0.0.1:8010"]
    )
    def test_an_address_of_practice_is_taken(self, url: str) -> None:
        told = settings_of(PRACTICE_URL=url)
        assert isinstance(told, dict)
        assert told["url"] == url

    def test_a_token_that_can_be_guessed_is_refused(self) -> None:
        assert "STATUS_TOKEN is at least 20 characters" in str(settings_of(STATUS_TOKEN="monitor"))


@pytest.mark.django_db
def test_the_real_one_leads_to_it_in_a_new_tab(desk: Person, settings: Any) -> None:
    assert "new tab" not in desk.get("/keys/").content.decode()
    settings.PRACTICE_URL = "https://practice.example.org/"
    assert (
        '<a href="https://practice.example.org/" target="_blank" rel="noopener">' in desk.get("/keys/").content.decode()
    )


@pytest.mark.parametrize("host", ["https://x.example", "a b", "x.example/", "x..example", "*"])
def test_a_host_that_is_none_is_refused_in_a_sentence(host: str) -> None:
    with pytest.raises(CannotStart, match="is no host name"):
        command.run(port=8010, contacts=1, fresh=False, host=host)
