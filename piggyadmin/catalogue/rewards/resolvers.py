"""Whether a change of a reward whose answer was lost is there now: the reward itself says it."""

from piggyadmin import piggy
from piggyadmin.catalogue.rewards import states
from piggyadmin.ledger import lateness
from piggyadmin.ledger.actions import Settlement
from piggyadmin.ledger.models import Act, ActDetail
from piggyadmin.piggy.errors import PiggyNotFound


def resolve_change(act: Act) -> Settlement | None:
    """It happened when every field that was sent has its new value, and not when every one still has the one of
    before. Anything between, or beside, is for a person to decide."""
    kept = ActDetail.objects.filter(act=act, event=None).first()
    after = dict(kept.words.get("after", {})) if kept else {}
    before = dict(kept.words.get("before", {})) if kept else {}
    if not after:
        return None  # what was sent was erased
    try:
        now = states.texts_of(piggy.get_client().get_reward(reward_uuid=act.target_id), after)
    except PiggyNotFound:
        return Settlement(None, {"reward": "gone"})
    as_sent = sum(now[name] == text for name, text in after.items())
    as_before = sum(now[name] == text for name, text in before.items())
    reading = {"fields as sent": as_sent, "fields as before": as_before, "fields": len(after)}
    if as_sent == len(after):
        return Settlement(True, reading)
    if as_before == len(after):
        return Settlement(None if lateness.may_still_come(act) else False, reading)
    return Settlement(None, reading)
