"""Forms that arrive at a locked session: kept for some minutes, shown after the unlock, sent only by hand.

They lie in the cache under a random id that only the session knows, `KEPT_POST_SECONDS` long. Passwords, codes of
the second factor and files are never kept.
"""

import re
import secrets
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.sessions.backends.base import SessionBase
from django.core.cache import cache
from django.http import HttpRequest

from piggyadmin.htmx import wants_partial

SENT_KEY = "_kept"  # in a kept form that is sent by hand: which one it is, so that it is kept no longer
IDS_KEY = "kept"  # in the session: the ids, oldest first
MOST_FORMS = 5  # one person, a few tabs
MOST_BYTES = 64 * 1024
SECRET_NAME = re.compile(r"pass(word|phrase)?\d?$|password|secret|\botp\b|^csrfmiddlewaretoken$", re.IGNORECASE)


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


def keep(
    *, session: SessionBase, path: str, page: str, fields: Iterable[tuple[str, str]], has_files: bool
) -> KeptForm | None:
    """Keep the form; None when it is too large or carries files, and nothing was kept."""
    all_fields = tuple(fields)
    plain = tuple((name, value) for name, value in all_fields if not SECRET_NAME.search(name))
    size = len(path.encode()) + sum(len(name.encode()) + len(value.encode()) for name, value in plain)
    if has_files or size > MOST_BYTES:
        return None
    form = KeptForm(
        id=secrets.token_urlsafe(16),
        path=path,
        page=page,
        fields=plain,
        secrets_left_out=any(SECRET_NAME.search(name) and name != "csrfmiddlewaretoken" for name, _ in all_fields),
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
    """Keep the POST that has just arrived; when it cannot be kept, the next page says so."""
    form = None
    if not is_about_signing_in(request):
        form = keep(
            session=request.session,
            path=request.get_full_path(),
            page=page_of(request),
            fields=[(name, str(value)) for name, values in request.POST.lists() for value in values],
            has_files=bool(request.FILES),
        )
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
