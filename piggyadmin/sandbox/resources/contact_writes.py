"""Making and changing contacts: https://docs.leat.com/v3/oauth/contacts"""

from __future__ import annotations

from piggyadmin.sandbox.account import Account
from piggyadmin.sandbox.call import Call
from piggyadmin.sandbox.errors import ApiError
from piggyadmin.sandbox.registry import operation
from piggyadmin.sandbox.resources.attributes import take_values
from piggyadmin.sandbox.resources.contacts import contact_view, new_contact
from piggyadmin.sandbox.resources.identifiers import give_to, new_identifier
from piggyadmin.sandbox.settings import setting
from piggyadmin.sandbox.store import Row
from piggyadmin.sandbox.wire import Answer

ASYNC_SECONDS = 5
"""How long the system values of an asynchronously made contact take to appear."""
CHANNEL = "OAUTH_API"


def by_email(account: Account, email: str) -> Row | None:
    """Addresses are told apart without regard to capitals."""
    return next(iter(account.table("contact").where("email", email.lower())), None)


def _create(account: Account, email: str | None, *, ready_at: str = "") -> Row:
    """A new contact; 60000 when the account is full. Referral codes are taken and not followed up."""
    limit = setting(account, "contact_limit")
    if limit is not None and len(account.table("contact")) >= limit:
        raise ApiError(60000)
    row = new_contact(account, email=email, channel=CHANNEL)
    return account.put("contact", {**row, "ready_at": ready_at} if ready_at else row)


def _create_from(call: Call, *, ready_at: str = "") -> Answer:
    sent = call.sent()
    email = sent.email("email", required=True)
    sent.text("referral_code")
    sent.done()
    if by_email(call.account, email or "") is not None:
        raise ApiError(60005)
    return call.answer({"uuid": _create(call.account, email, ready_at=ready_at)["uuid"]})


@operation("POST", "/contacts", "create_contact")
def create_contact(call: Call) -> Answer:
    """Answers the uuid alone."""
    return _create_from(call)


@operation("POST", "/contacts/async", "create_contact_async")
def create_contact_async(call: Call) -> Answer:
    return _create_from(call, ready_at=call.account.after(ASYNC_SECONDS))


@operation("POST", "/contacts/anonymous", "create_anonymous_contact")
def create_anonymous_contact(call: Call) -> Answer:
    """The page says the value becomes the identifier, and then lists "identifier not found": it is read strictly, so
    the identifier has to be there, active and nobody's. The setting ``anonymous_makes_card`` is the other reading."""
    sent = call.sent()
    value = sent.text("contact_identifier_value")
    sent.done()
    account = call.account
    card = account.table("identifier").get(value or "")
    if value and not setting(account, "anonymous_makes_card") and (card is None or not card["active"]):
        raise ApiError(60003)
    if card is not None and card["contact_uuid"]:
        raise ApiError(60014)
    contact = _create(account, None)
    if value:
        give_to(account, card or new_identifier(account, value), contact)
    return call.answer({"uuid": contact["uuid"]})


def _find_or_create(call: Call, *, ready_at: str = "") -> Row:
    asked = call.asked()
    email = asked.email("email", required=True)
    asked.done()
    found = by_email(call.account, email or "")
    return found or _create(call.account, email, ready_at=ready_at)


@operation("GET", "/contacts/find-or-create", "find_or_create_contact", writes=True)
def find_or_create_contact(call: Call) -> Answer:
    """A GET that creates."""
    return call.answer(contact_view(call.account, _find_or_create(call)))


@operation("GET", "/contacts/find-or-create/async", "find_or_create_contact_async", writes=True)
def find_or_create_contact_async(call: Call) -> Answer:
    ready_at = call.account.after(ASYNC_SECONDS)
    return call.answer({"uuid": _find_or_create(call, ready_at=ready_at)["uuid"]})


@operation("PUT", "/contacts/{contact_uuid}", "update_contact")
def update_contact(call: Call) -> Answer:
    """Attributes by name: all of them or, when one is refused, none."""
    sent = call.sent()
    contact = call.contact()
    values = take_values(call.account, "contact", sent.fields.get("attributes"))
    changed = {**contact, "values": {**contact["values"], **values}, "updated_at": call.account.now()}
    return call.answer(contact_view(call.account, call.account.put("contact", changed)))
