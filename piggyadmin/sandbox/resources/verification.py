"""Proving that an address is one's own: https://docs.leat.com/v3/oauth/contact-verification

No mail goes out. What it would have said is in rows of the kind "verification"."""

from __future__ import annotations

from piggyadmin.sandbox.call import Call
from piggyadmin.sandbox.errors import ApiError
from piggyadmin.sandbox.registry import operation
from piggyadmin.sandbox.resources.contact_writes import by_email
from piggyadmin.sandbox.settings import setting
from piggyadmin.sandbox.wire import Answer

DIGITS = "0123456789"
CODE_SECONDS = 3600
"""How long a code is good for (our assumption, no page says so)."""


def _need_portal(call: Call) -> None:
    if not setting(call.account, "portal"):
        raise ApiError(55032)


@operation("POST", "/contact-verification/send", "send_verification_email")
def send_verification_email(call: Call) -> Answer:
    """Needs a contact with this address. A new code takes the place of those sent before."""
    sent = call.sent()
    email = sent.email("email", required=True)
    sent.done()
    account = call.account
    contact = by_email(account, email or "")
    if contact is None:
        raise ApiError(55031)
    _need_portal(call)
    row = {
        "uuid": account.new_uuid(),
        "email": (email or "").lower(),
        "contact_uuid": contact["uuid"],
        "code": "".join(account.choose(DIGITS) for _ in range(6)),
        "created_at": account.now(),
        "expires_at": account.after(CODE_SECONDS),
        "used_at": None,
    }
    account.put("verification", row)
    word = "Success" if account.rng.random() < 0.5 else "success"
    return call.answer({"type": word, "message": "Verification e-mail sent."})


@operation("POST", "/contact-verification/verify", "verify_login_code")
def verify_login_code(call: Call) -> Answer:
    """Only the code sent last counts, and it counts once."""
    sent = call.sent()
    code = sent.text("code", required=True)
    email = sent.email("email", required=True)
    sent.done()
    _need_portal(call)
    account = call.account
    rows = account.table("verification").where("email", (email or "").lower())
    row = rows[-1] if rows else None
    if row is None or row["code"] != code or row["used_at"] or row["expires_at"] <= account.now():
        raise ApiError(13010)
    contact = by_email(account, email or "")
    if contact is None:
        raise ApiError(13010)
    account.put("verification", {**row, "used_at": account.now()})
    return call.answer({"uuid": contact["uuid"]})
