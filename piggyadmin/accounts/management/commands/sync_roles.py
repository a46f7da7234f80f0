"""`manage.py sync_roles`: hand the permissions of roles.py to their groups. Run after every `migrate`."""

from typing import Any

from django.core.management.base import BaseCommand

from piggyadmin.accounts.roles import sync_roles


class Command(BaseCommand):
    help = "Hands the permissions of each role to its group. Run it after every migrate; again does no harm."

    def handle(self, *args: Any, **options: Any) -> None:
        for role, count in sync_roles().items():
            if options["verbosity"]:
                self.stdout.write(f"{role}: {count} permissions")
