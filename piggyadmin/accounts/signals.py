"""What happens when somebody signs in, signs out or chooses a password."""

import time
from typing import Any

from allauth.account.signals import password_changed
from axes.models import AccessAttempt
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.db.models.signals import pre_save
from django.http import HttpRequest

from piggyadmin.accounts.lock import kept
from piggyadmin.accounts.lock import session as clocks
from piggyadmin.accounts.middleware import note_seen
from piggyadmin.accounts.models import Staff


def on_sign_in(sender: Any, request: HttpRequest, user: Staff, **kwargs: Any) -> None:
    clocks.begin(request.session, time.time())
    note_seen(user)


def on_sign_out(sender: Any, request: HttpRequest, **kwargs: Any) -> None:
    """What was kept for this session goes with it. Called before the session is emptied."""
    if request is not None and hasattr(request, "session"):
        kept.throw_all_away(request.session)


def on_own_password(sender: Any, user: Staff, **kwargs: Any) -> None:
    if user.password_was_given:
        user.password_was_given = False
        Staff.objects.filter(pk=user.pk).update(password_was_given=False)


def keep_nothing_typed(sender: Any, instance: AccessAttempt, **kwargs: Any) -> None:
    """axes would keep the whole form of a failed try: codes, an approver's password, a customer's data around it."""
    instance.get_data = instance.post_data = ""


def connect() -> None:
    pre_save.connect(keep_nothing_typed, sender=AccessAttempt, dispatch_uid="accounts.keep_nothing_typed")
    user_logged_in.connect(on_sign_in, dispatch_uid="accounts.on_sign_in")
    user_logged_out.connect(on_sign_out, dispatch_uid="accounts.on_sign_out")
    password_changed.connect(on_own_password, dispatch_uid="accounts.on_own_password")
