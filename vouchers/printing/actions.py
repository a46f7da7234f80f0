"""Codes put on paper, as the ledger tells it: which sheets, in which layout."""

from piggyadmin.ledger.actions import Action, Words, register
from vouchers.files.actions import NOT_DONE, NOT_KNOWN, SEE_CODES


def _own(name: str, do: str, done: str) -> Action:
    words = Words(do, done, NOT_DONE, NOT_KNOWN, what="{labels:thousands}")
    return register(Action(name, SEE_CODES, words, needs_shop=False, writes_to_piggy=False))


SHEETS = _own("batch.printed", "Print sheets", "Opened sheets {first} to {last} of {size} labels for printing.")
RECEIPT = _own("batch.receipt_printed", "Print a receipt", "Opened the receipt of voucher {number} for printing.")
