"""The rules about people: who may be added, changed, given a new password, or shut out."""

import secrets
import uuid
from collections.abc import Collection
from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import F

from piggyadmin.accounts import actions
from piggyadmin.accounts.models import Shop, Staff
from piggyadmin.accounts.roles import ADMIN
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.door import Target, record

LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is read aloud or copied as another: no l, 1, o, 0, i


class RefusedError(Exception):
    """What the rules do not allow: `field` is the form's field it belongs beside ("" for the whole form)."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.message, self.field = message, field


@dataclass(frozen=True, slots=True)
class GivenPassword:
    """A password that an admin reads out once. It is nowhere else in the clear."""

    staff: Staff
    password: str


def new_password() -> str:
    """Sixteen characters in groups of four, about 79 bits: "hk7m-w2xp-9qrt-b4nd"."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(4))


@transaction.atomic
def add_staff(
    *, by: Actor | None, name: str, username: str, role: str, shops: Collection[Shop] = (), password: str = ""
) -> GivenPassword:
    """Add a person with a first password, typed or made here. `by` is None for the command line."""
    if Staff.objects.filter(username__iexact=username).exists():
        raise RefusedError("Somebody has this sign-in name. Take another one.", "username")
    given = password or new_password()
    staff = Staff.objects.create(
        username=username.casefold(), name=name, password=make_password(given), password_was_given=by is not None
    )
    staff.groups.set([Group.objects.get(name=role)])
    staff.shops.set(shops)
    record(
        actions.STAFF_ADDED,
        by=by,
        target=Target("staff", str(staff.pk)),
        figures={"username": staff.username, "role": role},
        detail={"name": name, "shops": [shop.name for shop in shops]},
    )
    return GivenPassword(staff, given)


def _admins() -> set[uuid.UUID]:
    """Who is an active admin, asked one at a time: two admins who demote each other at once wait here for one another.

    The lock is the role's own row, taken before the question, so that the answer is what the other one left behind.
    """
    Group.objects.select_for_update().get(name=ADMIN)
    return set(Staff.objects.filter(is_active=True, groups__name=ADMIN).values_list("pk", flat=True))


def _check_an_admin_remains(*, by: Actor, staff: Staff, role: str, is_active: bool) -> None:
    """Refuse what could leave no admin: nobody steps down by themselves, and only who is still an admin changes others.

    Then there is always one left: the one who asks.
    """
    if staff.pk == by.staff.pk and not is_active:
        raise RefusedError("You cannot switch off your own account. Ask another admin.", "is_active")
    if staff.pk == by.staff.pk and role != by.role:
        raise RefusedError("You cannot change your own role. Ask another admin.", "role")
    if by.staff.pk not in _admins():
        raise RefusedError("You are no longer an admin. Nothing was changed.")


@transaction.atomic
def change_staff(
    *, by: Actor, staff: Staff, name: str, role: str, shops: Collection[Shop], is_active: bool
) -> tuple[str, ...]:
    """Change what differs; answers the names of the fields that did. Switching off ends every session."""
    _check_an_admin_remains(by=by, staff=staff, role=role, is_active=is_active)
    staff = Staff.objects.select_for_update().get(pk=staff.pk)
    before = {
        "name": staff.name,
        "role": staff.role,
        "shops": sorted(shop.name for shop in staff.shops.all()),
        "is_active": staff.is_active,
    }
    after = {"name": name, "role": role, "shops": sorted(shop.name for shop in shops), "is_active": is_active}
    changed = tuple(field for field in before if before[field] != after[field])
    if not changed:
        return ()
    staff.name, staff.is_active = name, is_active
    staff.save(update_fields=["name", "is_active"])
    staff.groups.set([Group.objects.get(name=role)])
    staff.shops.set(shops)
    if "is_active" in changed:
        sign_out_everywhere(staff=staff)
    record(
        actions.STAFF_CHANGED,
        by=by,
        target=Target("staff", str(staff.pk)),
        figures={"username": staff.username, "fields": ", ".join(changed)},
        detail={field: {"before": before[field], "after": after[field]} for field in changed},
    )
    return changed


@transaction.atomic
def reset_password(*, by: Actor | None, staff: Staff, password: str = "") -> GivenPassword:
    """A new password, made here or (command line, `by` None) typed; every session of the person ends."""
    if by is not None and staff.pk == by.staff.pk:
        raise RefusedError("Change your own password on the page Your account.")
    given = password or new_password()
    Staff.objects.filter(pk=staff.pk).update(password=make_password(given), password_was_given=by is not None)
    sign_out_everywhere(staff=staff)
    record(
        actions.PASSWORD_RESET,
        by=by,
        target=Target("staff", str(staff.pk)),
        figures={"username": staff.username},
    )
    return GivenPassword(staff, given)


@transaction.atomic
def remove_second_factor(*, by: Actor, staff: Staff) -> bool:
    """Switch off a lost phone's codes; every session ends. False when there was nothing to switch off."""
    if staff.pk == by.staff.pk:
        raise RefusedError("Switch off your own second factor on the page Your account.")
    count, _ = Authenticator.objects.filter(user=staff).delete()
    if not count:
        return False
    sign_out_everywhere(staff=staff)
    record(actions.MFA_REMOVED, by=by, target=Target("staff", str(staff.pk)), figures={"username": staff.username})
    return True


def sign_out_everywhere(*, staff: Staff) -> None:
    """End every session of this person: what each carries no longer fits (`Staff.get_session_auth_hash`)."""
    Staff.objects.filter(pk=staff.pk).update(sign_outs=F("sign_outs") + 1)
