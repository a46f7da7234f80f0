"""The pages of the catalogue, for the small navigation that all of them show. A new page adds its line here."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString


@dataclass(frozen=True, slots=True)
class Place:
    """`within` are the URL names of pages below it, which show it as where one is."""

    words: str
    url_name: str
    permission: str
    within: tuple[str, ...] = ()
    url: str = ""  # filled in when it is shown


PLACES = (
    Place("Overview", "catalogue:start", "catalogue.view_programme"),
    Place("Programme", "catalogue:programme", "catalogue.view_programme", ("catalogue:unit-new",)),
    Place(
        "Perks",
        "catalogue:perks",
        "catalogue.view_programme",
        ("catalogue:perk", "catalogue:perk-new", "catalogue:perk-rename", "catalogue:perk-delete"),
    ),
    Place("Rewards", "catalogue:rewards", "catalogue.view_programme", ("catalogue:reward", "catalogue:reward-change")),
    Place("Shops", "catalogue:shops", "catalogue.view_programme", ("catalogue:shop",)),
    Place(
        "Products",
        "catalogue:products",
        "catalogue.view_products",
        tuple(f"catalogue:product{rest}" for rest in ("", "-find", "-find-or-create", "-new", "-change", "-delete")),
    ),
    Place(
        "Categories",
        "catalogue:categories",
        "catalogue.view_products",
        tuple(f"catalogue:category{rest}" for rest in ("", "-find", "-find-or-create", "-new", "-change", "-delete")),
    ),
    Place("Brand", "catalogue:brand", "catalogue.view_setup"),
    Place("Subscription types", "catalogue:subscription-types", "catalogue.view_setup"),
    Place("Forms", "catalogue:forms", "catalogue.view_setup"),
    Place("Automations", "catalogue:automations", "catalogue.view_setup"),
    Place("Referrals", "catalogue:referrals", "catalogue.view_setup"),
    Place(
        "Attributes",
        "catalogue:attributes",
        "catalogue.view_setup",
        ("catalogue:attribute-new", "catalogue:attribute-change", "catalogue:attribute-group-new"),
    ),
    Place(
        "Webhooks",
        "catalogue:webhooks",
        "catalogue.manage_webhooks",
        ("catalogue:webhooks-subscribe",),
    ),
)


@lru_cache(maxsize=256)
def navigation(may: frozenset[str], here: str) -> SafeString:
    """The list as everybody with these permissions sees it on the page `here`."""
    shown = [
        (replace(place, url=reverse(place.url_name)), here == place.url_name or here in place.within)
        for place in PLACES
        if place.permission in may
    ]
    return SafeString(render_to_string("catalogue/_places_list.html", {"places": shown})) if shown else SafeString("")
