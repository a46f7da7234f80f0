"""The people of the demo and of practice. Nothing else calls this: the passwords are public."""

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group

from piggyadmin.accounts.models import Staff
from piggyadmin.accounts.roles import ADMIN, DESK, MARKETING

PASSWORD = "demo"  # noqa: S105 (public on purpose: the start prints it)
PEOPLE = (
    ("desk", "Fatima El Idrissi", DESK),
    ("marketing", "Noor van Dijk", MARKETING),
    ("admin", "Mohammed Aït Ben Haddou", ADMIN),
    ("reviewer", "Saskia de Wit", ADMIN),
)


def seed_people(*, password: str = PASSWORD) -> list[Staff]:
    """Make the four people where they are missing; who is there stays as they are. The start prints the password."""
    people = []
    for username, name, role in PEOPLE:
        staff, is_new = Staff.objects.get_or_create(
            username=username, defaults={"name": name, "password": make_password(password)}
        )
        if is_new:
            staff.groups.set([Group.objects.get_or_create(name=role)[0]])
        people.append(staff)
    return people
