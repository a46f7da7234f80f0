"""Staff: added, changed, given a new password, shut out; each time told in the ledger."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client

from piggyadmin.accounts.models import Shop, Staff
from piggyadmin.accounts.staff import services
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.models import Act, ActDetail
from tests.accounts.conftest import PASSWORD
from tests.conftest import Person

HTMX = {"HX-Request": "true", "HX-Current-URL": "http://testserver/staff/"}
NOOR = {"name": "Noor van Dijk", "username": "Noor", "role": "marketing"}

MakeStaff = Callable[..., Staff]
BrowserOf = Callable[..., Client]


def acts(action: str) -> list[Act]:
    return list(Act.objects.filter(action=action).order_by("seq"))


def as_given(person: Staff, **changes: object) -> dict[str, object]:
    """The form of a person as its page shows it, with changes."""
    now = {"name": person.name, "role": person.role, "shops": [str(shop.pk) for shop in person.shops.all()]}
    now |= {"is_active": "on"} if person.is_active else {}
    now |= changes
    return {name: value for name, value in now.items() if value is not None}


def test_it_lists_everybody_with_role_shops_second_factor_and_when_last_seen(
    admin: Person, staff: MakeStaff, shop: Shop
) -> None:
    TOTP.activate(staff("fatima", shops=(shop,)), "JBSWY3DPEHPK3PXP")
    staff("noor", "marketing", is_active=False)
    admin.get("/staff/")
    page = " ".join(admin.get("/staff/").content.decode().split())
    assert "Mohammed Aït Ben Haddou" in page
    assert "<td>Front desk</td>" in page
    assert "switched off" in page
    assert '<td data-label="Second factor">on</td>' in page
    assert '<td data-label="Last seen">never</td>' in page
    assert '<td data-label="Last seen"><time' in page


def test_it_lists_a_part_for_htmx(admin: Person) -> None:
    part = admin.get("/staff/", headers=HTMX).content.decode()
    assert "Mohammed" in part
    assert "<html" not in part


@pytest.mark.parametrize("path", ["/staff/", "/staff/new/", "/staff/{me}/", "/staff/{me}/password/"])
@pytest.mark.parametrize("who", ["desk", "marketing", "stranger"])
def test_it_is_for_admins_only(request: pytest.FixtureRequest, who: str, path: str) -> None:
    person = request.getfixturevalue(who)
    there = path.format(me=person.staff.pk)
    method = person.post if path.endswith("password/") else person.get
    assert method(there).status_code == 403
    assert person.post(there, as_given(person.staff, role="admin")).status_code in (403, 405)
    assert person.staff.role != "admin"
    assert Staff.objects.get(pk=person.staff.pk).role != "admin"


def test_it_refuses_a_service_call_of_somebody_who_may_not(desk: Person, staff: MakeStaff, shop: Shop) -> None:
    by = Actor(staff=desk.staff, role="desk", shop=shop)
    with pytest.raises(PermissionDenied):
        services.add_staff(by=by, name="Eve", username="eve", role="admin")
    with pytest.raises(PermissionDenied):
        services.reset_password(by=by, staff=staff("noor", "marketing"))
    assert not Staff.objects.filter(username="eve").exists()


def test_it_adds_a_person_and_shows_the_made_password_once(admin: Person, shop: Shop) -> None:
    answer = admin.post("/staff/new/", NOOR | {"shops": [str(shop.pk)]})
    page = answer.content.decode()
    noor = Staff.objects.get(username="noor")
    password = answer.context["given"].password
    assert answer.status_code == 200
    assert f"<code>{password}</code>" in page
    assert "no-store" in answer["Cache-Control"]
    assert noor.check_password(password)
    assert noor.password_was_given
    assert (noor.role, list(noor.shops.all())) == ("marketing", [shop])
    assert password not in admin.get("/staff/").content.decode()
    assert Client().post("/account/login/", {"login": "noor", "password": password}).status_code == 302


def test_it_adds_a_person_in_a_part_for_htmx(admin: Person) -> None:
    answer = admin.post("/staff/new/", NOOR, headers=HTMX)
    assert answer.status_code == 200
    assert "shown this once" in answer.content.decode()
    assert "<html" not in answer.content.decode()


def test_it_adds_a_person_with_a_typed_password_that_it_does_not_show(admin: Person) -> None:
    page = admin.post("/staff/new/", NOOR | {"password": "purple kettle drum"}).content.decode()
    assert Staff.objects.get(username="noor").check_password("purple kettle drum")
    assert "purple kettle drum" not in page


def test_it_tells_the_ledger_who_was_added_and_never_the_password(admin: Person) -> None:
    answer = admin.post("/staff/new/", NOOR)
    (act,) = acts("staff.added")
    assert act.staff == admin.staff
    assert act.target_id == str(Staff.objects.get(username="noor").pk)
    assert act.figures == {"username": "noor", "role": "marketing"}
    assert act.details.get().words == {"name": "Noor van Dijk", "shops": []}
    everything = str(list(Act.objects.values())) + str(list(ActDetail.objects.values()))
    assert answer.context["given"].password not in everything


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"username": "ADMIN"}, "Somebody has this sign-in name."),
        ({"username": "noor van dijk"}, "without blanks"),
        ({"username": "noor@example.org"}, "Letters, digits"),
        ({"username": "x" * 10_000}, "at most 150"),
        ({"username": "no\0or"}, "Null characters"),
        ({"username": ""}, "required"),
        ({"name": ""}, "required"),
        ({"name": "\x00"}, "Null characters"),
        ({"role": "emperor"}, "Select a valid choice"),
        ({"role": ""}, "required"),
        ({"shops": ["nonsense"]}, "not a shop of ours"),
        ({"password": "short"}, "at least 10"),
        ({"password": "password1234"}, "too common"),
        ({"password": "noorvandijk"}, "too similar"),
    ],
)
def test_it_says_beside_the_field_what_is_wrong_and_keeps_the_rest(
    admin: Person, change: dict[str, object], words: str
) -> None:
    answer = admin.post("/staff/new/", NOOR | change)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page
    assert 'aria-invalid="true"' in page or 'class="error"' in page
    if "name" not in change:
        assert 'value="Noor van Dijk"' in page
    assert not Act.objects.exists()


def test_it_changes_role_and_shops_and_tells_only_names_of_fields(admin: Person, staff: MakeStaff, shop: Shop) -> None:
    fatima = staff()
    answer = admin.post(f"/staff/{fatima.pk}/", as_given(fatima, role="marketing", shops=[str(shop.pk)]))
    assert answer["Location"] == "/staff/"
    fatima = Staff.objects.get(pk=fatima.pk)
    assert (fatima.role, fatima.groups.count(), list(fatima.shops.all())) == ("marketing", 1, [shop])
    (act,) = acts("staff.changed")
    assert act.figures == {"username": "fatima", "fields": "role, shops"}
    assert act.details.get().words["role"] == {"before": "desk", "after": "marketing"}


def test_it_does_not_open_every_shop_to_somebody_whose_only_shop_is_gone(
    admin: Person, staff: MakeStaff, shop: Shop, amersfoort: Shop
) -> None:
    fatima = staff(shops=(amersfoort,))
    Shop.objects.filter(pk=amersfoort.pk).update(is_active=False)
    page = admin.get(f"/staff/{fatima.pk}/").content.decode()
    assert "Amersfoort (gone from Piggy)" in page
    admin.post(f"/staff/{fatima.pk}/", as_given(fatima, name="Fatima El Idrissi"))
    assert list(fatima.shops.all()) == [amersfoort]
    assert not fatima.allowed_shops().exists()


def test_it_leads_htmx_on_whole_after_a_change_and_swaps_a_part_after_a_mistake(
    admin: Person, staff: MakeStaff
) -> None:
    fatima = staff()
    assert admin.post(f"/staff/{fatima.pk}/", as_given(fatima), headers=HTMX)["HX-Redirect"] == "/staff/"
    part = admin.post(f"/staff/{fatima.pk}/", as_given(fatima, role=""), headers=HTMX)
    assert part.status_code == 422
    assert "<html" not in part.content.decode()


def test_it_tells_nothing_when_nothing_changed(admin: Person, staff: MakeStaff) -> None:
    fatima = staff()
    admin.post(f"/staff/{fatima.pk}/", as_given(fatima))
    assert not Act.objects.exists()


def test_it_signs_a_person_out_everywhere_who_is_switched_off_and_keeps_it_so_when_switched_on_again(
    admin: Person, staff: MakeStaff, shop: Shop, browser_of: BrowserOf
) -> None:
    fatima = staff()
    browser = browser_of(fatima)
    admin.post(f"/staff/{fatima.pk}/", as_given(fatima, is_active=None))
    assert browser.get("/staff/me/").status_code == 302
    fatima.refresh_from_db()
    admin.post(f"/staff/{fatima.pk}/", as_given(fatima, is_active="on"))
    assert browser.get("/staff/me/").status_code == 302
    assert browser_of(Staff.objects.get(pk=fatima.pk)).get("/staff/me/").status_code == 200


def test_it_makes_a_new_password_shows_it_once_and_ends_every_session(
    admin: Person, staff: MakeStaff, shop: Shop, browser_of: BrowserOf
) -> None:
    fatima = staff()
    browser = browser_of(fatima)
    answer = admin.post(f"/staff/{fatima.pk}/password/")
    password = answer.context["given"].password
    assert "no-store" in answer["Cache-Control"]
    assert password in answer.content.decode()
    assert browser.get("/staff/me/").status_code == 302
    assert Client().post("/account/login/", {"login": "fatima", "password": PASSWORD}).status_code == 422
    assert Client().post("/account/login/", {"login": "fatima", "password": password}).status_code == 302
    (act,) = acts("staff.password_reset")
    assert password not in str(act.figures)
    assert not act.details.exists()


def test_it_lifts_the_pause_of_somebody_who_forgot_the_password(admin: Person, staff: MakeStaff, shop: Shop) -> None:
    fatima = staff()
    for _ in range(5):
        Client().post("/account/login/", {"login": "fatima", "password": "wrong-wrong"})
    password = admin.post(f"/staff/{fatima.pk}/password/").context["given"].password
    assert Client().post("/account/login/", {"login": "fatima", "password": password}).status_code == 302


def test_it_does_not_make_a_password_by_get(admin: Person, staff: MakeStaff) -> None:
    fatima = staff()
    assert admin.get(f"/staff/{fatima.pk}/password/").status_code == 405
    assert admin.get(f"/staff/{fatima.pk}/second-factor/").status_code == 405


def test_it_switches_off_the_second_factor_of_a_lost_phone(
    admin: Person, staff: MakeStaff, shop: Shop, browser_of: BrowserOf
) -> None:
    fatima = staff()
    browser = browser_of(fatima)
    TOTP.activate(fatima, "JBSWY3DPEHPK3PXP")
    page = admin.post(f"/staff/{fatima.pk}/second-factor/", follow=True).content.decode()
    assert "is switched off" in page
    assert not Authenticator.objects.filter(user=fatima).exists()
    assert browser.get("/staff/me/").status_code == 302
    assert len(acts("staff.mfa_removed")) == 1
    assert "was not on" in admin.post(f"/staff/{fatima.pk}/second-factor/", follow=True).content.decode()
    assert len(acts("staff.mfa_removed")) == 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"role": "desk"}, "You cannot change your own role."),
        ({"is_active": None}, "You cannot switch off your own account."),
    ],
)
def test_it_lets_nobody_demote_or_switch_off_themselves(
    admin: Person, reviewer: Person, change: dict[str, object], words: str
) -> None:
    answer = admin.post(f"/staff/{admin.staff.pk}/", as_given(admin.staff, **change))
    assert answer.status_code == 422
    assert words in answer.content.decode()
    me = Staff.objects.get(pk=admin.staff.pk)
    assert (me.role, me.is_active) == ("admin", True)


def test_it_lets_nobody_reset_their_own_password_or_second_factor_here(admin: Person) -> None:
    TOTP.activate(admin.staff, "JBSWY3DPEHPK3PXP")
    assert "Change your own password" in admin.post(f"/staff/{admin.staff.pk}/password/", follow=True).content.decode()
    page = admin.post(f"/staff/{admin.staff.pk}/second-factor/", follow=True).content.decode()
    assert "Switch off your own second factor on" in page
    assert Authenticator.objects.filter(user=admin.staff).exists()


def test_it_keeps_the_last_admin(admin: Person, reviewer: Person, shop: Shop) -> None:
    """Two demote each other: the second of them is no admin any more by then."""
    by_admin = Actor(staff=admin.staff, role="admin", shop=shop)
    by_reviewer = Actor(staff=reviewer.staff, role="admin", shop=shop)
    reviewer.staff.has_perm("accounts.manage_staff")  # asked at the start of the request, before it was taken away
    services.change_staff(by=by_admin, staff=reviewer.staff, name="Saskia", role="desk", shops=[], is_active=True)
    with pytest.raises(services.RefusedError, match="no longer an admin"):
        services.change_staff(by=by_reviewer, staff=admin.staff, name="M", role="desk", shops=[], is_active=True)
    assert Staff.objects.filter(groups__name="admin", is_active=True).count() == 1


@pytest.mark.django_db(transaction=True)
def test_it_keeps_the_last_admin_when_two_demote_each_other_at_once(
    admin: Person, reviewer: Person, shop: Shop
) -> None:
    people = {"admin": admin.staff, "reviewer": reviewer.staff}
    for person in people.values():
        assert person.role == "admin"
        person.has_perm("accounts.manage_staff")

    def demote(by: Staff, other: Staff) -> str:
        actor = Actor(staff=by, role="admin", shop=shop)
        try:
            services.change_staff(by=actor, staff=other, name=other.name, role="desk", shops=[], is_active=True)
        except services.RefusedError as refused:
            return refused.message
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(2) as pool:
        jobs = [pool.submit(demote, admin.staff, reviewer.staff), pool.submit(demote, reviewer.staff, admin.staff)]
        said = sorted(job.result() for job in jobs)
    assert said == ["You are no longer an admin. Nothing was changed.", "done"]
    assert Staff.objects.filter(groups__name="admin", is_active=True).count() == 1


def test_it_shows_a_name_in_any_script_unharmed(admin: Person) -> None:
    admin.post("/staff/new/", NOOR | {"name": "محمد <script>alert(1)</script> 李小龍"})
    page = admin.get("/staff/").content.decode()
    assert "<bdi>محمد &lt;script&gt;alert(1)&lt;/script&gt; 李小龍</bdi>" in page


def test_it_asks_for_a_fresh_password_and_keeps_a_form_that_came_too_late(
    staff: MakeStaff, shop: Shop, browser_of: BrowserOf
) -> None:
    browser = browser_of(staff("mohammed", "admin"))
    fatima = staff()
    session = browser.session
    session["signed_in_at"] -= 16 * 60
    session["account_authentication_methods"] = []
    session.save()
    assert browser.get("/staff/new/", headers=HTMX)["HX-Redirect"].startswith("/account/reauthenticate/?next=")
    answer = browser.post(f"/staff/{fatima.pk}/", as_given(fatima, role="marketing"))
    assert answer["Location"] == "/account/reauthenticate/?next=%2Flock%2Fkept%2F"
    answer = browser.post(answer["Location"], {"password": PASSWORD, "next": "/lock/kept/"}, follow=True)
    assert "Kept, not done yet" in answer.content.decode()
    assert Staff.objects.get(pk=fatima.pk).role == "desk"


def test_it_knows_no_person_of_that_number(admin: Person) -> None:
    assert admin.get("/staff/00000000-0000-4000-8000-000000000000/").status_code == 404


def test_it_makes_passwords_that_differ_and_can_be_read_aloud() -> None:
    some = {services.new_password() for _ in range(200)}
    assert len(some) == 200
    assert all(len(one) == 19 and not set(one) & set("lio01") for one in some)


def test_it_gives_one_role_a_person(admin: Person, staff: MakeStaff) -> None:
    fatima = staff()
    fatima.groups.add(Group.objects.get(name="marketing"))
    admin.post(f"/staff/{fatima.pk}/", as_given(fatima, role="admin"))
    assert [group.name for group in fatima.groups.all()] == ["admin"]
