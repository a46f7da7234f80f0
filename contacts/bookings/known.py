"""The bookings that we know: what is known of each, by whom, and the claim by which one of two saves wins."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from contacts.bookings import fields
from contacts.models import Booking, RecentContact
from contacts.timed.fields import as_json
from piggyadmin import codes
from piggyadmin.accounts.models import Shop, Staff
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.door import Target, form_token
from piggyadmin.ledger.models import Act
from piggyadmin.ledger.open_acts import still_open
from piggyadmin.ledger.services import acts_of
from piggyadmin.moments import day_bounds
from piggyadmin.piggy import payloads

MAKE, CHANGE, CHECK_IN = "booking.create", "booking.update", "booking.check_in"
HERE, EMPTIED, TOLD, FILE = "here", "emptied", "piggy", "file"
SHOWN_OF_A_CONTACT = 30
OVER = ("canceled", "cancelled", "completed")  # nobody is expected any more


@dataclass(frozen=True, slots=True)
class Fact:
    """How a field's value is known."""

    how: str
    at: datetime
    by: str = ""  # a name

    @property
    def words(self) -> str:
        """ "set by Daan van Dijk", "from a file, imported by ...", "told by Piggy"."""
        if self.how == TOLD:
            return "told by Piggy"
        if self.how == FILE:
            return f"from a file, imported by {self.by}"
        return f"emptied by {self.by}; Piggy does not say whether it did" if self.how == EMPTIED else f"by {self.by}"


@dataclass(slots=True)
class Line:
    """A booking in a list, with whose it is."""

    booking: Booking
    customer: str = ""  # a name, "card ends 0092", or "customer 5f0c88aa"
    open_act: Act | None = None  # nobody knows what became of it, or it is under way
    token: str = field(default_factory=form_token)  # for its check-in

    @property
    def awaited(self) -> bool:
        """Whether this one may be checked in from the list."""
        over = (self.booking.status or "").casefold() in OVER
        return self.booking.checked_in_at is None and not over and self.open_act is None


def named(booking_uuid: str) -> Booking | None:
    return Booking.objects.select_related("shop").filter(piggy_uuid=booking_uuid).first()


def values_of(row: Booking | None) -> dict[str, Any]:
    """The known fields of a booking; what is unknown is not among them."""
    return {name: getattr(row, name) for name in fields.NAMES if name in row.facts} if row else {}


def facts_of(row: Booking | None) -> dict[str, Fact]:
    """How each known field is known, with the names of those who set them."""
    if row is None:
        return {}
    people = Staff.objects.in_bulk({UUID(fact["by"]) for fact in row.facts.values() if fact.get("by")})
    return {name: _fact(fact, people) for name, fact in row.facts.items()}


def _fact(fact: Mapping[str, str], people: Mapping[UUID, Staff]) -> Fact:
    who = people.get(UUID(fact["by"])) if fact.get("by") else None
    return Fact(fact["how"], datetime.fromisoformat(fact["at"]), who.name if who else "somebody")


def fact(how: str, at: datetime, by: Staff | None = None) -> dict[str, str]:
    """One entry of `Booking.facts`."""
    return {"how": how, "at": at.isoformat(), **({"by": str(by.pk)} if by else {})}


def zone_of(row: Booking | None, shop: Shop) -> ZoneInfo:
    """The zone a booking's times are shown in: its own shop's, or that of whoever looks while its shop is unknown."""
    return ZoneInfo(row.shop.time_zone if row and row.shop else shop.time_zone)


def open_acts(booking_uuid: str) -> QuerySet[Act]:
    """Changes to a booking that are under way, or whose outcome nobody knows; the latest first."""
    return _open(acts_of(target=Target("booking", booking_uuid)))


def acts_on(booking_uuid: str, contact_uuid: str, *, shown: int) -> list[Act]:
    """The latest acts on a booking, its making among them: an act on its customer, since it had no id then."""
    changed = acts_of(target=Target("booking", booking_uuid))
    made = acts_of(target=Target("contact", contact_uuid)) if contact_uuid else changed.none()
    made = made.filter(action=MAKE, state__figures__contains=booking_uuid)  # the column is text: this only narrows
    found = [*changed[:shown], *(act for act in made if act.state.figures.get("booking_uuid") == booking_uuid)]
    return sorted(found, key=lambda act: act.seq, reverse=True)[:shown]


def open_makings(contact_uuid: str) -> QuerySet[Act]:
    """Bookings for a customer that are being made, or of which nobody knows whether they were."""
    return _open(acts_of(target=Target("contact", contact_uuid)).filter(action=MAKE))


def _open(acts: QuerySet[Act]) -> QuerySet[Act]:
    return still_open(acts)


def claim(booking_uuid: str, *, version: int) -> bool:
    """Take the right to change a booking as it stood at `version`. Of all who try at once, one gets it.

    A booking not known yet stands at version 0, and gets its row here.
    """
    if version == 0:
        Booking.objects.get_or_create(piggy_uuid=booking_uuid)
    return bool(Booking.objects.filter(piggy_uuid=booking_uuid, version=version).update(version=version + 1))


def hand_back(booking_uuid: str, *, version: int) -> None:
    """Undo a claim after a change that surely did not happen. A row of which nothing is known goes with it."""
    claimed = Booking.objects.filter(piggy_uuid=booking_uuid, version=version + 1)
    claimed.filter(contact_uuid="", facts={}).delete()
    claimed.update(version=version)


@transaction.atomic
def apply(
    *,
    booking_uuid: str,
    values: Mapping[str, Any],
    by: Staff | None,
    at: datetime,
    answer: payloads.Booking | None = None,
    contact_uuid: str = "",
    shop: Shop | None = None,
) -> tuple[str, ...]:
    """Keep what was changed, and what Piggy's answer tells besides. Returns the fields that Piggy did not take over.

    `shop` is given for a new booking only.
    """
    Booking.objects.get_or_create(piggy_uuid=booking_uuid)
    row = Booking.objects.select_for_update().get(piggy_uuid=booking_uuid)
    for name, value in values.items():
        setattr(row, name, value)
        row.facts[name] = fact(EMPTIED if value is None else HERE, at, by)
    kept = _take_answer(row, values, at, answer) if answer else ()
    uuid = answer.contact.uuid if answer else contact_uuid
    row.contact_uuid = uuid if 0 < len(uuid) <= fields.LONGEST_ID else row.contact_uuid
    row.shop = shop or row.shop
    row.version += 1
    row.save()
    return kept


def _take_answer(row: Booking, sent: Mapping[str, Any], at: datetime, answer: payloads.Booking) -> tuple[str, ...]:
    """Write what Piggy told into `row`; the fields that it holds otherwise than they were sent."""
    kept = []
    for name in fields.NAMES:
        if name not in answer.told:
            continue
        value = fields.tidied(name, getattr(answer, name))
        same = _same(value, getattr(row, name))
        if name in sent and same:
            row.facts[name]["how"] = HERE  # also for what was emptied: now Piggy has said that it is
            continue
        if name in sent:
            kept.append(name)
        elif name in row.facts and same:
            continue
        setattr(row, name, value)
        row.facts[name] = fact(TOLD, at)
    return tuple(kept)


def _same(told: Any, ours: Any) -> bool:
    """Equal, for moments to the second: that is how they are sent."""
    if isinstance(told, datetime) and isinstance(ours, datetime):
        return abs((told - ours).total_seconds()) < 1
    return bool(told == ours)


def bookings_of(contact_uuid: str) -> list[Booking]:
    """The bookings of a customer that we know, the latest first."""
    rows = Booking.objects.filter(contact_uuid=contact_uuid).select_related("shop")
    return list(rows.order_by(F("starts_at").desc(nulls_last=True))[:SHOWN_OF_A_CONTACT])


def day_list(*, shop: Shop, day: date) -> tuple[list[Line], list[Line]]:
    """The day's bookings in this shop by start, and those whose shop nobody has told us; without names."""
    begin, end = day_bounds(day, ZoneInfo(shop.time_zone))
    found = Booking.objects.filter(Q(shop=shop) | Q(shop=None), starts_at__gte=begin, starts_at__lt=end)
    rows = list(found.order_by("starts_at", "piggy_uuid"))
    acts = _open(Act.objects.filter(target_kind="booking", target_id__in=[row.piggy_uuid for row in rows]))
    unclear = {act.target_id: act for act in acts.select_related("state")}
    lines = [Line(row, open_act=unclear.get(row.piggy_uuid)) for row in rows]
    return [line for line in lines if line.booking.shop_id], [line for line in lines if not line.booking.shop_id]


def with_code(code: str) -> list[Booking]:
    """The bookings with this id (or the one in this link), or else with this code of another system."""
    ids = [code, fields.uuid_in(code)]
    for found in (Booking.objects.filter(piggy_uuid__in=ids), Booking.objects.filter(external_id=code)):
        rows = list(found.select_related("shop").order_by("-starts_at")[:10])
        if rows:
            return rows
    return []


def customers(contact_uuids: Iterable[str]) -> dict[str, str]:
    """How to name each of these customers: as anybody here saw them last, else by a part of their id."""
    asked = {uuid for uuid in contact_uuids if uuid}
    names = {uuid: nameless(uuid) for uuid in asked}
    for row in RecentContact.objects.filter(contact_uuid__in=asked).order_by("seen_at"):
        if row.name or row.card:
            names[row.contact_uuid] = row.name or f"card ends {codes.last_four(row.card)}"
    return names


def nameless(contact_uuid: str) -> str:
    """ "customer 5f0c88aa": how to speak of somebody whose name is not at hand."""
    return f"customer {contact_uuid[:8]}"


def detail_of(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """The old and new values of an act, as its detail keeps them; no "before" where nobody knew the old one."""
    return {
        name: {
            **({"before": as_json(before[name])} if name in before else {}),
            "after": as_json(after[name]),
        }
        for name in fields.NAMES
        if name in after
    }


def sent_values(act: Act) -> dict[str, Any]:
    """The new values that an act sent; {} once its words are erased."""
    kept = act.details.filter(event=None).first()
    words = kept.words if kept else {}
    return {name: fields.from_json(name, words[name]["after"]) for name in fields.NAMES if name in words}


def changes_of(act: Act, zone: ZoneInfo) -> list[dict[str, str]]:
    """What an act would change, as a page shows it: label, old, new."""
    kept = act.details.filter(event=None).first()
    words = kept.words if kept else {}
    return [
        {
            "label": fields.LABELS[name],
            "before": _in_words(name, words[name]["before"], zone) if "before" in words[name] else "not known",
            "after": _in_words(name, words[name]["after"], zone),
        }
        for name in fields.NAMES
        if name in words
    ]


def _in_words(name: str, kept: Any, zone: ZoneInfo) -> str:
    return fields.shown(name, fields.from_json(name, kept), zone)


def actor_shop(actor: Actor) -> Shop:
    """The shop that somebody acts in; the pages do not let anybody come this far without one."""
    if actor.shop is None:
        raise ValueError("No shop is picked.")
    return actor.shop


def now() -> datetime:
    """The moment, in whole seconds: as exact as what is sent."""
    return timezone.now().replace(microsecond=0)
