"""Pairs in the database: of one changed contact at once, and of all contacts by a scan that may be killed anywhere."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_q.models import OrmQ

from contacts.duplicates import comparing, dropping, held, jobs, keys_kept, scanning, scored
from contacts.duplicates.engine import blocks, fitting
from contacts.duplicates.engine.normal import matched_digest
from contacts.duplicates.flagging import flagged
from contacts.models import (
    BlockingKey,
    CardCopy,
    ContactCopy,
    DuplicateModel,
    DuplicatePair,
    DuplicateScan,
    Household,
    HouseholdMember,
)
from piggyadmin.runs.leases import Lease
from tests.bench.people import people

pytestmark = pytest.mark.django_db
Verdict = DuplicatePair.Verdict
JAN = {"firstname": "Jan", "lastname": "de Vries", "email": "jan.devries@gmail.com", "birthdate": date(1980, 1, 2)}
JAN_AGAIN = JAN | {"email": "jandevries+shop@gmail.com", "phone": "+31612345678"}
ANNA = {"firstname": "Anna", "lastname": "Bakker", "email": "anna@ziggo.nl", "birthdate": date(1990, 5, 6)}


@pytest.fixture(autouse=True)
def _nothing_held() -> Iterator[None]:
    yield
    for scan in DuplicateScan.objects.all():
        held.let_go(scan.pk)


def copied(name: str, **fields: Any) -> ContactCopy:
    contact = ContactCopy(contact_uuid=name, read_at=timezone.now(), how="page", **fields)
    contact.phone_e164 = contact.phone
    contact.matched = digest(contact)
    contact.save()
    return contact


def digest(contact: ContactCopy) -> str:
    return matched_digest(
        first=contact.firstname,
        last=contact.lastname,
        email=contact.email,
        phone=contact.phone,
        birthdate=contact.birthdate.isoformat() if contact.birthdate else "",
        address=contact.address,
    )


def change(contact: ContactCopy, **fields: Any) -> None:
    for name, value in fields.items():
        setattr(contact, name, value)
    contact.phone_e164 = contact.phone
    contact.matched = digest(contact)
    contact.save()
    comparing.contact_changed([contact.pk])


def pairs() -> dict[tuple[str, str], str]:
    return {(pair.first_uuid, pair.second_uuid): pair.verdict for pair in DuplicatePair.objects.all()}


def scores() -> dict[tuple[str, str], tuple[float, Any]]:
    return {(pair.first_uuid, pair.second_uuid): (pair.score, pair.reasons) for pair in DuplicatePair.objects.all()}


def decided(pair: DuplicatePair, verdict: str) -> None:
    known = dict(ContactCopy.objects.values_list("contact_uuid", "matched"))
    pair.verdict, pair.decided_at = verdict, timezone.now()
    pair.matched_first, pair.matched_second = known[pair.first_uuid], known[pair.second_uuid]
    pair.save()


def two_of_one() -> tuple[ContactCopy, ContactCopy]:
    one, other = copied("b-jan", **JAN), copied("a-jan", **JAN_AGAIN)
    comparing.contact_changed([one.pk, other.pk])
    return one, other


def town(count: int, seed: int = 3) -> None:
    for each in people(count, seed=seed):
        born = date.fromisoformat(each.birthdate) if each.birthdate else None
        copied(
            f"{each.id:06}",
            firstname=each.first,
            lastname=each.last,
            email=each.email,
            phone=each.phone,
            birthdate=born,
            address=each.address,
        )


def scan_to_the_end(seconds: float = 60) -> DuplicateScan:
    scan = scanning.start()
    while scanning.advance(scan.pk, seconds=seconds):
        pass
    scan.refresh_from_db()
    return scan


# -- one contact


def test_a_new_contact_is_compared_at_once() -> None:
    copied("c-anna", **ANNA)
    two_of_one()
    assert pairs() == {("a-jan", "b-jan"): Verdict.OPEN}
    pair = DuplicatePair.objects.get()
    assert ["e-mail", "same", 15.0] in pair.reasons
    assert pair.score > 20
    assert pair.scored_at is not None


@pytest.mark.parametrize(("first", "second"), [("B", "a"), ("a-b", "ab"), ("Z9", "z1"), ("e", "é")])
def test_the_order_of_a_pair_is_ours_and_no_databases(first: str, second: str) -> None:
    """A database in another language compares words in its own order: it must not refuse ours."""
    one, other = copied(second, **JAN), copied(first, **JAN_AGAIN)
    comparing.contact_changed([one.pk, other.pk])
    assert pairs() == {(first, second): Verdict.OPEN}
    flagged(second, first)
    flagged(first, second)
    assert DuplicatePair.objects.get().is_flagged
    with connection.cursor() as cursor:
        constraints = connection.introspection.get_constraints(cursor, DuplicatePair._meta.db_table)
    assert [name for name in constraints if "order" in name] == []


def test_reasons_and_keys_name_nobody() -> None:
    two_of_one()
    kept = str(DuplicatePair.objects.values_list("reasons", flat=True).get()) + str(list(BlockingKey.objects.values()))
    for word in ("Jan", "jan", "vries", "Vries", "gmail", "1980", "612345678"):
        assert word not in kept


def test_a_pair_that_is_unlike_by_now_is_dropped() -> None:
    one, _ = two_of_one()
    change(one, **ANNA)
    assert pairs() == {}


def test_a_pair_that_grew_likelier_is_scored_anew() -> None:
    one, _ = two_of_one()
    before = DuplicatePair.objects.get()
    change(one, phone="+31612345678")
    after = DuplicatePair.objects.get()
    assert after.pk == before.pk
    assert after.found_at == before.found_at
    assert after.score > before.score


def test_a_flagged_pair_stays_however_unlike_and_has_its_score() -> None:
    one, other = copied("a", **JAN), copied("b", **ANNA)
    pair = DuplicatePair.objects.create(first_uuid="a", second_uuid="b", found_at=timezone.now(), is_flagged=True)
    comparing.rescore(pair)
    assert pair.score < 0
    assert ["first name", "other", -3.5] in pair.reasons
    comparing.contact_changed([one.pk, other.pk])
    assert pairs() == {("a", "b"): Verdict.OPEN}


def test_a_pair_whose_contact_is_not_copied_keeps_its_score() -> None:
    copied("a", **JAN)
    pair = DuplicatePair.objects.create(first_uuid="a", second_uuid="gone", score=7, found_at=timezone.now())
    comparing.rescore(pair)
    pair.refresh_from_db()
    assert pair.score == 7


def test_keys_only_makes_keys_and_no_pairs() -> None:
    one, other = copied("a", **JAN), copied("b", **JAN_AGAIN)
    comparing.contact_changed([one.pk, other.pk], keys_only=True)
    assert BlockingKey.objects.filter(contact=one).exists()
    assert pairs() == {}
    comparing.contact_changed([other.pk])
    assert pairs() == {("a", "b"): Verdict.OPEN}


def test_keys_are_those_of_now() -> None:
    one, _ = two_of_one()
    before = set(BlockingKey.objects.filter(contact=one).values_list("kind", "key"))
    change(one, **ANNA)
    after = set(BlockingKey.objects.filter(contact=one).values_list("kind", "key"))
    assert before
    assert after
    assert not before & after
    comparing.contact_changed([one.pk])
    assert set(BlockingKey.objects.filter(contact=one).values_list("kind", "key")) == after
    assert BlockingKey.objects.filter(contact=one).count() == len(after)


def test_contacts_that_are_not_there_are_no_error() -> None:
    comparing.contact_changed([])
    comparing.contact_changed([987654321])
    assert pairs() == {}


def test_an_anonymous_contact_resembles_nobody() -> None:
    one, other = copied("a", is_anonymous=True), copied("b", is_anonymous=True)
    comparing.contact_changed([one.pk, other.pk])
    assert BlockingKey.objects.count() == 0
    assert pairs() == {}


def test_a_card_that_moved_ties_two_contacts_together() -> None:
    one = copied("a", firstname="Jan", lastname="Vries", default_card="C-1")
    other = copied("b", firstname="Jan", lastname="Vries")
    CardCopy.objects.create(contact=other, value="C-1", read_at=timezone.now())
    comparing.contact_changed([one.pk, other.pk])
    assert ["card", "same", 12.0] in DuplicatePair.objects.get().reasons
    DuplicatePair.objects.all().delete()
    scan_to_the_end()
    assert ["card", "same", 12.0] in DuplicatePair.objects.get().reasons


def test_a_hundred_contacts_cost_hardly_more_queries_than_one() -> None:
    town(300)
    ids = list(ContactCopy.objects.values_list("pk", flat=True))
    comparing.contact_changed(ids, keys_only=True)
    with CaptureQueriesContext(connection) as few:
        comparing.contact_changed(ids[:1])
    with CaptureQueriesContext(connection) as many:
        comparing.contact_changed(ids[:100])
    assert len(few) <= 16
    assert len(many) <= 40
    assert DuplicatePair.objects.count() > 5


def test_a_key_that_too_many_share_brings_nobody_here() -> None:
    crowd = [copied(f"{number:03}", phone="+31201234567") for number in range(blocks.CAP + 5)]
    comparing.contact_changed([each.pk for each in crowd], keys_only=True)
    rows = list(BlockingKey.objects.filter(contact=crowd[0]).values_list("contact_id", "kind", "key"))
    assert rows
    assert list(keys_kept.sharing(rows)) == []


# -- what people said


def test_a_rejected_pair_stays_rejected_until_a_matched_field_changes() -> None:
    one, other = two_of_one()
    decided(DuplicatePair.objects.get(), Verdict.DIFFERENT)
    comparing.contact_changed([one.pk, other.pk])
    scan_to_the_end()
    assert pairs() == {("a-jan", "b-jan"): Verdict.DIFFERENT}
    change(other, credits=12)  # nothing that is compared
    assert pairs() == {("a-jan", "b-jan"): Verdict.DIFFERENT}
    change(other, firstname="J.")
    assert pairs() == {("a-jan", "b-jan"): Verdict.OPEN}
    pair = DuplicatePair.objects.get()
    assert (pair.matched_first, pair.matched_second, pair.decided_at) == ("", "", None)


def test_a_scan_opens_a_rejected_pair_whose_contact_changed_unnoticed() -> None:
    _, other = two_of_one()
    decided(DuplicatePair.objects.get(), Verdict.DIFFERENT)
    other.firstname = "Johan"
    other.matched = digest(other)
    other.save()
    scan_to_the_end()
    assert pairs() == {("a-jan", "b-jan"): Verdict.OPEN}


def test_a_rejected_pair_that_is_unlike_by_now_is_not_opened() -> None:
    one, _ = two_of_one()
    decided(DuplicatePair.objects.get(), Verdict.DIFFERENT)
    change(one, **ANNA)
    assert pairs() == {("a-jan", "b-jan"): Verdict.DIFFERENT}


@pytest.mark.parametrize("verdict", [Verdict.SAME, Verdict.FAMILY])
def test_other_verdicts_stay_whatever_changes(verdict: str) -> None:
    one, _ = two_of_one()
    decided(DuplicatePair.objects.get(), verdict)
    change(one, firstname="Johannes")
    scan_to_the_end()
    assert pairs() == {("a-jan", "b-jan"): verdict}


def test_a_family_lowers_the_pairs_of_its_members() -> None:
    two_of_one()
    before = DuplicatePair.objects.get()
    home = Household.objects.create(made_at=timezone.now())
    for name in ("a-jan", "b-jan"):
        HouseholdMember.objects.create(household=home, contact_uuid=name)
    comparing.rescore(DuplicatePair.objects.get())
    after = DuplicatePair.objects.get()
    assert after.score == pytest.approx(before.score - 12)
    assert after.reasons[0] == ["family", "same", -12.0]
    scan_to_the_end()
    assert scores()["a-jan", "b-jan"] == (after.score, after.reasons)


def test_a_family_that_is_hardly_alike_is_no_pair() -> None:
    name = {"firstname": "Jan", "lastname": "de Vries"}
    one, other = copied("a", **name), copied("b", **name)
    comparing.contact_changed([one.pk, other.pk])
    assert len(pairs()) == 1
    home = Household.objects.create(made_at=timezone.now())
    for name in ("a", "b"):
        HouseholdMember.objects.create(household=home, contact_uuid=name)
    comparing.contact_changed([one.pk])
    assert pairs() == {}
    scan_to_the_end()
    assert pairs() == {}


def test_nothing_is_left_of_a_contact_that_is_gone() -> None:
    one, _ = two_of_one()
    dropping.drop("b-jan")
    assert pairs() == {}
    assert not BlockingKey.objects.filter(contact=one).exists()
    dropping.drop("b-jan")


# -- all contacts


def test_a_scan_finds_what_single_comparisons_found() -> None:
    town(200)
    comparing.contact_changed(list(ContactCopy.objects.values_list("pk", flat=True)))
    one_by_one = scores()
    DuplicatePair.objects.all().delete()
    BlockingKey.objects.all().delete()
    scan = scan_to_the_end()
    assert one_by_one
    assert one_by_one.items() <= scores().items()
    assert scan.stage == DuplicateScan.Stage.ENDED
    assert scan.found == len(scores())
    assert scan.done == scan.contacts == 200
    assert scan.compared >= scan.found
    assert scan.claimed_until is None


def test_a_scan_makes_the_keys_that_are_missing_and_only_those() -> None:
    one, other = copied("a", **JAN), copied("b", **JAN_AGAIN)
    comparing.contact_changed([one.pk], keys_only=True)
    kept = set(BlockingKey.objects.values_list("pk", flat=True))
    scan_to_the_end()
    assert kept < set(BlockingKey.objects.values_list("pk", flat=True))
    made = set(BlockingKey.objects.filter(contact=other).values_list("kind", "key"))
    comparing.contact_changed([other.pk], keys_only=True)
    assert set(BlockingKey.objects.filter(contact=other).values_list("kind", "key")) == made


def test_a_scan_of_nobody_ends() -> None:
    assert scan_to_the_end().stage == DuplicateScan.Stage.ENDED


def test_a_scan_fits_weights_where_there_are_enough_contacts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fitting, "ENOUGH", 300)
    monkeypatch.setattr(fitting, "RANDOM_TWOS", 20_000)
    town(300)
    scan_to_the_end()
    model = DuplicateModel.objects.get()
    assert model.contacts == 300
    assert model.weights["weights"]["last name"]["same"] > 0
    assert scored.current_model().fitted
    for _ in range(scanning.MODELS_KEPT + 1):
        scan_to_the_end()
    assert DuplicateModel.objects.count() == scanning.MODELS_KEPT


def test_a_scan_in_many_short_tasks_finds_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    town(200)
    scan_to_the_end()
    whole = scores()
    DuplicatePair.objects.all().delete()
    BlockingKey.objects.all().delete()
    monkeypatch.setattr(blocks, "AT_ONCE", 20)
    monkeypatch.setattr(scanning, "BARE_AT_ONCE", 30)
    scan, tasks = scanning.start(), 1
    shares = []
    while scanning.advance(scan.pk, seconds=0):
        held.let_go(scan.pk)  # each task in another worker
        scan.refresh_from_db()
        shares.append(scan.done)
        tasks += 1
    assert tasks > 20
    assert shares == sorted(shares)
    assert scores() == whole
    scan.refresh_from_db()
    assert scan.found == len(whole)


@pytest.mark.parametrize("at", range(0, 40, 3))
def test_a_scan_that_was_killed_finds_the_same(monkeypatch: pytest.MonkeyPatch, at: int) -> None:
    town(120)
    scan_to_the_end()
    whole = scores()
    DuplicatePair.objects.all().delete()
    BlockingKey.objects.all().delete()
    monkeypatch.setattr(blocks, "AT_ONCE", 20)
    monkeypatch.setattr(scanning, "BARE_AT_ONCE", 30)
    scan = scanning.start()
    with monkeypatch.context() as patch:
        _die(patch, after=at)
        with pytest.raises(Killed):
            _to_its_end(scan)
    # The lease of a process that was killed is not given back: nobody gets in before it ends.
    DuplicateScan.objects.filter(pk=scan.pk).update(
        claimed_until=timezone.now() + timedelta(seconds=9), claimed_by="dead"
    )
    assert not scanning.advance(scan.pk)
    assert list(jobs.idle()) == []
    DuplicateScan.objects.filter(pk=scan.pk).update(claimed_until=timezone.now())
    assert [each.pk for each in jobs.idle()] == [scan.pk]
    held.let_go(scan.pk)
    while scanning.advance(scan.pk, seconds=60):
        pass
    assert scores() == whole
    scan.refresh_from_db()
    assert scan.stage == DuplicateScan.Stage.ENDED
    assert scan.found == len(whole)


def _to_its_end(scan: DuplicateScan) -> None:
    while scanning.advance(scan.pk, seconds=60):
        pass


class Killed(BaseException):
    """What takes a process away between any two of its queries that write."""


def _die(patch: pytest.MonkeyPatch, *, after: int) -> None:
    from django.db.backends.utils import CursorWrapper

    left = [after]

    def watched(name: str) -> Any:
        true = getattr(CursorWrapper, name)

        def execute(self: Any, sql: str, *rest: Any) -> Any:
            if sql.startswith(("INSERT", "UPDATE", "DELETE")):
                left[0] -= 1
                if left[0] < 0:
                    raise Killed
            return true(self, sql, *rest)

        return execute

    for name in ("execute", "executemany"):
        patch.setattr(CursorWrapper, name, watched(name))
    true = Lease.end
    patch.setattr(Lease, "end", lambda lease: true(lease) if left[0] >= 0 else None)


def test_two_tasks_are_not_at_one_scan() -> None:
    two_of_one()
    scan = scanning.start()
    DuplicateScan.objects.filter(pk=scan.pk).update(
        claimed_until=timezone.now() + timedelta(seconds=30), claimed_by="other"
    )
    assert not scanning.advance(scan.pk)
    scan.refresh_from_db()
    assert (scan.stage, scan.claimed_by) == (DuplicateScan.Stage.KEYS, "other")


def test_a_task_that_lost_its_lease_writes_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    two_of_one()
    DuplicatePair.objects.all().delete()
    scan = scanning.start()
    true = scored.likely

    def taken(*arguments: Any) -> Any:
        DuplicateScan.objects.filter(pk=scan.pk).update(claimed_by="other")
        return true(*arguments)

    monkeypatch.setattr(scored, "likely", taken)
    assert not scanning.advance(scan.pk)
    scan.refresh_from_db()
    assert (scan.stage, scan.claimed_by, scan.found) == (DuplicateScan.Stage.PAIRS, "other", 0)
    assert pairs() == {}


def test_a_scan_that_somebody_stopped_stays_stopped() -> None:
    two_of_one()
    scan = scanning.start()
    assert scanning.stop(scan.pk)
    assert not scanning.stop(scan.pk)
    assert not scanning.advance(scan.pk)
    scan.refresh_from_db()
    assert scan.stage == DuplicateScan.Stage.STOPPED
    assert scanning.start().pk != scan.pk


def test_one_scan_is_under_way_at_a_time() -> None:
    first = scanning.start()
    assert scanning.start() == first


def test_a_scan_drops_what_is_likely_no_more_and_keeps_what_people_said() -> None:
    old = timezone.now() - timedelta(days=3)
    copied("a", **JAN)
    copied("b", **ANNA)
    copied("c", firstname="Mehmet", lastname="Kaya")
    for first, second, more in (
        ("a", "b", {}),
        ("a", "c", {"is_flagged": True}),
        ("b", "c", {"verdict": Verdict.DIFFERENT}),
    ):
        DuplicatePair.objects.create(
            first_uuid=first, second_uuid=second, score=30, found_at=old, scored_at=old, **more
        )
    scan_to_the_end()
    assert set(pairs()) == {("a", "c"), ("b", "c")}


def test_a_likely_pair_that_a_scan_did_not_find_is_weighed_anew_and_stays() -> None:
    """One that changed after the scan had read it is passed over; the scan's end must not take its pair away."""
    one, other = two_of_one()
    copied("c", firstname="Mehmet", lastname="Kaya", email="mehmet.kaya@ziggo.nl", birthdate=date(1991, 2, 3))
    for first, second in (("a-jan", "c"), ("b-jan", "c"), ("c", "gone")):
        DuplicatePair.objects.create(first_uuid=first, second_uuid=second, score=30, found_at=timezone.now())
    before = scores()["a-jan", "b-jan"]
    DuplicatePair.objects.update(score=99, scored_at=timezone.now() - timedelta(days=3))
    scan = scanning.start()
    held.hold(scan.pk)
    for contact in (one, other):  # by a writer that compares nothing
        contact.address = "Dorpsstraat 1, 1234 AB Dorp"
        contact.matched = digest(contact)
        contact.save()
    scan_to_the_end()
    assert set(scores()) == {("a-jan", "b-jan")}
    assert before[0] <= scores()["a-jan", "b-jan"][0] < 99


def test_the_end_of_a_scan_goes_on_in_the_next_task(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparing, "AT_ONCE", 2)
    two_of_one()
    old = timezone.now() - timedelta(days=3)
    for number in range(9):
        DuplicatePair.objects.create(first_uuid="a-jan", second_uuid=f"gone-{number}", score=30, found_at=old)
    scan = scan_to_the_end(seconds=0)
    assert scan.stage == DuplicateScan.Stage.ENDED
    assert set(pairs()) == {("a-jan", "b-jan")}


def test_a_contact_that_changed_while_a_scan_runs_is_not_overwritten(monkeypatch: pytest.MonkeyPatch) -> None:
    one, _ = two_of_one()
    true, changed = scored.likely, []

    def meanwhile(*arguments: Any) -> Any:
        found = true(*arguments)
        if not changed:
            changed.append(1)
            change(one, **ANNA)
        return found

    monkeypatch.setattr(scored, "likely", meanwhile)
    scan_to_the_end()
    assert changed
    assert pairs() == {}


def test_a_contact_that_went_while_a_scan_runs_makes_no_pair(monkeypatch: pytest.MonkeyPatch) -> None:
    one, _ = two_of_one()
    DuplicatePair.objects.all().delete()
    true = scored.likely

    def meanwhile(*arguments: Any) -> Any:
        found = true(*arguments)
        ContactCopy.objects.filter(pk=one.pk).delete()
        return found

    monkeypatch.setattr(scored, "likely", meanwhile)
    scan_to_the_end()
    assert pairs() == {}


# -- the job


def test_the_task_leaves_another_while_there_is_more_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    two_of_one()
    monkeypatch.setattr(scanning, "SECONDS", 0.0)
    scan = jobs.begin()
    for _ in range(20):
        if not OrmQ.objects.exists():
            break
        OrmQ.objects.all().delete()
        jobs.advance(str(scan.pk))
    scan.refresh_from_db()
    assert scan.stage == DuplicateScan.Stage.ENDED


def test_a_scan_nobody_is_at_is_taken_up_by_the_minutes_job() -> None:
    scan = scanning.start()
    assert jobs.advance_open() == 1
    assert [task.args() for task in OrmQ.objects.all()] == [(str(scan.pk),)]
    scanning.advance(scan.pk)
    assert jobs.advance_open() == 0


def test_a_new_scan_begins_when_the_last_is_a_week_old() -> None:
    copied("a", **JAN)
    assert not jobs.is_due()  # the first begins when all contacts are copied
    jobs.after_first_sweep()
    jobs.after_first_sweep()
    scan = DuplicateScan.objects.get()
    _to_its_end(scan)
    assert not jobs.is_due()
    DuplicateScan.objects.filter(pk=scan.pk).update(started_at=timezone.now() - timedelta(days=7))
    assert jobs.is_due()
    jobs.advance_open()
    assert DuplicateScan.objects.count() == 2


def test_a_scan_that_is_no_more_is_no_error() -> None:
    assert not scanning.advance(uuid.uuid4())
    jobs.advance(str(uuid.uuid4()))
