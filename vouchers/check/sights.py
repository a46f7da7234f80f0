"""A voucher as Piggy showed it just now, and what that means for the person who looks."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from piggyadmin.ledger.actions import Action
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.door import Target
from piggyadmin.ledger.models import Act
from piggyadmin.ledger.open_acts import still_open
from piggyadmin.ledger.outcomes import Outcome
from piggyadmin.ledger.services import acts_of
from piggyadmin.piggy import vouchers as at_piggy
from piggyadmin.piggy.payloads import Voucher
from vouchers.check import actions, locks
from vouchers.check.verdict import Facts, Verdict, verdict_on
from vouchers.models import KnownRedemption, KnownVoucher

ACTS_SHOWN = 8
MOST_TIMES = at_piggy.MOST_TIMES  # one act may redeem a voucher so often
LONGEST_CODE = 255
SAME_MOMENT = timedelta(seconds=5)
FRESH = timedelta(minutes=5)  # how long what somebody has just done is shown as theirs, not as "used"


@dataclass(frozen=True, slots=True)
class Sight:
    known: KnownVoucher
    voucher: Voucher
    read_at: datetime
    verdict: Verdict
    open_act: Act | None = None  # an act of ours on it whose outcome nobody knows
    redemptions: list[KnownRedemption] = field(default_factory=list)
    foreign_uses: bool = False  # it was also redeemed elsewhere, so some redemptions cannot be taken back here
    acts: list[Act] = field(default_factory=list)  # its own part of the ledger, the latest first

    @property
    def most_times(self) -> int:
        """How often it can be redeemed in one go: 1 where Piggy does not tell its uses."""
        return max(1, min(self.voucher.redemptions_remaining or 1, MOST_TIMES))


def open_acts(voucher_uuid: str, *kinds: Action) -> QuerySet[Act]:
    """Acts of these kinds on a voucher that are under way, or whose outcome nobody knows."""
    tries = acts_of(target=Target("voucher", voucher_uuid)).filter(action__in=[action.name for action in kinds])
    return still_open(tries)


def sight_of(known: KnownVoucher, voucher: Voucher, actor: Actor, act: Outcome | None = None) -> Sight:
    """What `actor` sees. `act` is what they have just done: a redemption of their own is not shown as "used"."""
    lock = locks.standing(known)
    unclear = open_acts(known.piggy_uuid, *actions.REDEEMS).first()
    lost = None if lock else open_acts(known.piggy_uuid, actions.LOCK).first()
    redemptions = list(known.redemptions.select_related("staff", "shop"))
    ours = _this_redemption(voucher, redemptions)
    mine = lock is not None and lock.staff_id == actor.staff.pk
    facts = Facts(
        voucher=voucher,
        mine=mine,
        locked_by=lock.staff.name if lock and not mine else "",
        locked_at_shop=lock.shop.name if lock and lock.shop else "",
        free_at=lock.at + timedelta(seconds=locks.LOCK_SECONDS) if lock else None,
        perhaps_ours_until=lost.sent_at + locks.PIGGY_LOCK if lost else None,
        redeem_sent_at=unclear.sent_at if unclear else None,
        redeemed_by=ours.staff.name if ours else "",
        redeemed_at_shop=ours.shop.name if ours and ours.shop else "",
        just_redeemed_at=_just_redeemed(act, redemptions),
        just_redeemed_times=sum(act is not None and each.act_id == act.act_id for each in redemptions),
    )
    standing = [redemption for redemption in redemptions if redemption.reversed_at is None]
    uses = voucher.times_redeemed if voucher.times_redeemed is not None else int(voucher.status == "REDEEMED")
    return Sight(
        known=known,
        voucher=voucher,
        read_at=timezone.now(),
        verdict=verdict_on(facts),
        open_act=unclear or lost,
        redemptions=redemptions,
        foreign_uses=uses > len(standing),
        acts=list(acts_of(target=Target("voucher", known.piggy_uuid))[:ACTS_SHOWN]),
    )


def remember_all(vouchers: Iterable[Voucher]) -> None:
    """Keep what gives vouchers of a list their pages; see `services.remember` for one."""
    rows = {
        voucher.uuid: KnownVoucher(
            piggy_uuid=voucher.uuid,
            code=voucher.code,
            promotion_uuid=voucher.promotion.uuid if voucher.promotion else "",
            promotion_name=(voucher.promotion.name if voucher.promotion else None) or voucher.name or "",
            contact_uuid=voucher.contact.uuid if voucher.contact else "",
        )
        for voucher in vouchers
        if len(voucher.code) <= LONGEST_CODE
    }
    facts = ["code", "promotion_uuid", "promotion_name", "contact_uuid"]
    KnownVoucher.objects.bulk_create(
        rows.values(), update_conflicts=True, unique_fields=["piggy_uuid"], update_fields=facts
    )


def _this_redemption(voucher: Voucher, redemptions: list[KnownRedemption]) -> KnownRedemption | None:
    """The redemption from here that a REDEEMED voucher's `redeemed_at` is about; None when it was another till's."""
    if voucher.status != "REDEEMED" or voucher.redeemed_at is None:
        return None
    for redemption in redemptions:
        at = redemption.redeemed_at
        if redemption.reversed_at is None and at is not None and abs(at - voucher.redeemed_at) <= SAME_MOMENT:
            return redemption
    return None


def _just_redeemed(act: Outcome | None, redemptions: list[KnownRedemption]) -> datetime | None:
    """When this person redeemed it, if that is what they have just done, and it was not taken back since."""
    if act is None or not act.done or act.action not in actions.REDEEMS or act.told_at is None:
        return None
    own = [redemption for redemption in redemptions if redemption.act_id == act.act_id]
    if own and all(redemption.reversed_at is not None for redemption in own):
        return None
    return act.at if timezone.now() - act.told_at < FRESH else None
