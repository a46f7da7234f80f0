"""The chain: what it covers, that the database refuses to change it, and that a change past the triggers is found."""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from io import StringIO
from typing import Any
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from piggyadmin.ledger import jobs, triggers, upkeep, verifying
from piggyadmin.ledger.actions import Action
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.canonical import GENESIS, canonical, hash_of, mark_of
from piggyadmin.ledger.details import refuse_words_in
from piggyadmin.ledger.door import Target, perform, record
from piggyadmin.ledger.erasing import erase_details
from piggyadmin.ledger.models import Act, ActDetail, ActState, ChainCheck, ChainHead, Event
from piggyadmin.ledger.projection import rebuild_states
from piggyadmin.ledger.verifying import verify_ledger
from piggyadmin.piggy.errors import PiggyOutcomeUnknown, PiggyRateLimited, PiggyRejected

pytestmark = pytest.mark.django_db


def allowed(figures: dict[str, Any]) -> bool:
    """Whether the door lets these figures in; names of personal data it does not."""
    try:
        refuse_words_in(figures)
    except ValueError:
        return False
    return True


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(min_value=-(10**40), max_value=10**40)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)
FIGURES = st.dictionaries(st.text(max_size=8), VALUES, max_size=5).filter(allowed)


@pytest.fixture
def story(award: Action, noted: Action, actor: Actor, customer: Target) -> list[Act]:
    """Acts with every outcome, with words and without: eleven links."""

    def fail(error: Exception) -> Callable[[Act], object]:
        def call(act: Act) -> object:
            raise error

        return call

    say = {"reason": "Jan asked for it"}
    perform(award, by=actor, target=customer, figures={"credits": 1}, detail=say, call=lambda act: "answer")
    for error in (PiggyRejected("No.", status=400), PiggyOutcomeUnknown("?"), PiggyRateLimited("Busy.")):
        perform(award, by=actor, target=customer, figures={"credits": 2}, call=fail(error))
    record(noted, by=actor, target=Target("staff", "s-1"), figures={"n": 3})
    return list(Act.objects.order_by("seq"))


def tamper(statement: str, *values: object) -> None:
    """Change the database as somebody would who owns it."""
    triggers.drop(connection)
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
            assert cursor.rowcount == 1
    finally:
        triggers.create(connection)


def uid(value: UUID) -> str:
    """A UUID as this database keeps it."""
    return value.hex if connection.vendor == "sqlite" else str(value)


# -- the bytes ---------------------------------------------------------------------------------------------------


def test_canonical_json_is_what_its_documentation_says() -> None:
    value = {"b": [1, 2.5, -0.0, 1e300], "a": "ü€\U0001f600\x00", "z": None, "A": True}
    assert canonical(value) == ('{"A":true,"a":"\\u00fc\\u20ac\\ud83d\\ude00\\u0000","b":[1,2.5,-0.0,1e+300],"z":null}')


def test_a_hash_can_be_made_by_hand() -> None:
    columns = {
        "id": UUID("5f0c88aa-0000-4000-8000-000000000001"),
        "seq": 7,
        "at": datetime(2026, 11, 20, 14, 4, 12, 123, tzinfo=UTC),
        "shop_id": None,
        "form_token": "",
        "figures": {"b": 1, "a": "é"},
        "prev_hash": GENESIS,
    }
    by_hand = (
        '{"at":"2026-11-20T14:04:12.000123Z","figures":"{\\"a\\":\\"\\\\u00e9\\",\\"b\\":1}",'
        '"id":"5f0c88aa-0000-4000-8000-000000000001","prev_hash":"' + "0" * 64 + '","row":"act","seq":7}'
    )
    assert hash_of("act", columns) == hashlib.sha256(by_hand.encode()).hexdigest()


def test_an_act_and_an_event_with_the_same_columns_have_different_hashes() -> None:
    assert hash_of("act", {"seq": 1}) != hash_of("event", {"seq": 1})


def test_a_mark_comes_from_the_acts_id_alone() -> None:
    act_id = UUID("5f0c88aa-0000-4000-8000-000000000001")
    assert mark_of(act_id) == mark_of(act_id) != mark_of(UUID(int=act_id.int + 1))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(figures=FIGURES)
def test_any_figures_come_back_from_the_database_with_the_same_hash(
    figures: dict[str, Any], noted: Action, actor: Actor
) -> None:
    act = record(noted, by=actor, target=Target("staff", "s-1"), figures=figures)
    again = Act.objects.get(pk=act.pk)
    assert again.figures == figures
    assert again.hash_now() == again.hash == act.hash


@pytest.mark.parametrize("row", [Act, Event])
def test_every_column_but_the_hash_itself_is_covered(row: type[Act | Event], story: list[Act]) -> None:
    link = row.objects.filter(detail_digest="").last()
    others: dict[str, Any] = {"CharField": "changed", "FiguresField": {"n": 9}, "UUIDField": UUID(int=5)}
    others |= {"DateTimeField": datetime(2020, 1, 1, tzinfo=UTC), "ForeignKey": UUID(int=6)}
    columns = [field for field in row._meta.concrete_fields if field.name != "hash"]
    for column in columns:
        before = getattr(link, column.attname)
        setattr(link, column.attname, others.get(column.get_internal_type(), others.get(type(column).__name__, 99)))
        assert link.hash_now() != link.hash, column.name
        setattr(link, column.attname, before)
    assert link.hash_now() == link.hash


# -- the database refuses ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_act SET role = 'admin'",
        "UPDATE ledger_act SET figures = '{}'",
        "UPDATE ledger_event SET outcome = 'done'",
        "DELETE FROM ledger_act",
        "DELETE FROM ledger_event",
        "DELETE FROM ledger_chainhead",
        "DELETE FROM ledger_actdetail",
        "UPDATE ledger_chainhead SET seq = seq - 1",
        "UPDATE ledger_chainhead SET seq = seq + 2",
        "UPDATE ledger_chainhead SET hash = 'x'",
        "UPDATE ledger_actdetail SET body = '{}'",
        "UPDATE ledger_actdetail SET salt = ''",
        "UPDATE ledger_actdetail SET body = '', salt = ''",
        "INSERT INTO ledger_chainhead (id, seq, hash) VALUES (2, 0, 'x')",
        "INSERT INTO ledger_event SELECT * FROM ledger_event WHERE seq = 2",
    ],
)
def test_the_database_refuses_to_change_the_ledger(statement: str, story: list[Act]) -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert verify_ledger().whole


@pytest.mark.parametrize("table", triggers.KEPT)
def test_no_table_of_the_ledger_can_be_emptied(table: str, story: list[Act]) -> None:
    emptying = f"TRUNCATE {table} CASCADE" if connection.vendor == "postgresql" else f"DELETE FROM {table}"
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(emptying)
    assert Act.objects.count() == len(story)


@pytest.mark.parametrize("model", [Act, Event])
def test_a_row_enters_only_as_the_next_link(model: type[Act | Event], story: list[Act]) -> None:
    head = ChainHead.objects.get()
    for seq, prev_hash in ((head.seq, head.hash), (head.seq + 2, head.hash), (head.seq + 1, GENESIS)):
        link = model.objects.last()
        assert link is not None
        link.pk, link.seq, link.prev_hash = UUID(int=seq), seq, prev_hash
        if isinstance(link, Act):
            link.mark, link.form_token = "NEW", ""
        with pytest.raises(DatabaseError), transaction.atomic():
            link.save(force_insert=True)


def test_sqlite_refuses_to_replace_a_row_that_stands(story: list[Act]) -> None:
    """REPLACE deletes the old row without waking a delete trigger."""
    head, old = ChainHead.objects.get(), story[0]
    replace = "REPLACE" if connection.vendor == "sqlite" else "INSERT"
    columns = [field.column for field in Act._meta.concrete_fields]
    changed = {"seq": str(head.seq + 1), "prev_hash": f"'{head.hash}'", "role": "'admin'"}
    chosen = ", ".join(changed.get(column, column) for column in columns)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"{replace} INTO ledger_act ({', '.join(columns)}) SELECT {chosen} FROM ledger_act WHERE seq = 1"
        )
    assert Act.objects.get(pk=old.pk).role == "desk"


# -- verification --------------------------------------------------------------------------------------------------


def test_an_untouched_chain_is_whole(story: list[Act]) -> None:
    verdict = verify_ledger()
    head = ChainHead.objects.get()
    assert (verdict.whole, verdict.links, verdict.head) == (True, head.seq, head.hash)
    assert verdict.links == Act.objects.count() + Event.objects.count() == 10


def test_an_empty_chain_is_whole(db: None) -> None:
    assert verify_ledger().whole


def test_it_is_read_in_slices_without_a_seam(story: list[Act], monkeypatch: pytest.MonkeyPatch) -> None:
    for size in (1, 2, 3, 7):
        monkeypatch.setattr(verifying, "SLICE", size)
        assert verify_ledger().links == 10


@pytest.mark.parametrize(
    ("statement", "seq", "problem"),
    [
        ("UPDATE ledger_act SET role = 'admin' WHERE seq = 3", 3, "Row 3 was changed."),
        ("UPDATE ledger_act SET figures = '{\"credits\":900}' WHERE seq = 1", 1, "Row 1 was changed."),
        ("UPDATE ledger_event SET outcome = 'done' WHERE seq = 4", 4, "Row 4 was changed."),
        ("UPDATE ledger_event SET hash = 'ab' WHERE seq = 4", 4, "Row 4 was changed."),
        ("UPDATE ledger_event SET seq = 99 WHERE seq = 4", 4, "Row 4 is missing."),
        ("UPDATE ledger_chainhead SET seq = 9", 10, "The head of the chain is not its last row."),
        ("UPDATE ledger_chainhead SET hash = 'ab'", 10, "The head of the chain is not its last row."),
        ("UPDATE ledger_chainhead SET seq = 12", 11, "Row 11 is missing: the end of the chain was cut off."),
        ("DELETE FROM ledger_chainhead", 0, "The head of the chain is missing."),
        (
            'UPDATE ledger_actdetail SET body = \'{"reason":"x"}\' WHERE event_id IS NULL',
            1,
            "The words of row 1 were changed.",
        ),
        ("DELETE FROM ledger_actdetail WHERE event_id IS NULL", 1, "The words of row 1 are missing."),
        ("UPDATE ledger_actstate SET outcome = 'done' WHERE outcome = 'unknown'", 5, None),
        ("DELETE FROM ledger_actstate WHERE outcome = 'unknown'", 5, None),
    ],
)
def test_a_change_past_the_triggers_is_found(statement: str, seq: int, problem: str | None, story: list[Act]) -> None:
    tamper(statement)
    verdict = verify_ledger()
    assert not verdict.whole
    assert verdict.broken_seq == seq
    assert verdict.problem == (problem or f"The state of row {seq} is not what its events come to.")


def test_a_row_taken_out_is_found_although_its_neighbours_are_sewn_together(story: list[Act]) -> None:
    tamper("DELETE FROM ledger_event WHERE seq = 2")
    tamper("UPDATE ledger_act SET prev_hash = %s WHERE seq = 3", Act.objects.get(seq=1).hash)
    assert verify_ledger().broken_seq == 2


def test_a_chain_cut_short_and_sewn_together_is_found_by_the_verification_before(story: list[Act]) -> None:
    assert verify_ledger().whole
    before = Event.objects.get(seq=8)
    last = Act.objects.get(seq=9)
    tamper("DELETE FROM ledger_event WHERE seq = 10")
    tamper("DELETE FROM ledger_actstate WHERE act_id = %s", uid(last.pk))
    tamper("DELETE FROM ledger_act WHERE seq = 9")
    tamper("UPDATE ledger_chainhead SET seq = 8, hash = %s", before.hash)
    verdict = verify_ledger()
    assert (verdict.broken_seq, verdict.problem) == (10, "Row 10 is not the one that was verified before.")


def test_a_trigger_that_is_gone_is_found(story: list[Act]) -> None:
    on = "" if connection.vendor == "sqlite" else " ON ledger_act"
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER ledger_act_no_update" + on)
    assert verify_ledger().problem == "The database no longer refuses changes: ledger_act_no_update."
    upkeep.after_migrate()
    assert verify_ledger().whole


def test_the_command_prints_the_count_and_the_head(story: list[Act]) -> None:
    out = StringIO()
    call_command("verify_ledger", stdout=out)
    assert out.getvalue().startswith(f"Whole: 10 rows. Head {ChainHead.objects.get().hash}\n")


def test_the_command_ends_with_1_and_the_first_broken_row(story: list[Act]) -> None:
    tamper("UPDATE ledger_act SET role = 'admin' WHERE seq = 3")
    with pytest.raises(CommandError, match=r"Broken at row 3: Row 3 was changed\.") as failed:
        call_command("verify_ledger")
    assert failed.value.returncode == 1


# -- the job ------------------------------------------------------------------------------------------------------


def test_the_job_verifies_once_an_hour(story: list[Act]) -> None:
    assert jobs.verify_chain() == "whole"
    assert jobs.verify_chain() == "not yet"


def test_the_job_goes_on_where_its_time_was_over(story: list[Act], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verifying, "SLICE", 4)
    steps = iter([0.0, 0.0, 99.0, 0.0, 0.0, 0.0, 0.0, 0.0])
    monkeypatch.setattr(verifying.time, "monotonic", lambda: next(steps))
    assert jobs.verify_chain() == "read up to 4"
    assert jobs.verify_chain() == "whole"
    assert ChainCheck.objects.get().seq == 10


def test_the_job_reports_a_broken_chain(story: list[Act], caplog: pytest.LogCaptureFixture) -> None:
    tamper("UPDATE ledger_act SET role = 'admin' WHERE seq = 3")
    assert jobs.verify_chain() == "Row 3 was changed."
    assert "broken at row 3" in caplog.text


# -- the projection, and erasing ------------------------------------------------------------------------------------


def test_states_can_be_made_anew(story: list[Act]) -> None:
    facts = list(ActState.objects.order_by("act__seq").values("outcome", "code", "not_before", "attempts"))
    ActState.objects.all().delete()
    assert rebuild_states() == 5
    assert list(ActState.objects.order_by("act__seq").values("outcome", "code", "not_before", "attempts")) == facts
    assert ActState.objects.get(outcome="unknown").next_look_at is not None
    assert verify_ledger().whole
    assert rebuild_states() == 0


def test_a_wrong_state_is_put_right_by_the_command(story: list[Act]) -> None:
    ActState.objects.filter(outcome="unknown").update(outcome="done")
    out = StringIO()
    call_command("rebuild_states", stdout=out)
    assert out.getvalue() == "1 states were made anew.\n"
    assert verify_ledger().whole


def test_erasing_empties_the_words_and_leaves_the_chain_whole(story: list[Act], clerk: Callable[..., Actor]) -> None:
    by = clerk("dpo", may=("erase_details",))
    digest = story[0].detail_digest
    assert erase_details(contact_id="123", by=by) == ActDetail.objects.count() == 4
    assert not ActDetail.objects.exclude(body="", salt="").exists()
    assert Act.objects.get(pk=story[0].pk).detail_digest == digest
    assert verify_ledger().whole
    told = Act.objects.latest("seq")
    assert (told.action, told.contact_id, told.figures, told.staff) == ("audit.erased", "123", {"erased": 4}, by.staff)


def test_erasing_touches_nobody_else(story: list[Act], clerk: Callable[..., Actor]) -> None:
    assert erase_details(contact_id="124", by=clerk("dpo", may=("erase_details",))) == 0
    assert ActDetail.objects.filter(erased_at=None).count() == 4
