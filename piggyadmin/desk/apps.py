from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.db.models.signals import post_migrate

from piggyadmin import schedules

SCHEDULES = {"desk: forget old counts of Piggy’s answers": ("piggyadmin.desk.status.counting.forget_old", 60)}


def after_migrate(*, using: str, **kwargs: Any) -> None:
    schedules.ensure(SCHEDULES, using=using)


class DeskConfig(AppConfig):
    name = "piggyadmin.desk"
    label = "desk"
    verbose_name = "The desk"

    def ready(self) -> None:
        from piggyadmin.desk.status.counting import counter  # not before the apps are ready
        from piggyadmin.piggy import log

        post_migrate.connect(after_migrate, sender=self)
        if settings.ANSWERS_EVERY_SECONDS and counter.observe not in log.observers:
            log.observers.append(counter.observe)
