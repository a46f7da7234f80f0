"""Find out whether one voucher was made whose answer was lost: by its code, or by its mark among its promotion's."""

from __future__ import annotations

import time

from django.core.cache import cache

from piggyadmin import codes, piggy
from piggyadmin.ledger import lateness
from piggyadmin.ledger.actions import Settlement
from piggyadmin.ledger.models import Act
from piggyadmin.piggy.errors import PiggyNotFound, PiggyUnavailable
from piggyadmin.piggy.payloads import Voucher
from vouchers.check import services as check
from vouchers.models import BatchRun

PAGE = 500
SECONDS = 20.0  # a look may not hold a worker longer
KEPT_SECONDS = 2 * 86_400  # as long as looks are taken, and a day more


def keep_code(act: Act, code: str) -> None:
    """Remember a code of one's own for the looks to come: the ledger holds no codes, and by its code it is one call."""
    cache.set(_name(act), code, KEPT_SECONDS)


def resolve_make(act: Act) -> Settlement | None:
    """A voucher with this act's mark is the proof. That there is none proves something only where marks come back."""
    code = cache.get(_name(act))
    return _by_code(act, code) if code else _by_mark(act)


def _by_code(act: Act, code: str) -> Settlement:
    try:
        voucher = piggy.get_client().find_voucher(code=code)
    except PiggyNotFound:
        return Settlement(_not(act), {"voucher with this code": "none"})
    if voucher.mark == act.mark:
        return _is_there(voucher)
    reading = {"voucher with this code": voucher.status, "our mark": "another" if voucher.mark else "not there"}
    # A code is given once. With somebody else's mark on it, ours was not made, and never will be.
    return Settlement(False if voucher.mark else None, reading)


def _by_mark(act: Act) -> Settlement | None:
    """Read the promotion's vouchers, the last page first: new ones stand at the end. "None" takes every page."""
    if not act.figures.get("with_mark"):
        return None
    client, until, seen, marks_come_back = piggy.get_client(), time.monotonic() + SECONDS, 0, _marks_seen()
    first = client.list_vouchers(promotion_uuid=act.target_id, limit=PAGE)
    last = first.last or 1
    for number in [*range(last, 1, -1), 1]:
        if time.monotonic() > until:
            raise PiggyUnavailable("There was no time to read all vouchers of the promotion.")
        page = first if number == 1 else client.list_vouchers(promotion_uuid=act.target_id, page=number, limit=PAGE)
        for voucher in page.items:
            if voucher.mark == act.mark:
                return _is_there(voucher)
            marks_come_back = marks_come_back or bool(voucher.mark)
        seen += page.received
    reading = {"vouchers of the promotion": seen, "our mark": "not there"}
    return Settlement(_not(act) if marks_come_back else None, reading)


def _is_there(voucher: Voucher) -> Settlement:
    check.remember(voucher=voucher)
    reading = {"status": voucher.status, "our mark": "found"}
    return Settlement(True, reading, {"voucher_uuid": voucher.uuid, "code_end": codes.last_four(voucher.code)})


def _not(act: Act) -> bool | None:
    return None if lateness.may_still_come(act) else False


def _marks_seen() -> bool:
    return BatchRun.objects.filter(marks=BatchRun.Marks.SEEN).exists()


def _name(act: Act) -> str:
    return f"voucher-making:{act.pk}"
