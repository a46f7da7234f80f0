"""Find out what became of a change to a customer whose answer was lost, by reading the customer back."""

from datetime import datetime, timedelta
from typing import Any

from contacts.claiming.addresses import address_of, holder_of, same_address
from contacts.claiming.own_acts import of_kind
from contacts.editing.attributes import Place, kind_of, place_of
from piggyadmin import piggy
from piggyadmin.ledger import lateness
from piggyadmin.ledger.actions import Settlement, action_named
from piggyadmin.ledger.models import Act, ActDetail, State
from piggyadmin.ledger.open_acts import OPEN
from piggyadmin.piggy.errors import PiggyNotFound
from piggyadmin.piggy.payloads import Contact, Subscription

SKEW = timedelta(minutes=2)  # how far Piggy's clock and ours may be apart
OUR_CHANNELS = ("", "OAUTH_API", "API")
ERASED = {"address_sent": "erased"}


def resolve_create(act: Act) -> Settlement | None:
    """Whether a customer with the address was created, and by this act.

    Nobody had the address when the act looked, right before it sent. So a customer with it that came into being then
    is this act's, unless another act of ours, or another way into Piggy, may have made it as well.
    """
    email = address_of(act)
    if not email:
        return Settlement(None, reading=ERASED)
    holder = holder_of(piggy.get_client(), email)
    if holder is None:
        return Settlement(_not_yet(act), reading={"customer": "none with this address"})
    created = holder.created_at
    reading = {"customer": holder.uuid, "created_at": created.isoformat() if created else "not told"}
    if created is None:
        return Settlement(None, reading=reading)
    if not was_made_by(act, created):
        return Settlement(False, reading=reading, code="made_otherwise")
    channel = holder.value("channel")
    if channel not in OUR_CHANNELS:
        return Settlement(None, reading=reading | {"channel": channel})
    others = [other for other in of_kind(action_named(act.action)) if _is_rival(other, act, email)]
    if any(other.all_figures.get("contact_uuid") == holder.uuid for other in others):
        return Settlement(False, reading=reading, code="made_otherwise")
    if any(other.outcome in OPEN for other in others):
        return Settlement(None, reading=reading)
    return Settlement(True, reading=reading, figures={"contact_uuid": holder.uuid})


def was_made_by(act: Act, created: datetime) -> bool:
    """Whether a customer came into being while what `act` sent could have made it."""
    latest = act.sent_at + timedelta(seconds=action_named(act.action).may_come_late)
    return act.sent_at - SKEW <= created <= latest + SKEW


def _is_rival(other: Act, act: Act, email: str) -> bool:
    may_have = other.outcome in OPEN or other.outcome == State.DONE
    return other.pk != act.pk and may_have and same_address(address_of(other), email)


def resolve_find_or_create(act: Act) -> Settlement | None:
    """Whether there is a customer with the address now, which is all that was asked for."""
    email = address_of(act)
    if not email:
        return Settlement(None, reading=ERASED)
    holder = holder_of(piggy.get_client(), email)
    if holder is None:
        return Settlement(_not_yet(act), reading={"customer": "none with this address"})
    return Settlement(True, reading={"customer": holder.uuid}, figures={"contact_uuid": holder.uuid})


def resolve_update(act: Act) -> Settlement | None:
    """Whether every value that was sent stands there now. A value that is neither the old nor the new: nobody knows.

    The reading names the attributes only: what is in them are words about a person.
    """
    try:
        contact = piggy.get_client().get_contact(contact_uuid=act.target_id)
    except PiggyNotFound:
        return Settlement(None, reading={"customer": "not at Piggy any more"})
    kept = ActDetail.objects.filter(act=act, event=None).first()
    words = kept.words if kept else {}
    if not words:
        return Settlement(None, reading={"values_sent": "erased"})
    place = place_of(act.shop.time_zone) if act.shop else place_of("UTC")
    names = list(zip(act.figures["fields"], act.figures["types"], strict=True))
    saved = [name for name, kind in names if _stands(contact, words["after"], name, kind, place)]
    still_old = [name for name, kind in names if _stands(contact, words["before"], name, kind, place)]
    reading = {"as_sent": saved, "as_before": [name for name in still_old if name not in saved]}
    if len(saved) == len(names):
        return Settlement(True, reading=reading)
    if lateness.may_still_come(act) or len(still_old) < len(names):
        return Settlement(None, reading=reading)
    return Settlement(False, reading=reading)


def _stands(contact: Contact, wanted: dict[str, Any], name: str, kind: str, place: Place) -> bool:
    return kind_of(kind).same(contact.current_values.get(name), wanted.get(name), place)


def resolve_subscribe(act: Act) -> Settlement | None:
    """Whether the customer gets it now, or was asked to confirm."""
    return _resolve_subscription(act, {"SUBSCRIBED", "PENDING_CONFIRMATION"})


def resolve_unsubscribe(act: Act) -> Settlement | None:
    return _resolve_subscription(act, {"UNSUBSCRIBED"})


def _resolve_subscription(act: Act, wanted: set[str]) -> Settlement | None:
    found = piggy.get_client().list_contact_subscriptions(contact_uuid=act.contact_id)
    one = next((each for each in found if of_type(each) == act.target_id), None)
    state = one.state if one else ""
    reading = {"state": state.lower().replace("_", " ") or "not told"}
    if one is None or not state or may_be_pending(one):
        return Settlement(None, reading=reading)
    if state in wanted:
        return Settlement(True, reading=reading, figures={"state": state})
    return Settlement(_not_yet(act), reading=reading)


def of_type(subscription: Subscription) -> str:
    """The uuid of the kind of mail; "" for one that cannot be addressed."""
    return (subscription.subscription_type.uuid if subscription.subscription_type else None) or ""


def may_be_pending(subscription: Subscription) -> bool:
    """An older answer writes 0, which cannot tell a customer who did not confirm yet from one who gets nothing."""
    kind = subscription.subscription_type
    doubtful = kind is not None and kind.strategy == "DOUBLE_OPT_IN" and subscription.state == "UNSUBSCRIBED"
    return doubtful and subscription.status != "UNSUBSCRIBED"


def _not_yet(act: Act) -> bool | None:
    """What "not there" means: nothing yet while it may still come, else that it was not done."""
    return None if lateness.may_still_come(act) else False
