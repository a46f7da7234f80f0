from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate

from piggyadmin import schedules

SCHEDULES = {
    "contacts: keep the copy fresh": ("contacts.copy.jobs.keep_fresh", 1),
    "contacts: read cards that are still to come": ("contacts.copy.jobs.cards_to_come", 1),
    "contacts: work off webhooks": ("contacts.copy.hint_jobs.go_on", 1),
    "contacts: flags become pairs": ("contacts.duplicates.flagging.gather", 60),
    "contacts: look for duplicates": ("contacts.duplicates.jobs.advance_open", 1),
    "contacts: go on with merges and deletions": ("contacts.held.jobs.advance_open", 1),
}


def after_migrate(*, using: str, **kwargs: Any) -> None:
    from contacts.search import upkeep  # not before the apps are ready

    schedules.ensure(SCHEDULES, using=using)
    upkeep.after_migrate(using=using)


class ContactsConfig(AppConfig):
    name = "contacts"
    verbose_name = "Contacts"

    def ready(self) -> None:
        from django_q.signals import post_spawn

        from contacts.copy import jobs as copy  # not before the apps are ready

        post_migrate.connect(after_migrate, sender=self)
        post_spawn.connect(copy.keep_fresh_after_start)
