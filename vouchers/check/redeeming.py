"""The redemption itself, once or several times at once: what is asked of Piggy, and what is kept of the answer."""

from uuid import UUID

from django.utils import timezone

from piggyadmin import piggy
from piggyadmin.ledger.actor import Actor
from piggyadmin.piggy.payloads import MultiRedeemedVoucher, RedeemedVoucher
from vouchers.models import KnownRedemption, KnownVoucher

Redeemed = RedeemedVoucher | MultiRedeemedVoucher


def send(*, code: str, shop_uuid: str, contact_uuid: str | None, release_key: str, times: int) -> Redeemed:
    """Ask Piggy. Raises what `redeem_voucher` and `multi_redeem_voucher` raise."""
    client = piggy.get_client()
    if times == 1:
        return client.redeem_voucher(code=code, shop_uuid=shop_uuid, contact_uuid=contact_uuid, release_key=release_key)
    return client.multi_redeem_voucher(
        code=code, number_of_times=times, shop_uuid=shop_uuid, contact_uuid=contact_uuid, release_key=release_key
    )


def uuids_of(answer: Redeemed) -> list[str | None]:
    """The number of each redemption; None for one that Piggy did not tell."""
    if isinstance(answer, MultiRedeemedVoucher):
        return [redemption.uuid for redemption in answer.voucher_redemptions]
    return [answer.voucher_redemption.uuid if answer.voucher_redemption else None]


def keep(answer: Redeemed, *, voucher: KnownVoucher, act_id: UUID, actor: Actor) -> None:
    """Every number, at once: nothing tells them again, and without them nothing can be taken back here."""
    seen = answer.voucher if isinstance(answer, MultiRedeemedVoucher) else answer
    now = timezone.now()
    KnownRedemption.objects.bulk_create(
        KnownRedemption(
            voucher=voucher,
            act_id=act_id,
            piggy_uuid=uuid,
            at=now,
            redeemed_at=seen.redeemed_at,
            staff=actor.staff,
            shop=actor.shop,
        )
        for uuid in uuids_of(answer)
    )


def figures_of(answer: Redeemed) -> dict[str, object]:
    """What the ledger keeps of the answer."""
    if isinstance(answer, MultiRedeemedVoucher):
        return {"redemption_uuids": uuids_of(answer), "status": answer.voucher.status}
    return {"redemption_uuid": uuids_of(answer)[0], "status": answer.status}
