from typing import Any

from django.core.management.base import BaseCommand, CommandError

from piggyadmin.ledger.verifying import verify_ledger


class Command(BaseCommand):
    help = "Reads the whole ledger again. Says whether it is whole; ends with 1 and the first broken row if not."

    def handle(self, *args: Any, **options: Any) -> None:
        verdict = verify_ledger()
        if not verdict.whole:
            raise CommandError(f"Broken at row {verdict.broken_seq}: {verdict.problem}", returncode=1)
        self.stdout.write(f"Whole: {verdict.links} rows. Head {verdict.head}")
        self.stdout.write("Keep the head somewhere else: a chain that was written anew has another.")
