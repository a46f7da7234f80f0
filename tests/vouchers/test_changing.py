"""Change one voucher or many: what is shown first, what is sent, and what the rows say afterwards."""

import re
import uuid
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest
from django.utils import timezone

from piggyadmin.ledger.models import Act
from piggyadmin.runs import tasks
from tests.conftest import Person
from tests.fixtures_sandbox import SandboxAccount
from tests.vouchers.runs import batch_run
from vouchers.changing import jobs
from vouchers.models import BatchRun, KnownVoucher, Progress, RunVoucher, VoucherChange

PREVIEW, CHANGES = "/vouchers/changes/preview/", "/vouchers/changes/"
pytestmark = pytest.mark.django_db


@pytest.fixture
def summer(sandbox: SandboxAccount) -> str:
    return sandbox.add_promotion("Summer")["uuid"]


def made(
    sandbox: SandboxAccount, person: Person, promotion: str, vouchers: int = 24, statuses: dict[int, str] | None = None
) -> BatchRun:
    """A run whose vouchers stand at Piggy too; `statuses` by number, where not ACTIVE."""
    run = batch_run(person.staff, vouchers=vouchers, promotion_uuid=promotion, state=BatchRun.State.DONE)
    for row in run.vouchers.order_by("number"):
        status = (statuses or {}).get(row.number, "ACTIVE")
        sandbox.add_voucher(row.code, status, uuid=row.piggy_uuid, promotion_uuid=promotion)
    return run


def confirm(person: Person, page, **fields: str):
    """Send the form that the preview shows."""
    text = page.content.decode()
    form = re.search(r'<form[^>]*action="/vouchers/changes/".*?</form>', text, re.DOTALL)
    assert form, text
    values = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form.group()))
    return person.post(CHANGES, values | fields), values


def work(rounds: int = 20) -> None:
    """The worker, until nothing more is due."""
    for _ in range(rounds):
        for change in VoucherChange.objects.filter(ended_at=None):
            jobs.advance(str(change.pk))


def statuses(sandbox: SandboxAccount) -> dict[str, int]:
    found: dict[str, int] = {}
    for row in sandbox.state("voucher"):
        found[row["status"]] = found.get(row["status"], 0) + 1
    return found


def writes(sandbox: SandboxAccount) -> list[str]:
    return [call.operation for call in sandbox.calls if call.method != "GET"]


class TestASheet:
    def test_a_spoiled_sheet_is_withdrawn_and_nothing_else(
        self, marketing: Person, sandbox: SandboxAccount, summer: str
    ) -> None:
        run = made(sandbox, marketing, summer, 60, {25: "REDEEMED", 26: "REDEEMED", 27: "EXPIRED"})
        page = marketing.post(PREVIEW, {"kind": "deactivate", "run": str(run.pk), "sheet": "2"})
        text = page.content.decode()
        assert "Will change 21, cannot 3: 2 redeemed, 1 expired." in text
        assert not writes(sandbox)
        done, _ = confirm(marketing, page)
        change = VoucherChange.objects.get()
        assert done.status_code == 303
        assert done.headers["Location"] == f"/vouchers/changes/{change.pk}/"
        work()
        change.refresh_from_db()
        assert change.ended_at is not None
        assert statuses(sandbox) == {"ACTIVE": 36, "DEACTIVATED": 21, "REDEEMED": 2, "EXPIRED": 1}
        assert RunVoucher.objects.filter(status="DEACTIVATED", number__gt=24, number__lte=48).count() == 21
        assert Act.objects.filter(action="voucher.withdraw", parent=change.act).count() == 21
        told = marketing.get(f"/vouchers/changes/{change.pk}/").content.decode()
        assert "All changed" in told
        assert "every 2s" not in told, "an ended change is not asked for any more"

    def test_a_sheet_that_is_not_there_is_said_to_be(
        self, marketing: Person, sandbox: SandboxAccount, summer: str
    ) -> None:
        run = made(sandbox, marketing, summer, 24)
        page = marketing.post(PREVIEW, {"kind": "deactivate", "run": str(run.pk), "sheet": "9"})
        assert page.status_code == 422
        assert "There is no voucher on this sheet." in page.content.decode()

    def test_a_surplus_voucher_belongs_to_no_selection(
        self, marketing: Person, sandbox: SandboxAccount, summer: str
    ) -> None:
        run = batch_run(marketing.staff, vouchers=3, surplus=2, promotion_uuid=summer)
        for row in run.vouchers.all():
            sandbox.add_voucher(row.code, row.status, uuid=row.piggy_uuid, promotion_uuid=summer)
        page = marketing.post(PREVIEW, {"kind": "reactivate", "run": str(run.pk)})
        assert "None of the 3 selected" in page.content.decode()
        [one, two] = run.vouchers.filter(number=None)
        for fields in ({"voucher": one.piggy_uuid}, {"codes": two.code}):
            page = marketing.post(PREVIEW, {"kind": "reactivate"} | fields)
            assert "one too many of its run" in page.content.decode(), "nobody ordered more"


class TestAWholeRun:
    def test_more_than_a_sheet_is_confirmed_by_typing_the_number(
        self, marketing: Person, sandbox: SandboxAccount, summer: str
    ) -> None:
        run = made(sandbox, marketing, summer, 130)
        page = marketing.post(PREVIEW, {"kind": "deactivate", "run": str(run.pk)})
        assert "Selected: <bdi>all vouchers of the batch “Summer”</bdi>" in page.content.decode()
        refused, _ = confirm(marketing, page, number="13")
        assert refused.status_code == 422
        assert "Type 130 here" in refused.content.decode()
        assert not VoucherChange.objects.exists()
        begun, _ = confirm(marketing, page, number="1,30")
        assert begun.status_code == 303
        assert VoucherChange.objects.get().items.count() == 130
        assert [call.operation for call in sandbox.calls] == ["list_vouchers"], "130 vouchers are one page"

    def test_only_those_of_one_state_are_selected_on_order(
        self, marketing: Person, sandbox: SandboxAccount, summer: str
    ) -> None:
        run = made(sandbox, marketing, summer, 10, {1: "DEACTIVATED", 2: "DEACTIVATED"})
        page = marketing.post(PREVIEW, {"kind": "reactivate", "run": str(run.pk), "status": "DEACTIVATED"})
        assert "Will change 2." in page.content.decode()
        assert "that are withdrawn" in page.content.decode()
        confirm(marketing, page)
        work()
        assert statuses(sandbox) == {"ACTIVE": 10}

    def test_a_voucher_that_piggy_does_not_show_is_named_by_its_end(
        self, marketing: Person, sandbox: SandboxAccount, summer: str
    ) -> None:
        run = batch_run(marketing.staff, vouchers=2, promotion_uuid=summer)
        row = run.vouchers.get(number=1)
        sandbox.add_voucher(row.code, uuid=row.piggy_uuid, promotion_uuid=summer)
        page = marketing.post(PREVIEW, {"kind": "deactivate", "run": str(run.pk)})
        assert "cannot 1: unknown to Piggy" in page.content.decode()
        assert "…0002" in page.content.decode()

    def test_what_is_redeemed_between_showing_and_doing_is_refused_and_the_rest_goes_on(
        self, marketing: Person, sandbox: SandboxAccount, summer: str
    ) -> None:
        run = made(sandbox, marketing, summer, 5)
        page = marketing.post(PREVIEW, {"kind": "deactivate", "run": str(run.pk)})
        confirm(marketing, page)
        sandbox.fault("update_voucher", kind="refused", value=1003, skip=1)
        work()
        change = VoucherChange.objects.get()
        assert change.ended_at is not None
        refused = change.items.get(state=Progress.REFUSED)
        assert "redeemed or has expired meanwhile" in refused.reason
        assert change.items.filter(state=Progress.DONE).count() == 4
        assert refused.reason in marketing.get(f"/vouchers/changes/{change.pk}/").content.decode()

    def test_it_stops_between_two_vouchers(self, marketing: Person, sandbox: SandboxAccount, summer: str) -> None:
        run = made(sandbox, marketing, summer, 5)
        page = marketing.post(PREVIEW, {"kind": "deactivate", "run": str(run.pk)})
        confirm(marketing, page)
        sandbox.fault("update_voucher", kind="429", skip=2, retry_after=60)
        work()
        change = VoucherChange.objects.get()
        assert change.ended_at is None
        assert statuses(sandbox)["DEACTIVATED"] == 2
        stopped = marketing.post(f"/vouchers/changes/{change.pk}/stop/")
        assert stopped.status_code == 303
        assert marketing.post(f"/vouchers/changes/{change.pk}/stop/").status_code == 303
        work()
        change.refresh_from_db()
        assert change.ended_at is not None
        assert statuses(sandbox) == {"ACTIVE": 3, "DEACTIVATED": 2}
        told = marketing.get(f"/vouchers/changes/{change.pk}/").content.decode()
        assert "Left as they were" in told
        assert Act.objects.filter(action="voucher.change_stopped").count() == 1


class TestScannedCodes:
    def test_codes_are_looked_up_and_unknown_ones_named_by_their_end(
        self, marketing: Person, sandbox: SandboxAccount
    ) -> None:
        for number in range(30):
            sandbox.add_voucher(f"COFFEE-{number:04}")
        codes = "\r\n".join(["COFFEE-0001", " COFFEE-0001 ", "COFFEE-0002", "]C1COFFEE-0003", "NO-SUCH-CODE-7788"])
        page = marketing.post(PREVIEW, {"kind": "deactivate", "codes": codes})
        assert "Will change 3, cannot 1: unknown to Piggy." in page.content.decode()
        assert "…7788" in page.content.decode()
        assert "NO-SUCH-CODE-7788" not in page.content.decode()
        confirm(marketing, page)
        work()
        assert statuses(sandbox) == {"ACTIVE": 27, "DEACTIVATED": 3}

    def test_no_code_stands_in_the_ledger_or_in_an_address(self, marketing: Person, sandbox: SandboxAccount) -> None:
        sandbox.add_voucher("VERY-SECRET-0001")
        page = marketing.post(PREVIEW, {"kind": "deactivate", "codes": "VERY-SECRET-0001"})
        done, _ = confirm(marketing, page)
        work()
        assert "VERY-SECRET" not in done.headers["Location"]
        assert not [act for act in Act.objects.all() if "VERY-SECRET" in str(act.figures)]
        assert "VERY-SECRET" not in marketing.get(done.headers["Location"]).content.decode()

    @pytest.mark.parametrize(
        ("codes", "said"),
        [
            ("", "Nothing is selected."),
            ("\n \n", "Nothing is selected."),
            ("\n".join(f"CODE-{number}" for number in range(501)), "These are 501 codes. Take 500 at most"),
            ("GOOD-1\nBAD\x07CODE", "Line 2: There is a control character"),
            ("x" * 300, "Line 1: That is 300 characters."),
        ],
    )
    def test_bad_input_is_a_sentence_and_asks_nothing(
        self, marketing: Person, sandbox: SandboxAccount, codes: str, said: str
    ) -> None:
        page = marketing.post(PREVIEW, {"kind": "deactivate", "codes": codes})
        assert page.status_code == 422
        assert said in page.content.decode()
        assert not sandbox.calls


class TestTheEnd:
    def test_the_end_is_changed_by_the_clock_of_the_shop(
        self, marketing: Person, sandbox: SandboxAccount, summer: str
    ) -> None:
        run = made(sandbox, marketing, summer, 3, {2: "REDEEMED", 3: "DEACTIVATED"})
        year = timezone.now().year + 1
        page = marketing.post(PREVIEW, {"kind": "expiry", "run": str(run.pk), "until": f"{year}-06-30T23:59"})
        assert "Will change 1, cannot 2: 1 redeemed, 1 withdrawn." in page.content.decode()
        confirm(marketing, page)
        work()
        wanted = datetime(year, 6, 30, 21, 59, tzinfo=UTC)
        row = run.vouchers.get(number=1)
        assert row.expiration_date == wanted
        [kept] = [one for one in sandbox.state("voucher") if one["uuid"] == row.piggy_uuid]
        assert datetime.fromisoformat(kept["expiration_date"]) == wanted
        assert kept["status"] == "ACTIVE"

    def test_what_was_withdrawn_in_the_meantime_is_not_sent_an_active_with_its_new_end(
        self, marketing: Person, sandbox: SandboxAccount, summer: str
    ) -> None:
        run = made(sandbox, marketing, summer, 2)
        until = f"{timezone.now().year + 1}-06-30T23:59"
        confirm(marketing, marketing.post(PREVIEW, {"kind": "expiry", "run": str(run.pk), "until": until}))
        run.vouchers.filter(number=1).update(status="DEACTIVATED")  # its sheet was stolen
        work()
        change = VoucherChange.objects.get()
        assert change.items.get(state=Progress.REFUSED).reason == "It was withdrawn in the meantime."
        assert change.items.filter(state=Progress.DONE).count() == 1
        assert writes(sandbox) == ["update_voucher"]

    @pytest.mark.parametrize(
        ("until", "said"),
        [
            ("", "Say when they shall end."),
            ("2020-01-01T10:00", "That is past already."),
            ("2026-02-30T10:00", "There is no such day"),
            ("2099-03-29T02:30", "does not exist"),
            ("soon", "Write a day and a time"),
            ("x" * 5000, "at most"),
        ],
    )
    def test_a_bad_end_is_a_sentence_at_the_field(
        self, marketing: Person, sandbox: SandboxAccount, until: str, said: str
    ) -> None:
        page = marketing.post(PREVIEW, {"kind": "expiry", "codes": "COFFEE-1", "until": until})
        assert page.status_code == 422
        assert said in page.content.decode()
        assert "COFFEE-1" in page.content.decode(), "what was typed stays"
        assert not sandbox.calls


class TestOneVoucher:
    def test_it_is_withdrawn_at_once_from_its_page(self, marketing: Person, sandbox: SandboxAccount) -> None:
        voucher = sandbox.add_voucher("COFFEE-0001")["uuid"]
        marketing.post("/vouchers/check/", {"code": "COFFEE-0001"})
        assert "Withdraw it" in marketing.get(f"/vouchers/{voucher}/").content.decode()
        page = marketing.post(PREVIEW, {"kind": "deactivate", "voucher": voucher})
        done, values = confirm(marketing, page)
        assert done.status_code == 303
        assert done.headers["Location"].startswith(f"/vouchers/{voucher}/?act=")
        after = marketing.get(done.headers["Location"]).content.decode()
        assert "Withdrew the voucher ending 0001." in after
        assert "Give it back" in after
        assert statuses(sandbox) == {"DEACTIVATED": 1}
        assert not VoucherChange.objects.exists()
        again = marketing.post(CHANGES, values)
        assert again.status_code == 303
        assert writes(sandbox).count("update_voucher") == 1

    @pytest.mark.parametrize(
        ("fault", "leads_to", "said"),
        [
            ({"kind": "lost_after"}, "/audit/", "We do not know whether the voucher ending 0001 was withdrawn."),
            ({"kind": "refused", "value": 1003}, "/vouchers/", "it was redeemed or has expired meanwhile"),
            ({"kind": "429", "retry_after": 30}, "/vouchers/", "Piggy is busy."),
        ],
    )
    def test_what_did_not_come_about_is_said_where_it_leads(
        self, marketing: Person, sandbox: SandboxAccount, fault: dict, leads_to: str, said: str
    ) -> None:
        voucher = sandbox.add_voucher("COFFEE-0001")["uuid"]
        marketing.post("/vouchers/check/", {"code": "COFFEE-0001"})
        page = marketing.post(PREVIEW, {"kind": "deactivate", "voucher": voucher})
        sandbox.fault("update_voucher", **fault)
        done, _ = confirm(marketing, page)
        assert done.headers["Location"].startswith(leads_to)
        after = marketing.get(done.headers["Location"]).content.decode()
        assert after.count(said) == 1

    def test_changing_its_end_asks_for_the_date_first(self, marketing: Person, sandbox: SandboxAccount) -> None:
        voucher = sandbox.add_voucher("COFFEE-0001")["uuid"]
        marketing.post("/vouchers/check/", {"code": "COFFEE-0001"})
        page = marketing.post(PREVIEW, {"kind": "expiry", "voucher": voucher})
        assert page.status_code == 200
        assert "New end" in page.content.decode()
        assert 'class="error"' not in page.content.decode()
        assert f'value="{voucher}"' in page.content.decode()

    def test_a_voucher_that_only_a_run_knows_has_a_page_with_its_code_hidden(
        self, marketing: Person, desk: Person, sandbox: SandboxAccount, summer: str
    ) -> None:
        run = made(sandbox, marketing, summer, 1)
        row = run.vouchers.get()
        page = marketing.get(f"/vouchers/{row.piggy_uuid}/").content.decode()
        assert "…0001" in page
        assert "SUMR 0000 0001" not in page
        shown = marketing.post(f"/vouchers/{row.piggy_uuid}/code/").content.decode()
        assert "SUMR 0000 0001" in shown
        [act] = Act.objects.filter(action="voucher.reveal")
        assert act.staff_id == marketing.staff.pk
        assert act.target_id == row.piggy_uuid
        assert "Show the code" not in desk.get(f"/vouchers/{row.piggy_uuid}/").content.decode()

    def test_a_voucher_nobody_has_seen_cannot_be_selected(self, marketing: Person, sandbox: SandboxAccount) -> None:
        page = marketing.post(PREVIEW, {"kind": "deactivate", "voucher": str(uuid.uuid4())})
        assert page.status_code == 422
        assert "We have never seen this voucher." in page.content.decode()


class TestWhoAndWhen:
    def test_the_desk_may_not(self, desk: Person, sandbox: SandboxAccount) -> None:
        assert desk.post(PREVIEW, {"kind": "deactivate", "codes": "COFFEE-1"}).status_code == 403
        assert desk.get(CHANGES).status_code == 403

    def test_two_clicks_begin_one_change(self, marketing: Person, sandbox: SandboxAccount, summer: str) -> None:
        run = made(sandbox, marketing, summer, 3)
        page = marketing.post(PREVIEW, {"kind": "deactivate", "run": str(run.pk)})
        first, values = confirm(marketing, page)
        second = marketing.post(CHANGES, values)
        assert second.headers["Location"] == first.headers["Location"]
        assert VoucherChange.objects.count() == 1

    def test_a_plan_is_for_whoever_saw_it(
        self, marketing: Person, admin: Person, sandbox: SandboxAccount, summer: str
    ) -> None:
        run = made(sandbox, marketing, summer, 3)
        page = marketing.post(PREVIEW, {"kind": "deactivate", "run": str(run.pk)})
        other, _ = confirm(admin, page)
        assert other.status_code == 409
        assert "no longer kept" in other.content.decode()
        assert not VoucherChange.objects.exists()

    @pytest.mark.parametrize(
        "fields",
        [
            {},
            {"kind": "explode", "codes": "X"},
            {"kind": "deactivate", "run": "not-an-id"},
            {"kind": "deactivate", "run": str(uuid.uuid4())},
            {"kind": "deactivate", "voucher": "a\x00b"},
            {"kind": "deactivate", "codes": "COFFEE-1", "voucher": "some-id"},
            {"kind": "deactivate", "codes": "COFFEE-1", "status": "MELTED"},
            {"kind": "deactivate", "codes": "COFFEE-1", "sheet": "0"},
            {"kind": "deactivate", "codes": "COFFEE-1", "sheet": "1e9"},
        ],
    )
    def test_forms_that_are_not_whole_do_nothing(
        self, marketing: Person, sandbox: SandboxAccount, fields: dict[str, str]
    ) -> None:
        assert marketing.post(PREVIEW, fields).status_code == 422
        assert marketing.post(CHANGES, fields).status_code == 422
        assert not sandbox.calls

    def test_the_list_shows_who_changed_how_many(self, marketing: Person, sandbox: SandboxAccount, summer: str) -> None:
        assert "None yet" in marketing.get(CHANGES).content.decode()
        run = made(sandbox, marketing, summer, 3)
        confirm(marketing, marketing.post(PREVIEW, {"kind": "deactivate", "run": str(run.pk)}))
        text = marketing.get(CHANGES).content.decode()
        assert "Noor van Dijk" in text
        assert "going on" in text
        assert "Only sheet" in marketing.get(f"{CHANGES}?run={run.pk}").content.decode()
        assert marketing.get(f"{CHANGES}?run=nonsense").status_code == 200

    def test_a_run_is_kept_known_by_uuid_once(self, marketing: Person, sandbox: SandboxAccount, summer: str) -> None:
        run = made(sandbox, marketing, summer, 1)
        row = run.vouchers.get()
        for _ in range(2):
            marketing.get(f"/vouchers/{row.piggy_uuid}/")
        assert KnownVoucher.objects.filter(piggy_uuid=row.piggy_uuid).count() == 1

    def test_what_is_due_is_gone_on_with_by_the_minute(
        self, marketing: Person, sandbox: SandboxAccount, summer: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked: list[str] = []
        monkeypatch.setattr(tasks, "async_task", lambda name, *args, **options: asked.append(args[0]))
        run = made(sandbox, marketing, summer, 3)
        confirm(marketing, marketing.post(PREVIEW, {"kind": "deactivate", "run": str(run.pk)}))
        change = VoucherChange.objects.get()
        assert jobs.advance_open() == 1
        assert asked == [str(change.pk)]
        for _ in range(3):
            assert "every 2s" in marketing.get(f"/vouchers/changes/{change.pk}/").content.decode()
        assert len(asked) == 2, "whoever watches it has it go on, now and then"
        VoucherChange.objects.update(claimed_until=timezone.now() + timedelta(seconds=20))
        assert jobs.advance_open() == 0, "somebody is at it"


@pytest.mark.parametrize("voucher", ["a/b", "a\\b", "a\nb", "x" * 65])
def test_a_voucher_in_the_address_that_is_none_is_answered_in_words(marketing: Person, voucher: str) -> None:
    page = marketing.post(f"/vouchers/changes/preview/?{urlencode({'voucher': voucher})}", {"kind": "withdraw"})
    assert page.status_code == 422
    assert "Back to the voucher" not in page.text
