"""When a session locks and when it ends. All times are seconds since 1970, kept in the session itself.

Locked: `IDLE_SECONDS` without a request of the person's own doing; the password opens it again.
Over: `SESSION_COOKIE_AGE` after the sign-in, however busy the person was; a sign-in begins a new one.
"""

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase

SIGNED_IN_AT, SEEN_AT, LOCKED = "signed_in_at", "seen_at", "locked"
# A stamp costs a write, so it is renewed only when this old. It is taken off what counts as idle: never too early.
STAMP_SECONDS = 15


def begin(session: SessionBase, now: float) -> None:
    """Start the clocks of a session that has just been signed in to."""
    session[SIGNED_IN_AT] = session[SEEN_AT] = now
    session.pop(LOCKED, None)


def is_over(session: SessionBase, now: float) -> bool:
    return bool(now - session.get(SIGNED_IN_AT, now) > settings.SESSION_COOKIE_AGE)


def is_locked(session: SessionBase, now: float) -> bool:
    return bool(session.get(LOCKED)) or now - session.get(SEEN_AT, now) > settings.IDLE_SECONDS + STAMP_SECONDS


def lock(session: SessionBase) -> None:
    session[LOCKED] = True


def unlock(session: SessionBase, now: float) -> None:
    session.pop(LOCKED, None)
    session[SEEN_AT] = now


def stamp(session: SessionBase, now: float) -> bool:
    """Note that the person is there. True when it was written down."""
    session.setdefault(SIGNED_IN_AT, now)
    if now - session.get(SEEN_AT, 0) < STAMP_SECONDS:
        return False
    session[SEEN_AT] = now
    return True
