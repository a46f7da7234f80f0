"""Find out whether a voucher was changed whose answer was lost: read it back, and see whether it stands as wanted.

A change only sets a state, so it does not matter who set it: what stands as wanted is done. The resolvers only read;
what a settled act means for our own rows is done by `settled`, in the transaction that settles it.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import F
from django.utils import timezone

from piggyadmin import piggy
from piggyadmin.ledger import lateness
from piggyadmin.ledger.actions import Resolver, Settlement
from piggyadmin.ledger.models import Act
from piggyadmin.piggy.payloads import Voucher
from vouchers.changing.kinds import is_so
from vouchers.check import services as check
from vouchers.models import Progress, RunVoucher, VoucherChangeItem


def resolver_of(kind: str) -> Resolver:
    def resolve(act: Act) -> Settlement | None:
        """Whether this act's voucher stands as wanted; None when we do not know its code, or it leads elsewhere."""
        known = check.known(voucher_uuid=act.target_id)
        if known is None:
            return None
        voucher = piggy.get_client().find_voucher(code=known.code)
        if voucher.uuid != act.target_id:
            return None
        reading = _reading(voucher)
        if is_so(kind, voucher, until=moment(act.figures.get("until"))):
            return Settlement(True, reading)
        return Settlement(None if lateness.may_still_come(act) else False, reading)

    return resolve


def settled(act: Act, happened: bool, reading: Mapping[str, Any]) -> None:
    """The item that this act was sent for follows; one that did not happen is tried again, as another act."""
    again = {"state": Progress.PLANNED, "attempt": F("attempt") + 1}
    item = VoucherChangeItem.objects.filter(act=act, state__in=(Progress.SENT, Progress.UNKNOWN))
    item.update(**({"state": Progress.DONE, "code": "", "reason": ""} if happened else again))
    if "status" in reading:
        keep_sight(
            voucher_uuid=act.target_id,
            status=str(reading["status"]),
            until=moment(reading.get("until")) if "until" in reading else None,
        )


def keep_sight(*, voucher_uuid: str, status: str, until: datetime | None) -> None:
    """Write down how Piggy showed a voucher of a run, if it is one. An end that it did not name stays as it was."""
    seen: dict[str, Any] = {"status": status, "read_at": timezone.now()}
    RunVoucher.objects.filter(piggy_uuid=voucher_uuid).update(**seen, **({"expiration_date": until} if until else {}))


def moment(text: object) -> datetime | None:
    return datetime.fromisoformat(text) if isinstance(text, str) and text else None


def _reading(voucher: Voucher) -> dict[str, object]:
    reading: dict[str, object] = {"status": voucher.status}
    if voucher.expiration_date:
        reading["until"] = voucher.expiration_date.isoformat()
    return reading
