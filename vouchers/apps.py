from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate

from piggyadmin import schedules

SCHEDULES = {"vouchers: free stale locks": ("vouchers.check.jobs.release_stale_locks", 1)}


def after_migrate(*, using: str, **kwargs: Any) -> None:
    schedules.ensure(SCHEDULES, using=using)


class VouchersConfig(AppConfig):
    name = "vouchers"
    verbose_name = "Vouchers"

    def ready(self) -> None:
        post_migrate.connect(after_migrate, sender=self)
