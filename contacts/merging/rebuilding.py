"""What a person has to do by hand after a wrong merge: Piggy cannot take one apart, so this is no undo.

The list comes from the picture of the customer that is gone; each thing done is ticked, and the ticking is an act.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from contacts.merging.actions import REBUILD_BEGUN, REBUILT
from contacts.merging.kind import KIND
from contacts.merging.services import came_about
from contacts.merging.sides import Picture, name_of, vouchers_in
from contacts.models import Merge, RebuildStep, Snapshot
from piggyadmin.codes import groups_of_four
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.door import record
from piggyadmin.templatetags.words import euros, in_credits, thousands

Wanted = tuple[str, dict[str, Any]]
# Attributes that the step of making the customer tells, or that Piggy fills by itself (its contacts page names them).
TOLD = (
    *("email", "firstname", "lastname", "phonenumber", "birthdate", "address", "age", "tier", "status", "channel"),
    *("uuid", "id", "contact_id", "is_anonymous", "created_at", "updated_at", "added_at", "last_updated_at"),
    *("prepaid_balance", "default_contact_identifier"),
)
BY_PIGGY = ("loyalty_", "previous_loyalty_", "subscription_status_")  # how names of such attributes begin


class NothingToRebuild(Exception):
    """There is no picture to work from; the message says why."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do, in words; `url_name` is the page of the customer that stays on which it is done."""

    row: RebuildStep
    words: str
    url_name: str = ""


def picture_of(row: Merge) -> Picture | None:
    """The picture of the customer that is gone; None when there is none (any more)."""
    found = Snapshot.objects.filter(merge=row, contact_uuid=row.source_uuid).first()
    return found.body if found and found.body else None


def begin(row: Merge, *, by: Actor, token: str) -> None:
    """Make the list, once. Raises NothingToRebuild."""
    picture = picture_of(row)
    if picture is None:
        raise NothingToRebuild("The picture of the customer was erased, so nobody knows what there was.")
    if not came_about(row):
        raise NothingToRebuild("This merge did not come about, so there is nothing to rebuild.")
    with transaction.atomic():
        record(REBUILD_BEGUN, by=by, target=KIND.target(row), form_token=token)  # holds back whoever begins as well
        if row.steps.exists():
            return
        steps = [
            RebuildStep(merge=row, number=number, what=what, figures=figures)
            for number, (what, figures) in enumerate(_wanted(picture), start=1)
        ]
        RebuildStep.objects.bulk_create(steps)


def _wanted(picture: Picture) -> Iterator[Wanted]:
    """Everything there was, in the order in which it can be done."""
    yield "create", {}
    for number, card in enumerate(picture["cards"]):
        yield "card", {"index": number, "active": card["active"]}
    if picture["credits"]:
        yield "take_credits", {"credits": picture["credits"]}
        yield "give_credits", {"credits": picture["credits"]}
    if picture["prepaid_cents"]:
        yield "move_prepaid", {"prepaid_cents": picture["prepaid_cents"]}
    for number, voucher in enumerate(picture["vouchers"]):
        if voucher["status"] in ("ACTIVE", "INACTIVE", "LOCKED"):
            yield "voucher", {"index": number, "code_end": voucher["code_end"]}
    if (others := vouchers_in(picture) - len(picture["vouchers"])) > 0:
        yield "other_vouchers", {"count": others}
    for number, _ in enumerate(picture["bookings"]):
        yield "booking", {"index": number}
    if others_of(picture):
        yield "attributes", {"names": sorted(others_of(picture))}
    if any(each["state"] == "SUBSCRIBED" for each in picture["subscriptions"]):
        yield "subscriptions", {}
    yield "tell", {}


def steps_of(row: Merge, *, sees_identity: bool) -> list[Step]:
    """The list, in words."""
    picture = picture_of(row)
    return [_step(step, picture, sees_identity=sees_identity) for step in row.steps.select_related("done_by")]


def tick(row: Merge, *, step_id: UUID, by: Actor, token: str) -> bool:
    """One thing was done by hand. False when somebody had ticked it before."""
    with transaction.atomic():
        step = RebuildStep.objects.select_for_update().filter(pk=step_id, merge=row).first()
        if step is None or step.done_at is not None:
            return False
        figures = {"number": step.number, "what": step.what}
        record(REBUILT, by=by, target=KIND.target(row), figures=figures, form_token=token)
        taken = RebuildStep.objects.filter(pk=step.pk, done_at=None).update(done_by=by.staff, done_at=timezone.now())
    return bool(taken)


def _step(step: RebuildStep, picture: Picture | None, *, sees_identity: bool) -> Step:
    if picture is None:
        return Step(step, f"{step.what.replace('_', ' ')} (the words were erased)")
    return Step(step, _words(step, picture, sees_identity=sees_identity), PAGES.get(step.what, ""))


PAGES = {"take_credits": "contacts:contact", "card": "contacts:cards", "subscriptions": "contacts:subscriptions"}


def _words(step: RebuildStep, picture: Picture, *, sees_identity: bool) -> str:
    figures, what = step.figures, step.what
    if what == "create":
        return _create_words(picture, sees_identity=sees_identity)
    if what == "card":
        card = picture["cards"][figures["index"]]
        off = "" if card["active"] else ", and switch it off: it was off before"
        number = groups_of_four(card["value"])
        return f"Unlink card {number} from the one that stayed, and link it to the new customer{off}."
    if what == "voucher":
        voucher = picture["vouchers"][figures["index"]]
        return (
            f"Give the voucher ending {voucher['code_end']} ({voucher['promotion'] or 'no name'}) back: "
            "withdraw it, and make another for the new customer."
        )
    if what == "booking":
        booking = picture["bookings"][figures["index"]]
        code = f", code {booking['external_id']}" if booking["external_id"] else ""
        return f"Make the booking of {booking['starts_at'][:10] or 'an unknown day'}{code} anew for the new customer."
    return {
        "take_credits": f"Take {in_credits(figures.get('credits'))} back from the one that stayed.",
        "give_credits": f"Award {in_credits(figures.get('credits'))} to the new customer.",
        "move_prepaid": (
            f"Take {euros(figures.get('prepaid_cents'))} prepaid from the one that stayed, and put it on the new one."
        ),
        "other_vouchers": (
            f"Find the customer’s {thousands(figures.get('count'))} older voucher{'s'[: figures.get('count') != 1]} at "
            "Piggy: they were not pictured. Give back those that still hold."
        ),
        "attributes": f"Fill in what else was known of them: {_other_words(picture, sees_identity=sees_identity)}.",
        "subscriptions": f"Subscribe the new customer to: {_subscribed(picture)}. Ask them first.",
        "tell": "Tell the customer what happened: history, tier and visits of before stay with the other one.",
    }[what]


def _create_words(picture: Picture, *, sees_identity: bool) -> str:
    if picture["is_anonymous"]:
        return "Make an anonymous customer with the first card below."
    email = picture["email"] if sees_identity else "the old address"
    told = [name_of(picture), *(picture[name] for name in ("phone", "birthdate", "address") if sees_identity)]
    return f"Make a customer with {email or 'the old address'}: {', '.join(filter(None, told))}."


def others_of(picture: Picture) -> dict[str, Any]:
    """The attributes with a value that no other step tells, by name."""
    values = picture.get("values", {}).items()
    return {name: value for name, value in values if value != "" and name not in TOLD and not name.startswith(BY_PIGGY)}


def _other_words(picture: Picture, *, sees_identity: bool) -> str:
    others = sorted(others_of(picture).items())
    if not sees_identity:
        return ", ".join(name.replace("_", " ") for name, _ in others)
    return ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in others)


def _subscribed(picture: Picture) -> str:
    return ", ".join(
        each["name"] for each in picture["subscriptions"] if each["state"] == "SUBSCRIBED" and each["name"]
    )
