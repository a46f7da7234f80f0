from django.apps import AppConfig
from django.core.checks import register


class AccountsConfig(AppConfig):
    name = "piggyadmin.accounts"
    label = "accounts"
    verbose_name = "Staff, roles and shops"

    def ready(self) -> None:
        from piggyadmin.accounts import checks, signals

        register(checks.every_permission_exists)
        signals.connect()
