"""Forms that arrive at a locked session: kept for some minutes, shown after the unlock, sent only by hand.

They lie in the cache under a random id that only the session knows, `KEPT_POST_SECONDS` long. Passwords, codes of
the second factor and files are never kept.
"""

import secrets
import time
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.sessions.backends.base import SessionBase
from django.core.cache import cache
from django.http import HttpRequest

from piggyadmin.htmx import wants_partial
from piggyadmin.typed import Sent, sent_by

SENT_KEY = "_kept"  # in a kept form that is sent by hand: which one it is, so that it is kept no longer
IDS_KEY = "kept"  # in the session: the ids, oldest first
MOST_FORMS = 5  # one person, a few tabs
MOST_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class KeptForm:
    """A form as it arrived: where to, which fields, from which page. `at` in seconds since 1970."""

    id: str
    path: str
    page: str
    fields: tuple[tuple[str, str], ...]
    secrets_left_out: bool
    at: float


def _name(kept_id: str) -> str:
    return f"kept-form:{kept_id}"


def _keep(session: SessionBase, path: str, page: str, sent: Sent) -> KeptForm | None:
    size = len(path.encode()) + sum(len(name.encode()) + len(value.encode()) for name, value in sent.fields)
    if size > MOST_BYTES:
        return None
    form = KeptForm(
        id=secrets.token_urlsafe(16),
        path=path,
        page=page,
        fields=sent.fields,
        secrets_left_out=sent.left_out,
        at=time.time(),
    )
    cache.set(_name(form.id), asdict(form), settings.KEPT_POST_SECONDS)
    ids = [*session.get(IDS_KEY, []), form.id]
    for old in ids[:-MOST_FORMS]:
        cache.delete(_name(old))
    session[IDS_KEY] = ids[-MOST_FORMS:]
    return form


def is_about_signing_in(request: HttpRequest) -> bool:
    """True for allauth's own forms: they hold passwords and codes, and nothing that takes long to type."""
    match = request.resolver_match
    return match is not None and (match.url_name or "").startswith(("account_", "mfa_"))


def page_of(request: HttpRequest) -> str:
    """The path of the page the person has before them: for htmx the page, not the part it asked for."""
    if wants_partial(request):
        return urlsplit(request.headers.get("HX-Current-URL", "")).path or "/"
    return request.get_full_path() if request.method in ("GET", "HEAD") else request.path


def keep_request(request: HttpRequest) -> KeptForm | None:
    """Keep the POST that has just arrived; one with files or too much text is not kept, and the next page says so."""
    form = None
    if not is_about_signing_in(request) and not request.FILES:
        form = _keep(request.session, request.get_full_path(), page_of(request), sent_by(request))
    if form is None:
        words = "What you sent was not kept: it had a file or a code in it, or was too long. Do it again."
        messages.error(request, words, extra_tags="refused")
    return form


def kept_forms(session: SessionBase) -> list[KeptForm]:
    """The forms of this session that are still there, newest first."""
    ids: list[str] = session.get(IDS_KEY, [])
    if not ids:
        return []
    found: dict[str, dict[str, Any]] = cache.get_many([_name(kept_id) for kept_id in ids])
    forms = [found[_name(kept_id)] for kept_id in reversed(ids) if _name(kept_id) in found]
    return [KeptForm(**{**form, "fields": tuple((name, value) for name, value in form["fields"])}) for form in forms]


def throw_away(session: SessionBase, kept_id: str) -> None:
    ids: list[str] = session.get(IDS_KEY, [])
    if kept_id in ids:
        cache.delete(_name(kept_id))
        session[IDS_KEY] = [other for other in ids if other != kept_id]


def throw_all_away(session: SessionBase) -> None:
    ids: list[str] = session.pop(IDS_KEY, [])
    cache.delete_many([_name(kept_id) for kept_id in ids])
