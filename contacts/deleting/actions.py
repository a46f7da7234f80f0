"""Deleting, as the ledger tells it: the write itself, what people decide about it, and what we found out after."""

from django.conf import settings

from contacts.held.hooks import HOOKS
from contacts.held.kinds import Told
from piggyadmin.ledger.actions import Action, Kind, Words, register, register_kind

register_kind(Kind("deletion", "deletion {short}", "contacts:deletion"))

SETTLE = int(settings.MERGE_SETTLE_SECONDS)
PROPOSE, APPROVE = "contacts.propose_deletion", "contacts.approve_deletion"

DELETE = register(
    Action(
        name="contact.delete",
        permission=PROPOSE,
        approve_permission=APPROVE,
        words=Words(
            do="Delete a customer",
            done="Piggy took the deletion of a customer. It may take some minutes.",
            refused="The customer was not deleted.",
            unknown="We do not know whether Piggy deletes this customer. It is not sent again.",
            settle_question="Did Piggy delete this customer?",
            what="{type}",
        ),
        page="contacts:deletion",
        # A deletion is only scheduled: that the customer still answers says nothing before its time is over.
        may_come_late=max(SETTLE, 60),
        looks=(15, 30, 60, 120, 300, 900, max(SETTLE, 60), 3600),
        **HOOKS,
    )
)


def _own(name: str, permission: str, do: str, done: str) -> Action:
    words = Words(do=do, done=done, refused="Not done.", unknown="We do not know whether it was done.")
    return register(Action(name, permission, words, needs_shop=False, writes_to_piggy=False))


TOLD = Told(
    cancelled=_own(
        "contact.deletion_cancelled", PROPOSE, "Cancel a deletion", "Cancelled the deletion before it was sent."
    ),
    stopped=_own(
        "contact.deletion_stopped",
        PROPOSE,
        "Stop a deletion",
        "Did not send the deletion: the customer is not as when it was approved.",
    ),
    verified=_own(
        "contact.deletion_verified", PROPOSE, "Verify a deletion", "The customer is gone at Piggy, and from our copy."
    ),
    incident=_own(
        "contact.deletion_incident", PROPOSE, "Incident of a deletion", "The customer still answers at Piggy."
    ),
    closed=_own("contact.deletion_closed", APPROVE, "Close an incident", "Closed the incident of the deletion."),
)
