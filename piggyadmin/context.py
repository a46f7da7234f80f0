"""What every page's frame shows: where one is, who one is, and which pages this person may open."""

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from piggyadmin.accounts.roles import ROLE_NAMES
from piggyadmin.desk.scanner.device import scanner_of
from vouchers.batches.progress import finished_for


@dataclass(frozen=True, slots=True)
class Entry:
    words: str
    url_name: str
    permission: str
    keys: str = ""
    url: str = ""  # filled in when it is shown


@dataclass(frozen=True, slots=True)
class Group:
    words: str
    entries: tuple[Entry, ...]


# A page that staff reach from anywhere stands here, once. The list shows only what a person may open.
NAVIGATION = (
    Group(
        "Desk",
        (
            Entry("Today", "desk:today", "desk.use_box", "g t"),
            Entry("Anonymous", "contacts:anonymous", "contacts.claim_contact", "g c"),
            Entry("Bookings", "bookings:day", "contacts.edit_booking", "g b"),
            Entry("Vouchers", "vouchers:check", "vouchers.check_voucher", "g v"),
            Entry("Gift cards", "giftcards:start", "vouchers.use_giftcard", "g i"),
            Entry("Audit", "ledger:audit", "ledger.view_acts", "g a"),
        ),
    ),
    Group(
        "Marketing",
        (
            Entry("Batches", "vouchers:batches", "vouchers.view_promotion", "g p"),
            Entry("Promotions", "vouchers:promotions", "vouchers.view_promotion"),
        ),
    ),
    Group(
        "Admin",
        (
            Entry("Staff", "accounts:staff", "accounts.manage_staff"),
            Entry("Shops", "accounts:shops", "accounts.manage_shops"),
            Entry("Limits", "accounts:limits", "accounts.manage_limits"),
        ),
    ),
)
ENVIRONMENTS = {
    "practice": ("Practice", "Nothing here reaches customers."),
    "demo": ("Demo", "A stand-in Piggy with invented customers. Nothing here reaches anyone."),
    "test": ("Test", "Nothing here reaches customers."),
}


@lru_cache(maxsize=32)
def _groups(may: frozenset[str]) -> tuple[Group, ...]:
    """What a person with these permissions may open: the same for everybody of a role, so it is made once."""
    groups = (
        Group(
            group.words,
            tuple(replace(entry, url=reverse(entry.url_name)) for entry in group.entries if entry.permission in may),
        )
        for group in NAVIGATION
    )
    return tuple(group for group in groups if group.entries)


def frame(request: HttpRequest) -> dict[str, Any]:
    user = getattr(request, "user", None)
    name, words = ENVIRONMENTS.get(settings.PIGGYADMIN_ENV, ("", ""))
    context: dict[str, Any] = {"environment": name, "environment_words": words, "account": settings.PIGGYADMIN_ACCOUNT}
    if user is None or not user.is_authenticated:
        return context
    may = user.get_all_permissions()
    match = request.resolver_match
    return context | {
        "navigation": _groups(frozenset(may)),
        "here": match.view_name if match else "",
        "finished_runs": finished_for(user.pk) if "vouchers.make_batch" in may else [],
        "may_use_box": "desk.use_box" in may,
        "role_words": ROLE_NAMES.get(user.role, "No role yet"),
        "idle_seconds": settings.IDLE_SECONDS,
        "scanner": scanner_of(request),
    }
