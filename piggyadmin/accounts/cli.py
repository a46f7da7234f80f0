"""`piggyadmin staff`: make the first admin, list who may sign in, set a forgotten password.

For whoever has the machine; everything else is done on the pages. Nothing of Django is imported before it is set up.
"""

import argparse
import getpass
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from piggyadmin.accounts.roles import ADMIN, ROLE_NAMES

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from piggyadmin.accounts.models import Shop, Staff
    from piggyadmin.accounts.staff.forms import AddForm


class CannotError(Exception):
    """What the person at the terminal can mend, in one sentence."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    commands = parser.add_subparsers(title="what to do", dest="what", required=True, metavar="add|list|password")

    add = commands.add_parser("add", help="add a person, for example the first admin")
    add.add_argument("name", help="the name as the audit shows it, in quotes: 'Saskia de Wit'")
    add.add_argument("--username", required=True, help="the name they sign in with")
    add.add_argument("--role", choices=list(ROLE_NAMES), default=ADMIN, help="default: admin")
    add.add_argument("--shop", action="append", default=[], help="a shop they may pick; again for more; default: all")
    _password_argument(add)

    commands.add_parser("list", help="list who may sign in")

    password = commands.add_parser("password", help="set somebody's password; they are signed out everywhere")
    password.add_argument("username")
    _password_argument(password)


def _password_argument(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--password-stdin", action="store_true", help="read the password from standard input")


def run(args: argparse.Namespace) -> int:
    """Do it; 0 when done, 1 with one sentence on stderr when not. Django has been set up before."""
    from django.db import DatabaseError

    try:
        {"add": _add, "list": _list, "password": _password}[args.what](args)
    except CannotError as error:
        print(f"piggyadmin: {error}", file=sys.stderr)
    except DatabaseError as error:
        first_line = str(error).strip().partition("\n")[0]
        print(f"piggyadmin: the database is not ready ({first_line}). Run: manage.py migrate", file=sys.stderr)
    else:
        return 0
    return 1


def _add(args: argparse.Namespace) -> None:
    from piggyadmin.accounts.roles import sync_roles
    from piggyadmin.accounts.staff import services
    from piggyadmin.accounts.staff.forms import AddForm

    shops = _shops_named(args.shop)
    facts = {"name": args.name, "username": args.username, "role": args.role, "shops": [shop.pk for shop in shops]}
    _refuse(AddForm(facts))  # before anybody types a password for nothing
    form = AddForm({**facts, "password": _ask_password(from_stdin=args.password_stdin)})
    _refuse(form)
    sync_roles()
    try:
        given = services.add_staff(by=None, **form.cleaned_data)
    except services.RefusedError as refused:
        raise CannotError(refused.message) from refused
    print(f"Added {given.staff.name}, who signs in as {given.staff.username} ({ROLE_NAMES[args.role]}).")


def _shops_named(names: list[str]) -> list["Shop"]:
    from piggyadmin.accounts.models import Shop

    shops = []
    for name in names:
        found = list(Shop.objects.filter(name=name, is_active=True))
        if len(found) != 1:
            known = ", ".join(Shop.objects.filter(is_active=True).values_list("name", flat=True)) or "none yet"
            raise CannotError(f"No single shop is called “{name}”. There are: {known}.")
        shops += found
    return shops


def _refuse(form: "AddForm") -> None:
    for field, errors in form.errors.items():
        label = form.fields[field].label if field in form.fields else field
        raise CannotError(f"{label}: {errors[0]}")


def _list(args: argparse.Namespace) -> None:
    from piggyadmin.accounts.models import Staff

    for row in _table(Staff.objects.prefetch_related("groups").order_by("-is_active", "name")):
        print(row)


def _table(people: "QuerySet[Staff]") -> Iterator[str]:
    """Rows of sign-in name, role and name, their columns in line."""
    rows = [(one.username, one.role_words if one.is_active else "switched off", one.name) for one in people]
    widths = [max((len(row[column]) for row in rows), default=0) for column in (0, 1)]
    for username, role, name in rows:
        yield f"{username:<{widths[0]}}  {role:<{widths[1]}}  {name}"


def _password(args: argparse.Namespace) -> None:
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError

    from piggyadmin.accounts import lockout
    from piggyadmin.accounts.models import Staff
    from piggyadmin.accounts.staff import services

    staff = Staff.objects.filter(username__iexact=args.username).first()
    if staff is None:
        raise CannotError(f"Nobody signs in as “{args.username}”. See: piggyadmin staff list")
    password = _ask_password(from_stdin=args.password_stdin)
    try:
        validate_password(password, staff)
    except ValidationError as error:
        raise CannotError(error.messages[0]) from error
    services.reset_password(by=None, staff=staff, password=password)
    lockout.forgive(staff)
    print(f"{staff.name} has a new password and is signed out everywhere.")


def _ask_password(*, from_stdin: bool) -> str:
    """The password, typed twice and not shown, or the first line of standard input."""
    if from_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
    else:
        password = getpass.getpass("Password: ")
        if password != getpass.getpass("Once more: "):
            raise CannotError("The two were not the same. Nothing was done.")
    if not password:
        raise CannotError("A password is needed. Nothing was done.")
    return password
