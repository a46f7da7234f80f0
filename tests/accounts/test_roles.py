"""Roles are groups; their permissions are those of roles.py, no more and no less."""

from collections.abc import Callable
from io import StringIO

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command

from piggyadmin.accounts import checks, demo
from piggyadmin.accounts.models import Shop, Staff
from piggyadmin.accounts.roles import ROLE_NAMES, ROLES
from tests.conftest import Person

MakeStaff = Callable[..., Staff]


def names_of(group: Group) -> set[str]:
    return {f"{one.content_type.app_label}.{one.codename}" for one in group.permissions.select_related("content_type")}


def test_it_gives_each_role_exactly_its_row(db: None) -> None:
    call_command("sync_roles", stdout=StringIO())
    for role, names in ROLES.items():
        assert names_of(Group.objects.get(name=role)) == set(names)


def test_it_takes_back_what_a_role_no_longer_has_and_does_no_harm_twice(db: None) -> None:
    call_command("sync_roles", stdout=StringIO())
    desk = Group.objects.get(name="desk")
    desk.permissions.add(Permission.objects.get(codename="manage_staff"))
    desk.permissions.remove(Permission.objects.get(codename="use_box"))
    for _ in range(2):
        call_command("sync_roles", stdout=StringIO())
    assert names_of(desk) == set(ROLES["desk"])
    assert Group.objects.count() == len(ROLES)


def test_it_says_how_many_permissions_each_role_has(db: None) -> None:
    out = StringIO()
    call_command("sync_roles", stdout=out)
    assert f"admin: {len(ROLES['admin'])} permissions" in out.getvalue()


def test_it_has_a_name_for_every_role() -> None:
    assert set(ROLE_NAMES) == set(ROLES)


def test_the_check_finds_a_permission_that_no_model_has(monkeypatch: pytest.MonkeyPatch) -> None:
    assert checks.every_permission_exists(None) == []
    monkeypatch.setitem(ROLES, "desk", ("vouchers.fly",))
    (error,) = checks.every_permission_exists(None)
    assert error.id == "accounts.E001"
    assert "vouchers.fly" in error.msg


def test_a_person_may_what_the_role_may_and_nothing_beside_it(staff: MakeStaff, shop: Shop) -> None:
    person = staff("fatima", "desk")
    person.user_permissions.add(Permission.objects.get(codename="manage_staff"))
    person = Staff.objects.get(pk=person.pk)
    assert person.has_perm("vouchers.redeem_voucher")
    assert not person.has_perm("accounts.manage_staff")


def test_a_person_without_a_role_may_nothing(stranger: Person) -> None:
    assert stranger.staff.get_all_permissions() == set()
    assert stranger.staff.role == ""


def test_nobody_whose_account_is_closed_may_anything(staff: MakeStaff) -> None:
    assert not staff(role="admin", is_active=False).has_perm("accounts.manage_staff")


def test_the_people_of_the_demo_are_made_once(db: None) -> None:
    people = {person.username: person for person in demo.seed_people()}
    demo.seed_people()
    assert {name: person.role for name, person in people.items()} == {
        "desk": "desk",
        "marketing": "marketing",
        "admin": "admin",
        "reviewer": "admin",
    }
    assert people["desk"].name == "Fatima El Idrissi"
    assert all(person.check_password("demo") for person in people.values())
    assert Staff.objects.count() == 4
