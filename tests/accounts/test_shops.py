"""Shops: read from Piggy, with a zone of our own; nothing is written there."""

import pytest
from django.test import Client

from piggyadmin.accounts.models import Shop
from piggyadmin.accounts.shops import services
from piggyadmin.ledger.models import Act
from tests.conftest import Person
from tests.fixtures_sandbox import SandboxAccount

HTMX = {"HX-Request": "true", "HX-Current-URL": "http://testserver/staff/shops/"}


def test_it_says_what_to_do_when_there_are_none(admin: Person) -> None:
    Shop.objects.all().delete()
    assert "Read them from Piggy. Nothing is written there." in admin.get("/staff/shops/").content.decode()


def test_it_adds_renames_and_closes_shops_as_piggy_lists_them(
    admin: Person, shop: Shop, amersfoort: Shop, sandbox: SandboxAccount
) -> None:
    Shop.objects.filter(pk=shop.pk).update(name="Old name", time_zone="Europe/Paris")
    sandbox.add_shop(uuid="shop-new", name="’s-Hertogenbosch", type="web")
    page = admin.post("/staff/shops/read/", follow=True).content.decode()
    assert "Read from Piggy: 1 new, 1 changed, 1 gone." in page
    assert "gone from Piggy" in page
    shop.refresh_from_db()
    amersfoort.refresh_from_db()
    assert (shop.name, shop.time_zone, shop.is_active) == ("Utrecht West", "Europe/Paris", True)
    assert not amersfoort.is_active
    assert Shop.objects.get(piggy_uuid="shop-new").kind == "web"


def test_it_asks_piggy_for_one_list_and_writes_nothing(admin: Person, sandbox: SandboxAccount) -> None:
    admin.post("/staff/shops/read/")
    assert [call.method for call in sandbox.calls] == ["GET"]


def test_it_leaves_everything_as_it_is_the_second_time(admin: Person, sandbox: SandboxAccount) -> None:
    admin.post("/staff/shops/read/")
    assert "0 new, 0 changed, 0 gone" in admin.post("/staff/shops/read/", follow=True).content.decode()


def test_it_opens_a_shop_again_that_came_back(admin: Person, shop: Shop, sandbox: SandboxAccount) -> None:
    Shop.objects.filter(pk=shop.pk).update(is_active=False)
    admin.post("/staff/shops/read/")
    shop.refresh_from_db()
    assert shop.is_active


def test_it_does_not_believe_an_empty_list(admin: Person, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    class Silent:
        def list_shops(self) -> list[object]:
            return []

    monkeypatch.setattr(services.piggy, "get_client", Silent)
    page = admin.post("/staff/shops/read/", follow=True).content.decode()
    assert "Piggy lists no shops. Ours are left as they were." in page
    shop.refresh_from_db()
    assert shop.is_active


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_it_says_so_when_piggy_is_down(
    admin: Person, shop: Shop, sandbox: SandboxAccount, headers: dict[str, str]
) -> None:
    sandbox.broken = 503
    answer = admin.post("/staff/shops/read/", headers=headers)
    assert answer.status_code == 503
    assert ("<html" in answer.content.decode()) is not bool(headers)
    shop.refresh_from_db()
    assert shop.is_active
    assert not Act.objects.exists()


def test_it_tells_the_ledger(admin: Person, shop: Shop, sandbox: SandboxAccount) -> None:
    sandbox.add_shop(uuid="shop-2", name="Zwolle")
    admin.post("/staff/shops/read/")
    act = Act.objects.get(action="shops.read")
    assert (act.staff, act.figures["added"], act.figures["gone"]) == (admin.staff, 1, 0)


def test_it_reads_shops_for_the_command_line_too(shop: Shop, sandbox: SandboxAccount) -> None:
    services.refresh_shops(by=None)
    sandbox.add_shop(uuid="shop-2", name="Zwolle")
    assert services.refresh_shops(by=None) == services.ShopsRead(added=1, changed=0, gone=0)
    assert {act.staff for act in Act.objects.filter(action="shops.read")} == {None}


def test_it_sets_a_time_zone(admin: Person, shop: Shop) -> None:
    answer = admin.post(f"/staff/shops/{shop.pk}/", {"time_zone": "America/Curacao"})
    assert answer["Location"] == "/staff/shops/"
    shop.refresh_from_db()
    assert shop.time_zone == "America/Curacao"
    act = Act.objects.get(action="shop.changed")
    assert act.figures == {"fields": "time_zone"}
    assert act.details.get().words == {"time_zone": {"before": "Europe/Amsterdam", "after": "America/Curacao"}}
    admin.post(f"/staff/shops/{shop.pk}/", {"time_zone": "America/Curacao"}, headers=HTMX)
    assert Act.objects.count() == 1


@pytest.mark.parametrize("zone", ["", "Amsterdam", "../../etc/passwd", "Europe/Amsterdam\0", "x" * 10_000])
@pytest.mark.parametrize("headers", [{}, HTMX])
def test_it_refuses_what_is_no_time_zone_beside_the_field(
    admin: Person, shop: Shop, zone: str, headers: dict[str, str]
) -> None:
    answer = admin.post(f"/staff/shops/{shop.pk}/", {"time_zone": zone}, headers=headers)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'id="id_time_zone-e"' in page
    assert ("<html" in page) is not bool(headers)
    shop.refresh_from_db()
    assert shop.time_zone == "Europe/Amsterdam"


@pytest.mark.parametrize("who", ["desk", "marketing", "stranger"])
def test_it_is_for_admins_only(request: pytest.FixtureRequest, who: str, shop: Shop) -> None:
    person: Client = request.getfixturevalue(who)
    assert person.get("/staff/shops/").status_code == 403
    assert person.post("/staff/shops/read/").status_code == 403
    assert person.post(f"/staff/shops/{shop.pk}/", {"time_zone": "Europe/Paris"}).status_code == 403


def test_it_lists_a_part_for_htmx(admin: Person) -> None:
    part = admin.get("/staff/shops/", headers=HTMX).content.decode()
    assert "Utrecht West" in part
    assert "<html" not in part
