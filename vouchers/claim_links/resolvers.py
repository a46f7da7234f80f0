"""What became of a call that was to make a claim link, and whose answer was lost."""

from piggyadmin.ledger import lateness
from piggyadmin.ledger.actions import Settlement
from piggyadmin.ledger.models import Act


def in_nobodys_hands(act: Act) -> Settlement | None:
    """The address came in the answer alone, so nobody has it: from this call there is no link.

    Nothing that Piggy may have made of it can be claimed without that address, and the link is asked for again under
    the same unique id: of two addresses of one id, one can be claimed.
    """
    if lateness.may_still_come(act):
        return None
    return Settlement(False, {"its address": "never reached us"}, code="nobody_has_it")
