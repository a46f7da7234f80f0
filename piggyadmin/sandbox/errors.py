"""What the API refuses, and in which words.

Every platform error is HTTP 400 with ``{message, code, status_code}``, "not found" included; code 1003 adds ``errors``,
field name to messages. Documented at https://docs.leat.com/v3/error-handling and with each call.
"""

from __future__ import annotations

MESSAGES: dict[int, str] = {
    1000: "Er is iets misgegaan | Something went wrong.",
    1003: "Invalid input.",
    1008: "Shop not found.",
    1015: "Maximum amount of credits reached.",
    1017: "Insufficient credits.",
    1018: "Reward out of stock.",
    1019: "Reward claim limit reached.",
    1027: "POS Transaction not found.",
    1052: "Reward is inactive.",
    1053: "Account secret is invalid",
    1100: "Giftcard Program not found.",
    3000: "The token is expired",
    5001: "Giftcard not found.",
    5002: "This giftcard has expired.",
    5003: "Insufficient amount on giftcard.",
    5006: "This giftcard cannot be incremented.",
    5008: "Maximum amount of giftcard exceeded.",
    5010: "Giftcard transaction not found.",
    6003: "Reward not found.",
    7010: "This giftcard is invalid.",
    13010: "Passcode not found.",
    55021: "Only Digital giftcards can by created using the public API.",
    55025: "This is not the giftcards last transaction.",
    55030: "Subscription type not found.",
    55031: "Contact not found.",
    55032: "User app not found.",
    55045: "Unit already exists.",
    55046: "No default unit found.",
    60000: "Usage limit reached.",
    60001: "Er wordt al een spaartransactie aangemaakt | Credit reception creating in progress.",
    60003: "Contact identifier not found.",
    60004: "Contact identifier inactive.",
    60005: "Contact already exists.",
    60006: "Contact identifier already exists.",
    60007: "Unit not found.",
    60009: "Attribute already exists.",
    60011: "Contact identifier is not linked to a contact.",
    60013: "Model not found.",
    60014: "Contact identifier is already linked.",
    60016: "Contact not anonymous.",
    60018: "Please submit credits when using v1",
    60019: "Please submit units when using v2",
    80002: "Promotion not found.",
    80003: "Voucher already exists.",
    80004: "Voucher not found.",
    80005: "Voucher is already redeemed.",
    80006: "Voucher is expired.",
    80008: "Voucher limit reached.",
    80012: "Voucher is deactivated.",
    80014: "Voucher is inactive.",
    80017: "Voucher is already locked.",
    80019: "Voucher doesn't have enough redemptions left.",
    80020: "Promotion is inactive.",
    80300: "Not found, or expired.",
    110000: "Perk not found.",
}

FieldErrors = dict[str, list[str]]


class ApiError(Exception):
    """A refusal. ``errors`` only with code 1003."""

    def __init__(self, code: int, errors: FieldErrors | None = None) -> None:
        super().__init__(MESSAGES[code])
        self.code = code
        self.errors = errors

    def body(self) -> dict[str, object]:
        body: dict[str, object] = {"message": MESSAGES[self.code], "code": self.code, "status_code": 400}
        if self.errors:
            body["errors"] = self.errors
        return body


def invalid(field: str, message: str) -> ApiError:
    """Code 1003 for one field."""
    return ApiError(1003, {field: [message]})
