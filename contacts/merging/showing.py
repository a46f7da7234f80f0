"""What the page of one merge shows: how it stands in words, both sides, the sum before and after."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from contacts.merging import reading, services, sides, verifying
from contacts.merging.kind import KIND, STOPPED
from contacts.merging.sides import Picture
from contacts.models import HeldAct, Merge, Snapshot
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.models import Act
from piggyadmin.piggy.errors import PiggyError

State = HeldAct.State
WAITING = (State.PROPOSED, State.HELD)
UNDER_WAY = (State.SENDING, State.UNKNOWN, State.SCHEDULED)


@dataclass(frozen=True, slots=True)
class Both:
    """The two sides: read now while nothing was sent, as they were right before it was sent afterwards."""

    left: Picture | None
    right: Picture | None
    read_at: datetime | None = None
    problem: str = ""
    erased: bool = False
    destination_uuid: str = ""

    @property
    def confirm(self) -> tuple[str, str]:
        return services.confirm_by(self.right, self.destination_uuid) if self.right else ("the name that stays", "")


def both_of(row: Merge) -> Both:
    """Both sides. While it waits they are read from Piggy; a reading that fails is a sentence."""
    stays = row.destination_uuid
    kept = services.pictures_of(row)
    if kept and row.state not in WAITING:
        return Both(*kept, destination_uuid=stays)
    if row.state not in WAITING:
        return Both(None, None, erased=Snapshot.objects.filter(merge=row).exclude(erased_at=None).exists())
    try:
        source, destination = reading.read(row.source_uuid, row.destination_uuid)
    except reading.Gone:
        return Both(None, None, problem="Piggy does not know one of the two any more. This merge will not be sent.")
    except PiggyError as error:
        return Both(None, None, problem=f"The two could not be read just now. {error.message}")
    read_at = min(source.read_at, destination.read_at)
    return Both(reading.picture(source), reading.picture(destination), read_at, destination_uuid=stays)


def stage_of(row: Merge) -> str:
    """The state, and whether it is over: when this changes, the page shows other things."""
    return f"{row.state}{'' if row.ended_at is None else '-over'}"


def state_of(row: Merge) -> dict[str, Any]:
    """How it stands: the part of the page that asks for itself."""
    act = Act.objects.filter(pk=row.act_id).select_related("state").first() if row.act_id else None
    return {
        "row": row,
        "stage": stage_of(row),
        "look": _look(row),
        "is_polled": row.ended_at is None,
        "every": "2s" if row.state in UNDER_WAY else "5s",
        "act": act,
        "problems": [problem_words(code) for code in row.problems],
        "is_late": row.state == State.INCIDENT and row.ended_at is None,
        "person_decides": row.state == State.UNKNOWN and act is not None and act.state.next_look_at is None,
    }


def problem_words(code: str) -> str:
    """What a code of the row says, in a sentence."""
    return verifying.PROBLEMS.get(code) or STOPPED.get(code) or f"Piggy’s answer has the code {code}."


def page_of(row: Merge, both: Both, *, by: Actor) -> dict[str, Any]:
    """The rest of the page."""
    sees_identity = by.may("contacts.see_identity")
    left, right = both.left, both.right
    may_approve = by.may(KIND.action.approve_permission)
    barred = KIND.bars(row, by.staff)
    return {
        "both": both,
        "left_name": sides.name_of(left) if left else "Customer",
        "right_name": sides.name_of(right) if right else "Customer",
        "compared": sides.compared(left, right, sees_identity=sees_identity) if left and right else None,
        "sums": _sums(row),
        "proofs": services.proofs_of(row),
        "reason": services.reason_of(row),
        "decision_reason": services.decision_reason(row),
        "may_approve": row.state == State.PROPOSED and may_approve and not barred,
        "barred": barred if row.state == State.PROPOSED else "",
        "is_own": row.proposed_by_id == by.staff.pk,
        "may_cancel": row.state == State.HELD,
        "may_close": row.state == State.INCIDENT and row.ended_at is None and may_approve,
        "is_merged": services.came_about(row),
    }


def _look(row: Merge) -> str:
    """The class of the notice about it."""
    if row.state == State.DONE:
        return "done"
    return "refused" if row.state in (State.INCIDENT, State.REFUSED) else "unknown"


def _sums(row: Merge) -> list[dict[str, Any]]:
    """The arithmetic of both balances: the two, what is expected, and what came of it."""
    told, actual = row.expected, row.actual
    if "credits_of" not in told:
        return []
    return [
        {
            "label": "Credits",
            "of": told["credits_of"],
            "expected": told.get("credits"),
            "actual": actual.get("credits"),
            "since": actual.get("credits_since") or 0,
            "is_off": "credits" in row.problems,
            "is_money": False,
        },
        {
            "label": "Prepaid",
            "of": told["prepaid_of"],
            "expected": told.get("prepaid_cents"),
            "actual": actual.get("prepaid_cents"),
            "since": actual.get("prepaid_since_cents") or 0,
            "is_off": "prepaid" in row.problems,
            "is_money": True,
        },
    ]
