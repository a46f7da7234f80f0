"""Fill an empty demo or practice: its people, the shops that the stand-in Piggy tells, and its bookings."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from piggyadmin.accounts.demo import seed_people
from piggyadmin.accounts.models import Shop
from piggyadmin.accounts.roles import ADMIN
from piggyadmin.accounts.shops.services import refresh_shops
from piggyadmin.desk.demo import seed_bookings
from piggyadmin.desk.standin import HAVE_ONE
from piggyadmin.ledger.actor import Actor


class Command(BaseCommand):
    help = "Fill an empty demo or practice with people, shops and bookings. Runs there only: the passwords are public."

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PIGGYADMIN_ENV not in HAVE_ONE:
            raise CommandError(
                "seed_demo makes accounts with a public password; it runs with PIGGYADMIN_ENV=demo or practice only."
            )
        people = seed_people(password=settings.PIGGYADMIN_ENV)
        refresh_shops(by=None)
        physical = Shop.objects.filter(is_active=True, kind="physical").order_by("-name")
        shop = physical.filter(name__startswith="Utrecht").first() or physical.first()
        for person in people:
            if person.last_shop_id is None and shop is not None:
                person.last_shop = shop
                person.save(update_fields=["last_shop"])
        admin = next(person for person in people if person.username == ADMIN)
        seed_bookings(by=Actor(admin, ADMIN, shop))
