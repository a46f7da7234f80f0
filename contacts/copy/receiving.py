"""Piggy's webhooks: check who speaks, keep which contact it is about, answer. Reading it again is a job's work.

The signature covers the bytes of the body and nothing else: no time, no number. So anything may come twice, late or in
another order, and an event is never believed: it only makes us ask Piggy. What is refused writes nothing and leaves one
line in the log, without a word of what was sent.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import re
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from contacts.copy import events, hints

logger = logging.getLogger(__name__)

LONGEST = 1024 * 1024  # bytes of a body; a contact with every attribute takes some thousands
EVENT_NAME = re.compile(r"[a-z_]{1,60}")
OPAQUE = re.compile(r"[A-Za-z0-9_-]{1,64}")


class Refused(Exception):
    """Why a delivery is not taken, with the HTTP status that says so."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status, self.why = status, why


@csrf_exempt
@login_not_required
@require_POST
def receive(request: HttpRequest) -> HttpResponse:
    """Take one event. Piggy tries again, five times at most, whatever is not answered with a 2xx."""
    try:
        event_type, contact_uuid = _read(request)
        if not contact_uuid:
            logger.info("webhook %s names no contact: nothing to do", event_type)
            return _told(200, "ignored")
        is_new = hints.keep(event_type=event_type, contact_uuid=contact_uuid)
    except Refused as refused:
        logger.warning("webhook not taken, answered %s: %s", refused.status, refused.why)
        return _told(refused.status, refused.why)
    except DatabaseError:
        logger.exception("webhook not kept, answered 503: the database did not take it")
        return _told(503, "busy")
    return _told(202, "kept" if is_new else "known")


def _told(status: int, words: str) -> HttpResponse:
    response = JsonResponse({"status": words}, status=status)
    response._has_been_logged = True  # type: ignore[attr-defined]  # one line a refusal: Django would add its own
    return response


def _read(request: HttpRequest) -> tuple[str, str]:
    """The event's name and the contact it is about ("" for none). Raises Refused."""
    secret = settings.PIGGY_WEBHOOK_SECRET
    if not secret:
        raise Refused(503, "PIGGY_WEBHOOK_SECRET is not set")
    body = _body(request)
    if not is_signed(body, signature=request.headers.get("Signature", ""), secret=secret):
        raise Refused(401, "the signature is missing or wrong")
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):  # whatever is no JSON, also an endless number or ten thousand brackets
        raise Refused(400, "the body is not JSON") from None
    if not isinstance(said, dict) or not isinstance(said.get("type"), str):
        raise Refused(400, "the body is not an event")
    event_type = said["type"]
    if event_type not in events.KNOWN:
        # Taken politely, or Piggy would send it five times more.
        name = event_type if EVENT_NAME.fullmatch(event_type) else "of a strange name"
        raise Refused(200, f"nobody here knows the event {name}")
    return event_type, contact_in(event_type, said.get("data"))


def _body(request: HttpRequest) -> bytes:
    """The raw bytes. A body that is too long is refused before any of it is read. Raises Refused."""
    told = request.META.get("CONTENT_LENGTH") or ""
    if not told.isascii() or not told.isdigit():
        raise Refused(411, "the length of the body is not told")
    if len(told) > 10 or int(told) > LONGEST:
        raise Refused(413, "the body is too long")
    try:
        return request.read(LONGEST + 1)
    except UnreadablePostError:
        raise Refused(400, "the body broke off") from None


def is_signed(body: bytes, *, signature: str, secret: str) -> bool:
    """Whether `signature` is the hex HMAC-SHA256 of the body's very bytes. Compared in constant time."""
    made = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    given = signature.strip().lower().encode("utf-8", "replace")
    return hmac.compare_digest(made.encode(), given)


def contact_in(event_type: str, data: Any) -> str:
    """The uuid of the contact that an event is about, "" when it names none.

    Piggy documents no payload. Known: `data.contact` for a contact's own events, and another entity under its own name,
    with its contact whole or as a uuid alone.
    """
    if not isinstance(data, dict):
        return ""
    of_contact = event_type in ("contact_created", "contact_updated")
    entities = [value for value in data.values() if isinstance(value, dict)]
    for place in (data, *entities):
        for found in (place.get("contact"), place.get("contact_uuid")):
            uuid = found.get("uuid") if isinstance(found, dict) else found
            if _is_opaque(uuid):
                return str(uuid)
    own = data.get("uuid")
    return str(own) if of_contact and _is_opaque(own) else ""


def _is_opaque(value: Any) -> bool:
    """Whether a value can be an id at Piggy, and stand in an address. An e-mail address cannot."""
    return isinstance(value, str) and OPAQUE.fullmatch(value) is not None
