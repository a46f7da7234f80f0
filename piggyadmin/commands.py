"""What the `piggyadmin` command can do: demo, practice, sandbox, staff, sync, verify-ledger."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from typing import Any

from piggyadmin import demo, practice
from piggyadmin.together import CannotStart

Command = Callable[[argparse.Namespace], int | None]


def run(argv: Sequence[str]) -> int:
    arguments = _parser().parse_args(argv)
    try:
        return int(arguments.run(arguments) or 0)
    except CannotStart as error:
        print(f"piggyadmin: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="piggyadmin", description="The staff dashboard for a Piggy loyalty account.")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    command = commands.add_parser("demo", help="start everything with invented customers and print the sign-ins")
    command.add_argument("--port", type=_port, default=8000, help="where the dashboard listens (default 8000)")
    command.add_argument("--contacts", type=_count, default=2000, help="invented customers (default 2000)")
    command.add_argument("--fresh", action="store_true", help="throw away what an earlier demo kept")
    command.set_defaults(run=lambda arguments: demo.run(**_options(arguments, "port", "contacts", "fresh")))

    command = commands.add_parser("practice", help="start a second, striped installation for new staff to practise in")
    command.add_argument("--port", type=_port, default=8010, help="where it listens on this machine (default 8010)")
    command.add_argument("--contacts", type=_count, default=200, help="invented customers (default 200)")
    command.add_argument("--fresh", action="store_true", help="throw away what was done in it before")
    command.add_argument("--host", default="", help="the name under which a proxy with TLS serves it to the shops")
    command.set_defaults(run=lambda given: practice.run(**_options(given, "port", "contacts", "fresh", "host")))

    from piggyadmin.sandbox import faults
    from piggyadmin.sandbox import server as sandbox

    command = commands.add_parser("fault", help="make something go wrong in the running demo")
    command.add_argument("kind", choices=sorted(faults.KINDS), help="lost_after: done, but the answer is lost; ...")
    command.add_argument(
        "--operation", default="writes", help="an operation's name, writes, reads or * (default writes)"
    )
    command.add_argument("--times", type=_count, default=1, help="how many calls it hits (default 1)")
    command.set_defaults(run=lambda arguments: demo.fault(**_options(arguments, "kind", "operation", "times")))

    command = commands.add_parser("sandbox", help="run only the stand-in Piggy")
    sandbox.add_arguments(command)
    command.set_defaults(run=sandbox.run_from_args)

    command = commands.add_parser("staff", help="add the first admin, list staff, set a password")
    # The options of `staff` live with the accounts; importing them needs no settings.
    from piggyadmin.accounts import cli as staff

    staff.add_arguments(command)
    command.set_defaults(run=_with_django(staff.run))

    command = commands.add_parser("sync", help="read Piggy's contacts into the local copy, or go on with it")
    what = command.add_mutually_exclusive_group()
    what.add_argument("--full", action="store_true", help="all contacts (this is the default)")
    what.add_argument("--recent", action="store_true", help="only the newest contacts")
    what.add_argument("--cards", type=_count, metavar="N", help="instead, the other cards of N contacts")
    command.add_argument("--once", action="store_true", help="do not wait when Piggy asks for patience")
    command.set_defaults(
        run=_with_django(lambda arguments: _manage("sync", **_options(arguments, "full", "recent", "cards", "once")))
    )

    command = commands.add_parser("verify-ledger", help="check that no act in the ledger was changed or removed")
    command.set_defaults(run=_with_django(lambda arguments: _manage("verify_ledger")))
    return parser


def _with_django(function: Command) -> Command:
    """`function` run inside a Django that is set up from the environment."""

    def run_it(arguments: argparse.Namespace) -> int:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "piggyadmin.settings")
        import django
        from django.core.exceptions import ImproperlyConfigured

        try:
            django.setup()
        except ImproperlyConfigured as error:
            print(f"piggyadmin: {error}", file=sys.stderr)
            return 1
        return int(function(arguments) or 0)

    return run_it


def _options(arguments: argparse.Namespace, *names: str) -> dict[str, Any]:
    return {name: getattr(arguments, name) for name in names}


def _manage(name: str, **options: Any) -> int:
    from django.core.management import CommandError, call_command

    try:
        call_command(name, **options)
    except CommandError as error:
        print(f"piggyadmin: {error}", file=sys.stderr)
        return error.returncode or 1
    except SystemExit as error:
        return int(error.code or 0)
    return 0


def _port(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 65_535:
        raise argparse.ArgumentTypeError("a port is a number from 1 to 65535")
    return int(text)


def _count(text: str) -> int:
    if not text.isdigit() or int(text) > 1_000_000:
        raise argparse.ArgumentTypeError("a number from 0 to 1000000")
    return int(text)
