"""Check a voucher, lock it, redeem it, release it, take a redemption back. The only caller of Piggy for these pages."""

import contextlib
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from piggyadmin import codes, piggy
from piggyadmin.ledger import settling
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.door import Target, begun_with, form_token, give_up, perform, record
from piggyadmin.ledger.models import Act, State
from piggyadmin.ledger.open_acts import sent_before, still_open
from piggyadmin.ledger.outcomes import Outcome
from piggyadmin.ledger.services import acts_of
from piggyadmin.piggy.errors import PiggyError, PiggyInvalid, PiggyNotFound, PiggyNotSent, PiggyRejected
from piggyadmin.piggy.payloads import Contact, Voucher, VoucherLock
from vouchers.check import actions, locks, redeeming
from vouchers.check.sights import Sight, open_acts, sight_of
from vouchers.models import KnownRedemption, KnownVoucher, OwnLock, RunVoucher

INACTIVE_CARD = 60004


class NotKnown(Exception):
    """We have never seen this voucher, so we do not know its code, and Piggy finds vouchers by code only."""


class TooOften(Exception):
    """A voucher has fewer uses left than it should be redeemed; the message is for the person who typed the number."""


class NoHolder(Exception):
    """Nobody can be the holder by what was typed; the message says why, for the person who typed it."""


def check_code(*, code: str, actor: Actor) -> Sight | None:
    """The voucher with exactly this code, or None. Looking never writes to Piggy."""
    client = piggy.get_client(seconds=settings.PIGGY_TIMEOUT)
    for spelling in codes.spellings(code):
        lock = OwnLock.objects.filter(voucher__code=spelling, ended_at=None).first()
        with contextlib.suppress(PiggyNotFound):
            voucher = client.find_voucher(code=spelling)
            return sight_of(remember(voucher=voucher, lock=lock), voucher, actor)
    return None


def read(*, voucher_uuid: str, actor: Actor, holder: str = "", act: Outcome | None = None) -> Sight:
    """A voucher we have seen, read again by its code. `holder` is a contact whose vouchers may name an unseen one.

    `act` is what this person has just done to it. Raises NotKnown (also when the code now leads to another voucher),
    and PiggyNotFound when the code is gone from Piggy.
    """
    seen = known(voucher_uuid=voucher_uuid) or _found_with_holder(voucher_uuid, holder)
    if seen is None:
        raise NotKnown(voucher_uuid)
    lock = locks.standing(seen)
    voucher = piggy.get_client().find_voucher(code=seen.code)
    if voucher.uuid != seen.piggy_uuid:
        raise NotKnown(voucher_uuid)
    return sight_of(remember(voucher=voucher, lock=lock), voucher, actor, act)


def is_known_code(*, code: str) -> bool:
    """Whether we have seen or made a voucher with this code. Asks Piggy nothing."""
    codes_of = (KnownVoucher.objects, RunVoucher.objects)
    return any(vouchers.filter(code=code).exists() for vouchers in codes_of)


def known(*, voucher_uuid: str) -> KnownVoucher | None:
    """What we keep of a voucher; one that a run made is known from then on, although nobody has looked at it yet."""
    row = KnownVoucher.objects.filter(piggy_uuid=voucher_uuid).first()
    if row is not None:
        return row
    made = RunVoucher.objects.filter(piggy_uuid=voucher_uuid).select_related("run").first()
    if made is None:
        return None
    facts = {
        "code": made.code,
        "promotion_uuid": made.run.promotion_uuid,
        "promotion_name": made.run.promotion_name,
        "contact_uuid": made.run.contact_uuid,
    }
    return KnownVoucher.objects.get_or_create(piggy_uuid=voucher_uuid, defaults=facts)[0]


def remember(*, voucher: Voucher, lock: OwnLock | None = None) -> KnownVoucher:
    """Keep what gives a voucher its page, at each sight of it.

    `lock` is our lock that stood before the reading began: its count of uses is then the one under that lock.
    """
    facts = {
        "code": voucher.code,
        "promotion_uuid": voucher.promotion.uuid if voucher.promotion else "",
        "promotion_name": (voucher.promotion.name if voucher.promotion else None) or voucher.name or "",
        "contact_uuid": voucher.contact.uuid if voucher.contact else "",
    }
    row, is_new = KnownVoucher.objects.get_or_create(piggy_uuid=voucher.uuid, defaults=facts)
    if not is_new and any(getattr(row, name) != value for name, value in facts.items()):
        KnownVoucher.objects.filter(pk=row.pk).update(**facts)
        row.refresh_from_db()
    if lock is not None and voucher.status == "LOCKED":
        locks.note_uses(lock.pk, uses=voucher.times_redeemed)
    return row


def lock(*, voucher_uuid: str, actor: Actor, token: str, contact_uuid: str = "") -> Outcome:
    """Lock a voucher for this person. Its key is kept as soon as it comes. Raises NotKnown, PermissionDenied."""
    seen = _seen(voucher_uuid)

    def call(act: Act) -> VoucherLock:
        if open_acts(seen.piggy_uuid, *actions.REDEEMS).exists():
            raise PiggyRejected("Nobody knows yet whether it was redeemed. Look at that first.")
        answer = piggy.get_client().lock_voucher(voucher_uuid=seen.piggy_uuid)
        locks.keep(voucher=seen, answer=answer, actor=actor)
        return answer

    return perform(
        actions.LOCK, by=actor, target=_target(seen, contact_uuid), figures=_figures(seen), form_token=token, call=call
    )


def redeem(*, voucher_uuid: str, actor: Actor, token: str, contact_uuid: str = "", times: int = 1) -> Outcome:
    """Redeem a voucher this person has locked, for `contact_uuid` where nobody holds it yet.

    One of several uses `times` times at once. TooOften, and nothing is sent, when it has fewer left.

    Refused, without asking Piggy, when the lock is somebody else's, over, taken in another shop, or its key is being
    used in another tab, and while nobody knows what became of an earlier try. Raises NotKnown, PermissionDenied.
    """
    seen = _seen(voucher_uuid)
    own = locks.standing(seen)
    begun = begun_with(token)
    if begun is None and times > 1:  # a second click finds what the first came to
        _need_uses(seen, own, times)
    elif begun is not None and begun.figures.get("times", 1) != times and give_up(token, by=actor):
        token = form_token()  # it waited for Piggy, and another number is another act

    def call(act: Act) -> redeeming.Redeemed:
        if sent_before(act, open_acts(seen.piggy_uuid, *actions.REDEEMS)):
            raise PiggyRejected("Nobody knows yet whether an earlier try redeemed it. Look at that first.")
        held = _claimed(own, actor, locks.REDEEM)
        assert actor.shop is not None  # the ledger refuses a write without a shop
        if held.shop_id != actor.shop.pk:
            locks.hand_back(held.pk, use=locks.REDEEM)
            raise PiggyRejected(f"You locked it at {held.shop or 'another shop'}. Release it, then lock it here.")
        try:
            answer = redeeming.send(
                code=seen.code,
                shop_uuid=actor.shop.piggy_uuid,
                contact_uuid=seen.contact_uuid or contact_uuid or None,
                release_key=held.release_key,
                times=times,
            )
        except (PiggyRejected, PiggyNotSent):
            locks.hand_back(held.pk, use=locks.REDEEM)
            raise
        redeeming.keep(answer, voucher=seen, act_id=act.pk, actor=actor)
        locks.end(held.pk)
        return answer

    return perform(
        actions.REDEEM_MANY if times > 1 else actions.REDEEM,
        by=actor,
        target=_target(seen, contact_uuid),
        figures=_figures(seen)
        | {"lock_id": str(own.pk) if own else "", "uses_before": own.uses_before if own else None}
        | ({"times": times} if times > 1 else {}),
        form_token=token,
        call=call,
        done_figures=redeeming.figures_of,
    )


def token_of(outcome: Outcome) -> str:
    """The token of the form that sends a waiting act again."""
    return Act.objects.get(pk=outcome.act_id).form_token


def _need_uses(seen: KnownVoucher, own: OwnLock | None, times: int) -> None:
    """Raises TooOften where Piggy tells that the voucher has fewer uses left."""
    voucher = piggy.get_client().find_voucher(code=seen.code)
    remember(voucher=voucher, lock=own)
    if own is not None:
        own.refresh_from_db()
    left = voucher.redemptions_remaining
    if left is not None and left < times:
        raise TooOften(f"It has {left} use{'' if left == 1 else 's'} left.")


def release(*, voucher_uuid: str, actor: Actor, token: str, contact_uuid: str = "") -> Outcome:
    """Give this person's own lock back. Raises NotKnown, PermissionDenied."""
    seen = _seen(voucher_uuid)
    own = locks.standing(seen)

    def call(act: Act) -> VoucherLock:
        return _release(_claimed(own, actor, locks.RELEASE))

    return perform(
        actions.RELEASE,
        by=actor,
        target=_target(seen, contact_uuid),
        figures=_figures(seen) | {"lock_id": str(own.pk) if own else ""},
        form_token=token,
        call=call,
    )


def release_stale(*, own: OwnLock) -> Outcome:
    """Free a lock that nobody used in time. It is the dashboard's own act, about whoever took the lock."""

    def call(act: Act) -> VoucherLock:
        if not locks.claim(own, use=locks.RELEASE):
            raise PiggyRejected("It is being used or released just now.")
        return _release(own)

    return perform(
        actions.RELEASE,
        by=None,
        target=_target(own.voucher, ""),
        figures=_figures(own.voucher) | {"lock_id": str(own.pk), "by_timer": True, "locked_by": str(own.staff_id)},
        call=call,
    )


def reverse(*, voucher_uuid: str, redemption_uuid: str, actor: Actor, reason: str, token: str) -> Outcome:
    """Take back a redemption whose uuid we hold. Raises NotKnown, also for a redemption that is not this voucher's."""
    seen = _seen(voucher_uuid)
    row = seen.redemptions.filter(piggy_uuid=redemption_uuid).first()
    if row is None:
        raise NotKnown(redemption_uuid)
    before = piggy.get_client().find_voucher(code=seen.code).redeemed_at

    def call(act: Act) -> object:
        row.refresh_from_db()
        if row.reversed_at is not None:
            raise PiggyRejected("It has been taken back already.")
        if _reversal_before(act, redemption_uuid):
            raise PiggyRejected("Nobody knows yet whether an earlier try worked. Look at that one first.")
        answer = piggy.get_client().reverse_redemption(redemption_uuid=redemption_uuid)
        KnownRedemption.objects.filter(pk=row.pk).update(reversed_at=timezone.now())
        return answer

    return perform(
        actions.REVERSE,
        by=actor,
        target=_target(seen, ""),
        figures=_figures(seen)
        | {"redemption_uuid": redemption_uuid, "redeemed_at_before": before.isoformat() if before else None},
        detail={"reason": reason},
        form_token=token,
        call=call,
    )


def reveal(*, voucher_uuid: str, actor: Actor) -> None:
    """Tell the ledger that this person sees the whole code. Raises NotKnown, PermissionDenied."""
    seen = _seen(voucher_uuid)
    record(actions.REVEAL, by=actor, target=_target(seen, ""), figures=_figures(seen))


def is_on(act_id: UUID, voucher_uuid: str) -> bool:
    """Whether this act is about this voucher."""
    return acts_of(target=Target("voucher", voucher_uuid)).filter(pk=act_id).exists()


def look(*, voucher_uuid: str, only_due: bool) -> bool:
    """Look at Piggy for every act on this voucher that nobody knows the outcome of; False when none was looked at.

    `only_due` keeps to the schedule, for pages that ask by themselves.
    """
    unclear = still_open(acts_of(target=Target("voucher", voucher_uuid)))
    if only_due:
        waiting = unclear.exclude(state__next_look_at__lte=timezone.now()).exclude(state__outcome=State.SENT)
        if unclear.exists() and waiting.count() == unclear.count():
            return False
    for act_id in unclear.values_list("pk", flat=True)[:5]:
        settling.look(act_id, only_due=only_due)
    return True


def redemption(*, voucher_uuid: str, redemption_uuid: str) -> KnownRedemption | None:
    """A redemption whose uuid we hold, taken back or not."""
    rows = KnownRedemption.objects.select_related("voucher", "staff", "shop")
    return rows.filter(voucher__piggy_uuid=voucher_uuid, piggy_uuid=redemption_uuid).first()


def find_holder(*, text: str) -> Contact:
    """The contact with this card or e-mail address. For a voucher that nobody holds: whose is it? Raises NoHolder."""
    client = piggy.get_client(seconds=settings.PIGGY_TIMEOUT)
    try:
        if "@" in text:
            return client.find_contact(email=text)
        for spelling in codes.spellings(text):
            with contextlib.suppress(PiggyNotFound):
                found = client.find_identifier(value=spelling)
                if found.contact is None:
                    raise NoHolder("This card belongs to nobody yet. Take another card, or the e-mail address.")
                return client.get_contact(contact_uuid=found.contact.uuid)
    except (PiggyNotFound, PiggyInvalid):
        pass
    except PiggyRejected as error:
        if error.code == INACTIVE_CARD:
            raise NoHolder("This card is switched off. Take another card, or the e-mail address.") from error
        raise
    raise NoHolder("No customer has this card or address. Scan once more, or try the other.")


def read_holder(*, contact_uuid: str) -> Contact | None:
    """The contact chosen for an unheld voucher, read again; None when that cannot be read now."""
    try:
        return piggy.get_client().get_contact(contact_uuid=contact_uuid)
    except PiggyError:
        return None


def _release(own: OwnLock) -> VoucherLock:
    """Use a claimed key to release. A key that Piggy will never take again is put away with its lock."""
    try:
        answer = piggy.get_client().release_voucher(voucher_uuid=own.voucher.piggy_uuid, release_key=own.release_key)
    except PiggyNotSent:
        locks.hand_back(own.pk, use=locks.RELEASE)
        raise
    except PiggyRejected as error:
        if error.code is None:  # 401, 429: asked again later
            locks.hand_back(own.pk, use=locks.RELEASE)
        else:
            locks.end(own.pk)
        raise
    locks.end(own.pk)
    return answer


def _found_with_holder(voucher_uuid: str, holder: str) -> KnownVoucher | None:
    """An unseen voucher, looked for among a contact's vouchers: Piggy cannot be asked for a voucher's uuid."""
    if not holder:
        return None
    page = piggy.get_client(seconds=settings.PIGGY_TIMEOUT).list_vouchers(contact_uuid=holder, limit=500)
    found = next((voucher for voucher in page.items if voucher.uuid == voucher_uuid), None)
    return remember(voucher=found) if found else None


def _seen(voucher_uuid: str) -> KnownVoucher:
    row = known(voucher_uuid=voucher_uuid)
    if row is None:
        raise NotKnown(voucher_uuid)
    return row


def _claimed(own: OwnLock | None, actor: Actor, use: str) -> OwnLock:
    """The lock with its key taken for one use, or a refusal: nothing was sent."""
    if own is None or own.staff_id != actor.staff.pk or own.until <= timezone.now():
        raise PiggyRejected("Your lock on it is over. Check the code again.")
    if not locks.claim(own, use=use):
        raise PiggyRejected("It is being redeemed or released just now. Check the code again.")
    return own


def _reversal_before(act: Act, redemption_uuid: str) -> bool:
    """Whether an earlier try to take this redemption back may still turn out to have worked."""
    unclear = sent_before(act, open_acts(act.target_id, actions.REVERSE))
    return any(earlier.figures.get("redemption_uuid") == redemption_uuid for earlier in unclear)


def _target(seen: KnownVoucher, contact_uuid: str) -> Target:
    """The voucher, and on whose page the act shows: its holder's, else the customer's it is for."""
    return Target("voucher", seen.piggy_uuid, contact_id=seen.contact_uuid or contact_uuid)


def _figures(seen: KnownVoucher) -> dict[str, object]:
    return {"code_end": codes.last_four(seen.code), "promotion_uuid": seen.promotion_uuid}
