"""Fill an empty demo: its people, and the shops that the stand-in Piggy tells."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from piggyadmin.accounts.demo import seed_people
from piggyadmin.accounts.models import Shop
from piggyadmin.accounts.shops.services import refresh_shops


class Command(BaseCommand):
    help = "Make the demo's people and read its shops. Refuses anywhere but in a demo: the passwords are public."

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PIGGYADMIN_ENV != "demo":
            raise CommandError(
                "seed_demo makes accounts with a public password; it runs with PIGGYADMIN_ENV=demo only."
            )
        people = seed_people()
        refresh_shops(by=None)
        shop = Shop.objects.filter(is_active=True, kind="physical").order_by("-name").first()
        for person in people:
            if person.last_shop_id is None and shop is not None:
                person.last_shop = shop
                person.save(update_fields=["last_shop"])
