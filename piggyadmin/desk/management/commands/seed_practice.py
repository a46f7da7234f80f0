"""Three customers for the first one who practises."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from piggyadmin.desk.models import PracticeRound
from piggyadmin.desk.practice import services


class Command(BaseCommand):
    help = "Make the first three customers to practise on. Runs in practice only, and only with the stand-in Piggy."

    def handle(self, *args: Any, **options: Any) -> None:
        if not services.is_practice():
            raise CommandError("seed_practice makes customers up; it runs with PIGGYADMIN_ENV=practice only.")
        if PracticeRound.objects.exists():
            return
        try:
            services.begin()
        except services.NoStandIn as error:
            raise CommandError("What answers as Piggy is not the stand-in. Practice knows no other.") from error
