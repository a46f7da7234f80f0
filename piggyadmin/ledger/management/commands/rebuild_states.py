from typing import Any

from django.core.management.base import BaseCommand

from piggyadmin.ledger.projection import rebuild_states


class Command(BaseCommand):
    help = "Makes the state of every act anew from its events, where it differs."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{rebuild_states()} states were made anew.")
