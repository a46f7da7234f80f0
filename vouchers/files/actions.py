"""What leaves the house as a file, as the ledger tells it. A code is cash: whoever took the codes stands here."""

from piggyadmin.ledger.actions import Action, Words, register

SEE_CODES = "vouchers.see_codes"
NOT_DONE = "No code was handed over."
NOT_KNOWN = "We do not know whether codes were handed over."


def _own(name: str, do: str, done: str) -> Action:
    words = Words(do, done, NOT_DONE, NOT_KNOWN, what="{rows:thousands}")
    return register(Action(name, SEE_CODES, words, needs_shop=False, writes_to_piggy=False))


EXPORTED = _own("batch.exported", "Export codes", "Exported {rows:thousands} codes as {kind}.")
ASKED = _own("batch.export_asked", "Ask for a file of codes", "Asked for {rows:thousands} codes as {kind}.")
TAKEN = _own("batch.export_taken", "Download codes", "Downloaded {rows:thousands} codes as {kind}.")
