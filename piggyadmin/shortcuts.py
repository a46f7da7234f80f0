"""Words typed into the one box that mean a page or an act: "batch", "award sanne", a page as the navigation names it.

Nothing here asks the database or Piggy. A customer who is called like such a word is still found: the words offer,
they never decide.
"""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse

from piggyadmin.navigation import NAVIGATION

SHORTEST = 3  # letters of a page's name before it is offered


@dataclass(frozen=True, slots=True)
class Offer:
    """A row that leads to a page. `name` is a customer's, where it is for one; `is_guess` when it is only like what was
    typed."""

    words: str
    url: str
    hint: str
    name: str = ""
    is_guess: bool = False


@dataclass(frozen=True, slots=True)
class Verb:
    """What can be done for a customer: the first word typed, and the page with the customer's uuid in it."""

    words: str
    url_name: str
    permission: str
    only: str = ""  # "anonymous" or "named": for such customers alone


@dataclass(frozen=True, slots=True)
class Page:
    words: str
    url_name: str
    permission: str


VERBS: dict[str, Verb] = {
    "award": Verb("Award credits to", "contacts:award", "contacts.award_credits"),
    "claim": Verb("Claim", "contacts:claim", "contacts.claim_contact", "anonymous"),
    "edit": Verb("Edit", "contacts:edit", "contacts.edit_contact"),
    "card": Verb("Cards of", "contacts:cards", "contacts.link_card"),
    "cards": Verb("Cards of", "contacts:cards", "contacts.link_card"),
    "merge": Verb("Flag as somebody else as well:", "contacts:flag", "contacts.flag_duplicate", "named"),
    "verify": Verb("Verify the address of", "contacts:verify", "contacts.claim_contact", "named"),
    "delete": Verb("Delete", "contacts:delete", "contacts.propose_deletion"),
    "reward": Verb("Claim a reward for", "contacts:rewards", "contacts.view_contact"),
    "rewards": Verb("Rewards of", "contacts:rewards", "contacts.view_contact"),
    "prepaid": Verb("Prepaid balance of", "contacts:prepaid", "contacts.view_contact"),
    "orders": Verb("Orders of", "contacts:orders", "contacts.view_orders"),
    "visits": Verb("Visits of", "contacts:visits", "contacts.view_visits"),
    "portal": Verb("Portal and sign-in link of", "contacts:portal", "contacts.open_portal"),
}

PAGES: dict[str, tuple[Page, ...]] = {
    "new": (
        Page("New customer", "contacts:new", "contacts.create_contact"),
        Page("New booking", "bookings:new", "contacts.edit_booking"),
        Page("New batch", "vouchers:batch-new", "vouchers.make_batch"),
        Page("New promotion", "vouchers:promotion-new", "vouchers.create_promotion"),
    ),
    "batch": (
        Page("New batch", "vouchers:batch-new", "vouchers.make_batch"),
        Page("Batches", "vouchers:batches", "vouchers.view_promotion"),
        Page("Promotions", "vouchers:promotions", "vouchers.view_promotion"),
    ),
    "claim": (Page("Anonymous customers", "contacts:anonymous", "contacts.claim_contact"),),
    "merge": (
        Page("Merges", "contacts:merges", "contacts.propose_merge"),
        Page("Duplicates", "contacts:duplicates", "contacts.review_duplicates"),
    ),
    "shift": (Page("My shift", "desk:shift", "desk.view_shift"),),
    "keys": (Page("Keys", "desk:keys", "desk.use_box"),),
    "scanner": (Page("Scanner", "desk:scanner", "desk.use_box"),),
    # Of the catalogue, which shows its own navigation.
    "programme": (Page("Programme", "catalogue:programme", "catalogue.view_programme"),),
    "perks": (Page("Perks", "catalogue:perks", "catalogue.view_programme"),),
    "rewards": (Page("Rewards in the catalogue", "catalogue:rewards", "catalogue.view_programme"),),
    "products": (Page("Products", "catalogue:products", "catalogue.view_products"),),
    "categories": (Page("Categories", "catalogue:categories", "catalogue.view_products"),),
    "automations": (Page("Automations", "catalogue:automations", "catalogue.view_setup"),),
    "attributes": (Page("Attributes", "catalogue:attributes", "catalogue.view_setup"),),
    "referrals": (Page("Referrals", "catalogue:referrals", "catalogue.view_setup"),),
    "shops": (Page("Shops in the catalogue", "catalogue:shops", "catalogue.view_programme"),),
    "brand": (Page("Brand", "catalogue:brand", "catalogue.view_setup"),),
    "subscription types": (Page("Subscription types", "catalogue:subscription-types", "catalogue.view_setup"),),
    "forms": (Page("Forms", "catalogue:forms", "catalogue.view_setup"),),
}


@dataclass(frozen=True, slots=True)
class Wish:
    """What a text may wish for beside a customer. `is_word`: the whole text is such a word, so nothing is sure."""

    offers: tuple[Offer, ...] = ()
    verb: Verb | None = None
    rest: str = ""  # what was typed after the verb
    is_word: bool = False


def wish_of(text: str, *, may: AbstractSet[str]) -> Wish:
    """The pages that `text` names among those that a person with these permissions may open, and the verb before it."""
    typed = " ".join(text.split()).casefold()
    first, _, rest = typed.partition(" ")
    verb = VERBS.get(first)
    if verb and (verb.permission not in may or not _leads(verb)):
        verb = None
    if verb and rest:
        return Wish(verb=verb, rest=" ".join(text.split()).partition(" ")[2])
    if len(typed) < SHORTEST:
        return Wish()
    found: dict[str, Offer] = {}
    for page in _pages(typed):
        if page.permission in may and (url := _address(page.url_name)):
            found.setdefault(url, Offer(page.words, url, "page"))
    is_word = bool(verb) or (bool(found) and _is_name(typed))
    return Wish(tuple(found.values()), verb, is_word=is_word)


def for_customer(
    verb: Verb, *, contact_uuid: str, name: str, hint: str, is_anonymous: bool, is_guess: bool = False
) -> Offer | None:
    """What the verb offers for this customer; None where it is nothing for them."""
    if (verb.only == "anonymous" and not is_anonymous) or (verb.only == "named" and is_anonymous):
        return None
    return Offer(verb.words, reverse(verb.url_name, args=[contact_uuid]), hint, name, is_guess)


def _pages(typed: str) -> Iterable[Page]:
    for word, pages in PAGES.items():
        if word.startswith(typed):
            yield from pages
    for group in NAVIGATION:
        for entry in group.entries:
            if _begins(entry.words, typed):
                yield Page(entry.words, entry.url_name, entry.permission)


def _begins(words: str, typed: str) -> bool:
    name = words.casefold()
    return name.startswith(typed) or any(word.startswith(typed) for word in name.split())


def _is_name(typed: str) -> bool:
    return typed in PAGES or any(typed == entry.words.casefold() for group in NAVIGATION for entry in group.entries)


def _leads(verb: Verb) -> bool:
    try:
        reverse(verb.url_name, args=["somebody"])
    except NoReverseMatch:
        return False
    return True


def _address(url_name: str) -> str:
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return ""
