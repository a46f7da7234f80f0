"""Visits of a customer: seen, made and changed, and never twice."""

import html
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from piggyadmin.accounts.models import Shop
from piggyadmin.ledger import lateness, settling
from piggyadmin.ledger.models import Act
from tests.conftest import Person
from tests.contacts.booking_hands import Form, sent, writes
from tests.fixtures_sandbox import SandboxAccount

NEW = {"starts_at": "2026-05-02T18:00", "ends_at": "2026-05-02T19:30", "source": "Door"}
HAPPENED = ["lost_after", "reset", "garbage", "html200", "503_after", "1000_after"]
NOT_HAPPENED = ["lost_before", "503", "1000"]


@pytest.fixture
def sanne(sandbox: SandboxAccount) -> str:
    return str(sandbox.add_contact("sanne@mail.example", firstname="Sanne")["uuid"])


@pytest.fixture
def visit(sandbox: SandboxAccount, sanne: str) -> dict[str, Any]:
    return sandbox.add(
        "visit",
        contact_uuid=sanne,
        external_id="VI-1",
        source="Wi-Fi",
        starts_at="2026-05-02T16:00:09+00:00",
        created_at="2026-05-02T16:00:09+00:00",
    )


def path(uuid: str, rest: str = "") -> str:
    return f"/contacts/{uuid}/visits/{rest}"


def new(person: Person, uuid: str) -> Form:
    return Form(person, path(uuid, "new/"))


def edit(person: Person, uuid: str, visit: dict[str, Any]) -> Form:
    return Form(person, path(uuid, f"{visit['uuid']}/edit/"))


def row(sandbox: SandboxAccount) -> dict[str, Any]:
    [only] = sandbox.state("visit")
    return only


class TestTheList:
    def test_the_newest_come_first(self, desk: Person, sandbox: SandboxAccount, sanne: str, visit: dict) -> None:
        sandbox.add("visit", contact_uuid=sanne, source="<i>Till</i>", starts_at="2026-05-09T16:00:00+00:00")
        other = sandbox.add_contact("joost@mail.example")["uuid"]
        sandbox.add("visit", contact_uuid=other, source="Elsewhere")
        text = desk.get(path(sanne)).text
        assert text.index("&lt;i&gt;Till&lt;/i&gt;") < text.index("Wi-Fi")
        assert "2 visits" in text
        assert "Elsewhere" not in text

    def test_no_visits(self, marketing: Person, sanne: str) -> None:
        page = marketing.get(path(sanne))
        assert "No visits yet" in page.text
        assert "Make a visit" not in page.text

    def test_a_filter_that_piggy_ignores_shows_nobodys_visits(
        self, desk: Person, sandbox: SandboxAccount, visit: dict
    ) -> None:
        other = sandbox.add_contact("joost@mail.example")["uuid"]
        sandbox.fault("list_visits", kind="ignore_filters", times=-1)
        page = desk.get(path(other))
        assert page.status_code == 503
        assert "not about what we asked" in page.text
        assert "Wi-Fi" not in page.text

    def test_visits_that_cannot_be_read(self, desk: Person, sandbox: SandboxAccount, sanne: str, visit: dict) -> None:
        sandbox.fault("list_visits", kind="503", times=-1)
        page = desk.get(path(sanne))
        assert page.status_code == 503
        assert "The visits could not be read" in page.text
        assert "Sanne" in page.text

    def test_fifty_to_a_page(self, desk: Person, sandbox: SandboxAccount, sanne: str) -> None:
        for number in range(51):
            sandbox.add("visit", contact_uuid=sanne, starts_at=f"2026-05-02T16:00:{number:02}+00:00")
        assert "1 to 50 of 51" in desk.get(path(sanne)).text
        assert "51 to 51 of 51" in desk.get(path(sanne) + "?page=2").text
        assert "51 to 51 of 51" in desk.get(path(sanne) + "?page=99").text

    def test_a_customer_that_is_gone(self, desk: Person, sandbox: SandboxAccount) -> None:
        assert desk.get(path("7c1d5a52-1b1e-4a57-9a04-5a0d6f5e7b01")).status_code == 404


class TestMakingOne:
    def test_it_is_made_in_the_shop_with_a_code_of_our_own(
        self, desk: Person, sandbox: SandboxAccount, sanne: str
    ) -> None:
        page = new(desk, sanne).send(**NEW)
        assert "Made a visit." in page.text
        made = row(sandbox)
        assert (made["shop_uuid"], made["contact_uuid"]) == (desk.shop.piggy_uuid, sanne)
        assert (made["starts_at"], made["ends_at"]) == ("2026-05-02T16:00:00+00:00", "2026-05-02T17:30:00+00:00")
        assert made["external_id"].startswith("PA-")
        assert Act.objects.get().figures["own_code"] == made["external_id"]

    def test_whoever_stands_there_came_now_unless_it_is_changed(
        self, desk: Person, sandbox: SandboxAccount, sanne: str
    ) -> None:
        page = new(desk, sanne).send()
        assert "Made a visit." in page.text
        assert abs(datetime.fromisoformat(row(sandbox)["starts_at"]) - timezone.now()) < timedelta(minutes=2)

    def test_a_second_click_makes_no_second_one(self, desk: Person, sandbox: SandboxAccount, sanne: str) -> None:
        form = new(desk, sanne).send(**NEW)
        form.again()
        assert writes(sandbox) == ["create_visit"]

    def test_a_code_that_another_visit_has(
        self, desk: Person, sandbox: SandboxAccount, sanne: str, visit: dict
    ) -> None:
        page = new(desk, sanne).send(**NEW, external_id="VI-1")
        assert page.status == 409
        assert "Another visit may have it" in page.errors
        assert 'value="Door"' in page.text
        assert page.send(external_id="VI-2").text.count("Made a visit.") == 1

    @pytest.mark.parametrize(
        ("typed", "said"),
        [
            ({"starts_at": ""}, "When did they come?"),
            ({"starts_at": "2026-02-30T18:00"}, "There is no such day"),
            ({"starts_at": "2026-03-29T02:30"}, "does not exist"),
            ({"starts_at": "2099-05-02T18:00"}, "still to come"),
            ({"starts_at": "2026-05-02T18:00", "ends_at": "2026-05-02T17:00"}, "left before they came"),
            ({"starts_at": "2026-05-02T18:00", "ends_at": "2026-08-02T17:00"}, "more than a month"),
            ({"starts_at": "2026-05-02T18:00", "source": "a\x07b"}, "control character"),
        ],
    )
    def test_what_is_no_visit_is_refused_beside_its_field(
        self, desk: Person, sandbox: SandboxAccount, sanne: str, typed: dict, said: str
    ) -> None:
        page = new(desk, sanne).send(**typed)
        assert page.status == 422
        assert said in page.errors
        assert writes(sandbox) == []

    def test_of_two_equal_times_of_a_night_one_is_chosen(
        self, desk: Person, sandbox: SandboxAccount, sanne: str
    ) -> None:
        page = new(desk, sanne).send(starts_at="2025-10-26T02:30")
        assert "Choose which one" in page.errors
        page.send(starts_at_fold="1")
        assert row(sandbox)["starts_at"] == "2025-10-26T01:30:00+00:00"

    def test_another_tab_went_to_another_shop(self, desk: Person, sandbox: SandboxAccount, sanne: str) -> None:
        form = new(desk, sanne)
        other = Shop.objects.create(piggy_uuid="shop-amersfoort", name="Amersfoort")
        session = desk.session
        session["shop"] = str(other.pk)
        session.save()
        assert "another shop now" in form.send(**NEW).text
        assert writes(sandbox) == []


class TestChangingOne:
    def test_only_what_was_changed_is_sent(
        self, desk: Person, sandbox: SandboxAccount, sanne: str, visit: dict
    ) -> None:
        page = edit(desk, sanne, visit).send(ends_at="2026-05-02T19:00", source="")
        assert "Changed the visit: left, source." in page.text
        assert sent(sandbox) == {"ends_at": "2026-05-02T17:00:00+00:00", "source": ""}
        now = row(sandbox)
        assert (now["starts_at"], now["external_id"], now["source"]) == (visit["starts_at"], "VI-1", None)

    def test_nothing_changed_sends_nothing(
        self, desk: Person, sandbox: SandboxAccount, sanne: str, visit: dict
    ) -> None:
        assert "Nothing was changed" in edit(desk, sanne, visit).send().text
        assert writes(sandbox) == []

    def test_what_somebody_else_changed_meanwhile_is_not_overwritten(
        self, desk: Person, admin: Person, sandbox: SandboxAccount, sanne: str, visit: dict
    ) -> None:
        mine, theirs = edit(desk, sanne, visit), edit(admin, sanne, visit)
        theirs.send(source="Till")
        page = mine.send(source="Door")
        assert page.status == 409
        assert "Changed since: source" in page.text
        assert row(sandbox)["source"] == "Till"

    @pytest.mark.parametrize("kind", ["503", "lost_before"])
    def test_while_piggy_is_down_nothing_is_sent_and_what_was_typed_stays(
        self, desk: Person, sandbox: SandboxAccount, sanne: str, visit: dict, kind: str
    ) -> None:
        form = edit(desk, sanne, visit)
        sandbox.fault("*", kind=kind, times=-1)
        page = form.send(source="The other door")
        assert page.status == 503
        assert "Nothing was sent. What you typed still stands below" in page.text
        assert "The customer could not be read" not in page.text, "one notice says it"
        assert 'value="The other door"' in page.text
        assert not Act.objects.filter(action="visit.update").exists()
        sandbox.clear_faults()
        page.send()
        assert row(sandbox)["source"] == "The other door"

    def test_somebody_elses_visit_is_no_visit_of_this_customer(
        self, desk: Person, sandbox: SandboxAccount, visit: dict
    ) -> None:
        other = str(sandbox.add_contact("joost@mail.example")["uuid"])
        assert edit(desk, other, visit).status == 404
        assert edit(desk, other, {"uuid": "7c1d5a52"}).status == 404

    def test_who_may_only_look_has_no_form(self, marketing: Person, sanne: str, visit: dict) -> None:
        assert marketing.get(path(sanne, f"{visit['uuid']}/edit/")).status_code == 403
        assert marketing.get(path(sanne, "new/")).status_code == 403


@pytest.fixture(params=["create_visit", "update_visit"])
def write(
    request: pytest.FixtureRequest, desk: Person, sandbox: SandboxAccount, sanne: str
) -> tuple[str, Form, dict[str, str], Callable[[], bool]]:
    """Each write: its operation, its form, what is typed, and whether it stands in the stand-in's own books."""
    if request.param == "create_visit":
        return "create_visit", new(desk, sanne), NEW, lambda: len(sandbox.state("visit")) == 1
    made = sandbox.add("visit", contact_uuid=sanne, source="Wi-Fi", starts_at="2026-05-02T16:00:00+00:00")
    form = edit(desk, sanne, made)
    return "update_visit", form, {"source": "Till"}, lambda: row(sandbox)["source"] == "Till"


class TestEveryFault:
    @pytest.mark.parametrize("kind", HAPPENED)
    def test_a_lost_answer_is_unknown_until_a_reading_proves_it(
        self, write: Any, sandbox: SandboxAccount, kind: str
    ) -> None:
        operation, form, typed, happened = write
        sandbox.fault(operation, kind=kind)
        assert "We did not get an answer" in form.send(**typed).text
        assert happened()
        form.again()
        act = Act.objects.get()
        assert settling.look(act.pk).done
        assert happened()
        assert writes(sandbox) == [operation]

    @pytest.mark.parametrize("kind", NOT_HAPPENED)
    def test_what_never_came_is_unknown_first_and_not_done_in_the_end(
        self, write: Any, sandbox: SandboxAccount, kind: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        operation, form, typed, happened = write
        sandbox.fault(operation, kind=kind)
        form.send(**typed)
        act = Act.objects.get()
        assert settling.look(act.pk).unknown
        monkeypatch.setattr(lateness, "may_still_come", lambda act: False)  # its minute is over
        assert settling.look(act.pk).refused
        assert not happened()
        assert writes(sandbox) == [operation]

    @pytest.mark.parametrize("kind", ["429", "401"])
    def test_what_piggy_refused_is_said_and_keeps_what_was_typed(
        self, write: Any, sandbox: SandboxAccount, kind: str
    ) -> None:
        operation, form, typed, happened = write
        sandbox.fault(operation, kind=kind, times=3)
        page = form.send(**typed)
        assert page.status == 409
        assert f'value="{typed["source"]}"' in page.page.text
        assert not happened()

    def test_while_one_is_unknown_no_other_is_sent(self, write: Any, sandbox: SandboxAccount) -> None:
        operation, form, typed, _ = write
        sandbox.fault(operation, kind="lost_before")
        fresh = Form(form.person, form.path)
        form.send(**typed)
        assert "Nobody knows yet" in html.unescape(fresh.send(**typed).page.text)
        assert writes(sandbox) == [operation]
        assert "no answer yet" in form.person.get(form.path.partition("visits/")[0] + "visits/").text


def test_a_visit_that_somebody_made_long_before_with_the_same_code_is_not_this_acts(
    desk: Person, sandbox: SandboxAccount, sanne: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sandbox.fault("create_visit", kind="lost_before")
    new(desk, sanne).send(**NEW, external_id="DOOR-7")
    act = Act.objects.get()
    assert "DOOR-7" not in str(act.figures)
    sandbox.add("visit", contact_uuid=sanne, external_id="DOOR-7", created_at=(act.at - timedelta(days=3)).isoformat())
    assert settling.look(act.pk).refused
