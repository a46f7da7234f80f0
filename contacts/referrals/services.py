"""Read who brought whom, and what both get for it. The only caller of Piggy for these pages; nothing is written."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings

from contacts.models import ContactCopy
from contacts.orders.customer import Whose, read_with
from piggyadmin import codes, piggy
from piggyadmin.ledger.listing import ROWS
from piggyadmin.ledger.listing import Page as Shown
from piggyadmin.piggy.client import Piggy
from piggyadmin.piggy.errors import PiggyError
from piggyadmin.piggy.paging import REFERRALS, Page
from piggyadmin.piggy.payloads import ContactRef, Referral, ReferralIncentive, ReferralSettings
from piggyadmin.piggy.pool import Answer
from piggyadmin.templatetags.words import in_credits

MOST_EXPORTED = 10_000
JOB_SECONDS = 10.0  # for one page of a file


@dataclass(frozen=True, slots=True)
class Person:
    """One side of a referral, as this reader may see them. No uuid: Piggy names nobody (any more)."""

    uuid: str = ""
    name: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    referring: Person
    referred: Person
    status: str


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of referrals, in Piggy's order. With an `error` there are no lines."""

    lines: list[Line]
    page: Shown
    read_at: datetime
    error: PiggyError | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """What the account promises, in sentences; "" for what Piggy does not tell."""

    completed_by: str
    limit: str
    referring_gets: str
    referred_gets: str
    read_at: datetime
    error: PiggyError | None = None


def of_customer(*, contact_uuid: str, page: int, sees_identity: bool) -> tuple[Whose, Listed]:
    """Whom this customer brought. Raises NoCustomer."""
    whose = read_with(contact_uuid, {"referrals": _asking(page, referring_contact_uuid=contact_uuid)})
    return whose, _listed(whose.answers["referrals"], page, sees_identity=sees_identity)


def of_account(*, status: Any, page: int, sees_identity: bool) -> tuple[Terms, Listed]:
    """The account's terms and one page of its referrals, asked at once."""
    answers = piggy.gather(
        {"terms": lambda client: client.get_referral_settings(), "referrals": _asking(page, status=status)},
        seconds=settings.PIGGY_TIMEOUT,
    )
    return _terms(answers["terms"]), _listed(answers["referrals"], page, sees_identity=sees_identity)


def all_of_account(*, status: Any) -> tuple[list[Referral], bool]:
    """The account's referrals for a file, and whether it stops at `MOST_EXPORTED`. Raises PiggyError."""
    found: dict[str, Referral] = {}
    for page in piggy.get_client(seconds=JOB_SECONDS).each_referral_page(status=status, limit=REFERRALS.most):
        found |= {referral.uuid: referral for referral in page.items}
        if len(found) > MOST_EXPORTED:  # Piggy may not tell how many there are: one more than fit was seen
            return list(found.values())[:MOST_EXPORTED], True
    return list(found.values()), False


def _asking(page: int, **filters: Any) -> Callable[[Piggy], Page[Referral]]:
    return lambda client: client.list_referrals(page=page, limit=ROWS, **filters)


def _listed(answer: Answer[Page[Referral]], number: int, *, sees_identity: bool) -> Listed:
    if answer.value is None:
        return Listed([], Shown(1, 1, 0), answer.read_at, answer.error)
    brought = answer.value
    total = brought.total if brought.total is not None else (number - 1) * ROWS + brought.received
    # Piggy may not tell how many there are: then a full page is taken to have another one after it.
    pages = brought.last or (number + 1 if brought.total is None and brought.received == ROWS else number)
    everybody = [ref for one in brought.items for ref in (one.referring_contact, one.referred_contact) if ref]
    names = _names(ref.uuid for ref in everybody)

    def person(ref: ContactRef | None) -> Person:
        if ref is None:
            return Person()
        email = ref.email or ""
        return Person(ref.uuid, names.get(ref.uuid, ""), email if sees_identity or not email else _masked(email))

    lines = [Line(person(one.referring_contact), person(one.referred_contact), one.status) for one in brought.items]
    return Listed(lines, Shown(number, max(number, pages), total), answer.read_at)


def _masked(email: str) -> str:
    return codes.masked_email(email)


def _names(uuids: Iterable[str]) -> dict[str, str]:
    """The names of these customers in our copy; no name, no entry."""
    copies = ContactCopy.objects.filter(contact_uuid__in=set(uuids))
    return {copy.contact_uuid: copy.name for copy in copies if copy.name}


def _terms(answer: Answer[ReferralSettings]) -> Terms:
    if answer.value is None:
        return Terms("", "", "", "", answer.read_at, answer.error)
    told = answer.value
    event = (told.completion_event.type if told.completion_event else "") or ""
    limit = told.limit_per_contact
    return Terms(
        completed_by="their first loyalty transaction" if event == "loyalty_transaction" else event.replace("_", " "),
        limit="as many as they like" if limit is None else f"{limit:,} at most",
        referring_gets=_incentive(told.referring_contact_incentive),
        referred_gets=_incentive(told.referred_contact_incentive),
        read_at=answer.read_at,
    )


def _incentive(told: ReferralIncentive | None) -> str:
    """ "50 credits at Utrecht West", "a voucher: Free coffee", or Piggy's own word for one that is new to us."""
    if told is None or not told.type:
        return ""
    points, shop, promotion = (told.data.get(name) for name in ("points", "business_profile", "promotion"))
    if told.type == "loyalty_points":
        where = shop.get("name") if isinstance(shop, dict) else ""
        credits = in_credits(points) if isinstance(points, int) else "credits, how many is not told"
        return f"{credits}, as given by {where}" if where else credits
    if told.type == "voucher":
        name = promotion.get("name") if isinstance(promotion, dict) else ""
        return f"a voucher: {name}" if name else "a voucher"
    return told.type.replace("_", " ")
