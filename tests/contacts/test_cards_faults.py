"""Every write to a card, with every fault: nothing happens twice, and nothing is called done that is not.

What really happened is read from the sandbox's own books, not from what Piggy answered.
"""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.utils import timezone

from contacts.cards import resolvers, services, writes
from piggyadmin.ledger import lateness, settling
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.models import Act, ActDetail
from piggyadmin.ledger.outcomes import Outcome
from piggyadmin.piggy import get_client
from piggyadmin.piggy.errors import PiggyUnavailable
from tests.conftest import Person
from tests.contacts.card_hands import CARD, NEW_CARD, asked, card_at
from tests.fixtures_sandbox import SandboxAccount

pytestmark = pytest.mark.django_db

HAPPENED = ["lost_after", "reset", "garbage", "html200", "503_after", "500_after", "1000_after"]
NOT_HAPPENED = ["lost_before", "503", "500", "1000"]
REFUSED = ["429", "401"]
KINDS = ["link", "make", "switch_off", "switch_on", "rename", "unlink", "make_free", "anonymous", "anonymous_bare"]


@dataclass
class Write:
    """One of the writes, ready to be done: how, by which operation, and how often it has happened."""

    operation: str
    do: Callable[[str], Outcome]
    happened: Callable[[], int]
    can_be_looked_up: bool = True


@pytest.fixture
def actor(admin: Person) -> Actor:
    return Actor(admin.staff, "admin", admin.shop)


def linked(linking: services.Linking) -> Outcome:
    assert linking.outcome is not None
    return linking.outcome


@pytest.fixture(params=KINDS)
def write(request: pytest.FixtureRequest, sandbox: SandboxAccount, actor: Actor) -> Write:
    sanne = sandbox.add_contact("sanne@mail.example")["uuid"]
    sandbox.add_identifier(CARD, contact_uuid=sanne, active=request.param != "switch_on", name="Old name")
    free = request.param in ("link", "anonymous")
    if free:
        sandbox.add_identifier(NEW_CARD)
    there = len(sandbox.state("contact"))
    held = {"contact_uuid": sanne, "card": CARD, "actor": actor}
    new = {"contact_uuid": sanne, "card": NEW_CARD, "actor": actor}

    def owner() -> str | None:
        row = card_at(sandbox, NEW_CARD)
        return row["contact_uuid"] if row else None

    def now(name: str) -> object:
        row = card_at(sandbox, CARD)
        assert row is not None
        return row[name]

    def made() -> int:
        return len(sandbox.state("contact")) - there

    return {
        "link": Write(
            "link_contact_identifier",
            lambda token: linked(services.link(**new, token=token)),
            lambda: int(owner() == sanne),
        ),
        "make": Write(
            "create_contact_identifier",
            lambda token: linked(services.link(**new, token=token, may_make=True)),
            lambda: int(owner() == sanne),
        ),
        "switch_off": Write(
            "update_contact_identifier",
            lambda token: services.switch(**held, on=False, token=token),
            lambda: int(now("active") is False),
        ),
        "switch_on": Write(
            "update_contact_identifier",
            lambda token: services.switch(**held, on=True, token=token),
            lambda: int(now("active") is True),
        ),
        "rename": Write(
            "update_contact_identifier",
            lambda token: services.rename(**held, name="New name", token=token),
            lambda: int(now("name") == "New name"),
        ),
        "unlink": Write(
            "unlink_contact_identifier",
            lambda token: services.unlink(**held, token=token),
            lambda: int(now("contact_uuid") is None),
        ),
        "make_free": Write(
            "create_contact_identifier",
            lambda token: writes.make_free(card=NEW_CARD, actor=actor, token=token),
            lambda: int(card_at(sandbox, NEW_CARD) is not None),
        ),
        "anonymous": Write(
            "create_anonymous_contact",
            lambda token: services.create_anonymous(actor=actor, card=NEW_CARD, token=token),
            made,
        ),
        "anonymous_bare": Write(
            "create_anonymous_contact",
            lambda token: services.create_anonymous(actor=actor, card="", token=token),
            made,
            can_be_looked_up=False,
        ),
    }[request.param]


class TestEveryFault:
    @pytest.mark.parametrize("kind", HAPPENED)
    def test_a_lost_answer_is_unknown_until_a_reading_proves_it(
        self, write: Write, sandbox: SandboxAccount, kind: str
    ) -> None:
        sandbox.fault(write.operation, kind=kind)
        outcome = write.do("one-form-in-one-tab")
        assert outcome.unknown
        assert write.happened() == 1
        assert write.do("one-form-in-one-tab").repeated
        settled = settling.look(outcome.act_id)
        assert settled.done if write.can_be_looked_up else settled.unknown
        assert write.happened() == 1
        assert asked(sandbox, write.operation) == 1

    @pytest.mark.parametrize("kind", NOT_HAPPENED)
    def test_what_never_came_is_unknown_first_and_not_done_in_the_end(
        self, write: Write, sandbox: SandboxAccount, kind: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        sandbox.fault(write.operation, kind=kind)
        outcome = write.do("one-form-in-one-tab")
        assert outcome.unknown
        assert not settling.look(outcome.act_id).done
        assert write.do("one-form-in-one-tab").repeated
        monkeypatch.setattr(lateness, "may_still_come", lambda act: False)  # its minute is over
        settled = settling.look(outcome.act_id)
        assert settled.refused if write.can_be_looked_up else settled.unknown
        assert write.happened() == 0
        assert asked(sandbox, write.operation) == 1

    @pytest.mark.parametrize("kind", REFUSED)
    def test_what_piggy_refused_is_not_done_and_may_be_done_later(
        self, write: Write, sandbox: SandboxAccount, kind: str
    ) -> None:
        sandbox.fault(write.operation, kind=kind, **({"retry_after": 30} if kind == "429" else {}))
        outcome = write.do("one-form-in-one-tab")
        assert outcome.outcome == ("planned" if kind == "429" else "refused")
        assert write.happened() == 0
        assert write.do("another-form-later").done
        assert write.happened() == 1

    def test_an_answer_that_comes_too_late_is_unknown_until_a_reading_proves_it(
        self, write: Write, sandbox: SandboxAccount, settings: object
    ) -> None:
        settings.PIGGY_TIMEOUT = 0.4  # type: ignore[attr-defined]
        sandbox.fault(write.operation, kind="latency_after", seconds=1)
        outcome = write.do("one-form-in-one-tab")
        assert outcome.unknown
        settings.PIGGY_TIMEOUT = 5  # type: ignore[attr-defined]
        settled = settling.look(outcome.act_id)
        assert settled.done if write.can_be_looked_up else settled.unknown
        assert write.happened() == 1

    def test_with_piggy_gone_nothing_was_sent_and_that_is_said(
        self, write: Write, sandbox: SandboxAccount, settings: object
    ) -> None:
        address, settings.PIGGY_BASE_URL = settings.PIGGY_BASE_URL, "http://127.0.0.1:9"  # type: ignore[attr-defined]
        try:
            outcome = write.do("one-form-in-one-tab")
        except PiggyUnavailable:
            assert not Act.objects.exists(), "it reads first, and says so before any act"
        else:
            assert outcome.refused
            assert outcome.code == "not_sent"
        settings.PIGGY_BASE_URL = address  # type: ignore[attr-defined]
        assert write.happened() == 0

    def test_two_clicks_are_one(self, write: Write, sandbox: SandboxAccount) -> None:
        assert write.do("one-form-in-one-tab").done
        second = write.do("one-form-in-one-tab")
        assert second.repeated
        assert second.done
        assert write.happened() == 1
        assert asked(sandbox, write.operation) == 1

    def test_what_piggy_asked_to_send_later_is_sent_once_by_the_same_form(
        self, write: Write, sandbox: SandboxAccount
    ) -> None:
        sandbox.fault(write.operation, kind="429", retry_after=0)
        assert write.do("one-form-in-one-tab").outcome == "planned"
        assert write.do("one-form-in-one-tab").done
        assert write.happened() == 1
        assert Act.objects.count() == 1

    def test_with_its_words_erased_nobody_can_look(self, write: Write, sandbox: SandboxAccount) -> None:
        sandbox.fault(write.operation, kind="lost_after")
        outcome = write.do("one-form-in-one-tab")
        ActDetail.objects.update(salt="", body="", erased_at=timezone.now())
        assert settling.look(outcome.act_id).unknown


# --- what a reading proves, and what it does not


@pytest.fixture
def lost(sandbox: SandboxAccount, actor: Actor, monkeypatch: pytest.MonkeyPatch) -> Act:
    """A link that never came, long ago: what the resolver says hangs on how the card stands now."""
    sanne = sandbox.add_contact("sanne@mail.example")["uuid"]
    sandbox.add_identifier(NEW_CARD)
    sandbox.fault("link_contact_identifier", kind="lost_before")
    outcome = linked(services.link(contact_uuid=sanne, card=NEW_CARD, actor=actor, token="long-ago-one-form"))
    monkeypatch.setattr(lateness, "may_still_come", lambda act: False)
    return Act.objects.get(pk=outcome.act_id)


def test_a_card_that_somebody_else_got_meanwhile_was_not_linked_by_us(lost: Act, sandbox: SandboxAccount) -> None:
    sandbox.add_identifier(NEW_CARD, contact_uuid=sandbox.add_contact("omar@mail.example")["uuid"])
    settlement = resolvers.resolve_link(lost)
    assert settlement is not None
    assert settlement.happened is False
    assert settlement.reading == {"card": "a customer’s"}


def test_a_card_switched_off_since_is_still_seen_in_the_list(lost: Act, sandbox: SandboxAccount) -> None:
    sandbox.add_identifier(NEW_CARD, contact_uuid=lost.contact_id, active=False)
    settlement = resolvers.resolve_link(lost)
    assert settlement is not None
    assert settlement.happened is True


def unlinking(sandbox: SandboxAccount, actor: Actor) -> Act:
    sanne = sandbox.add_contact("sanne@mail.example")["uuid"]
    sandbox.add_identifier(CARD, contact_uuid=sanne)
    sandbox.fault("unlink_contact_identifier", kind="lost_before")
    outcome = services.unlink(contact_uuid=sanne, card=CARD, actor=actor, token="long-ago-one-form")
    return Act.objects.get(pk=outcome.act_id)


def test_a_card_that_moved_to_another_customer_proves_no_unlinking(
    sandbox: SandboxAccount, actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Merging moves cards too."""
    act = unlinking(sandbox, actor)
    monkeypatch.setattr(lateness, "may_still_come", lambda act: False)
    sandbox.add_identifier(CARD, contact_uuid=sandbox.add_contact("omar@mail.example")["uuid"])
    settlement = resolvers.resolve_unlink(act)
    assert settlement is not None
    assert settlement.happened is None


def test_a_third_name_proves_no_renaming(
    sandbox: SandboxAccount, actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    sanne = sandbox.add_contact("sanne@mail.example")["uuid"]
    sandbox.add_identifier(CARD, contact_uuid=sanne, name="One")
    sandbox.fault("update_contact_identifier", kind="lost_before")
    outcome = services.rename(contact_uuid=sanne, card=CARD, name="Two", actor=actor, token="long-ago-one-form")
    monkeypatch.setattr(lateness, "may_still_come", lambda act: False)
    sandbox.add_identifier(CARD, contact_uuid=sanne, name="Three")
    assert settling.look(outcome.act_id).unknown


@pytest.mark.parametrize(
    ("holder", "happened"),
    [
        ({"anonymous": True}, True),
        ({"email": "claimed@mail.example"}, None),  # perhaps ours, and claimed since
        ({"anonymous": True, "created_at": "2025-01-01T10:00:00+00:00"}, False),
    ],
)
def test_whoever_has_the_card_is_ours_only_if_anonymous_and_new(
    sandbox: SandboxAccount, actor: Actor, monkeypatch: pytest.MonkeyPatch, holder: dict, happened: bool | None
) -> None:
    sandbox.add_identifier(NEW_CARD)
    sandbox.fault("create_anonymous_contact", kind="lost_before")
    outcome = services.create_anonymous(actor=actor, card=NEW_CARD, token="long-ago-one-form")
    monkeypatch.setattr(lateness, "may_still_come", lambda act: False)
    contact = sandbox.add_contact(**holder)
    sandbox.add_identifier(NEW_CARD, contact_uuid=contact["uuid"])
    settlement = resolvers.resolve_new_anonymous(Act.objects.get(pk=outcome.act_id))
    assert settlement is not None
    assert settlement.happened is happened
    assert (settlement.figures == {"contact_uuid": contact["uuid"]}) is (happened is True)


def test_a_link_to_a_customer_who_was_merged_away_is_left_to_a_person(
    sandbox: SandboxAccount, actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    sandbox.set(merge_seconds=0)
    sandbox.add_contact("sanne@mail.example")
    contact = sandbox.add_contact(None, anonymous=True)["uuid"]
    sandbox.add_identifier(NEW_CARD)
    sandbox.fault("link_contact_identifier", kind="lost_after")
    linking = services.link(contact_uuid=contact, card=NEW_CARD, actor=actor, token="one-form")
    assert linking.outcome
    assert linking.outcome.unknown
    monkeypatch.setattr(lateness, "may_still_come", lambda act: False)
    get_client().claim_contact(contact_uuid=contact, email="sanne@mail.example")  # which merges
    assert settling.look(linking.outcome.act_id).unknown
