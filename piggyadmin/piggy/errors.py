"""Every way in which a call to Piggy can fail; nothing else, and no httpx error, leaves this package.

    PiggyError                  .message is fit for staff to read
    ├── PiggyUnavailable        no answer, 5xx (503: maintenance), code 1000            page: 503
    │   └── PiggyNotSent        it surely never left: refused connection, no time left  page: 503
    ├── PiggyOutcomeUnknown     a write broke off half-way: it MAY have happened        page: 502
    ├── PiggyUnexpected         an answer whose shape we do not know                    page: 502
    │   └── PiggyFilterIgnored  an answer about somebody or something else              page: 502
    └── PiggyRejected           any other 4xx; .code, .fields (from "errors")           page: 502 unless caught
        ├── PiggyNotFound       80004, 55031, ...
        ├── PiggyInvalid        1003, 422, or refused by ourselves before any call
        ├── PiggyRateLimited    429; .retry_after                                       page: 503
        └── PiggyUnauthorized   401

Piggy answers nearly every refusal with HTTP 400 and says what it means in the body's `code`
(https://docs.piggy.eu/v3/error-handling), so `BY_CODE` decides first and `BY_STATUS` only helps out. Only 401 and 429
come before it: they are said at the door, before the application speaks.

For a write the one question is: may it have happened?
- Not done: PiggyNotSent, PiggyRejected and all beneath it.
- Nobody knows: PiggyOutcomeUnknown. A 5xx is one whatever its body says (a proxy may speak after Piggy committed), so
  is code 1000, so is an answer cut off, garbled or of an unknown shape, so is a redirect. A 400 without a readable code
  is one too: Piggy sends its internal error, code 1000, with that very status. Of the other 4xx those in
  `REFUSED_UNSEEN` are spoken before anything is done; the rest (408, 499, ...) are a proxy's words about its own
  patience, hence unknown.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx
import msgspec

from . import words

DEFAULT_RETRY_AFTER = 60.0  # s; Piggy documents no window, a minute is its framework's default
LONGEST_RETRY_AFTER = 86_400.0  # s

# Answered without doing anything, even when no Piggy body comes with it: sign-in, routing, size, form, a door-keeper.
REFUSED_UNSEEN = frozenset({401, 403, 404, 405, 406, 410, 411, 413, 414, 415, 417, 421, 422, 426, 428, 429, 431, 451})


class PiggyError(Exception):
    """A call to Piggy that did not bring what was asked.

    `message` is a sentence for staff, without personal data. `code` is Piggy's, `status` is HTTP's, `request_id` is the
    one we sent; each may be missing. `operation` is the operation's name in Piggy's documentation. `detail` is for the
    log: a place in the answer and the type found there, never a value. `piggy_message` is Piggy's own sentence, which
    may name a person: show it where that is wanted, never log it (`str()` leaves it out).
    """

    def __init__(
        self,
        message: str = "",
        *,
        code: int | None = None,
        status: int | None = None,
        request_id: str = "",
        operation: str = "",
        piggy_message: str = "",
        detail: str = "",
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.status = status
        self.request_id = request_id
        self.operation = operation
        self.piggy_message = piggy_message
        self.detail = detail

    def __str__(self) -> str:
        facts = {"operation": self.operation, "code": self.code, "status": self.status, "request": self.request_id}
        known = " ".join(f"{name}={value}" for name, value in facts.items() if value not in (None, ""))
        return f"{self.message} [{known}]" if known else self.message


class PiggyUnavailable(PiggyError):
    """Piggy did not answer, or said that it cannot now. Asking again later may help."""


class PiggyNotSent(PiggyUnavailable):
    """Nothing left this machine: no connection, no name, or no time or budget left. A write is surely not done."""


class PiggyOutcomeUnknown(PiggyError):
    """A write that may or may not have happened. Never try again before looking."""


class PiggyUnexpected(PiggyError):
    """An answer whose shape we do not know."""


class PiggyFilterIgnored(PiggyUnexpected):
    """An answer about somebody or something else than was asked for: a filter that Piggy did not apply."""


class PiggyRejected(PiggyError):
    """Piggy said no, and has not done it. `fields` holds its words per field, from the body's `errors`."""

    def __init__(self, message: str = "", *, fields: Mapping[str, list[str]] | None = None, **facts: Any) -> None:
        super().__init__(message, **facts)
        self.fields: dict[str, list[str]] = dict(fields or {})


class PiggyNotFound(PiggyRejected):
    """What was named does not exist at Piggy (any more)."""


class PiggyInvalid(PiggyRejected):
    """What was sent is not acceptable. Without `status` it was refused here and never reached Piggy."""


class PiggyRateLimited(PiggyRejected):
    """Not done: Piggy wants us to wait `retry_after` seconds first (`DEFAULT_RETRY_AFTER` when it named none)."""

    def __init__(self, message: str = "", *, retry_after: float = DEFAULT_RETRY_AFTER, **facts: Any) -> None:
        super().__init__(message, **facts)
        self.retry_after = retry_after


class PiggyUnauthorized(PiggyRejected):
    """Piggy does not accept our token."""


NOT_FOUND = (
    *(1008, 1013, 1027, 1028, 1041, 1048, 1100, 1103, 5001, 5010, 6003, 55004, 55007, 55012, 55020, 55030, 55031),
    *(55032, 60003, 60007, 60013, 80002, 80004, 80300, 110000),
)
BY_CODE: dict[int, type[PiggyError]] = {
    **dict.fromkeys(words.WORDS, PiggyRejected),
    **dict.fromkeys(NOT_FOUND, PiggyNotFound),
    1000: PiggyUnavailable,
    1003: PiggyInvalid,
}
# 404 is not here: Piggy says "not found" with a code. A bare 404 is a wrong address, no proof that a customer is gone.
BY_STATUS: dict[int, type[PiggyRejected]] = {422: PiggyInvalid}
AT_THE_DOOR: dict[int, type[PiggyRejected]] = {401: PiggyUnauthorized, 429: PiggyRateLimited}


def error_for(
    response: httpx.Response, *, write: bool, operation: str = "", request_id: str = "", sent: Collection[str] = ()
) -> PiggyError:
    """The error that an answer other than 2xx stands for; the rules are at the top of this module.

    `sent` are the names of what the call carried.
    """
    status = response.status_code
    body = piggy_body(response.content)
    code = body.get("code")
    facts: dict[str, Any] = {
        "code": code,
        "status": status,
        "request_id": request_id,
        "operation": operation,
        "piggy_message": _text(body.get("message")),
    }
    kind = AT_THE_DOOR.get(status) or (BY_CODE.get(code) if code is not None else None)
    if write and (status >= 500 or kind is PiggyUnavailable):
        return PiggyOutcomeUnknown(words.UNKNOWN, **facts)
    if (kind is None and status >= 500) or kind is PiggyUnavailable:
        return PiggyUnavailable(words.MAINTENANCE if status == 503 else words.BROKEN, **facts)
    if kind is None and status < 400:
        return unreadable(write=write, **facts)
    if kind is None and code is None and write and status not in REFUSED_UNSEEN:
        return PiggyOutcomeUnknown(words.UNKNOWN, **facts)
    return _rejected(kind, response, body, facts, sent)


def _rejected(
    kind: type[PiggyError] | None,
    response: httpx.Response,
    body: Mapping[str, Any],
    facts: dict[str, Any],
    sent: Collection[str],
) -> PiggyError:
    status = response.status_code
    chosen = kind or BY_STATUS.get(status) or PiggyRejected
    fields = fields_of(body.get("errors"))
    if issubclass(chosen, PiggyRateLimited):
        pause = retry_after(response.headers)
        return chosen(words.wait(pause), retry_after=pause, fields=fields, **facts)
    if issubclass(chosen, PiggyUnauthorized):
        return chosen(words.WORDS.get(facts["code"], words.KEY_REFUSED), fields=fields, **facts)
    if chosen is PiggyInvalid:
        return PiggyInvalid(words.not_accepted(facts["operation"], sent), fields=fields, **facts)
    assert issubclass(chosen, PiggyRejected)
    return chosen(words.refusal(facts["code"], status), fields=fields, **facts)


def unreadable(*, write: bool, **facts: Any) -> PiggyError:
    """A success whose body does not fit: for a read unexpected; for a write nobody knows what was done."""
    return PiggyOutcomeUnknown(words.UNKNOWN, **facts) if write else PiggyUnexpected(words.UNREADABLE, **facts)


def piggy_body(content: bytes) -> dict[str, Any]:
    """The body of an error if Piggy itself wrote it, with `code` as int; else {}.

    Piggy's own errors are known by `message`, `code` and `status_code` standing together. A gateway's
    `{"code": 404, "message": ...}` is not one of them.
    """
    try:
        body = msgspec.json.decode(content)
    except (msgspec.MsgspecError, RecursionError):
        return {}
    if not isinstance(body, dict):
        return {}
    code = body.get("code")
    if isinstance(code, str) and code.isascii() and code.isdigit() and len(code) < 10:
        code = int(code)
    if isinstance(code, int) and not isinstance(code, bool) and "message" in body and "status_code" in body:
        return {**body, "code": code}
    return {name: body[name] for name in ("message", "errors") if name in body}


def fields_of(errors: Any) -> dict[str, list[str]]:
    """`{"field": ["words", ...]}` out of the `errors` of a body, which come as lists or as one string."""
    if not isinstance(errors, dict):
        return {}
    told = {str(name): value if isinstance(value, list) else [value] for name, value in errors.items()}
    return {name: [str(word) for word in value if word not in (None, "")] for name, value in told.items()}


def retry_after(headers: Mapping[str, str]) -> float:
    """Seconds that Piggy asks us to wait: a number or an HTTP date; `DEFAULT_RETRY_AFTER` when neither is there."""
    text = headers.get("Retry-After", "").strip()
    try:
        seconds = float(text) if text.isascii() and text.isdigit() else _seconds_until(parsedate_to_datetime(text))
    except (TypeError, ValueError, OverflowError):
        return DEFAULT_RETRY_AFTER
    return min(max(0.0, seconds), LONGEST_RETRY_AFTER) if math.isfinite(seconds) else LONGEST_RETRY_AFTER


def _seconds_until(moment: datetime) -> float:
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return (aware - datetime.now(UTC)).total_seconds()


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
