"""Reading who would be deleted, proposing it, and what is shown of a deletion."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings

from contacts.deleting import refusing
from contacts.deleting.confirming import Confirmation, confirmation
from contacts.deleting.kind import KIND, STOPPED, figures_of, identity
from contacts.held import deciding
from contacts.merging import reading
from contacts.merging.reading import Facts
from contacts.models import ContactCopy, Deletion
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.models import Act, ActDetail
from piggyadmin.ledger.own_actions import APPROVAL_DECLINED
from piggyadmin.piggy import words
from piggyadmin.piggy.errors import PiggyError

LATE = "source_answers"
PROBLEMS = {
    LATE: "The customer still answers at Piggy, long after Piggy took the deletion. Ask Piggy what became of it.",
    "not_readable": "Piggy took the deletion, but has not let us read since whether it came about.",
}


@dataclass(frozen=True, slots=True)
class Who:
    """The customer as Piggy shows them now, or why that is not known: they are `gone`, or `error`."""

    contact_uuid: str
    facts: Facts | None = None
    error: PiggyError | None = None

    @property
    def gone(self) -> bool:
        return self.facts is None and self.error is None

    @property
    def confirmation(self) -> Confirmation | None:
        return confirmation(self.facts) if self.facts else None


def look_up(contact_uuid: str) -> Who:
    """All facts of this customer, asked at once. Piggy's failures are part of the answer."""
    try:
        [facts] = reading.read(contact_uuid)
    except reading.Gone:
        return Who(contact_uuid)
    except PiggyError as error:
        return Who(contact_uuid, error=error)
    return Who(contact_uuid, facts)


def why_not(contact_uuid: str) -> str:
    """A sentence, or "" when nothing speaks against deleting them."""
    return refusing.WORDS.get(refusing.why_not(contact_uuid), "")


def hold_words() -> str:
    """How long an approved deletion waits before it is sent."""
    hours = round(settings.MERGE_HOLD_SECONDS / 3600)
    return "a short while" if not hours else "an hour" if hours == 1 else f"{hours} hours"


def propose(*, who: Facts, type: str, reason: str, at_once: bool, by: Actor, token: str) -> Deletion:
    """Ask for a second person. Raises CannotPropose, PermissionDenied, door.OtherValues."""
    row = Deletion(
        contact_uuid=who.uuid,
        type=type,
        customer_is_here=at_once,
        expected={"asked": figures_of(who), "identity": identity(who)},
    )
    return deciding.propose(KIND, row, by=by, reason=reason, token=token)


def reason_of(row: Deletion) -> str:
    """Why it was proposed; "" once the words about the person are erased."""
    return _words(row.propose_act_id)


def why_declined(row: Deletion) -> str:
    if row.approval is None:
        return ""
    told = Act.objects.filter(parent=row.approval.act, action=APPROVAL_DECLINED.name).first()
    return _words(told.pk if told else None)


def _words(act_id: UUID | None) -> str:
    detail = ActDetail.objects.filter(act_id=act_id, event=None, erased_at=None).first() if act_id else None
    return str(detail.words.get("reason", "")) if detail else ""


def why_over(row: Deletion) -> str:
    """Why nothing was done, in a sentence."""
    code = row.problems[0] if row.problems else ""
    if row.state == Deletion.State.REFUSED and code.isdecimal():
        return STOPPED.get(code) or words.refusal(int(code), None)
    return STOPPED.get(code, "")


def incident_words(row: Deletion) -> list[str]:
    return [PROBLEMS.get(code, code) for code in row.problems]


def names_of(rows: Iterable[Deletion]) -> dict[str, str]:
    """Names out of our copy, by contact; those that are gone are not in it."""
    copies = ContactCopy.objects.filter(contact_uuid__in=[row.contact_uuid for row in rows])
    return {copy.contact_uuid: f"{copy.firstname} {copy.lastname}".strip() for copy in copies}
