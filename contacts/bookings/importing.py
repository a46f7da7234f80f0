"""Import bookings from a file: first shown, then kept exactly as shown. Only our own rows are written, never Piggy's.

What a file says is true as of the moment it was made (`as_of`). It fills what is unknown and replaces what is older,
never what was set here or told by Piggy since.
"""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.core.cache import cache
from django.db import IntegrityError, transaction

from contacts.bookings import actions, fields, known
from contacts.bookings.reading import Refused, Row, Sheet, read
from contacts.models import Booking
from piggyadmin.accounts.models import Shop
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.door import Target, begun_with, check_may, record
from piggyadmin.ledger.outcomes import Outcome, outcome_of

KEPT_SECONDS = 30 * 60
AT_ONCE = 500  # rows a statement
SHOWN = 100  # rows on the page
WRITTEN = [*fields.NAMES, "facts", "contact_uuid", "shop", "version"]


class PlanGone(Exception):
    """What was shown is no longer kept: the file has to be looked at again."""


class PlanStale(Exception):
    """Bookings of the file were changed here since it was shown. Nothing was imported."""


@dataclass(frozen=True, slots=True)
class Step:
    """What a row would do. `version` is that of the booking as it stood then, None for one not known yet."""

    row: Row
    version: int | None = None
    changes: dict[str, Any] = field(default_factory=dict)
    fills_shop: bool = False  # until now nobody knew in which shop it is
    later: tuple[str, ...] = ()  # fields whose value here is younger than the file, and stays

    @property
    def adds(self) -> bool:
        return self.version is None

    @property
    def does_something(self) -> bool:
        return self.adds or bool(self.changes) or self.fills_shop

    @property
    def words(self) -> str:
        """ "new", "changes ends, status", "nothing new"; and what stays."""
        names = ", ".join(filter(None, [fields.short_names(self.changes), "shop" if self.fills_shop else ""]))
        did = "new" if self.adds else f"changes {names}" if names else "nothing new"
        stays = f"; here later, so it stays: {fields.short_names(self.later)}" if self.later else ""
        return f"{did}{stays}"


@dataclass(frozen=True, slots=True)
class Plan:
    """What an import would do, row by row."""

    as_of: datetime
    steps: list[Step]
    refused: list[Refused]
    conflicting: list[Row] = field(default_factory=list)  # of the refused, those that only contradict what we know
    ignored: list[str] = field(default_factory=list)
    key: str = ""

    @property
    def added(self) -> int:
        return sum(step.adds for step in self.steps)

    @property
    def changed(self) -> int:
        return sum(not step.adds and step.does_something for step in self.steps)

    @property
    def same(self) -> int:
        return len(self.steps) - self.added - self.changed

    @property
    def shown(self) -> list[Step]:
        """The first rows that do something, for the page."""
        return [step for step in self.steps if step.does_something or step.later][:SHOWN]

    @property
    def refused_shown(self) -> list[Refused]:
        return self.refused[:SHOWN]


def look_at(*, data: bytes, as_of: datetime, actor: Actor) -> Plan:
    """What importing this file would do; only the plan is kept, for half an hour. Raises NotABookingFile."""
    zones = {shop.piggy_uuid: ZoneInfo(shop.time_zone) for shop in Shop.objects.all()}
    return _keep(_plan(read(data, zones=zones), as_of), actor)


def carry_out(*, key: str, actor: Actor, token: str) -> Outcome:
    """Import what was shown under `key`. Raises PlanGone, PlanStale (then nothing was imported), PermissionDenied."""
    check_may(actions.IMPORT, actor)
    if (before := _before(token, actor)) is not None:
        return before
    plan = _kept(key, actor)
    figures = {
        "added": plan.added,
        "changed": plan.changed,
        "same": plan.same,
        "refused": len(plan.refused),
        "as_of": plan.as_of.isoformat(),
    }
    try:
        with transaction.atomic():
            # The ledger's head first, as settling does: in another order the two could wait for each other for ever.
            act = record(actions.IMPORT, by=actor, target=Target("bookings", ""), figures=figures, form_token=token)
            _write(plan, actor)
    except (PlanStale, IntegrityError) as error:
        if (before := _before(token, actor)) is not None:
            return before  # the same form, a moment ago
        raise PlanStale from error
    cache.delete(_name(key))
    return outcome_of(act)


def look_again(*, key: str, actor: Actor) -> Plan:
    """The plan of the same file on the bookings as they are now. Raises PlanGone."""
    old = _kept(key, actor)
    rows = sorted([step.row for step in old.steps] + old.conflicting, key=lambda row: row.number)
    conflicting = {row.number for row in old.conflicting}
    refused = [one for one in old.refused if one.number not in conflicting]
    return _keep(_plan(Sheet(rows, refused, old.ignored), old.as_of), actor)


def _plan(sheet: Sheet, as_of: datetime) -> Plan:
    steps, refused, conflicting = [], list(sheet.refused), []
    for rows in _chunks(sheet.rows):
        there = _there(rows)
        for row in rows:
            booking = there.get(row.booking_uuid)
            reason = _conflict(row, booking)
            if reason:
                refused.append(Refused(row.number, reason))
                conflicting.append(row)
            else:
                steps.append(_step(row, booking, as_of))
    refused.sort(key=lambda one: one.number)
    return Plan(as_of, steps, refused, conflicting, sheet.ignored)


def _conflict(row: Row, booking: Booking | None) -> str:
    if booking is None:
        return ""
    if booking.contact_uuid and booking.contact_uuid != row.contact_uuid:
        return "This booking is known here with another customer."
    if booking.shop and booking.shop.piggy_uuid != row.shop_uuid:
        return "This booking is known here in another shop."
    return ""


def _step(row: Row, booking: Booking | None, as_of: datetime) -> Step:
    if booking is None:
        return Step(row)
    values = known.values_of(booking)
    differing = {name: value for name, value in row.values.items() if name not in values or values[name] != value}
    later = {name for name in differing if name in values and datetime.fromisoformat(booking.facts[name]["at"]) > as_of}
    changes = {name: value for name, value in differing.items() if name not in later}
    return Step(row, booking.version, changes, booking.shop is None, tuple(sorted(later)))


def _write(plan: Plan, actor: Actor) -> None:
    """Do what the plan says, or nothing: PlanStale when a booking is no longer as it was shown."""
    shops = {shop.piggy_uuid: shop for shop in Shop.objects.all()}
    acting = [step for step in plan.steps if step.does_something]
    for steps in _chunks(acting):
        there = _there([step.row for step in steps], lock=True)
        new: list[Booking] = []
        changed: list[Booking] = []
        for step in steps:
            booking = there.get(step.row.booking_uuid)
            if (booking.version if booking else None) != step.version:
                raise PlanStale
            values = step.row.values if booking is None else step.changes
            (new if booking is None else changed).append(
                _filled(
                    booking or Booking(piggy_uuid=step.row.booking_uuid), step.row, values, plan.as_of, actor, shops
                )
            )
        Booking.objects.bulk_create(new)
        # They are there and locked, so this changes them; Django's own bulk_update takes ten times as long.
        Booking.objects.bulk_create(changed, update_conflicts=True, unique_fields=["id"], update_fields=WRITTEN)


def _filled(
    booking: Booking,
    row: Row,
    values: Mapping[str, Any],
    as_of: datetime,
    actor: Actor,
    shops: Mapping[str, Shop],
) -> Booking:
    for name, value in values.items():
        setattr(booking, name, value)
        booking.facts[name] = known.fact(known.FILE, as_of, actor.staff)
    booking.contact_uuid = row.contact_uuid
    booking.shop = shops[row.shop_uuid]
    booking.version += 1
    return booking


def _there(rows: list[Row], *, lock: bool = False) -> dict[str, Booking]:
    found = Booking.objects.filter(piggy_uuid__in=[row.booking_uuid for row in rows])
    found = found.select_for_update(of=("self",)) if lock else found
    return {booking.piggy_uuid: booking for booking in found.select_related("shop").order_by("piggy_uuid")}


def _chunks(items: list[Any]) -> Iterable[list[Any]]:
    return (items[at : at + AT_ONCE] for at in range(0, len(items), AT_ONCE))


def _before(token: str, actor: Actor) -> Outcome | None:
    """What this form came to before."""
    act = begun_with(token, action=actions.IMPORT, by=actor)
    return outcome_of(act, repeated=True) if act else None


def _keep(plan: Plan, actor: Actor) -> Plan:
    plan = replace(plan, key=secrets.token_urlsafe(24))
    cache.set(_name(plan.key), (actor.staff.pk, plan), KEPT_SECONDS)
    return plan


def _kept(key: str, actor: Actor) -> Plan:
    staff_id, plan = cache.get(_name(key)) or (None, None)
    if plan is None or staff_id != actor.staff.pk:
        raise PlanGone
    return plan  # type: ignore[no-any-return]


def _name(key: str) -> str:
    return f"booking-import:{key}"
