"""Our own locks on vouchers: who holds one, until when, and that its release key is used once.

Piggy gives the key only in the answer to the lock and frees a voucher by itself after an hour. We free ours after two
minutes. Redeeming and releasing both spend the key, so each claims it first by a conditional UPDATE: of two tabs, or a
tab and the sweeper, one goes and the other is told.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone

from piggyadmin.ledger.actor import Actor
from piggyadmin.piggy.payloads import VoucherLock
from vouchers.models import KnownVoucher, OwnLock

LOCK_SECONDS = 120
PIGGY_LOCK = timedelta(hours=1)  # Piggy's own limit, https://docs.piggy.eu/v3/oauth/vouchers
REDEEM, RELEASE = OwnLock.Use.REDEEM, OwnLock.Use.RELEASE


def keep(*, voucher: KnownVoucher, answer: VoucherLock, actor: Actor) -> None:
    """Write down the key as soon as it has come: without it nobody can redeem or release for an hour."""
    now = timezone.now()
    OwnLock.objects.filter(voucher=voucher, ended_at=None).update(ended_at=now)  # Piggy has just locked it anew
    OwnLock.objects.create(
        voucher=voucher,
        release_key=answer.lock.release_key,
        staff=actor.staff,
        shop=actor.shop,
        at=now,
        until=answer.lock.system_release_at or now + PIGGY_LOCK,
    )


def standing(voucher: KnownVoucher) -> OwnLock | None:
    """Our lock on this voucher, if one stands."""
    own = OwnLock.objects.filter(voucher=voucher, ended_at=None, until__gt=timezone.now())
    return own.select_related("staff", "shop").first()


def claim(lock: OwnLock, *, use: str) -> bool:
    """Take the key for one use. False when the lock is over, or its key already in use."""
    return OwnLock.objects.filter(pk=lock.pk, ended_at=None, use="").update(use=use) == 1


def hand_back(lock_id: UUID | str, *, use: str) -> None:
    """This use did not happen: the lock still stands and the key may be used again."""
    OwnLock.objects.filter(pk=lock_id, ended_at=None, use=use).update(use="")


def end(lock_id: UUID | str) -> None:
    """This lock is over, one way or another."""
    OwnLock.objects.filter(pk=lock_id, ended_at=None).update(ended_at=timezone.now())


def note_uses(lock_id: UUID, *, uses: int | None) -> None:
    """Keep the count that was read under this lock, by a reading that began after it was taken."""
    if uses is not None:
        OwnLock.objects.filter(pk=lock_id, ended_at=None, use="", uses_before=None).update(uses_before=uses)


def stale(now: datetime) -> list[OwnLock]:
    """Locks older than two minutes whose key nobody is using."""
    old = OwnLock.objects.filter(ended_at=None, use="", at__lt=now - timedelta(seconds=LOCK_SECONDS))
    return list(old.select_related("voucher", "staff", "shop").order_by("at"))


def end_lapsed(now: datetime) -> int:
    """End the locks that Piggy has freed by itself, whatever became of their keys."""
    return OwnLock.objects.filter(ended_at=None, until__lte=now).update(ended_at=now)
