"""What may be put on a card alone: the limit, and the pause between two top-ups of one card."""

from __future__ import annotations

from piggyadmin.accounts.limits.alone import Alone
from piggyadmin.accounts.models import Limit
from piggyadmin.ledger.models import Act
from piggyadmin.templatetags.words import euros
from vouchers.giftcards import mended
from vouchers.giftcards.actions import TOP_UP


def _was_taken_back(top_up: Act) -> bool:
    """Whether nothing of it is left on the card, by a reversal or by corrections."""
    figures = top_up.all_figures
    uuid, cents = str(figures.get("transaction_uuid", "")), int(figures["cents"])
    return bool(uuid) and mended.comes_to(uuid, cents, mended.done(mended.acts(top_up.target_id))) == 0


TOP_UPS = Alone(
    TOP_UP,
    most=Limit.Kind.PREPAID_CENTS,
    pause=Limit.Kind.GIFTCARD_PAUSE,
    amount=euros,
    what="put on a card",
    before="You topped up this gift card a moment ago.",
    was_taken_back=_was_taken_back,
    target="giftcard",
)
