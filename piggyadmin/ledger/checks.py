"""`manage.py check` refuses an action that nobody could be allowed, or that could not be told in words."""

from collections.abc import Iterable
from dataclasses import fields
from typing import Any

from django.apps import apps
from django.core import checks

from piggyadmin.ledger.actions import Action, registered
from piggyadmin.ledger.phrases import fields_of


def check_actions(app_configs: Any = None, **kwargs: Any) -> list[checks.CheckMessage]:
    """A system check: see `problems_of`."""
    known = known_permissions()
    return [
        checks.Error(f"{action.name}: {problem}", id="ledger.E001")
        for action in registered()
        for problem in problems_of(action, known)
    ]


def known_permissions() -> set[str]:
    """Every permission that a model declares, as "app.codename"."""
    return {
        f"{model._meta.app_label}.{codename}" for model in apps.get_models() for codename, _ in model._meta.permissions
    }


def problems_of(action: Action, known: set[str]) -> Iterable[str]:
    if not action.permission:
        yield "it names no permission."
    for permission in filter(None, (action.permission, action.approve_permission)):
        if permission not in known:
            yield f"no model declares the permission {permission}."
    needed = {"do", "done"} | ({"refused", "unknown", "settle_question"} if action.writes_to_piggy else set())
    for words in fields(action.words):
        text = getattr(action.words, words.name)
        if words.name in needed and not text.strip():
            yield f"words.{words.name} is empty."
        try:
            fields_of(text)
        except ValueError as error:
            yield f"words.{words.name} is no phrase: {error}."
    if action.writes_to_piggy and action.settle_after < 30:
        yield "settle_after is shorter than a call may take; 30 seconds at least."
    if any(wait <= 0 for wait in action.looks):
        yield "looks are waits in seconds, each more than 0."
