"""Claim links: credits for whoever scans them first. https://docs.piggy.eu/v3/loyalty-tokens

A link carries all that it gives in its own query string, and a hash that only Piggy and the account can make. Only the
current version, v3, is made and claimed here.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from .caller import Caller
from .errors import PiggyInvalid
from .filters import contact_of, shop_of
from .inputs import checked_id, checked_number, checked_text, checked_whole, given, refusal
from .payloads import CreditReception

VERSION = "v3"
LONGEST_LINK = 2000  # characters
LONGEST_HASH = 64  # hex digits


@dataclass(frozen=True, slots=True, repr=False)
class LoyaltyToken:
    """A link taken apart. `credits`, or `unit_value` (major units) of the unit `unit_name`; `hash` is the secret."""

    shop_uuid: str
    unique_id: str
    timestamp: str
    hash: str
    credits: int | None = None
    unit_name: str = ""
    unit_value: Decimal | None = None


def read_link(url: str) -> LoyaltyToken:
    """What a link says of itself. Strict: each part once, no part missing, nothing that we do not know.

    Raises PiggyInvalid for anything else; nothing is asked of Piggy.
    """
    wrong = refusal("link", "This is not a claim link that we can read.")
    try:
        pairs = parse_qsl(urlsplit(url.strip()).query, strict_parsing=True, max_num_fields=12)
    except ValueError as error:
        raise wrong from error
    parts = dict(pairs)
    needed = {"version", "shop_uuid", "unique_id", "timestamp", "hash"}
    gives = {"credits"} if "credits" in parts else {"unit_name", "unit_value"}
    if len(url) > LONGEST_LINK or len(parts) != len(pairs) or parts.keys() != needed | gives:
        raise wrong
    if parts["version"] != VERSION or not _is_digits(parts["timestamp"], 12) or not _is_hex(parts["hash"]):
        raise wrong
    if "@" in checked_id(parts["shop_uuid"], field="link"):  # somebody's address is no shop
        raise wrong
    checked_text(parts["unique_id"], field="link", longest=100)
    token: dict[str, Any] = {name: parts[name] for name in ("shop_uuid", "unique_id", "timestamp", "hash")}
    if "credits" in parts:
        if not _is_digits(parts["credits"], 9):
            raise wrong
        return LoyaltyToken(**token, credits=int(parts["credits"]))
    number = parts["unit_value"]
    whole, _, fraction = number.partition(".")
    if not _is_digits(whole, 9) or ((fraction or "." in number) and not _is_digits(fraction, 4)):
        raise wrong
    checked_text(parts["unit_name"], field="link")
    return LoyaltyToken(**token, unit_name=parts["unit_name"], unit_value=Decimal(number))


class LoyaltyTokenCalls(Caller):
    def create_loyalty_token(
        self,
        *,
        shop_uuid: str,
        unique_id: str,
        credits: int | None = None,
        unit_name: str | None = None,
        unit_value: Decimal | float | None = None,
    ) -> str:
        """The URL of a link that gives `credits`, or what the rules make of `unit_value` (major units) of a unit.

        `unique_id` makes it one token: asked for again with the same one, Piggy makes another URL (its timestamp, and
        so its hash, differ) of the same token, and a token is claimed once. That is inferred from how the guide makes
        links offline, where no call tells Piggy of them before somebody claims; it is why a lost answer may be
        asked for again here. PiggyOutcomeUnknown, when the answer is about other credits, too.

        PiggyNotFound (1008), PiggyRejected (60018, 60019), PiggyInvalid (1003).

        https://docs.piggy.eu/v3/loyalty-tokens (Create Loyalty Token)
        """
        gives = _gives(credits, unit_name, unit_value)
        wanted = {
            "version": VERSION,
            "shop_uuid": checked_id(shop_uuid, field="shop_uuid"),
            "unique_id": checked_text(unique_id, field="unique_id", longest=100),
            **gives,
        }

        def is_ours(url: str) -> bool:
            try:
                token = read_link(url)
            except PiggyInvalid:
                return False
            return (token.shop_uuid, token.unique_id) == (shop_uuid, unique_id) and _gives(
                token.credits, token.unit_name or None, token.unit_value
            ) == gives

        return self._write("create_loyalty_token", "POST", "loyalty-tokens", str, json=wanted, is_ours=is_ours)

    def claim_loyalty_token(self, *, token: LoyaltyToken, contact_uuid: str) -> CreditReception:
        """Give a customer what a link carries, once.

        PiggyNotFound (1008, 55031), PiggyRejected (60000 it was claimed before, 60018, 60019), PiggyInvalid (1003 the
        hash does not fit).

        https://docs.piggy.eu/v3/loyalty-tokens (Claim Loyalty Token)
        """
        gives = _gives(token.credits, token.unit_name or None, token.unit_value)
        return self._write(
            "claim_loyalty_token",
            "POST",
            "loyalty-tokens/claim",
            CreditReception,
            json={
                "version": VERSION,
                "shop_uuid": checked_id(token.shop_uuid, field="shop_uuid"),
                "unique_id": checked_text(token.unique_id, field="unique_id", longest=100),
                "timestamp": checked_text(token.timestamp, field="timestamp", longest=12),
                **gives,
                "hash": checked_text(token.hash, field="hash", longest=LONGEST_HASH),
                "contact_uuid": checked_id(contact_uuid, field="contact_uuid"),
            },
            is_ours=lambda done: (
                contact_of(done) == contact_uuid
                and shop_of(done) in (None, token.shop_uuid)
                and token.credits in (None, done.credits)
            ),
        )


def _gives(credits: int | None, unit_name: str | None, unit_value: Decimal | float | None) -> dict[str, Any]:
    if (credits is None) == (unit_value is None) or (unit_value is None) != (unit_name is None):
        raise refusal("credits", "Say how many credits, or a unit and how much of it.")
    if credits is not None:
        return {"credits": checked_whole(credits, field="credits")}
    return {
        "unit_name": given(checked_text, unit_name, field="unit_name"),
        "unit_value": given(checked_number, unit_value, field="unit_value"),
    }


def _is_digits(text: str, longest: int) -> bool:
    return 0 < len(text) <= longest and text.isascii() and text.isdigit()


def _is_hex(text: str) -> bool:
    return 0 < len(text) <= LONGEST_HASH and set(text) <= set("0123456789abcdefABCDEF")
