"""Vouchers with codes of one's own: what a list says, why it is not taken, and the run that is begun."""

import html
import re

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from piggyadmin.accounts.models import Limit
from piggyadmin.ledger.models import Act, Approval
from tests.conftest import Person
from tests.fixtures_sandbox import SandboxAccount
from vouchers.batches import jobs
from vouchers.models import BatchChunk, BatchRun
from vouchers.own_codes.reading import LONGEST_CODE, MOST_ROWS, NotAList, read

PAGE = "/vouchers/codes/"


@pytest.fixture
def summer(sandbox: SandboxAccount) -> str:
    return sandbox.add_promotion("Summer")["uuid"]


def send(person: Person, promotion: str, data: bytes | str, **fields: str):
    """Upload these bytes, or paste this text."""
    typed = {"promotion": promotion, "zone": "Europe/Amsterdam", **fields}
    if isinstance(data, bytes):
        return person.post(PAGE, typed | {"file": SimpleUploadedFile("codes.csv", data)})
    return person.post(PAGE, typed | {"pasted": data})


def confirm(person: Person, page, step: str = "make", **fields: str):
    text = page.content.decode()
    forms = [form for form in re.findall(r"<form.*?</form>", text, re.DOTALL) if f'name="step" value="{step}"' in form]
    assert forms, text
    values = dict(re.findall(r'name="(\w+)" value="([^"]*)"', forms[0]))
    return person.post(PAGE, values | fields), values | fields


def words(page) -> str:
    return html.unescape(page.content.decode())


def writes(sandbox: SandboxAccount) -> list[str]:
    return [call.operation for call in sandbox.calls if call.method != "GET"]


@pytest.mark.django_db
class TestTheList:
    def test_it_is_shown_in_words_and_then_begun_as_it_was_shown(
        self, marketing: Person, sandbox: SandboxAccount, summer: str
    ) -> None:
        assert "Vouchers with your own codes" in words(marketing.get(PAGE))
        data = "code;remark\r\nSUMMER-0001;first\r\n0002;zeros stay\r\n".encode("utf-8-sig")
        page = send(marketing, summer, data, expiration="2099-08-31T23:59", label="Letters")
        text = words(page)
        assert page.status_code == 200
        assert "Row 2: <code>SUMMER-0001</code> for <bdi>Summer</bdi>, valid until 31 Aug 2099, 23:59" in text
        assert "Row 3: <code>0002</code>" in text
        assert not writes(sandbox)
        assert not BatchRun.objects.exists()
        wrong, _ = confirm(marketing, page, again="3")
        assert wrong.status_code == 422
        assert "This is not the number above." in words(wrong)
        done, values = confirm(marketing, page, again="2")
        run = BatchRun.objects.get()
        assert done.headers["Location"] == f"/vouchers/batches/{run.pk}/"
        assert run.kind == BatchRun.Kind.OWN_CODES
        assert run.label == "Letters"
        assert [chunk.own_code for chunk in run.chunks.all()] == ["SUMMER-0001", "0002"]
        cache.clear()
        again = marketing.post(PAGE, values)
        assert again.headers["Location"] == done.headers["Location"]
        assert BatchRun.objects.count() == 1

    def test_the_run_makes_each_once_and_names_the_code_that_exists_already(
        self, marketing: Person, sandbox: SandboxAccount, summer: str
    ) -> None:
        sandbox.add_voucher("AAAA-2", promotion_uuid=sandbox.add_promotion("Winter")["uuid"])
        confirm(marketing, send(marketing, summer, "AAAA-1\nAAAA-2\nAAAA-3"), again="3")
        run = BatchRun.objects.get()
        for _ in range(5):
            BatchRun.objects.update(not_before=None)
            jobs.advance(str(run.pk))
        made = [row["code"] for row in sandbox.state("voucher") if row["promotion_uuid"] == summer]
        assert sorted(made) == ["AAAA-1", "AAAA-3"]
        [refused] = run.chunks.filter(state="refused")
        assert refused.own_code == "AAAA-2"
        assert "exists already" in refused.reason
        run.refresh_from_db()
        assert run.ended_at is not None

    def test_more_than_a_request_may_hold_is_no_crash(
        self, marketing: Person, sandbox: SandboxAccount, summer: str
    ) -> None:
        assert send(marketing, summer, "A\n" * 3_000_000).status_code in (400, 413, 422)
        assert not sandbox.calls

    def test_pasted_codes_need_no_file(self, marketing: Person, sandbox: SandboxAccount, summer: str) -> None:
        page = send(marketing, summer, "AAAA-1\nAAAA-2\n\n\n")
        assert "2 vouchers for" in words(page)
        confirm(marketing, page, again="2")
        assert BatchChunk.objects.count() == 2

    def test_codes_that_differ_in_capitals_alone_are_a_warning(
        self, marketing: Person, sandbox: SandboxAccount, summer: str
    ) -> None:
        page = send(marketing, summer, "AAAA-1\naaaa-1")
        assert page.status_code == 200
        assert "Rows 1 and 2 differ only in capitals" in words(page)

    @pytest.mark.parametrize(
        ("data", "said"),
        [
            (b"", "The file is empty."),
            (b"\n\n\n", "The file is empty."),
            (b"code\n", "There is no code in it."),
            ("Caf\u00e9-1\nCaf\u00e9-2".encode("latin-1"), "not written in UTF-8 (see row 1)"),
            ("AAAA-1\nAAAA-2".encode("utf-16-le"), "UTF-16 without saying so"),
            (b"PK\x03\x04rest", "This is a workbook"),
            (b"\xff\xfeA\x00\x41", "cut off or damaged"),
            (b'code\n"AAAA', "Row 2 is not CSV"),
            (b"AAAA-1,Summer\nAAAA-2,Summer", "There are several columns."),
            (b"code,voucher\nA,B", "two columns of codes"),
            (b"AAAA-1\n\nAAAA-2", "It is empty."),
            (b"AAAA-1\nAAAA-1", "The same code as in row 1."),
            (b"AAAA-1\n=HYPERLINK(1)", "It looks like a formula."),
            (b"AAAA-1\n+cmd", "It looks like a formula."),
            (b"1.23E+15\n", "A spreadsheet has made a number of it."),
            (b"AAAA\x07-1", "a character in it that nobody can see"),
            ("AAAA\u200b-1".encode(), "a character in it that nobody can see"),
            (b"A" * 65, "longer than 64 characters"),
            (b"A" * 200_000, "is not CSV"),
            (b"\n".join(b"%d" % number for number in range(200_000)), "more than 10,000 rows"),
            (b"A\n" * 1_500_000, "larger than 2 MB"),
            ("\n".join(f"AAAA-{number}" for number in range(10_001)), "more than 10,000 rows"),
            ("", "Choose a file, or paste the codes."),
            ("x\x00y", "null"),
        ],
        ids=lambda value: repr(value)[:20] if isinstance(value, bytes) else None,
    )
    def test_a_list_that_cannot_be_taken_is_a_sentence_and_nothing_is_sent(
        self, marketing: Person, sandbox: SandboxAccount, summer: str, data: bytes | str, said: str
    ) -> None:
        page = send(marketing, summer, data)
        assert page.status_code == 422
        assert said.casefold() in words(page).casefold()
        assert not writes(sandbox)
        assert not BatchRun.objects.exists()

    def test_utf_16_with_its_mark_is_read(self, marketing: Person, sandbox: SandboxAccount, summer: str) -> None:
        assert "2 vouchers for" in words(send(marketing, summer, "code\r\nÉÉN-1\r\nÉÉN-2".encode("utf-16")))

    def test_another_fields_mistake_keeps_the_codes(
        self, marketing: Person, sandbox: SandboxAccount, summer: str
    ) -> None:
        page = send(marketing, summer, b"code\nAAAA-1\nAAAA-2", expiration="tomorrow")
        assert page.status_code == 422
        assert re.search(r"<textarea[^>]*>\s*AAAA-1\nAAAA-2</textarea>", words(page))

    def test_what_was_shown_is_kept_for_one_person_and_an_hour(
        self, marketing: Person, admin: Person, sandbox: SandboxAccount, summer: str
    ) -> None:
        page = send(marketing, summer, "AAAA-1")
        other, _ = confirm(admin, page, again="1")
        assert other.status_code == 409
        cache.clear()
        late, _ = confirm(marketing, page, again="1")
        assert late.status_code == 409
        assert "Send the list again." in words(late)
        assert not BatchRun.objects.exists()

    def test_a_promotion_that_went_away_is_said(self, marketing: Person, sandbox: SandboxAccount, summer: str) -> None:
        assert send(marketing, "gone", "AAAA-1").status_code == 422
        page = send(marketing, summer, "AAAA-1")
        sandbox.fault("get_promotion", kind="refused", value=80002)
        late, _ = confirm(marketing, page, again="1")
        assert late.status_code == 422
        assert "no such promotion any more" in words(late)
        assert "AAAA-1" in words(late)
        assert not BatchRun.objects.exists()

    @pytest.mark.parametrize("fields", [{}, {"key": "x"}, {"form_token": "short", "key": "x"}, {"key": "x" * 500}])
    @pytest.mark.parametrize("step", ["make", "ask", "approve"])
    def test_forms_that_are_not_whole_do_nothing(
        self, marketing: Person, sandbox: SandboxAccount, step: str, fields: dict[str, str]
    ) -> None:
        assert marketing.post(PAGE, {"step": step} | fields).status_code in (409, 422)
        assert not writes(sandbox)

    def test_the_desk_may_not(self, desk: Person, sandbox: SandboxAccount) -> None:
        assert desk.get(PAGE).status_code == 403

    def test_no_code_stands_in_the_ledger(self, marketing: Person, sandbox: SandboxAccount, summer: str) -> None:
        confirm(marketing, send(marketing, summer, "VERY-SECRET-1"), again="1")
        assert not [act for act in Act.objects.all() if "SECRET" in str(act.figures)]


@pytest.mark.django_db
class TestOverTheLimit:
    @pytest.fixture
    def page(self, marketing: Person, sandbox: SandboxAccount, summer: str):
        Limit.objects.update_or_create(
            kind=Limit.Kind.BATCH_VOUCHERS, role="marketing", shop=None, defaults={"amount": 1}
        )
        page = send(marketing, summer, "AAAA-1\nAAAA-2")
        assert "A second person approves this" in words(page)
        return page

    def test_nobody_makes_it_alone(self, marketing: Person, page) -> None:
        _, values = confirm(marketing, page, step="approve", again="2")
        alone = marketing.post(PAGE, values | {"step": "make"})
        assert alone.status_code == 409
        assert not BatchRun.objects.exists()

    def test_a_second_person_approves_in_place(self, marketing: Person, admin: Person, page) -> None:
        wrong, _ = confirm(marketing, page, step="approve", again="2", approver="admin", password="no")
        assert wrong.status_code == 422
        assert not BatchRun.objects.exists()
        done, _ = confirm(
            marketing, page, step="approve", again="2", approver="admin", password="correct horse battery"
        )
        run = BatchRun.objects.get()
        assert done.headers["Location"] == f"/vouchers/batches/{run.pk}/"
        assert run.approved_by == admin.staff

    def test_a_second_person_elsewhere_is_asked_and_the_codes_are_kept(self, marketing: Person, page) -> None:
        asked, _ = confirm(marketing, page, step="ask", reason="For the autumn letter")
        assert asked.status_code == 303
        approval = Approval.objects.get()
        assert approval.figures["own_codes"] == 2
        assert "AAAA" not in str(approval.figures)
        assert not BatchRun.objects.exists()


CELLS = st.text(max_size=80) | st.sampled_from(
    ["=1+1", "+x", "@x", "AAAA-1", "aaaa-1", "1E+15", "", " ", "\ufeff", "é"]
)
FILES = st.binary(max_size=400) | st.builds(
    lambda rows, ends, encoding: ends.join(rows).encode(encoding, errors="ignore"),
    st.lists(CELLS, max_size=12),
    st.sampled_from(["\n", "\r\n", "\r", ";", ",", "\t", '"\n"']),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "latin-1", "cp1252"]),
)


@given(data=FILES)
@example(data=b"\xef\xbb\xbf")
@example(data=b'"\r"')
@settings(max_examples=400, deadline=None)
def test_whatever_a_file_holds_each_code_is_fit_to_send_or_a_sentence_says_why(data: bytes) -> None:
    try:
        found = read(data)
    except NotAList:
        return
    taken = [code for _, code in found.rows]
    assert len(set(taken)) == len(taken) <= MOST_ROWS
    assert all(0 < len(code) <= LONGEST_CODE and code == code.strip() and code.isprintable() for code in taken)
    assert all(bad.reason.endswith(".") for bad in found.bad)


@pytest.mark.django_db
@given(data=FILES)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_file_makes_the_page_fail_or_sends_anything(
    marketing: Person, sandbox: SandboxAccount, summer: str, data: bytes
) -> None:
    assert send(marketing, summer, data).status_code in (200, 422)
    assert not writes(sandbox)
    assert not BatchRun.objects.exists()
