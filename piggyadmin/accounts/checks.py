"""A system check: roles.py names only permissions that some model has."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error

from piggyadmin.accounts.roles import ROLES
from piggyadmin.ledger.checks import known_permissions


def every_permission_exists(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    known = known_permissions()
    return [
        Error(
            f"The role “{role}” has the permission {name}, which no model declares.",
            hint="Name it in the Meta.permissions of a model, or mend piggyadmin/accounts/roles.py.",
            id="accounts.E001",
        )
        for role, names in ROLES.items()
        for name in names
        if name not in known
    ]
