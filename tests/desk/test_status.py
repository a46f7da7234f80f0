"""The status page: an admin sees in ten seconds what needs somebody, and a monitor reads the same."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone
from django_q.models import Failure, OrmQ, Schedule, Success
from django_q.status import Stat

from contacts.copy import events, hints
from contacts.models import (
    ContactCopy,
    Deletion,
    DuplicatePair,
    DuplicateScan,
    HeldAct,
    Hint,
    Merge,
    Sweep,
)
from piggyadmin.desk.status import of_contacts, services
from piggyadmin.desk.status.checks import Check, How
from piggyadmin.ledger.models import Act, ChainCheck
from piggyadmin.ledger.verifying import verify_ledger
from tests.conftest import Person
from tests.fixtures_sandbox import SandboxAccount

pytestmark = pytest.mark.django_db

PAGE = "/status/"
HERE = "http://testserver/webhooks/piggy/"
NOW = timezone.now


class Worker:
    """What a worker that lives writes of itself."""

    workers = (11, 12)

    def __init__(self) -> None:
        self.tob = NOW() - timedelta(hours=3)


@pytest.fixture
def all_well(sandbox: SandboxAccount, monkeypatch: pytest.MonkeyPatch) -> SandboxAccount:
    """An installation in which nothing needs anybody."""
    monkeypatch.setattr(Stat, "get_all", staticmethod(lambda: [Worker()]))
    for event in events.WANTED:
        sandbox.add_webhook(event, HERE, "secret")
    contact("c-1", cards_read_at=NOW())
    sweep(Sweep.Kind.FULL, total=1)
    verify_ledger()
    Schedule.objects.update(next_run=NOW() + timedelta(minutes=1))
    return sandbox


def contact(uuid: str, **fields: Any) -> ContactCopy:
    return ContactCopy.objects.create(contact_uuid=uuid, read_at=NOW(), how="page", **fields)


def sweep(kind: Sweep.Kind, *, ago: timedelta = timedelta(minutes=5), **fields: Any) -> Sweep:
    at = NOW() - ago
    ended = {"stage": Sweep.Stage.ENDED, "ended_at": at} | fields
    return Sweep.objects.create(kind=kind, started_at=at, **ended)


def hint(uuid: str = "c-1", *, ago: timedelta = timedelta(), **fields: Any) -> Hint:
    return Hint.objects.create(received_at=NOW() - ago, event_type="contact_updated", contact_uuid=uuid, **fields)


def check(key: str) -> Check:
    groups = services.status(proposed_address=HERE).groups
    return next(each for group in groups for each in group.checks if f"{group.key}.{each.key}" == key)


def words(admin: Person) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", admin.get(PAGE).content.decode()))


def test_when_all_is_well_it_says_so_in_one_line(admin: Person, all_well: SandboxAccount) -> None:
    page = words(admin)
    assert "All is fine" in page
    assert "to look at" not in page
    assert admin.get("/status/json").json()["state"] == "fine"


def test_on_the_first_day_it_says_what_is_missing(admin: Person, sandbox: SandboxAccount) -> None:
    page = words(admin)
    for told in ("Search does not know everybody yet", "Subscribe the dashboard", "Start it: manage.py qcluster"):
        assert told in page
    assert "All is fine" not in page


def test_what_needs_somebody_stands_at_the_top(admin: Person, all_well: SandboxAccount) -> None:
    Failure.objects.create(id="1" * 32, name="n", func="a.task", started=NOW(), stopped=NOW(), success=False)
    page = words(admin)
    assert page.index("1 thing to look at") < page.index("Copy of contacts What")
    assert page.index("a.task 1") < page.index("Copy of contacts What")


@pytest.mark.parametrize("kind", ["503", "reset", "latency", "garbage", "429", "401"])
def test_a_piggy_that_does_not_answer_is_a_line_and_no_error(
    kind: str, admin: Person, all_well: SandboxAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("piggyadmin.catalogue.webhooks.asking.ASK_SECONDS", 0.5)
    all_well.fault("reads", kind=kind, times=-1, **({"seconds": 1} if kind == "latency" else {}))
    response = admin.get(PAGE)
    assert response.status_code == 200
    assert check("piggy.piggy").how == How.LOOK
    assert check("webhooks.subscribed").how == How.NOT_KNOWN
    assert check("copy.copy").how == How.FINE


def test_it_tells_how_fast_piggy_answered(all_well: SandboxAccount) -> None:
    assert re.fullmatch(r"answered in \d+ ms", check("piggy.piggy").says)


def test_a_part_that_trips_leaves_the_others_standing(
    admin: Person, all_well: SandboxAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    def trips() -> list[Check]:
        raise ValueError("of ours")

    monkeypatch.setattr(of_contacts, "copy_checks", trips)
    page = words(admin)
    assert "could not be read" in page
    assert "of ours" not in page
    assert "Background work" in page


def test_a_copy_that_is_being_made_is_under_way(sandbox: SandboxAccount) -> None:
    contact("c-1")
    sweep(Sweep.Kind.FULL, stage=Sweep.Stage.PAGES, ended_at=None, total=20_000, seen=12_400)
    assert check("copy.copy").how == How.UNDER_WAY
    assert "1 of 20,000 contacts" in check("copy.copy").says
    assert "12,400 of 20,000 read" in check("copy.all").says


Make = Callable[[], Any]
GOES_WRONG: dict[str, tuple[str, Make, How]] = {
    "a full sweep that is late": (
        "copy.all",
        lambda: Sweep.objects.update(started_at=NOW() - timedelta(hours=40)),
        How.LOOK,
    ),
    "a full sweep with a problem": (
        "copy.all",
        lambda: Sweep.objects.update(problem="Piggy ignores dates."),
        How.LOOK,
    ),
    "a sweep under way with a problem": (
        "copy.all",
        lambda: sweep(Sweep.Kind.FULL, stage=Sweep.Stage.PAGES, ended_at=None, problem="Piggy does not answer."),
        How.LOOK,
    ),
    "recent sweeps that are late": (
        "copy.newest",
        lambda: Sweep.objects.update(started_at=NOW() - timedelta(hours=2)),
        How.LOOK,
    ),
    "cards to come": ("copy.cards", lambda: ContactCopy.objects.update(cards_read_at=None), How.UNDER_WAY),
    "a hint that just came": ("webhooks.waiting", lambda: hint(), How.UNDER_WAY),
    "a hint that waits for long": ("webhooks.waiting", lambda: hint(ago=timedelta(minutes=20)), How.LOOK),
    "a hint that was given up": (
        "webhooks.ignored",
        lambda: hint(state=Hint.State.IGNORED, tries=hints.TRIES),
        How.LOOK,
    ),
    "a hint of a contact that is gone": ("webhooks.ignored", lambda: hint(state=Hint.State.IGNORED), How.FACT),
    "changes that no webhook told of": (
        "webhooks.received",
        lambda: Sweep.objects.update(repaired=3),
        How.LOOK,
    ),
    "a scan under way": (
        "duplicates.search",
        lambda: DuplicateScan.objects.create(started_at=NOW(), contacts=10, done=4),
        How.UNDER_WAY,
    ),
    "a task that waits for long": (
        "jobs.queue",
        lambda: OrmQ.objects.create(key="k", payload="x", lock=NOW() - timedelta(minutes=20)),
        How.LOOK,
    ),
    "a task that just came": (
        "jobs.queue",
        lambda: OrmQ.objects.create(key="k", payload="x", lock=NOW() - timedelta(seconds=1)),
        How.UNDER_WAY,
    ),
    "a task that a worker holds": (
        "jobs.queue",
        lambda: OrmQ.objects.create(key="k", payload="x", lock=NOW() + timedelta(minutes=1)),
        How.FINE,
    ),
    "a task that failed": (
        "jobs.failures",
        lambda: Failure.objects.create(
            id="1" * 32, name="n", func="a.task", started=NOW(), stopped=NOW(), success=False, result="mila@example.com"
        ),
        How.LOOK,
    ),
    "a task that failed long ago": (
        "jobs.failures",
        lambda: Failure.objects.create(
            id="1" * 32,
            name="n",
            func="a.task",
            started=NOW() - timedelta(days=3),
            stopped=NOW() - timedelta(days=3),
            success=False,
        ),
        How.FINE,
    ),
    "schedules that nobody runs": (
        "jobs.schedules",
        lambda: Schedule.objects.update(next_run=NOW() - timedelta(hours=1)),
        How.LOOK,
    ),
    "no schedules at all": ("jobs.schedules", lambda: Schedule.objects.all().delete(), How.LOOK),
    "a ledger that was changed": (
        "ledger.chain",
        lambda: ChainCheck.objects.create(at=NOW(), seq=3, hash="x", finished=True, problem="Row 3 was changed."),
        How.LOOK,
    ),
    "a ledger that nobody verifies": (
        "ledger.chain",
        lambda: ChainCheck.objects.update(at=NOW() - timedelta(hours=9)),
        How.LOOK,
    ),
    "a ledger never verified": ("ledger.chain", lambda: ChainCheck.objects.all().delete(), How.NOT_KNOWN),
}


@pytest.mark.parametrize("name", GOES_WRONG)
def test_each_thing_that_can_be_off_is_seen(name: str, all_well: SandboxAccount) -> None:
    key, make, how = GOES_WRONG[name]
    before = check(key).how
    make()
    after = check(key)
    assert after.how == how
    if how == How.LOOK:
        assert before != How.LOOK
        assert after.todo


def test_it_tells_nothing_about_people(admin: Person, all_well: SandboxAccount) -> None:
    GOES_WRONG["a task that failed"][1]()
    contact("c-2", email="mila@example.com", firstname="Mila")
    for path in (PAGE, "/status/json"):
        told = admin.get(path).content.decode()
        assert "mila" not in told.lower()


def test_a_worker_without_a_sign_of_life_is_seen(sandbox: SandboxAccount) -> None:
    cache.clear()
    assert check("jobs.worker").how == How.LOOK
    ended = NOW() - timedelta(minutes=1)
    task = Success.objects.create(id="1" * 32, name="n", func="f", started=ended, stopped=ended, success=True)
    assert check("jobs.worker").how == How.FACT  # it may be busy: something ended a moment ago
    Success.objects.filter(pk=task.pk).update(stopped=NOW() - timedelta(minutes=5))
    assert check("jobs.worker").how == How.LOOK


def test_without_a_secret_it_says_what_to_set(all_well: SandboxAccount, settings: Any) -> None:
    settings.PIGGY_WEBHOOK_SECRET = ""
    assert "PIGGY_WEBHOOK_SECRET" in check("webhooks.subscribed").todo


def test_paused_webhooks_are_seen(all_well: SandboxAccount) -> None:
    all_well.add_webhook("reward_updated", HERE, "secret")
    assert check("webhooks.subscribed").how == How.FINE
    one = all_well.state("webhook_subscription")[0]
    from piggyadmin import piggy

    piggy.get_client().update_webhook_subscription(one["uuid"], status="INACTIVE")
    found = check("webhooks.subscribed")
    assert (found.how, found.says) == (How.LOOK, "to 7 of 8 events")
    assert "Resume" in found.todo


def test_it_counts_todays_webhooks(all_well: SandboxAccount) -> None:
    hint(state=Hint.State.DONE, changed=True)
    hint(state=Hint.State.DONE, changed=False)
    hint(state=Hint.State.DONE, changed=True, ago=timedelta(days=2))
    found = check("webhooks.received")
    assert (found.figures["today"], found.figures["changed_today"]) == (2, 1)


def held(model: type[Merge] | type[Deletion], staff: Any, number: int, **fields: Any) -> HeldAct:
    which = (
        {"source_uuid": f"s-{number}", "destination_uuid": "d"}
        if model is Merge
        else {"contact_uuid": f"c-{number}", "type": "DEFAULT"}
    )
    return model.objects.create(proposed_by=staff, proposed_at=NOW(), **which, **fields)


@pytest.mark.parametrize(("model", "key"), [(Merge, "held.merges"), (Deletion, "held.deletions")])
def test_it_counts_what_is_held_and_shows_what_is_off(
    model: type[Merge] | type[Deletion], key: str, admin: Person, all_well: SandboxAccount
) -> None:
    state = HeldAct.State
    assert check(key).how == How.FINE
    held(model, admin.staff, 1)
    assert check(key).how == How.FACT
    held(model, admin.staff, 2, state=state.HELD, hold_until=NOW() + timedelta(hours=3))
    assert check(key).how == How.UNDER_WAY
    assert check(key).says == "1 proposed, 1 held"
    held(model, admin.staff, 3, state=state.DONE, ended_at=NOW())
    assert check(key).says == "1 proposed, 1 held"
    held(model, admin.staff, 4, state=state.UNKNOWN)
    assert check(key).how == How.NOT_KNOWN
    held(model, admin.staff, 5, state=state.INCIDENT)
    assert check(key).how == How.LOOK
    model.objects.filter(state__in=[state.INCIDENT, state.UNKNOWN]).delete()
    held(model, admin.staff, 6, state=state.HELD, hold_until=NOW() - timedelta(hours=1))
    assert check(key).how == How.LOOK


def test_it_counts_pairs_to_decide(all_well: SandboxAccount) -> None:
    DuplicatePair.objects.create(first_uuid="a", second_uuid="b", found_at=NOW(), is_flagged=True)
    DuplicatePair.objects.create(first_uuid="a", second_uuid="c", found_at=NOW(), verdict="different")
    assert check("duplicates.pairs").says == "1, of which somebody flagged 1"


def test_lost_answers_lead_to_the_audit(admin: Person, all_well: SandboxAccount) -> None:
    from piggyadmin.accounts.actions import SHOPS_READ
    from piggyadmin.ledger.door import Target, record
    from piggyadmin.ledger.models import ActState

    act = record(SHOPS_READ, by=None, target=Target("shops", ""), figures={"added": 0, "changed": 0, "gone": 0})
    ActState.objects.filter(act=act).update(outcome="unknown")
    found = check("ledger.unknown")
    assert found.how == How.NOT_KNOWN
    assert found.url == "/audit/?outcome=unknown"
    assert admin.get(found.url).status_code == 200


def test_an_admin_has_all_contacts_read_once_a_form(admin: Person, all_well: SandboxAccount) -> None:
    for _ in range(2):
        response = admin.post("/status/read-all/", {"form_token": "one-form-sent-twice"})
        assert response.status_code == 303
    assert Sweep.objects.filter(kind=Sweep.Kind.FULL, ended_at=None).count() == 1
    assert Act.objects.filter(action="copy.read_all").count() == 1
    assert OrmQ.objects.count() == 1
    assert "All contacts are being read" in words(admin)


def test_a_form_without_its_token_does_nothing(admin: Person, all_well: SandboxAccount) -> None:
    assert admin.post("/status/read-all/").status_code == 303
    assert not Sweep.objects.filter(ended_at=None).exists()
    assert "Nothing was done" in words(admin)


def test_the_buttons_work_as_they_stand_on_the_page(admin: Person, all_well: SandboxAccount) -> None:
    page = admin.get(PAGE).content.decode()
    tokens = re.findall(r'action="([^"]+)">.*?name="form_token" value="([^"]+)"', page)
    asked = dict(tokens)
    assert set(asked) >= {"/status/read-all/", "/contacts/duplicates/scan/"}
    for path in ("/status/read-all/", "/contacts/duplicates/scan/"):
        assert admin.post(path, {"form_token": asked[path]}).status_code in (200, 303)
    assert DuplicateScan.objects.count() == 1
    assert Sweep.objects.filter(ended_at=None).count() == 1


def test_the_monitor_reads_the_same(admin: Person, all_well: SandboxAccount) -> None:
    told = admin.get("/status/json")
    assert told.status_code == 200
    body = told.json()
    assert body["checks"]["copy.copy"] == {
        "state": "fine",
        "says": body["checks"]["copy.copy"]["says"],
        "contacts": 1,
        "total": 1,
        "as_of": body["checks"]["copy.copy"]["as_of"],
    }
    assert set(body) == {"state", "at", "version", "checks"}
    hint(ago=timedelta(hours=1))
    assert admin.get("/status/json").json()["state"] == "look"


def test_it_is_cheap_also_with_many_rows(
    admin: Person, all_well: SandboxAccount, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(60):
        admin.get(PAGE)


def test_only_admins_see_it(desk: Person, marketing: Person, sandbox: SandboxAccount) -> None:
    for person in (desk, marketing):
        assert person.get(PAGE).status_code == 403
        assert person.get("/status/json").status_code == 403
