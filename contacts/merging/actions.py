"""Merging, as the ledger tells it: the write itself, what people decide about it, and what we found out after."""

from django.conf import settings

from contacts.held.hooks import HOOKS
from contacts.held.kinds import Told
from piggyadmin.ledger.actions import Action, Kind, Words, register, register_kind

register_kind(Kind("merge", "merge {short}", "contacts:merge"))

SETTLE = int(settings.MERGE_SETTLE_SECONDS)
PROPOSE, APPROVE = "contacts.propose_merge", "contacts.approve_merge"
NOT_DONE = "Not done."
NOT_KNOWN = "We do not know whether it was done."

MERGE = register(
    Action(
        name="contact.merge",
        permission=PROPOSE,
        approve_permission=APPROVE,
        words=Words(
            do="Merge two customers",
            done="Piggy took the merge of two customers. It may take some minutes.",
            refused="The two customers were not merged.",
            unknown="We do not know whether Piggy merges these two customers. It is not sent again.",
            settle_question="Did Piggy merge these two customers?",
            what="{credits:in_credits} together",
        ),
        page="contacts:merge",
        # A merge is only scheduled: that the source still answers says nothing before its time is over.
        may_come_late=max(SETTLE, 60),
        looks=(15, 30, 60, 120, 300, 900, max(SETTLE, 60), 3600),
        **HOOKS,
    )
)


def _own(name: str, permission: str, do: str, done: str) -> Action:
    words = Words(do=do, done=done, refused=NOT_DONE, unknown=NOT_KNOWN)
    return register(Action(name, permission, words, needs_shop=False, writes_to_piggy=False))


TOLD = Told(
    cancelled=_own("contact.merge_cancelled", PROPOSE, "Cancel a merge", "Cancelled the merge before it was sent."),
    stopped=_own(
        "contact.merge_stopped", PROPOSE, "Stop a merge", "Did not send the merge: what was approved had changed."
    ),
    verified=_own("contact.merge_verified", PROPOSE, "Verify a merge", "The merge came about as expected."),
    incident=_own("contact.merge_incident", PROPOSE, "Incident of a merge", "Something is off after the merge."),
    closed=_own("contact.merge_closed", APPROVE, "Close an incident", "Closed the incident of the merge."),
)

CARD_SHOWN = _own(
    "contact.card_shown",
    PROPOSE,
    "Take a card as proof",
    "Took an active card of this customer as proof, scanned or typed.",
)
REBUILD_BEGUN = _own(
    "contact.rebuild_begun", PROPOSE, "Begin to rebuild a customer", "Began to rebuild the customer that was merged."
)
REBUILT = _own("contact.rebuilt", PROPOSE, "Rebuild one thing", "Rebuilt by hand: step {number} of the list.")
EXPORTED = _own("contact.merges_exported", PROPOSE, "Export merges", "Exported {rows:thousands} merges.")
