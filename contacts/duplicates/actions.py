"""What people say of two customers that may be one, as the ledger tells it. Nothing here writes to Piggy."""

from piggyadmin.ledger.actions import Action, Kind, Words, register, register_kind

NOT_DONE = "Not done."
NOT_KNOWN = "We do not know whether it was done."
MAY = "contacts.review_duplicates"

PAIR = register_kind(Kind("pair", "pair {short}", "contacts:pair"))
SEARCH = register_kind(Kind("duplicates", "all customers", ""))


def _own(name: str, do: str, done: str) -> Action:
    words = Words(do=do, done=done, refused=NOT_DONE, unknown=NOT_KNOWN)
    return register(Action(name=name, permission=MAY, words=words, writes_to_piggy=False))


SAME = _own("pair.same", "Say: one person", "Said that this customer and another are one person; no merge yet.")
DIFFERENT = _own("pair.different", "Say: not the same", "Said that this customer and another are not the same person.")
FAMILY = _own("pair.family", "Say: family", "Said that this customer and another are family.")
REOPEN = _own("pair.reopen", "Take a verdict back", "Took back what was said of this customer and another.")
LEAVE = _own("family.leave", "Take out of a family", "Took this customer out of a family.")
SCAN = _own("duplicates.scan", "Look for duplicates", "Had all customers looked through for duplicates.")
