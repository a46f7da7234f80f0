"""Which shop a person stands in, and in whose time the pages tell."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from piggyadmin.accounts.actor import actor_of
from piggyadmin.accounts.decorators import shop_required
from piggyadmin.accounts.middleware import ShopMiddleware
from piggyadmin.accounts.models import Shop, Staff
from tests.accounts.conftest import PASSWORD
from tests.conftest import Person

SIGN_IN = "/account/login/"
HTMX = {"HX-Request": "true"}

MakeStaff = Callable[..., Staff]
BrowserOf = Callable[..., Client]


def picked(browser: Client) -> str:
    return browser.session.get("shop", "")


def test_it_picks_the_only_shop_by_itself(
    staff: MakeStaff, shop: Shop, amersfoort: Shop, browser_of: BrowserOf
) -> None:
    assert picked(browser_of(staff(shops=(amersfoort,)))) == str(amersfoort.pk)


def test_it_picks_the_only_shop_although_the_form_said_another(
    staff: MakeStaff, shop: Shop, amersfoort: Shop, browser_of: BrowserOf
) -> None:
    assert picked(browser_of(staff(shops=(amersfoort,)), shop=str(shop.pk))) == str(amersfoort.pk)


def test_it_picks_the_shop_of_the_form(staff: MakeStaff, shop: Shop, amersfoort: Shop, browser_of: BrowserOf) -> None:
    person = staff()
    assert picked(browser_of(person, shop=str(amersfoort.pk))) == str(amersfoort.pk)
    person.refresh_from_db()
    assert person.last_shop == amersfoort


def test_it_picks_the_last_shop_when_the_form_says_none(
    staff: MakeStaff, shop: Shop, amersfoort: Shop, browser_of: BrowserOf
) -> None:
    assert picked(browser_of(staff(last_shop=amersfoort))) == str(amersfoort.pk)


def test_it_asks_when_several_remain(client: Client, staff: MakeStaff, shop: Shop, amersfoort: Shop) -> None:
    staff()
    answer = client.post(SIGN_IN, {"login": "fatima", "password": PASSWORD, "next": "/staff/me/"})
    assert answer["Location"] == "/shop/?next=%2Fstaff%2Fme%2F"
    page = client.get(answer["Location"]).content.decode()
    assert "Utrecht West" in page
    assert "Amersfoort" in page
    answer = client.post("/shop/", {"shop": str(amersfoort.pk), "next": "/staff/me/"})
    assert answer.status_code == 303
    assert answer["Location"] == "/staff/me/"
    assert picked(client) == str(amersfoort.pk)


def test_it_asks_when_the_shop_of_the_form_is_not_theirs(
    client: Client, staff: MakeStaff, shop: Shop, amersfoort: Shop
) -> None:
    third = Shop.objects.create(piggy_uuid="shop-3", name="Zwolle")
    staff(shops=(shop, amersfoort))
    answer = client.post(SIGN_IN, {"login": "fatima", "password": PASSWORD, "shop": str(third.pk)})
    assert answer["Location"].startswith("/shop/")
    assert "Zwolle" not in client.get("/shop/").content.decode()


def test_it_lets_a_person_in_who_has_no_shop_at_all(client: Client, staff: MakeStaff) -> None:
    staff("mohammed", "admin")
    assert client.post(SIGN_IN, {"login": "mohammed", "password": PASSWORD})["Location"] == "/"
    page = client.get("/shop/").content.decode()
    assert "No shops yet" in page


@pytest.mark.parametrize("nonsense", ["", "not-a-uuid", "00000000-0000-4000-8000-000000000000"])
def test_it_refuses_a_shop_that_is_not_on_the_list(desk: Person, nonsense: str) -> None:
    answer = desk.post("/shop/", {"shop": nonsense})
    assert answer.status_code == 422
    assert "Pick one of these shops." in answer.content.decode()
    part = desk.post("/shop/", {"shop": nonsense}, headers=HTMX)
    assert part.status_code == 422
    assert "<html" not in part.content.decode()


def test_it_leads_htmx_on_whole_after_picking(desk: Person, shop: Shop) -> None:
    answer = desk.post("/shop/", {"shop": str(shop.pk), "next": "/staff/me/"}, headers=HTMX)
    assert answer["HX-Redirect"] == "/staff/me/"


def test_it_leads_nowhere_else_after_picking(desk: Person, shop: Shop) -> None:
    answer = desk.post("/shop/", {"shop": str(shop.pk), "next": "https://evil.example/"})
    assert answer["Location"] == "/"


def test_it_drops_a_shop_that_was_taken_away(desk: Person, shop: Shop, amersfoort: Shop) -> None:
    desk.get("/staff/me/")
    assert picked(desk) == str(shop.pk)
    desk.staff.shops.set([amersfoort])
    desk.get("/staff/me/")
    assert picked(desk) == ""
    desk.get("/staff/me/")
    assert picked(desk) == str(amersfoort.pk)


def test_it_drops_a_shop_that_was_closed_and_opens_no_other_to_who_had_only_that(
    desk: Person, shop: Shop, amersfoort: Shop
) -> None:
    desk.staff.shops.set([shop])
    Shop.objects.filter(pk=shop.pk).update(is_active=False)
    for _ in range(2):
        desk.get("/staff/me/")
        assert picked(desk) == ""
    page = desk.get("/shop/").content.decode()
    assert "Amersfoort" not in page
    assert "No shop is open for you" in page


def test_it_shows_the_shop_on_every_page(desk: Person) -> None:
    assert "Utrecht West" in desk.get("/staff/me/").content.decode()


def test_it_remembers_the_shop_on_the_device_for_the_next_sign_in(desk: Person, shop: Shop, amersfoort: Shop) -> None:
    desk.post("/shop/", {"shop": str(amersfoort.pk)})
    desk.post("/account/logout/")
    assert f'<option value="{amersfoort.pk}" selected>' in desk.get(SIGN_IN).content.decode()


def test_it_tells_times_in_the_shops_zone_and_leaves_none_behind(desk: Person, amersfoort: Shop) -> None:
    seen = []

    def view(request: HttpRequest) -> HttpResponse:
        seen.append(timezone.localtime(datetime(2026, 7, 1, 12, tzinfo=UTC)).hour)
        return HttpResponse()

    request = RequestFactory().get("/")
    request.user, request.session = desk.staff, desk.session
    ShopMiddleware(view)(request)
    request.session["shop"] = str(amersfoort.pk)
    ShopMiddleware(view)(request)
    assert seen == [14, 13]
    assert timezone.get_current_timezone_name() == "Europe/Amsterdam"


def test_it_leaves_no_zone_behind_when_a_page_breaks(desk: Person, amersfoort: Shop) -> None:
    def broken(request: HttpRequest) -> HttpResponse:
        raise RuntimeError

    request = RequestFactory().get("/")
    request.user, request.session = desk.staff, desk.session
    request.session["shop"] = str(amersfoort.pk)
    with pytest.raises(RuntimeError):
        ShopMiddleware(broken)(request)
    assert timezone.get_current_timezone_name() == "Europe/Amsterdam"


def test_it_makes_an_actor_of_the_request(desk: Person, shop: Shop) -> None:
    request = RequestFactory().get("/")
    request.user, request.shop = desk.staff, shop
    actor = actor_of(request)
    assert (actor.staff, actor.role, actor.shop) == (desk.staff, "desk", shop)
    assert actor.may("vouchers.redeem_voucher")
    assert not actor.may("accounts.manage_staff")


def test_it_leads_to_the_shops_before_a_write_without_one(desk: Person) -> None:
    @shop_required
    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse("done")

    request = RequestFactory().post("/vouchers/check/")
    request.user, request.shop = desk.staff, None
    assert view(request)["Location"] == "/shop/?next=%2Fvouchers%2Fcheck%2F"
    request.shop = desk.shop
    assert view(request).content == b"done"


def test_a_form_sent_without_a_shop_leads_back_to_the_page_it_stood_on(desk: Person) -> None:
    """An address that only acts has no page of its own: opened after picking, it would be a dead end."""
    Shop.objects.create(piggy_uuid="shop-amersfoort", name="Amersfoort")
    session = desk.session
    del session["shop"]
    session.save()
    for headers in (
        {"Referer": "http://testserver/bookings/"},
        {"HX-Request": "true", "HX-Current-URL": "http://testserver/bookings/"},
    ):
        answer = desk.post("/bookings/some-id/check-in/", headers=headers)
        where = answer.headers.get("Location") or answer.headers["HX-Redirect"]
        assert where == "/shop/?next=%2Fbookings%2F"
    elsewhere = desk.post("/bookings/some-id/check-in/", headers={"Referer": "http://elsewhere.example/bookings/"})
    assert "elsewhere" not in elsewhere.headers["Location"]


def test_it_costs_few_questions_to_the_database_a_page(desk: Person) -> None:
    desk.get("/staff/me/")
    with CaptureQueriesContext(connection) as queries:
        assert desk.get("/shop/").status_code == 200
    # The session, the person, what they may do and where, and the page's own list of shops.
    assert len(queries) == 4, [query["sql"] for query in queries]
