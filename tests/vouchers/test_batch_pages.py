"""The list of runs, a run's page with what is not certain, steering it, and the note when one's own has ended."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from django_q.models import OrmQ

from piggyadmin.ledger.models import Act
from tests.conftest import Person
from tests.vouchers.new_batch_hands import hidden, plain
from tests.vouchers.runs import batch_run
from vouchers.models import BatchRun, Progress, RunVoucher

LIST = "/vouchers/batches/"
HTMX = {"HX-Request": "true"}
State = BatchRun.State


def url(run: BatchRun) -> str:
    return f"{LIST}{run.pk}/"


@pytest.fixture
def running(marketing: Person) -> BatchRun:
    """1,200 of 2,000 made; the last call but one was lost."""
    run = batch_run(marketing.staff, vouchers=1200, quantity=2000, state=State.RUNNING, label="Letters")
    chunk = run.chunks.get(number=3)
    chunk.state, chunk.sent_at, chunk.attempt = Progress.UNKNOWN, timezone.now() - timedelta(seconds=30), 1
    chunk.save()
    run.chunks.filter(number=4).update(attempt=0)
    return run


# --- the list


def test_without_runs_the_list_says_what_a_batch_is(marketing: Person) -> None:
    assert "No batch yet" in marketing.get(LIST).text


def test_the_list_names_every_run_with_its_maker_and_how_far_it_is(
    marketing: Person, admin: Person, running: BatchRun
) -> None:
    batch_run(admin.staff, vouchers=24, promotion_name="Winter")
    words = plain(marketing.get(LIST).text)
    assert "Letters Summer running Noor van Dijk" in words
    assert "1,200 of 2,000" in words
    assert "Winter done Mohammed Aït Ben Haddou" in words
    assert "1 to 2 of 2" in words


def test_its_filter_lives_in_the_url(marketing: Person, admin: Person, running: BatchRun) -> None:
    batch_run(admin.staff, promotion_name="Winter")
    assert "Winter" not in marketing.get(LIST, {"who": "mine"}).text
    assert "Letters" not in marketing.get(LIST, {"state": "done"}, headers=HTMX).text
    assert "No batch fits this filter" in marketing.get(LIST, {"state": "doubt"}).text
    assert marketing.get(LIST, {"state": "nonsense"}).status_code == 422


def test_the_list_is_paged(marketing: Person, django_assert_max_num_queries: Any) -> None:
    for number in range(51):
        batch_run(marketing.staff, vouchers=1, label=f"Run {number}")
    with django_assert_max_num_queries(20):
        page = marketing.get(LIST, {"who": "mine"}).text
    assert "1 to 50 of 51" in plain(page)
    assert "?who=mine&amp;page=2" in page


# --- one run


def test_a_run_shows_how_far_it_is_and_what_is_not_certain(marketing: Person, running: BatchRun) -> None:
    page = marketing.get(url(running)).text
    words = plain(page)
    assert "1,200 of 2,000 made" in words
    assert "2 done" in words
    assert "1 unknown" in words
    assert 'aria-label="Call 3, unknown"' in page
    assert "no answer, and its vouchers appear" in words
    assert "200 of 500" in words
    assert "left" in words
    assert 'hx-trigger="every 2s"' in page
    assert "SUMR" not in page


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"state": "unknown", "made": 0}, "Not sent again before"),
        ({"state": "unknown", "made": 0, "sent_at": timedelta(hours=1)}, "All vouchers are read once more"),
        ({"state": "sent", "made": 0}, "Not sent again before"),
        ({"state": "sent", "answered": True, "sent_at": timedelta(minutes=2)}, "Piggy took it"),
        ({"state": "planned", "reason": "Piggy is busy."}, "Piggy is busy. It is sent again."),
        ({"state": "refused", "reason": "The limit of 500 vouchers is reached."}, "The limit of 500 vouchers"),
    ],
)
def test_each_uncertain_call_says_what_happens_next(
    marketing: Person, running: BatchRun, columns: dict[str, Any], words: str
) -> None:
    ago = columns.pop("sent_at", timedelta(seconds=5))
    running.chunks.filter(number=3).update(sent_at=timezone.now() - ago, **columns)
    assert words in plain(marketing.get(url(running)).text)


def test_the_part_is_asked_again_until_it_ends(marketing: Person, running: BatchRun) -> None:
    part = marketing.get(url(running), {"seen": "running-50-open"}, headers=HTMX).text
    assert "<html" not in part
    assert "every 2s" in part
    assert "hx-swap-oob" not in part  # nothing new to say aloud, nothing new to press
    running.state, running.ended_at = State.DONE, timezone.now()
    running.save()
    part = marketing.get(url(running), {"seen": "running-50-open"}, headers=HTMX).text
    assert "every 2s" not in part
    assert part.count("hx-swap-oob") == 2
    assert "1,200 of 2,000 made: it is done." in plain(part)


def test_it_says_when_it_goes_on_after_a_wait(marketing: Person, running: BatchRun) -> None:
    assert "next step" not in marketing.get(url(running)).text
    BatchRun.objects.update(not_before=timezone.now() + timedelta(minutes=1))
    assert "next step" in plain(marketing.get(url(running)).text)


def test_looking_at_it_sends_a_worker_there(marketing: Person, running: BatchRun) -> None:
    before = OrmQ.objects.count()
    marketing.get(url(running))
    assert OrmQ.objects.count() == before + 1


def test_a_run_that_piggy_ended_says_why(marketing: Person) -> None:
    why = "Piggy’s limit of 500 vouchers for this promotion is reached."
    run = batch_run(marketing.staff, vouchers=500, quantity=2000, state=State.REFUSED, reason=why)
    BatchRun.objects.update(code="80008")
    words = plain(marketing.get(url(run)).text)
    assert "Piggy ended it after 500 of 2,000" in words
    assert why in words
    assert "ERR 80008" in words


def test_what_came_too_many_is_said(marketing: Person) -> None:
    run = batch_run(marketing.staff, vouchers=24, surplus=3)
    assert "3 more came than asked for" in plain(marketing.get(url(run)).text)
    assert "They are withdrawn." in plain(marketing.get(url(run)).text)
    RunVoucher.objects.filter(run=run, number=None).update(status="ACTIVE")
    BatchRun.objects.filter(pk=run.pk).update(watch_until=timezone.now() + timedelta(hours=1))
    assert "3 of them are being withdrawn now" in plain(marketing.get(url(run)).text)
    BatchRun.objects.filter(pk=run.pk).update(watch_until=None)
    assert "3 of them could not be withdrawn" in plain(marketing.get(url(run)).text)


def test_after_the_end_it_shows_what_became_of_them(marketing: Person) -> None:
    run = batch_run(marketing.staff, vouchers=40, surplus=1)
    numbers = RunVoucher.objects.filter(run=run, number__lte=10)
    numbers.update(status="REDEEMED")
    page = marketing.get(url(run)).text
    assert "redeemed 10 25 %" in plain(page)
    assert "active 30 75 %" in plain(page)
    assert '<rect class="s-redeemed" x="0.00" y="0" width="25.00"' in page
    fields = hidden(page, "read")
    assert marketing.post(f"{url(run)}steer/", fields).status_code == 303
    run.refresh_from_db()
    assert run.read_page == 1
    assert "reading" in plain(marketing.get(url(run)).text)


def test_a_run_of_own_codes_lists_what_was_refused_and_draws_no_grid(marketing: Person) -> None:
    run = batch_run(marketing.staff, vouchers=1, quantity=1, kind=BatchRun.Kind.OWN_CODES)
    run.chunks.update(own_code="SUMMER-0001", state="refused", reason="A voucher has this code already.", made=0)
    page = marketing.get(url(run)).text
    assert 'class="chunks"' not in page
    assert "A voucher has this code already." in page
    assert "SUMMER" not in page.replace("Summer", "")
    assert "…0001" in page


def test_a_hundred_thousand_is_still_a_small_page(marketing: Person, django_assert_max_num_queries: Any) -> None:
    run = batch_run(marketing.staff, vouchers=500, quantity=100_000, state=State.RUNNING)
    with django_assert_max_num_queries(30):
        page = marketing.get(url(run))
    assert page.text.count("<li><a class=") == 200
    assert len(page.content) < 60_000
    run.chunks.update(state=Progress.UNKNOWN, sent_at=timezone.now(), attempt=1)
    page = marketing.get(url(run))
    assert "the first 50 of 200" in plain(page.text)
    assert len(page.content) < 60_000


def test_no_such_run(marketing: Person) -> None:
    assert marketing.get(f"{LIST}00000000-0000-4000-8000-000000000000/").status_code == 404


# --- steering


def steer(person: Person, run: BatchRun, step: str, **typed: str) -> Any:
    return person.post(f"{url(run)}steer/", {**hidden(person.get(url(run)).text, step), **typed})


def test_it_is_paused_and_goes_on(marketing: Person, admin: Person, running: BatchRun) -> None:
    assert steer(marketing, running, "pause").status_code == 303
    page = plain(marketing.get(url(running)).text)
    assert "Nothing more is sent until somebody presses Go on" in page
    assert "Paused the batch." in page
    assert steer(admin, running, "resume").status_code == 303
    running.refresh_from_db()
    assert running.state == State.RUNNING


def test_cancelling_is_a_question_on_a_page_of_its_own(marketing: Person, running: BatchRun) -> None:
    question = marketing.get(f"{url(running)}cancel/").text
    assert "1,200 of 2,000 made" in plain(question)
    assert marketing.post(f"{url(running)}steer/", hidden(question, "cancel")).status_code == 303
    running.refresh_from_db()
    assert running.state == State.CANCELLED
    assert "Cancelled after 1,200 of 2,000" in plain(marketing.get(url(running)).text)
    assert marketing.get(f"{url(running)}cancel/").status_code == 303


def test_a_button_of_an_old_page_says_how_it_stands(marketing: Person, running: BatchRun) -> None:
    fields = hidden(marketing.get(url(running)).text, "pause")
    BatchRun.objects.filter(pk=running.pk).update(state=State.DONE, ended_at=timezone.now())
    answer = marketing.post(f"{url(running)}steer/", fields)
    assert answer.status_code == 409
    assert "This is how it stands now" in answer.text


def test_pressed_twice_it_is_done_once(marketing: Person, running: BatchRun) -> None:
    fields = hidden(marketing.get(url(running)).text, "pause")
    for _ in range(2):
        assert marketing.post(f"{url(running)}steer/", fields).status_code == 303
    assert Act.objects.filter(action="batch.paused").count() == 1


def test_in_doubt_a_person_decides_in_words(marketing: Person) -> None:
    why = "The promotion had 0 vouchers before, has 500 now, and we asked for 500."
    run = batch_run(
        marketing.staff, vouchers=0, quantity=2000, state=State.DOUBT, marks="missing", reason=why, ended_at=None
    )
    page = plain(marketing.get(url(run)).text)
    assert "We cannot tell what was made" in page
    assert why in page
    assert "Write what you found" in steer(marketing, run, "decide").text
    assert steer(marketing, run, "decide", reason="500 are there").status_code == 303
    run.refresh_from_db()
    assert run.ended_at is not None


def test_what_no_button_says_is_refused(marketing: Person, running: BatchRun) -> None:
    assert marketing.post(f"{url(running)}steer/", {"step": "explode"}).status_code == 422
    assert marketing.post(f"{url(running)}steer/", {}).status_code == 422


# --- the note


def test_its_maker_is_told_on_any_page_until_they_looked(marketing: Person, admin: Person) -> None:
    run = batch_run(marketing.staff, vouchers=24, label="Letters", told_at=None)
    assert re.search(r"Your batch Letters , 24 vouchers: it is done\.", plain(marketing.get("/").text))
    assert "Letters" not in admin.get("/").text
    admin.get(url(run))
    assert "Letters" in marketing.get("/").text
    marketing.get(url(run))
    assert "Letters" not in marketing.get("/").text


def test_a_run_in_doubt_is_told_until_somebody_has_decided(marketing: Person) -> None:
    run = batch_run(marketing.staff, vouchers=0, quantity=500, state=State.DOUBT, label="Letters", ended_at=None)
    marketing.get(url(run))
    assert "a person decides." in marketing.get("/").text
    steer(marketing, run, "decide", reason="500 are there")
    marketing.get(url(run))
    assert "Letters" not in marketing.get("/").text


def test_a_running_one_is_not_told(marketing: Person, running: BatchRun) -> None:
    assert "Letters" not in marketing.get("/").text
