"""Put recurring jobs into django-q's schedule, once each; one that an admin has changed stays as it is."""

from collections.abc import Mapping
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections


def ensure(schedules: Mapping[str, tuple[str, int]], *, using: str = DEFAULT_DB_ALIAS) -> None:
    """`schedules` is name: (dotted function, minutes). For `post_migrate`; does nothing before django-q has tables."""
    if "django_q_schedule" not in connections[using].introspection.table_names():
        return
    from django_q.models import Schedule  # not before the apps are ready

    kept: Any = Schedule.objects.using(using)
    for name, (function, minutes) in schedules.items():
        kept.get_or_create(
            name=name, defaults={"func": function, "schedule_type": Schedule.MINUTES, "minutes": minutes}
        )
