"""Getting in: https://docs.leat.com/v3/oauth/authorization. Tokens themselves are the business of ``accounts.py``."""

from __future__ import annotations

from piggyadmin.sandbox.call import Call
from piggyadmin.sandbox.registry import operation
from piggyadmin.sandbox.wire import Answer


@operation("GET", "", "health_check")
def health_check(call: Call) -> Answer:
    """No answer is documented; any 2xx will do."""
    return call.answer([])


@operation("POST", "/oauth/token", "request_access_token", writes=False, base="")
def request_access_token(call: Call) -> Answer:
    """Client credentials. ``call.values`` holds the token made for this account; there is no envelope."""
    token, expires_in = call.values
    return Answer({"token_type": "Bearer", "expires_in": int(expires_in), "access_token": token}, bare=True)
