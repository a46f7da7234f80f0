"""The copy as a list: one page of what a filter lets through, or those that a text fits."""

from dataclasses import dataclass
from datetime import datetime

from contacts.copy.freshness import as_of
from contacts.models import ContactCopy
from contacts.search.forms import BY_NAME, ListFilter
from contacts.search.services import find
from contacts.search.suggesting import title_of
from piggyadmin import codes
from piggyadmin.ledger.listing import ROWS, Page


@dataclass(frozen=True, slots=True)
class Row:
    """A customer as this person may see them."""

    copy: ContactCopy
    title: str
    email: str
    phone: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    rows: tuple[Row, ...]
    page: Page
    as_of: datetime | None
    outside: int = 0  # that the text fits and the filter does not let through


def listed(form: ListFilter, *, sees_identity: bool) -> Listed:
    """One page of the (valid) filter. A number past the end is the last page."""
    copies = form.narrow(ContactCopy.objects.all())
    total = copies.count()
    pages = max(1, -(-total // ROWS))
    page = Page(min(form.cleaned_data["page"] or 1, pages), pages, total)
    found: list[ContactCopy] = []
    if total and form.cleaned_data["sort"] == BY_NAME:  # those without a name come last
        named = form.ordered(copies.exclude(search_name=""))
        found = list(named[page.first - 1 : page.last])
        if (lacking := page.last - page.first + 1 - len(found)) > 0:
            after = max(0, page.first - 1 - named.count())
            found += copies.filter(search_name="").order_by("-created_at", "-id")[after : after + lacking]
    elif total:
        found = list(form.ordered(copies)[page.first - 1 : page.last])
    return Listed(tuple(_row(copy, sees_identity) for copy in found), page, as_of())


def searched(form: ListFilter, text: str, *, time_zone: str, sees_identity: bool) -> Listed:
    """The fifty that `text` fits best, the best first, as far as the (valid) filter lets them through."""
    hits = {hit.contact_uuid: hit for hit in find(text, limit=ROWS, time_zone=time_zone)}
    copies = form.narrow(ContactCopy.objects.filter(contact_uuid__in=hits))
    let_through = {copy.contact_uuid: copy for copy in copies}
    rows = tuple(
        _row(let_through[uuid], sees_identity, hit.reason) for uuid, hit in hits.items() if uuid in let_through
    )
    return Listed(rows, Page(1, 1, len(rows)), as_of(), outside=len(hits) - len(rows))


def _row(copy: ContactCopy, sees_identity: bool, reason: str = "") -> Row:
    return Row(
        copy,
        title_of(copy.name, copy.is_anonymous),
        copy.email if sees_identity or not copy.email else codes.masked_email(copy.email),
        copy.phone if sees_identity else codes.masked_phone(copy.phone),
        reason,
    )
