"""What the ledger itself tells of: approvals, exports of the audit, words erased. Nothing here is sent to Piggy."""

from piggyadmin.ledger.actions import Action, Kind, Words, register, register_kind

NOT_DONE = "Not done."
NOT_KNOWN = "We do not know whether it was done."

register_kind(Kind("audit", words="the audit"))
register_kind(Kind("approval", words="request for approval"))


def _own(name: str, permission: str, words: Words) -> Action:
    return register(Action(name, permission, words, needs_shop=False, writes_to_piggy=False))


AUDIT_EXPORTED = _own(
    "audit.exported",
    "ledger.view_all_acts",
    Words(
        "Export the audit", "Exported {rows:thousands} rows of the audit.", NOT_DONE, NOT_KNOWN, what="{rows:thousands}"
    ),
)
WORDS_ERASED = _own(
    "audit.erased",
    "ledger.erase_details",
    Words(
        "Erase words about a customer",
        "Erased {erased:thousands} notes.",
        NOT_DONE,
        NOT_KNOWN,
        what="{erased:thousands}",
    ),
)

# Whether somebody may ask or decide hangs on what is to be approved, and is checked there.
APPROVAL_ASKED = _own(
    "approval.asked", "ledger.view_acts", Words("Ask for approval", "Asked for approval: {doing}.", NOT_DONE, NOT_KNOWN)
)
APPROVAL_GRANTED = _own(
    "approval.granted", "ledger.view_acts", Words("Approve", "Approved: {doing}.", NOT_DONE, NOT_KNOWN)
)
APPROVAL_DECLINED = _own(
    "approval.declined", "ledger.view_acts", Words("Decline", "Did not approve: {doing}.", NOT_DONE, NOT_KNOWN)
)
APPROVAL_WITHDRAWN = _own(
    "approval.withdrawn", "ledger.view_acts", Words("Withdraw a request", "Withdrew: {doing}.", NOT_DONE, NOT_KNOWN)
)
