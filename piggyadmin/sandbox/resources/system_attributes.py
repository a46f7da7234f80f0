"""The contact attributes that Piggy defines itself, in every account.

Eight of them can be written. "Hard" ones no one can change, "soft" ones only Piggy's own software does; to a caller of
this API the two come to the same."""

from __future__ import annotations

from piggyadmin.sandbox.store import Row

LOCALES = {"en": "English", "nl": "Dutch", "de": "German", "es": "Spanish", "fr": "French"}
WRITABLE = {
    "firstname": ("First name", "text"),
    "lastname": ("Last name", "text"),
    "phonenumber": ("Phone number", "phone"),
    "birthdate": ("Birthdate", "birth_date"),
    "address": ("Address", "text"),
    "avatar": ("Avatar", "media_upload"),
    "age": ("Age", "number"),
    "locale": ("Language", "select"),
}
HARD = {
    "email": ("E-mail", "email"),
    "created_at": ("Created at", "date_time"),
    "channel": ("Channel", "text"),
    "tier": ("Tier", "text"),
    "loyalty_first_transaction_date": ("First loyalty transaction", "date_time"),
}
SOFT = {
    "status": ("Status", "text"),
    "updated_at": ("Updated at", "date_time"),
    "is_anonymous": ("Anonymous", "boolean"),
    "loyalty_balance": ("Credit balance", "number"),
    "previous_loyalty_balance": ("Previous credit balance", "number"),
    "loyalty_number_of_transactions": ("Number of loyalty transactions", "number"),
    "loyalty_total_credits_received": ("Credits received", "number"),
    "loyalty_last_transaction_date": ("Last loyalty transaction", "date_time"),
    "loyalty_associated_shops": ("Shops", "text"),
    "prepaid_balance": ("Prepaid balance", "float"),
    "default_contact_identifier": ("Default identifier", "identifier"),
    "custom_app_login_url": ("Login link", "url"),
    "custom_app_login_code": ("Login code", "number"),
    "add_to_wallet": ("Add to wallet", "url"),
    "subscription_preferences_url": ("Subscription preferences", "url"),
}


def _all() -> dict[str, Row]:
    parts = [(WRITABLE, False, False), (HARD, True, True), (SOFT, True, False)]
    rows: dict[str, Row] = {}
    for part, soft, hard in parts:
        for name, (label, kind) in part.items():
            rows[name] = {
                "id": len(rows) + 1,
                "entity": "contact",
                "name": name,
                "label": label,
                "type": kind,
                "description": None,
                "options": [{"value": value, "label": label} for value, label in LOCALES.items()]
                if name == "locale"
                else [],
                "group_name": "Contact information",
                "soft": soft,
                "hard": hard,
                "system": True,
                "created_at": "2021-02-01T09:00:00+00:00",
            }
    return rows


SYSTEM: dict[str, Row] = _all()
