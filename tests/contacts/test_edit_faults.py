"""Every write to a customer's own facts, with every fault: nothing twice, and nothing called done that is not.

What really happened is read from the sandbox's own books, not from what Piggy answered.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from contacts.editing import changing, creating, subscribing
from contacts.editing.creating import Wanted
from piggyadmin import piggy
from piggyadmin.ledger import lateness, settling
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.models import Act, ActDetail
from piggyadmin.ledger.outcomes import Outcome
from tests.conftest import Person
from tests.fixtures_sandbox import SandboxAccount

HAPPENED = ["lost_after", "reset", "garbage", "html200", "503_after", "500_after", "1000_after"]
NOT_HAPPENED = ["lost_before", "503", "500", "1000"]
REFUSED = ["429", "401"]
NEW = "anna@mail.example"


@dataclass
class Write:
    """One of the writes, ready to be done: how, by which operation, and how often it has happened."""

    operation: str
    do: Callable[[str], Outcome]
    happened: Callable[[], int]


@pytest.fixture
def actor(admin: Person) -> Actor:
    return Actor(admin.staff, "admin", admin.shop)


@pytest.fixture(params=["update", "create", "find_or_create", "subscribe", "unsubscribe"])
def write(request: pytest.FixtureRequest, sandbox: SandboxAccount, actor: Actor) -> Write:
    kind = sandbox.add_subscription_type("Newsletter", "OPT_IN")["uuid"]
    uuid = sandbox.add_contact("sanne@mail.example", firstname="Sanne")["uuid"]

    def row() -> dict[str, Any]:
        return next(row for row in sandbox.state("contact") if row["uuid"] == uuid)

    def made() -> int:
        return len([row for row in sandbox.state("contact") if row["email"] == NEW])

    def gets_it() -> int:
        return int(row()["subscribed"].get(kind) == "SUBSCRIBED")

    match request.param:
        case "update":
            sheet = changing.open_sheet(contact_uuid=uuid, actor=actor)
            typed, shown = {"firstname": "Sanna", "address": "Weg 2"}, sheet.prints()

            def update(token: str) -> Outcome:
                saved = changing.save(sheet=sheet, typed=typed, shown=shown, actor=actor, token=token)
                assert saved.outcome is not None
                return saved.outcome

            return Write("update_contact", update, lambda: int(row()["values"]["firstname"] == "Sanna"))
        case "create" | "find_or_create":
            service = getattr(creating, request.param)
            wanted = Wanted(email=NEW)
            return Write(
                f"{request.param}_contact",
                lambda token: service(wanted=wanted, actor=actor, token=token).outcome,
                made,
            )
        case "subscribe":
            act = {"contact_uuid": uuid, "type_uuid": kind, "actor": actor}
            return Write("subscribe_contact", lambda token: subscribing.subscribe(**act, token=token), gets_it)
        case _:
            piggy.get_client().subscribe(contact_uuid=uuid, subscription_type_uuid=kind)
            act = {"contact_uuid": uuid, "type_uuid": kind, "actor": actor}
            return Write(
                "unsubscribe_contact", lambda token: subscribing.unsubscribe(**act, token=token), lambda: 1 - gets_it()
            )


def asked(sandbox: SandboxAccount, operation: str) -> int:
    return len([call for call in sandbox.calls if call.operation == operation])


@pytest.mark.django_db
class TestEveryFault:
    @pytest.mark.parametrize("kind", HAPPENED)
    def test_a_lost_answer_is_unknown_until_a_reading_proves_it(
        self, write: Write, sandbox: SandboxAccount, kind: str
    ) -> None:
        before = asked(sandbox, write.operation)
        sandbox.fault(write.operation, kind=kind)
        outcome = write.do("one-form")
        assert outcome.unknown
        assert write.happened() == 1
        assert write.do("one-form").repeated
        assert settling.look(outcome.act_id).done
        assert write.happened() == 1
        assert asked(sandbox, write.operation) == before + 1

    @pytest.mark.parametrize("kind", NOT_HAPPENED)
    def test_what_never_came_is_unknown_first_and_not_done_in_the_end(
        self, write: Write, sandbox: SandboxAccount, kind: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        before = asked(sandbox, write.operation)
        sandbox.fault(write.operation, kind=kind)
        outcome = write.do("one-form")
        assert outcome.unknown
        assert settling.look(outcome.act_id).unknown
        assert write.do("one-form").repeated
        other = write.do("another-form")
        assert other.refused, "nobody does it again while nobody knows"
        assert "Look at that first" in other.words
        monkeypatch.setattr(lateness, "may_still_come", lambda act: False)  # its time is over
        assert settling.look(outcome.act_id).refused
        assert write.happened() == 0
        assert asked(sandbox, write.operation) == before + 1
        assert write.do("a-third-form").done
        assert write.happened() == 1

    @pytest.mark.parametrize("kind", REFUSED)
    def test_what_piggy_refused_is_not_done_and_may_be_done_later(
        self, write: Write, sandbox: SandboxAccount, kind: str
    ) -> None:
        sandbox.fault(write.operation, kind=kind, **({"retry_after": 30} if kind == "429" else {}))
        outcome = write.do("one-form")
        assert outcome.outcome == ("planned" if kind == "429" else "refused")
        assert write.happened() == 0
        assert write.do("another-form").done
        assert write.happened() == 1

    def test_busy_sends_the_same_form_once_more_when_its_time_has_come(
        self, write: Write, sandbox: SandboxAccount
    ) -> None:
        sandbox.fault(write.operation, kind="429", retry_after=0)
        assert write.do("one-form").outcome == "planned"
        assert write.do("one-form").done
        assert write.happened() == 1

    def test_an_answer_that_comes_too_late_is_unknown_until_a_reading_proves_it(
        self, write: Write, sandbox: SandboxAccount, settings: Any
    ) -> None:
        settings.PIGGY_TIMEOUT = 0.6
        sandbox.fault(write.operation, kind="latency_after", seconds=1.5)
        outcome = write.do("one-form")
        assert outcome.unknown
        settings.PIGGY_TIMEOUT = 5
        assert settling.look(outcome.act_id).done
        assert write.happened() == 1

    def test_with_piggy_gone_nothing_was_sent_and_that_is_said(
        self, write: Write, sandbox: SandboxAccount, settings: Any
    ) -> None:
        address, settings.PIGGY_BASE_URL = settings.PIGGY_BASE_URL, "http://127.0.0.1:9"
        outcome = write.do("one-form")
        settings.PIGGY_BASE_URL = address
        assert outcome.refused
        assert outcome.code == "not_sent"
        assert write.happened() == 0

    @pytest.mark.parametrize("kind", ["500", "garbage", "503", "lost_before"])
    def test_a_question_that_fails_before_the_call_leaves_nothing_unknown(
        self, write: Write, sandbox: SandboxAccount, kind: str
    ) -> None:
        before = asked(sandbox, write.operation)
        sandbox.fault("reads", kind=kind, times=-1)
        outcome = write.do("one-form")
        sandbox.clear_faults()
        if write.operation == "find_or_create_contact":
            assert outcome.done, "it asks nothing before: it is for when nothing can be asked"
            return
        assert outcome.refused
        assert write.happened() == 0
        assert asked(sandbox, write.operation) == before

    def test_two_clicks_are_one(self, write: Write, sandbox: SandboxAccount) -> None:
        before = asked(sandbox, write.operation)
        assert write.do("one-form").done
        second = write.do("one-form")
        assert second.repeated
        assert second.done
        assert write.happened() == 1
        assert asked(sandbox, write.operation) == before + 1


# --- what a reading proves -----------------------------------------------------------------------------------------


@pytest.fixture
def lost(sandbox: SandboxAccount, actor: Actor) -> Act:
    """A customer's creation that never came to Piggy."""
    sandbox.fault("create_contact", kind="lost_before")
    outcome = creating.create(wanted=Wanted(email=NEW, firstname="Anna"), actor=actor, token="lost-form").outcome
    assert outcome.unknown
    return Act.objects.get(pk=outcome.act_id)


@pytest.mark.django_db
class TestWhoMadeIt:
    def test_a_customer_of_long_before_is_not_this_acts(self, sandbox: SandboxAccount, lost: Act) -> None:
        sandbox.add_contact(NEW, created_at="2020-01-01T00:00:00+00:00")
        settled = settling.look(lost.pk)
        assert settled.refused
        assert settled.code == "made_otherwise"

    def test_a_customer_of_much_later_is_not_this_acts(self, sandbox: SandboxAccount, lost: Act) -> None:
        late = (lost.at + timedelta(hours=1)).isoformat()
        sandbox.add_contact(NEW, created_at=late)
        assert settling.look(lost.pk).refused

    def test_a_clock_that_is_a_minute_off_proves_it_all_the_same(self, sandbox: SandboxAccount, lost: Act) -> None:
        at = (lost.at - timedelta(seconds=60)).isoformat()
        made = sandbox.add_contact(NEW, created_at=at, channel="OAUTH_API")
        settled = settling.look(lost.pk)
        assert settled.done
        assert settled.figures["contact_uuid"] == made["uuid"]

    def test_a_customer_who_signed_up_on_a_form_just_then_is_for_a_person_to_decide(
        self, sandbox: SandboxAccount, lost: Act
    ) -> None:
        sandbox.add_contact(NEW, channel="WEBSITE_FORM")
        assert settling.look(lost.pk).unknown

    def test_one_made_by_another_act_of_ours_is_not_this_acts(
        self, sandbox: SandboxAccount, lost: Act, actor: Actor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(creating, "_insist_on_clear", lambda act, email: None)  # at the same moment
        assert creating.create(wanted=Wanted(email=NEW), actor=actor, token="other-form").outcome.done
        settled = settling.look(lost.pk)
        assert settled.refused
        assert settled.code == "made_otherwise"

    def test_two_lost_ones_at_once_are_for_a_person_to_decide(
        self, sandbox: SandboxAccount, lost: Act, actor: Actor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(creating, "_insist_on_clear", lambda act, email: None)
        sandbox.fault("create_contact", kind="lost_after")
        other = creating.create(wanted=Wanted(email=NEW), actor=actor, token="other-form").outcome
        assert settling.look(lost.pk).unknown
        assert settling.look(other.act_id).unknown

    def test_without_its_words_nobody_knows(self, sandbox: SandboxAccount, lost: Act) -> None:
        sandbox.add_contact(NEW)
        ActDetail.objects.filter(act=lost).update(body="", salt="", erased_at=timezone.now())
        assert settling.look(lost.pk).unknown

    def test_an_update_with_another_value_than_old_and_new_is_for_a_person_to_decide(
        self, sandbox: SandboxAccount, actor: Actor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        uuid = sandbox.add_contact("sanne@mail.example", firstname="Sanne")["uuid"]
        sheet = changing.open_sheet(contact_uuid=uuid, actor=actor)
        sandbox.fault("update_contact", kind="lost_before")
        saved = changing.save(
            sheet=sheet, typed={"firstname": "Sanna"}, shown=sheet.prints(), actor=actor, token="lost-form"
        )
        piggy.get_client().update_contact(contact_uuid=uuid, attributes={"firstname": "Suzanne"})
        monkeypatch.setattr(lateness, "may_still_come", lambda act: False)
        assert saved.outcome is not None
        assert settling.look(saved.outcome.act_id).unknown
