from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate

from piggyadmin import schedules

SCHEDULES = {
    "vouchers: write files that wait": ("vouchers.files.jobs.enqueue_waiting", 1),
    "vouchers: empty day-old files": ("vouchers.files.jobs.empty_old", 30),
    "vouchers: free stale locks": ("vouchers.check.jobs.release_stale_locks", 1),
    "vouchers: go on with batches": ("vouchers.batches.jobs.advance_open", 1),
    "vouchers: go on with changes": ("vouchers.changing.jobs.advance_open", 1),
    "vouchers: go on with claim links": ("vouchers.claim_links.jobs.advance_open", 1),
}


def after_migrate(*, using: str, **kwargs: Any) -> None:
    schedules.ensure(SCHEDULES, using=using)


class VouchersConfig(AppConfig):
    name = "vouchers"
    verbose_name = "Vouchers"

    def ready(self) -> None:
        from django_q.signals import post_spawn

        from vouchers.batches import jobs as batches  # not before the apps are ready
        from vouchers.changing import jobs as changes
        from vouchers.claim_links import jobs as links

        post_migrate.connect(after_migrate, sender=self)
        post_spawn.connect(batches.advance_after_start)
        post_spawn.connect(changes.advance_after_start)
        post_spawn.connect(links.advance_after_start)
