"""Find out what became of a change to a subscription whose answer was lost: the list of them says it."""

from piggyadmin import piggy
from piggyadmin.ledger import lateness
from piggyadmin.ledger.actions import Settlement
from piggyadmin.ledger.models import Act, ActDetail
from piggyadmin.piggy.payloads import WebhookSubscription

ACTIVE, INACTIVE = "ACTIVE", "INACTIVE"


def resolve_subscribe(act: Act) -> Settlement:
    """Whether there is a subscription of this event to the address that was sent. Right before there was none."""
    address = address_of(act)
    if not address:
        return Settlement(None, {"address_sent": "erased"})
    found = [each for each in _all() if each.event_type == act.target_id and each.url == address]
    reading = {"subscriptions": len(found)}
    if found:
        return Settlement(True, reading, {"subscription_uuid": found[0].uuid})
    return Settlement(_not_yet(act), reading)


def resolve_pause(act: Act) -> Settlement:
    return _resolve_status(act, INACTIVE)


def resolve_resume(act: Act) -> Settlement:
    return _resolve_status(act, ACTIVE)


def resolve_delete(act: Act) -> Settlement:
    one = _one(act)
    reading = {"status": one.status or "not told" if one else "gone"}
    return Settlement(_not_yet(act) if one else True, reading)


def _resolve_status(act: Act, wanted: str) -> Settlement:
    one = _one(act)
    if one is None:
        return Settlement(False, {"status": "gone"}, code="gone")
    reading = {"status": one.status or "not told"}
    if one.status == wanted:
        return Settlement(True, reading)
    return Settlement(_not_yet(act), reading)


def address_of(act: Act) -> str:
    """The address that an act of subscribing sent."""
    kept = ActDetail.objects.filter(act=act, event=None).first()
    return str(kept.words.get("address", "")) if kept else ""


def _all() -> list[WebhookSubscription]:
    return piggy.get_client().list_webhook_subscriptions()


def _one(act: Act) -> WebhookSubscription | None:
    return next((each for each in _all() if each.uuid == act.target_id), None)


def _not_yet(act: Act) -> bool | None:
    """What "not so" means: nothing yet while it may still come, else that it was not done."""
    return None if lateness.may_still_come(act) else False
