from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from contacts.copy import foreground
from contacts.models import Sweep


class Command(BaseCommand):
    help = "Reads Piggy's contacts into the local copy. Goes on where an earlier reading was left."

    def add_arguments(self, parser: ArgumentParser) -> None:
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--full", action="store_true", help="all contacts (this is the default)")
        what.add_argument("--recent", action="store_true", help="only the newest contacts")
        what.add_argument("--cards", type=int, metavar="N", help="instead, the other cards of N contacts")
        parser.add_argument("--once", action="store_true", help="do not wait when Piggy asks for patience")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["cards"] is not None:
            reached = foreground.cards(max(0, options["cards"]), say=self._say)
        else:
            kind = Sweep.Kind.RECENT if options["recent"] else Sweep.Kind.FULL
            reached = foreground.sweep(kind, once=options["once"], say=self._say)
        if not reached:
            raise CommandError("The end was not reached.", returncode=1)

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
