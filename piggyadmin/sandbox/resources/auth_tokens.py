"""The token that signs a contact in: https://docs.leat.com/v3/oauth/contact-verification (the third call of the page)

What it opens is not built here. Each call makes another; that one was made is in rows of the kind "auth_token", by its
last four characters alone."""

from __future__ import annotations

import base64
import uuid
from typing import Any

from piggyadmin.sandbox.call import Call
from piggyadmin.sandbox.registry import operation
from piggyadmin.sandbox.wire import Answer


@operation("GET", "/contact-verification/auth-token/{contact_uuid}", "get_contact_auth_token", writes=True)
def get_contact_auth_token(call: Call) -> Answer:
    """The page shows an object, the SDK and captures a bare text: either comes, by the dice."""
    contact = call.contact()
    token = base64.urlsafe_b64encode(f"{contact['uuid']}:{uuid.uuid4().hex}".encode()).decode()
    row = {
        "uuid": call.account.new_uuid(),
        "contact_uuid": contact["uuid"],
        "ends_with": token[-4:],
        "created_at": call.account.now(),
    }
    call.account.put("auth_token", row)
    data: Any = {"auth_token": token} if call.account.rng.random() < 0.5 else token
    return call.answer(data)
