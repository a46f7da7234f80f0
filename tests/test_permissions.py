"""Who may open what: one table of every address, by person and method. An address that is not in it fails."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.conftest import Person
from tests.fixtures_sandbox import SandboxAccount

PEOPLE = ("nobody", "stranger", "desk", "marketing", "admin")
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
SOME_ID = uuid.UUID(int=7)


@dataclass(frozen=True)
class Rule:
    """`who` may enter, with these `methods` (HEAD goes with GET). "nobody" is not signed in, "stranger" has no role."""

    who: frozenset[str]
    methods: frozenset[str]


def rule(who: str, methods: str) -> Rule:
    allowed = frozenset(methods.split())
    return Rule(frozenset(who.split()), allowed | ({"HEAD"} if "GET" in allowed else set()))


ROLES = "desk marketing admin"
SIGNED_IN = f"stranger {ROLES}"
EVERYBODY = f"nobody {SIGNED_IN}"

TABLE: dict[str, Rule] = {
    "healthz": rule(EVERYBODY, "GET"),
    "piggy-webhook": rule(EVERYBODY, "POST"),  # Piggy alone, by its signature: tests/contacts/test_webhooks.py
    # the desk
    "desk:today": rule(ROLES, "GET"),
    "desk:find": rule(ROLES, "GET POST"),
    "desk:last-customer": rule(ROLES, "GET"),
    "desk:keys": rule(ROLES, "GET POST"),
    "desk:scanner": rule(ROLES, "GET POST"),
    "desk:scanner-keep": rule(ROLES, "POST"),
    "desk:practice": rule(ROLES, "GET"),  # not found but in practice: tests/desk/test_practice.py
    "desk:practice-begin": rule(ROLES, "POST"),
    "desk:shift": rule(ROLES, "GET"),  # of others: tests/desk/test_shift.py
    "desk:status": rule("admin", "GET"),
    "desk:status-json": rule("admin", "GET"),
    "desk:status-read-all": rule("admin", "POST"),
    # contacts
    "contacts:contact": rule(ROLES, "GET"),
    "contacts:list": rule(ROLES, "GET POST"),
    "contacts:search": rule(ROLES, "POST"),
    "contacts:export": rule("marketing admin", "POST"),
    "contacts:panel": rule(ROLES, "GET"),
    "contacts:new": rule("desk admin", "GET POST"),
    "contacts:edit": rule("desk admin", "GET POST"),
    "contacts:subscriptions": rule("desk admin", "GET"),
    "contacts:subscribe": rule("desk admin", "POST"),
    "contacts:unsubscribe": rule("desk admin", "POST"),
    "contacts:award": rule("desk admin", "GET POST"),
    "contacts:orders": rule(ROLES, "GET POST"),
    "contacts:order": rule(ROLES, "GET"),
    "contacts:visits": rule(ROLES, "GET"),
    "contacts:visit-new": rule("desk admin", "GET POST"),
    "contacts:visit-edit": rule("desk admin", "GET POST"),
    "contacts:referrals": rule(ROLES, "GET"),
    "transactions:list": rule(ROLES, "GET"),
    "transactions:export": rule("marketing admin", "POST"),
    "catalogue:referrals": rule("marketing admin", "GET"),
    "catalogue:referrals-export": rule("marketing admin", "POST"),
    "contacts:automations": rule("marketing admin", "GET"),
    "contacts:automation-run": rule("marketing admin", "GET POST"),
    "contacts:auth-token": rule("admin", "GET POST"),
    "contacts:rewards": rule("desk marketing admin", "GET"),
    "contacts:rewards-card": rule("desk admin", "POST"),
    "contacts:claim-reward": rule("desk admin", "GET POST"),
    "contacts:hand-over": rule("desk admin", "GET POST"),
    "contacts:undo-hand-over": rule("desk admin", "GET POST"),
    "contacts:take-back-claim": rule("desk admin", "GET POST"),
    "contacts:prepaid": rule("desk marketing admin", "GET"),
    "contacts:prepaid-move": rule("desk admin", "POST"),
    "contacts:reverse-prepaid": rule("admin", "GET POST"),
    "contacts:reverse-award": rule("admin", "GET POST"),
    "contacts:anonymous": rule(ROLES, "GET"),
    "contacts:claim": rule("desk admin", "GET POST"),
    "contacts:claim-check": rule("desk admin", "POST"),
    "contacts:flag": rule("desk admin", "GET POST"),
    "contacts:flag-find": rule("desk admin", "POST"),
    "contacts:merges": rule("admin", "GET"),
    "contacts:merges-export": rule("admin", "GET POST"),
    "contacts:propose-merge": rule("admin", "GET POST"),
    "contacts:merge": rule("admin", "GET POST"),
    "contacts:rebuild": rule("admin", "GET POST"),
    "contacts:delete": rule("admin", "GET POST"),
    "contacts:deletions": rule("admin", "GET"),
    "contacts:deletion": rule("admin", "GET"),
    "contacts:deletion-approve": rule("admin", "POST"),
    "contacts:deletion-approve-here": rule("admin", "POST"),
    "contacts:deletion-decline": rule("admin", "POST"),
    "contacts:deletion-withdraw": rule("admin", "POST"),
    "contacts:deletion-cancel": rule("admin", "POST"),
    "contacts:deletion-close": rule("admin", "POST"),
    "contacts:erase": rule("admin", "GET POST"),
    "contacts:verify": rule("desk admin", "GET POST"),
    "contacts:verify-code": rule("desk admin", "POST"),
    "contacts:card-whose": rule("desk admin", "GET POST"),
    "contacts:cards": rule("desk admin", "GET"),
    "contacts:card-link": rule("desk admin", "GET POST"),  # a bare visit leads to the cards
    "contacts:card-switch": rule("desk admin", "GET POST"),  # switching on: tests/contacts/test_cards.py
    "contacts:card-replace": rule("desk admin", "GET POST"),
    "contacts:card-look": rule("desk admin", "GET POST"),
    "contacts:card-rename": rule("admin", "GET POST"),
    "contacts:card-unlink": rule("admin", "GET POST"),
    "contacts:portal": rule("desk admin", "GET POST"),
    "contacts:portal-session": rule("desk admin", "GET"),
    "contacts:claim-link": rule("desk admin", "GET POST"),
    "contacts:session-token": rule(ROLES, "GET POST"),
    # duplicates
    "contacts:duplicates": rule("admin", "GET"),
    "contacts:duplicates-scan": rule("admin", "GET POST"),
    "contacts:pair": rule("admin", "GET POST"),
    "contacts:pair-live": rule("admin", "GET"),
    "contacts:pair-next": rule("admin", "GET"),
    "contacts:pair-reopen": rule("admin", "POST"),
    "contacts:family-leave": rule("admin", "POST"),
    # bookings
    "bookings:day": rule("desk admin", "GET POST"),
    "bookings:new": rule("desk admin", "GET POST"),
    "bookings:import": rule("desk admin", "GET POST"),
    "bookings:edit": rule("desk admin", "GET POST"),
    "bookings:check-in": rule("desk admin", "POST"),
    # vouchers
    "vouchers:check": rule(ROLES, "GET POST"),
    "vouchers:voucher": rule(ROLES, "GET"),
    "vouchers:look": rule(ROLES, "POST"),
    "vouchers:lock": rule("desk admin", "POST"),
    "vouchers:holder": rule("desk admin", "POST"),
    "vouchers:redeem": rule("desk admin", "POST"),
    "vouchers:release": rule("desk admin", "POST"),
    "vouchers:reverse": rule("admin", "GET POST"),
    "vouchers:voucher-code": rule("marketing admin", "POST"),
    "vouchers:voucher-new": rule("marketing admin", "GET POST"),
    "vouchers:own-codes": rule("marketing admin", "GET POST"),
    "vouchers:changes": rule("marketing admin", "GET POST"),
    "vouchers:change-preview": rule("marketing admin", "POST"),
    "vouchers:change": rule("marketing admin", "GET"),
    "vouchers:change-stop": rule("marketing admin", "POST"),
    # files and print
    "vouchers:batch-files": rule("marketing admin", "GET"),
    "vouchers:batch-file": rule("marketing admin", "POST"),
    "vouchers:batch-csv": rule("marketing admin", "GET POST"),  # a bare visit leads to the files
    "vouchers:batch-xlsx": rule("marketing admin", "GET POST"),
    "vouchers:batch-sheets": rule("marketing admin", "GET POST"),
    "vouchers:batch-sheet": rule("marketing admin", "GET POST"),
    "vouchers:batch-receipt": rule("marketing admin", "GET POST"),
    "vouchers:ruler": rule("marketing admin", "GET POST"),
    "vouchers:printer": rule("marketing admin", "GET POST"),
    "vouchers:printer-css": rule("marketing admin", "GET"),
    "vouchers:brand-css": rule("marketing admin", "GET"),
    # promotions and batches
    "vouchers:promotions": rule("marketing admin", "GET"),
    "vouchers:promotion-new": rule("marketing admin", "GET POST"),
    "vouchers:promotion": rule("marketing admin", "GET"),
    "vouchers:batches": rule("marketing admin", "GET"),
    "vouchers:batch-new": rule("marketing admin", "GET POST"),
    "vouchers:batch-new-of": rule("marketing admin", "GET POST"),
    "vouchers:batch": rule("marketing admin", "GET"),
    "vouchers:batch-cancel": rule("marketing admin", "GET"),
    "vouchers:batch-steer": rule("marketing admin", "POST"),
    # claim links
    "vouchers:claim-links": rule("marketing admin", "GET POST"),
    "vouchers:claim-link-order": rule("marketing admin", "GET"),
    "vouchers:claim-link-stop": rule("marketing admin", "POST"),
    "vouchers:claim-link-print": rule("marketing admin", "GET POST"),
    # gift cards
    "giftcards:start": rule(ROLES, "GET POST"),
    "giftcards:card": rule(ROLES, "GET"),
    "giftcards:create": rule("marketing admin", "GET POST"),
    "giftcards:move": rule("desk admin", "POST"),
    "giftcards:code": rule("marketing admin", "POST"),
    "giftcards:mail": rule("marketing admin", "GET POST"),
    "giftcards:adjust": rule("admin", "GET POST"),
    # the account at Piggy
    "catalogue:start": rule(ROLES, "GET"),
    "catalogue:programme": rule(ROLES, "GET"),
    "catalogue:unit-new": rule("admin", "GET POST"),
    "catalogue:perks": rule(ROLES, "GET"),
    "catalogue:perk": rule(ROLES, "GET"),
    "catalogue:perk-new": rule("admin", "GET POST"),
    "catalogue:perk-rename": rule("admin", "POST"),
    "catalogue:perk-delete": rule("admin", "GET POST"),
    "catalogue:rewards": rule(ROLES, "GET"),
    "catalogue:reward": rule(ROLES, "GET"),
    "catalogue:reward-change": rule("marketing admin", "GET POST"),
    "catalogue:shops": rule(ROLES, "GET"),
    "catalogue:shop": rule(ROLES, "GET"),
    "catalogue:subscription-types": rule("marketing admin", "GET"),
    "catalogue:forms": rule("marketing admin", "GET"),
    "catalogue:automations": rule("marketing admin", "GET"),
    "catalogue:brand": rule("marketing admin", "GET"),
    "catalogue:webhooks": rule("admin", "GET"),
    "catalogue:webhooks-subscribe": rule("admin", "POST"),
    "catalogue:webhook-pause": rule("admin", "POST"),
    "catalogue:webhook-resume": rule("admin", "POST"),
    "catalogue:webhook-delete": rule("admin", "POST"),
    "catalogue:attributes": rule("marketing admin", "GET"),
    "catalogue:attribute-new": rule("admin", "GET POST"),
    "catalogue:attribute-group-new": rule("admin", "GET POST"),
    "catalogue:attribute-change": rule("admin", "GET POST"),
    "catalogue:products": rule("marketing admin", "GET"),
    "catalogue:product-find": rule("marketing admin", "POST"),
    "catalogue:product-find-or-create": rule("marketing admin", "GET POST"),
    "catalogue:product-new": rule("marketing admin", "GET POST"),
    "catalogue:product": rule("marketing admin", "GET"),
    "catalogue:product-change": rule("marketing admin", "GET POST"),
    "catalogue:product-delete": rule("marketing admin", "GET POST"),
    "catalogue:categories": rule("marketing admin", "GET"),
    "catalogue:category-find": rule("marketing admin", "POST"),
    "catalogue:category-find-or-create": rule("marketing admin", "GET POST"),
    "catalogue:category-new": rule("marketing admin", "GET POST"),
    "catalogue:category": rule("marketing admin", "GET"),
    "catalogue:category-change": rule("marketing admin", "GET POST"),
    "catalogue:category-delete": rule("marketing admin", "GET POST"),
    # the ledger
    "ledger:audit": rule(ROLES, "GET"),
    "ledger:export": rule("admin", "POST"),
    "ledger:act": rule(ROLES, "GET"),
    "ledger:look": rule(ROLES, "POST"),
    "ledger:settle": rule("admin", "POST"),
    "ledger:decide": rule(ROLES, "POST"),  # each action names who may decide: tests/ledger/test_approvals.py
    # people
    "accounts:pick-shop": rule(SIGNED_IN, "GET POST"),
    "accounts:lock": rule(SIGNED_IN, "GET POST"),
    "accounts:lock-now": rule(SIGNED_IN, "POST"),
    "accounts:stay": rule(SIGNED_IN, "POST"),
    "accounts:kept": rule(SIGNED_IN, "GET POST"),
    "accounts:me": rule(SIGNED_IN, "GET POST"),
    "accounts:staff": rule("admin", "GET"),
    "accounts:staff-add": rule("admin", "GET POST"),
    "accounts:staff-change": rule("admin", "GET POST"),
    "accounts:staff-password": rule("admin", "POST"),
    "accounts:staff-second-factor": rule("admin", "POST"),
    "accounts:shops": rule("admin", "GET"),
    "accounts:shops-read": rule("admin", "POST"),
    "accounts:shop": rule("admin", "GET POST"),
    "accounts:limits": rule("admin", "GET"),
    "accounts:limit": rule("admin", "GET POST"),
}
# allauth's own pages: everybody's own sign-in, password and second factor. Their methods are allauth's affair.
OF_ALLAUTH = {
    "account_login": EVERYBODY,
    "account_logout": EVERYBODY,
    "mfa_authenticate": EVERYBODY,
    "account_reauthenticate": SIGNED_IN,
    "account_change_password": SIGNED_IN,
    "mfa_index": SIGNED_IN,
    "mfa_reauthenticate": SIGNED_IN,
    "mfa_activate_totp": SIGNED_IN,
    "mfa_deactivate_totp": SIGNED_IN,
    "mfa_view_recovery_codes": SIGNED_IN,
    "mfa_generate_recovery_codes": SIGNED_IN,
    "mfa_download_recovery_codes": SIGNED_IN,
}


Arguments = dict[str, dict[str, object]]
NO_IDS: Mapping[str, object] = {}


def addresses() -> Arguments:
    """Every address of the site: its name, and arguments that make it one."""

    def walk(resolver: URLResolver, space: str = "", above: Mapping[str, object] = NO_IDS) -> Arguments:
        found: Arguments = {}
        for entry in resolver.url_patterns:
            if isinstance(entry, URLResolver):
                below = {**above, **entry.pattern.converters}
                found |= walk(entry, space + (f"{entry.namespace}:" if entry.namespace else ""), below)
            elif isinstance(entry, URLPattern):
                converters = {**above, **entry.pattern.converters}
                values = {
                    name: SOME_ID if "UUID" in (kind := type(converter).__name__) else 7 if "Int" in kind else "some-id"
                    for name, converter in converters.items()
                }
                assert entry.name, f"{entry.pattern} has no name"
                assert f"{space}{entry.name}" not in found, f"{entry.name} stands twice"
                found[f"{space}{entry.name}"] = values
        return found

    return walk(get_resolver())


ADDRESSES = addresses()


@pytest.fixture
def people(desk: Person, marketing: Person, admin: Person, stranger: Person) -> dict[str, Client]:
    return {"nobody": Client(), "stranger": stranger, "desk": desk, "marketing": marketing, "admin": admin}


# Machines knock here: whoever is nobody is told so, and never led to a page to sign in.
FOR_MACHINES = {"desk:status-json"}


def is_sign_in(response: HttpResponse) -> bool:
    return response.status_code == 302 and response.headers["Location"].startswith(reverse("account_login"))


def test_every_address_is_in_the_table_and_no_other() -> None:
    assert set(ADDRESSES) == set(TABLE) | set(OF_ALLAUTH)


@pytest.mark.parametrize("name", sorted(TABLE))
def test_it_lets_in_who_may_and_nobody_else(name: str, people: dict[str, Client], sandbox: SandboxAccount) -> None:
    allowed = TABLE[name]
    path = reverse(name, kwargs=ADDRESSES.get(name, {}))
    for person in PEOPLE:
        for method in METHODS:
            response = people[person].generic(method, path)
            told = f"{person} {method} {path}: {response.status_code}"
            if person == "nobody" and name in FOR_MACHINES:
                assert response.status_code == (401 if method in allowed.methods else 405), told
            elif person == "nobody" and person not in allowed.who:
                assert is_sign_in(response), told
            elif method not in allowed.methods:
                assert response.status_code in (403, 405), told
            elif person not in allowed.who:
                assert response.status_code == 403, told
            else:
                assert response.status_code not in (403, 405), told
                assert response.status_code < 500, told
                assert not is_sign_in(response), told


@pytest.mark.parametrize("name", sorted(OF_ALLAUTH))
def test_it_lets_nobody_into_what_is_for_those_who_signed_in(name: str, people: dict[str, Client]) -> None:
    path = reverse(name, kwargs=ADDRESSES.get(name, {}))
    for person in PEOPLE:
        response = people[person].get(path)
        if person in OF_ALLAUTH[name].split():
            assert response.status_code != 403
        else:
            assert is_sign_in(response)


@pytest.mark.parametrize(
    "name", sorted(name for name in TABLE if "POST" in TABLE[name].methods and name != "piggy-webhook")
)
def test_no_act_without_a_csrf_token(name: str, admin: Person) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.cookies = admin.cookies
    response = browser.post(reverse(name, kwargs=ADDRESSES[name]))
    assert response.status_code == 403
    assert "open too long" in response.content.decode()


@pytest.mark.parametrize(
    "path", ["/account/signup/", "/account/password/reset/", "/account/email/", "/accounts/profile/"]
)
def test_what_is_not_mounted_is_not_there(path: str, desk: Person) -> None:
    assert desk.get(path).status_code == 404
    assert Client().get(path).status_code in (302, 404)


def test_a_signed_out_htmx_request_is_led_to_the_sign_in_page_whole() -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/vouchers/check/"}
    response = Client().post("/vouchers/check/", {"code": "COFFEE-1"}, headers=headers)
    assert response.headers["HX-Redirect"] == "/account/login/?next=%2Fvouchers%2Fcheck%2F"
    assert response.content == b""
