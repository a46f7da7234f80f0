"""Find out what became of a voucher's act whose answer was lost, by reading the voucher back.

Redeeming always happens under our own lock, so nobody else can have redeemed a voucher while that lock stood: that is
what makes a voucher read back as REDEEMED a proof. Where the reading proves nothing (other locks came after ours, a
voucher of several uses whose counts Piggy does not tell), the answer is None and a person decides.

The resolvers only read. What a settled act means for our own rows is done by the functions `settled_*`, which the
ledger calls in the transaction that settles it, whoever settled it.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone

from piggyadmin import piggy
from piggyadmin.ledger import lateness
from piggyadmin.ledger.actions import Settlement
from piggyadmin.ledger.models import Act
from piggyadmin.piggy.payloads import Voucher
from vouchers.check import locks
from vouchers.models import KnownRedemption, KnownVoucher, OwnLock


def resolve_redeem(act: Act) -> Settlement | None:
    """Whether the voucher was redeemed by this act, under the lock that the act names."""
    voucher = _read(act)
    if voucher is None:
        return None
    lock = _lock_of(act)
    now = timezone.now()
    happened = redeemed(
        voucher,
        uses_before=act.figures.get("uses_before"),
        locked_until=lock.until if lock else None,
        lock_stands=lock is not None and lock.ended_at is None and now < lock.until,
        may_still_come=lateness.may_still_come(act),
    )
    return Settlement(happened, reading=_reading(voucher))


def redeemed(
    voucher: Voucher,
    *,
    uses_before: int | None,
    locked_until: datetime | None,
    lock_stands: bool,
    may_still_come: bool,
) -> bool | None:
    """True or False only where the reading proves it; None is "cannot tell, perhaps later".

    `lock_stands`: the act's own lock is the latest we know of, and its hour is not over. Nobody else can have redeemed
    then, and a LOCKED voucher is one that was not redeemed, for a redemption drops the lock.
    """
    not_yet = None if may_still_come else False
    if voucher.status == "REDEEMED":
        if voucher.redeemed_at is not None and locked_until is not None and voucher.redeemed_at > locked_until:
            return None  # both times are Piggy's own: somebody redeemed it after our lock had ended
        known_under_lock = voucher.redeemed_at is not None and locked_until is not None
        return True if lock_stands or (known_under_lock and _is_single_use(voucher)) else None
    uses = voucher.times_redeemed
    if uses is not None and uses_before is not None:
        if uses > uses_before:
            return True if lock_stands else None  # after the lock ended it may have been another till
        return not_yet if uses == uses_before else None
    if voucher.status == "LOCKED" and lock_stands:
        return not_yet
    return not_yet if _is_single_use(voucher) else None


def resolve_redeem_many(act: Act) -> Settlement | None:
    """Whether the voucher was redeemed so many times by this act. Fewer than that is for a person to look at."""
    voucher = _read(act)
    if voucher is None:
        return None
    before, lock = act.figures.get("uses_before"), _lock_of(act)
    uses = voucher.times_redeemed
    if uses is None and voucher.status == "REDEEMED":
        uses = voucher.total_redemptions_allowed
    happened = None
    if isinstance(before, int) and uses is not None:
        at = voucher.redeemed_at
        # While our lock stands, and at a moment before it ended, nobody else can have redeemed.
        under_lock = lock is not None and (
            (lock.ended_at is None and timezone.now() < lock.until) or (at is not None and at <= lock.until)
        )
        if uses == before:
            happened = None if lateness.may_still_come(act) else False
        elif uses == before + int(act.figures["times"]) and under_lock:
            happened = True
    return Settlement(happened, reading=_reading(voucher))


def settled_redeem(act: Act, happened: bool, reading: Mapping[str, Any]) -> None:
    """A redemption ends its lock, and is kept without the number that was lost; none gives the key back."""
    lock = _lock_of(act)
    if lock is not None and happened:
        locks.end(lock.pk)
    elif lock is not None:
        locks.hand_back(lock.pk, use=locks.REDEEM)
    if not happened:
        return
    assert act.staff is not None
    facts = {
        "voucher": KnownVoucher.objects.get(piggy_uuid=act.target_id),
        "at": act.sent_at,
        "redeemed_at": _moment(reading.get("redeemed_at")),
        "staff": act.staff,
        "shop": act.shop,
    }
    kept = KnownRedemption.objects.filter(act_id=act.pk).count()
    for _ in range(int(act.figures.get("times", 1)) - kept):
        KnownRedemption.objects.create(act_id=act.pk, **facts)


def resolve_lock(act: Act) -> Settlement | None:
    """Whether our lock stands. LOCKED without a key may be anybody's lock: that stays open until it must be over."""
    voucher = _read(act)
    if voucher is None:
        return None
    age = timezone.now() - act.sent_at
    if age >= locks.PIGGY_LOCK:
        return Settlement(False, reading=_reading(voucher), code="lapsed")
    if voucher.status == "LOCKED" or lateness.may_still_come(act):
        return Settlement(None, reading=_reading(voucher))
    return Settlement(False, reading=_reading(voucher))


def resolve_release(act: Act) -> Settlement | None:
    """Whether this lock of ours is gone."""
    voucher = _read(act)
    if voucher is None:
        return None
    if voucher.status != "LOCKED":
        return Settlement(True, reading=_reading(voucher))
    lock = _lock_of(act)
    later = OwnLock.objects.filter(voucher__piggy_uuid=act.target_id, at__gt=act.at).exists()
    if lock is None or lock.ended_at is not None or later or lateness.may_still_come(act):
        return Settlement(True if later else None, reading=_reading(voucher))  # locked anew: it had been free
    return Settlement(False, reading=_reading(voucher))


def settled_release(act: Act, happened: bool, reading: Mapping[str, Any]) -> None:
    lock = _lock_of(act)
    if lock is None:
        return
    if happened:
        locks.end(lock.pk)
    else:
        locks.hand_back(lock.pk, use=locks.RELEASE)


def resolve_reverse(act: Act) -> Settlement | None:
    """Whether the redemption was taken back: provable for a voucher of one use, whose status says it.

    Counts prove nothing here, for no lock keeps others from redeeming or taking back meanwhile.
    """
    voucher = _read(act)
    if voucher is None:
        return None
    reading = _reading(voucher)
    if not _is_single_use(voucher):
        return Settlement(None, reading=reading)
    if voucher.status == "REDEEMED":
        before = _moment(act.figures.get("redeemed_at_before"))
        if before is None or voucher.redeemed_at is None:
            return Settlement(None, reading=reading)
        if voucher.redeemed_at != before:
            return Settlement(True, reading=reading)  # used once more, so it had been free
        return Settlement(None if lateness.may_still_come(act) else False, reading=reading)
    return Settlement(True, reading=reading)


def settled_reverse(act: Act, happened: bool, reading: Mapping[str, Any]) -> None:
    if happened:
        mine = KnownRedemption.objects.filter(piggy_uuid=act.figures["redemption_uuid"], reversed_at=None)
        mine.update(reversed_at=timezone.now())


def _read(act: Act) -> Voucher | None:
    """The act's voucher as Piggy shows it now; None when its code leads to another voucher."""
    known = KnownVoucher.objects.get(piggy_uuid=act.target_id)
    voucher = piggy.get_client().find_voucher(code=known.code)
    return voucher if voucher.uuid == act.target_id else None


def _lock_of(act: Act) -> OwnLock | None:
    """The lock that an act spends; None for one that never got as far."""
    lock_id = str(act.figures.get("lock_id") or "")
    return OwnLock.objects.filter(pk=lock_id).first() if lock_id else None


def _reading(voucher: Voucher) -> dict[str, object]:
    reading: dict[str, object] = {"status": voucher.status}
    if voucher.redeemed_at:
        reading["redeemed_at"] = voucher.redeemed_at.isoformat()
    if voucher.times_redeemed is not None:
        reading["times_redeemed"] = voucher.times_redeemed
    return reading


def _is_single_use(voucher: Voucher) -> bool:
    allowed = voucher.total_redemptions_allowed
    if allowed is not None:
        return allowed == 1
    return voucher.promotion is not None and voucher.promotion.type == "SINGLE_USE"


def _moment(text: object) -> datetime | None:
    return datetime.fromisoformat(text) if isinstance(text, str) and text else None
