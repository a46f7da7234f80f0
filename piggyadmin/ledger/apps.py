from importlib import import_module

from django.apps import AppConfig
from django.core import checks
from django.db.models.signals import post_migrate


class LedgerConfig(AppConfig):
    name = "piggyadmin.ledger"
    label = "ledger"
    verbose_name = "The ledger"

    def ready(self) -> None:
        from piggyadmin.ledger import actions, upkeep
        from piggyadmin.ledger.checks import check_actions

        import_module("piggyadmin.ledger.own_actions")
        actions.discover()
        checks.register(check_actions)
        post_migrate.connect(upkeep.after_migrate, sender=self)
