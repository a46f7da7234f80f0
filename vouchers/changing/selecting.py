"""Which vouchers are meant, and how Piggy shows them now. With its neighbours here the only reader of Piggy."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from piggyadmin import codes, piggy
from piggyadmin.piggy.client import Piggy
from piggyadmin.piggy.errors import PiggyInvalid, PiggyNotFound, PiggyUnavailable
from piggyadmin.piggy.paging import Page
from piggyadmin.piggy.payloads import Voucher
from piggyadmin.templatetags.words import thousands
from vouchers.changing.kinds import STATUS_WORDS
from vouchers.check import services as check
from vouchers.check.sights import remember_all
from vouchers.models import BatchRun, RunVoucher

MOST_CODES = 500
AT_ONCE = 25  # questions asked of Piggy together
BY_CODE = 100  # up to so many vouchers of a run are found one by one, more by reading their promotion
PAGE = 500
LONGEST = 25.0  # s that a reading may take


class NothingSelected(Exception):
    """There is no such voucher, run or sheet; the message says which, for the person who chose it."""


@dataclass(frozen=True, slots=True)
class Selection:
    """One voucher, a run (or one of its sheets, or its vouchers of one status), or codes as scanned."""

    voucher: str = ""
    run: BatchRun | None = None
    sheet: int | None = None
    status: str = ""
    codes: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        if self.run is None:
            return "" if self.voucher else f"{thousands(len(self.codes))} scanned or pasted codes"
        of_run = f"the batch “{self.run.label or self.run.promotion_name}”"
        if self.sheet is not None:
            return f"sheet {self.sheet} of {of_run}"
        if self.status:
            return f"all vouchers of {of_run} that are {STATUS_WORDS[self.status]}"
        return f"all vouchers of {of_run}"


@dataclass(frozen=True, slots=True)
class Reading:
    """`vouchers` as Piggy showed them since `read_at`; `gone` are the ends of codes that it does not know."""

    vouchers: list[Voucher]
    read_at: datetime
    gone: list[str] = field(default_factory=list)


def read(selection: Selection) -> Reading:
    """The vouchers as they are now. Raises NothingSelected, and PiggyError when not all could be read."""
    begun = timezone.now()
    if selection.voucher:
        known = check.known(voucher_uuid=selection.voucher)
        if known is None:
            raise NothingSelected("We have never seen this voucher. Scan or type its code.")
        found, gone = _by_codes([known.code])
        return Reading([one for one in found if one.uuid == selection.voucher], begun, gone)
    if selection.run is None:
        found, gone = _by_codes(selection.codes)
        remember_all(found)  # what became of a change is found out by the code
        return Reading(found, begun, gone)
    wanted = dict(_rows(selection).values_list("piggy_uuid", "code"))
    if not wanted:
        raise NothingSelected("There is no voucher on this sheet." if selection.sheet else "This run has no vouchers.")
    if len(wanted) <= BY_CODE:
        found, gone = _by_codes(wanted.values())
        found = [one for one in found if one.uuid in wanted]
    else:
        found, gone = _by_promotion(selection, wanted)
    if selection.status:
        found = [one for one in found if one.status == selection.status]
        gone = []
    return Reading(found, begun, gone)


def _rows(selection: Selection) -> QuerySet[RunVoucher]:
    """The usable vouchers of a run; what is one too many is withdrawn by the run itself and stays so."""
    assert selection.run is not None
    rows = RunVoucher.objects.filter(run=selection.run, number__isnull=False).order_by("number")
    if selection.sheet is None:
        return rows
    size = selection.run.sheet_size
    return rows.filter(number__gt=(selection.sheet - 1) * size, number__lte=selection.sheet * size)


def _by_codes(typed: Iterable[str]) -> tuple[list[Voucher], list[str]]:
    """The vouchers with these codes, each once, and the ends of those that no voucher has."""
    found: dict[str, Voucher] = {}
    gone: list[str] = []
    waiting, until = iter(typed), _patience()
    while some := list(islice(waiting, AT_ONCE)):
        answers = _found(some, 0)
        others = [code for code, voucher in answers.items() if voucher is None and len(codes.spellings(code)) > 1]
        for code, voucher in (answers | _found(others, 1)).items():
            if voucher is None:
                gone.append(codes.last_four(code))
            else:
                found[voucher.uuid] = voucher
        _still_patient(until)
    return list(found.values()), gone


def _found(typed: Sequence[str], spelling: int) -> dict[str, Voucher | None]:
    def ask(code: str) -> Any:
        return lambda client: client.find_voucher(code=codes.spellings(code)[spelling])

    calls = {code: ask(code) for code in typed}
    answers = piggy.gather(calls, seconds=settings.PIGGY_TIMEOUT) if calls else {}
    nobody = (PiggyNotFound, PiggyInvalid)
    return {code: None if isinstance(one.error, nobody) else one.get() for code, one in answers.items()}


def _by_promotion(selection: Selection, wanted: Mapping[str, str]) -> tuple[list[Voucher], list[str]]:
    """The wanted vouchers among those of the run's promotion, by whole pages."""
    assert selection.run is not None
    filters = {"promotion_uuid": selection.run.promotion_uuid, "status": selection.status or None}

    def ask(number: int) -> Any:
        def page(client: Piggy) -> Page[Voucher]:
            return client.list_vouchers(**filters, page=number, limit=PAGE)  # type: ignore[arg-type]

        return page

    found: dict[str, Voucher] = {}
    number, last, until = 1, 1, _patience()
    while number <= last and len(found) < len(wanted):
        together = range(number, min(last, number + AT_ONCE - 1) + 1)
        for answer in piggy.gather({str(one): ask(one) for one in together}, seconds=settings.PIGGY_TIMEOUT).values():
            page: Page[Voucher] = answer.get()
            found.update({one.uuid: one for one in page.items if one.uuid in wanted})
            last = max(last, page.last or number + (page.received == PAGE))
        number = together[-1] + 1
        _still_patient(until)
    return list(found.values()), [codes.last_four(code) for uuid, code in wanted.items() if uuid not in found]


def _patience() -> datetime:
    return timezone.now() + timedelta(seconds=LONGEST)


def _still_patient(until: datetime) -> None:
    if timezone.now() > until:
        raise PiggyUnavailable("There was no time to read all these vouchers. Nothing was changed. Take fewer at once.")
