"""The other things that can be done for a customer: one list, so that each page says once where it is reached from."""

from dataclasses import dataclass, replace
from functools import lru_cache

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString

SOMEBODY = "0a0a0a0a-0a0a-4a0a-8a0a-0a0a0a0a0a0a"


@dataclass(frozen=True, slots=True)
class Link:
    words: str
    url_name: str  # takes the contact's uuid alone
    permission: str
    needs_address: bool = False  # nothing for an anonymous customer
    url: str = ""  # filled in when it is shown


# In the order of how often a desk needs them.
LINKS: tuple[Link, ...] = (
    Link("Portal and sign-in link", "contacts:portal", "contacts.open_portal"),
    Link("Run an automation", "contacts:automations", "contacts.run_automation"),
    Link("Auth token", "contacts:auth-token", "contacts.read_auth_token"),
    Link("Orders", "contacts:orders", "contacts.view_orders"),
    Link("Visits", "contacts:visits", "contacts.view_visits"),
    Link("Referrals", "contacts:referrals", "contacts.view_referrals"),
)


@lru_cache(maxsize=64)
def _of(may: frozenset[str], anonymous: bool) -> str:
    """The list as everybody with these permissions sees it, for SOMEBODY: made once, like the frame's navigation."""
    shown = [
        replace(link, url=reverse(link.url_name, args=[SOMEBODY]))
        for link in LINKS
        if link.permission in may and not (anonymous and link.needs_address)
    ]
    return render_to_string("contacts/lookup/_more.html", {"links": shown}) if shown else ""


def more_for(*, may: frozenset[str], contact_uuid: str, anonymous: bool) -> SafeString:
    """The list for one customer, as HTML. `contact_uuid` is quoted as `reverse` would."""
    address = reverse("contacts:contact", args=[contact_uuid]).split("/")[-2]
    return SafeString(_of(may, anonymous).replace(SOMEBODY, address))
