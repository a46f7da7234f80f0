"""Every operation of the client: what it is called with, what it asks of Piggy, and an answer that fits."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from .test_payloads import CONTACT, PROMOTION, VOUCHER

BASE = "http://piggy.test/api/v3/oauth/clients"
UUID = CONTACT["uuid"]
LOCK = {
    "voucher": {"uuid": "v-1", "status": "LOCKED"},
    "lock": {"release_key": "k-1", "locked_at": "2026-09-04T08:12:30+00:00", "unlocked_at": None},
}
TRANSACTION = {
    "type": "credit_reception",
    "uuid": "t-1",
    "credits": 5,
    "created_at": "2026-09-04T08:12:30+00:00",
    "contact": {"uuid": UUID},
    "shop": {"uuid": "s-1", "name": "Harbour"},
}
PREPAID = {
    "uuid": "p-1",
    "amount_in_cents": 100,
    "created_at": "2026-09-04T08:12:30+00:00",
    "contact": {"uuid": UUID},
    "shop": {"uuid": "s-1"},
}
REDEEMED = {**VOUCHER, "status": "REDEEMED", "voucher_redemption": {"uuid": "r-1", "created_at": ""}}

EMAIL = "mila.jansen@example.com"
CARD = {"name": "Card", "value": "LC-1", "active": True, "contact": {"uuid": UUID, "email": EMAIL}}
FAVOURITE = {
    "name": "favourite_dish",
    "label": "Favourite dish",
    "type": "select",
    "options": [{"value": 1, "label": "Soup"}],
}
MARK = {"name": "piggyadmin_act", "label": "Act", "placeholder": None, "type": "text", "options": []}
NEWSLETTER = {"id": 1, "uuid": "n-1", "name": "Newsletter", "active": True, "strategy": "DOUBLE_OPT_IN"}
SUBSCRIPTION = {"is_subscribed": False, "status": "PENDING_CONFIRMATION", "subscription_type": NEWSLETTER}
DINNER = datetime(2026, 5, 2, 18, 0, tzinfo=ZoneInfo("Europe/Amsterdam"))
LATER = datetime(2026, 5, 2, 18, 30, 0, 999, tzinfo=UTC)
BOOKING = {
    "uuid": "b-1",
    "contact": {"uuid": UUID, "email": EMAIL},
    "external_id": "BK-1",
    "source": None,
    "starts_at": "2026-05-02T16:00:00+00:00",
    "ends_at": "2026-05-02T18:30:00+00:00",
    "created_at": "2026-04-20T09:30:00+00:00",
}

READS: list[tuple[str, dict[str, Any], str, Any]] = [
    ("get_contact", {"contact_uuid": UUID}, f"/contacts/{UUID}", CONTACT),
    ("find_contact", {"email": "mila.jansen@example.com"},
     "/contacts/find-one-by?email=mila.jansen%40example.com", CONTACT),
    ("list_contacts", {"page": 2, "limit": 50}, "/contacts?page=2&limit=50", [CONTACT]),
    ("contacts_by_phone", {"phone": "+31612345678"},
     "/contacts?page=1&limit=30&attributes%5Bphonenumber%5D=%2B31612345678", [CONTACT]),
    ("find_identifier", {"value": "LC-1"}, "/contact-identifiers/find?contact_identifier_value=LC-1",
     {"value": "LC-1", "active": True, "contact": None}),
    ("list_identifiers", {"contact_uuid": UUID}, f"/contacts/{UUID}/contact-identifiers",
     [{"value": "LC-1", "contact": {"uuid": UUID}}, {"value": "LC-2"}]),
    ("get_credit_balance", {"contact_uuid": UUID}, f"/contacts/{UUID}/credit-balance", {"balance": 3}),
    ("get_prepaid_balance", {"contact_uuid": UUID}, f"/contacts/{UUID}/prepaid-balance",
     {"balance_in_cents": 1250, "balance": "€12.50"}),
    ("get_tier", {"contact_uuid": UUID}, f"/contacts/{UUID}/tier", {"name": "Silver"}),
    ("find_voucher", {"code": "COF-7Q2K9"}, "/vouchers/find?code=COF-7Q2K9", VOUCHER),
    ("list_vouchers", {"contact_uuid": "8b7e1d52", "promotion_uuid": "2f0c6a54", "status": "ACTIVE", "limit": 500},
     "/vouchers?contact_uuid=8b7e1d52&promotion_uuid=2f0c6a54&status=ACTIVE&page=1&limit=500", [VOUCHER]),
    ("list_promotions", {}, "/promotions", [PROMOTION]),
    ("get_promotion", {"promotion_uuid": "2f0c6a54"}, "/promotions/2f0c6a54", PROMOTION),
    ("list_loyalty_transactions", {"contact_uuid": UUID, "shop_uuid": "s-1", "kind": "credit_receptions"},
     f"/loyalty-transactions?contact_uuid={UUID}&shop_uuid=s-1&type=credit_receptions&sort=-created_at&page=1&limit=10",
     [TRANSACTION]),
    ("list_prepaid_transactions", {"contact_uuid": UUID, "limit": 100},
     f"/prepaid-transactions?contact_uuid={UUID}&page=1&limit=30", [PREPAID]),
    ("list_rewards", {"contact_uuid": UUID, "shop_uuid": "s-1"}, f"/rewards?shop_uuid=s-1&contact_uuid={UUID}",
     [{"uuid": "w-1", "title": "Tote bag"}]),
    ("get_loyalty_program", {}, "/loyalty-program", {"id": 1, "name": "House points"}),
    ("list_tiers", {}, "/tiers", [{"name": "Gold"}]),
    ("list_shops", {}, "/shops", [{"uuid": "s-1", "name": "Harbour"}]),
    ("get_shop", {"shop_uuid": "s-1"}, "/shops/s-1", {"uuid": "s-1", "name": "Harbour"}),
    ("health", {}, "", None),
    ("list_contact_attributes", {}, "/contact-attributes", [FAVOURITE]),
    ("list_custom_attributes", {"entity": "booking"}, "/custom-attributes?entity=booking",
     [{**FAVOURITE, "entity": "booking"}]),
    ("list_loyalty_transaction_attributes", {}, "/loyalty-transaction-attributes", [MARK]),
    ("list_subscription_types", {}, "/subscription-types", [NEWSLETTER]),
    ("list_contact_subscriptions", {"contact_uuid": UUID}, f"/contact-subscriptions/{UUID}", [SUBSCRIPTION]),
    ("list_units", {}, "/units", [{"name": "purchase_amount", "label": "Purchase amount", "is_default": True}]),
    ("calculate_credits", {"shop_uuid": "s-1", "unit_value": Decimal("25.40"), "contact_uuid": UUID, "unit_name": "p"},
     f"/credit-receptions/calculate?shop_uuid=s-1&unit_value=25.4&contact_uuid={UUID}&unit_name=p", {"credits": 25}),
]  # fmt: skip
WRITES: list[tuple[str, dict[str, Any], str, str, Any, Any]] = [
    ("lock_voucher", {"voucher_uuid": "v-1"}, "POST", "/vouchers/v-1/lock", None, LOCK),
    ("release_voucher", {"voucher_uuid": "v-1", "release_key": "k-1"},
     "POST", "/vouchers/v-1/release", {"release_key": "k-1"},
     {**LOCK, "voucher": {"uuid": "v-1", "status": "ACTIVE"}}),
    ("redeem_voucher", {"code": "COF-7Q2K9", "shop_uuid": "s-1", "contact_uuid": "c-1", "release_key": "k-1"},
     "POST", "/vouchers/redeem",
     {"code": "COF-7Q2K9", "shop_uuid": "s-1", "contact_uuid": "c-1", "release_key": "k-1"},
     REDEEMED),
    ("reverse_redemption", {"redemption_uuid": "r-1"}, "POST", "/vouchers/r-1/reverse", None, VOUCHER),
    ("create_contact", {"email": EMAIL}, "POST", "/contacts", {"email": EMAIL}, {"uuid": UUID}),
    ("create_anonymous_contact", {"contact_identifier_value": "LC-1"}, "POST", "/contacts/anonymous",
     {"contact_identifier_value": "LC-1"}, {"uuid": UUID}),
    ("find_or_create_contact", {"email": EMAIL}, "GET", "/contacts/find-or-create?email=mila.jansen%40example.com",
     None, CONTACT),
    ("update_contact", {"contact_uuid": UUID, "attributes": {"firstname": "Mila", "birthdate": None}},
     "PUT", f"/contacts/{UUID}", {"attributes": {"firstname": "Mila", "birthdate": None}}, CONTACT),
    ("claim_contact", {"contact_uuid": UUID, "email": EMAIL}, "PUT", f"/contacts/{UUID}/claim", {"email": EMAIL},
     CONTACT),
    ("create_identifier", {"value": "LC-1", "contact_uuid": UUID, "name": "Card"}, "POST", "/contact-identifiers",
     {"contact_identifier_value": "LC-1", "contact_uuid": UUID, "contact_identifier_name": "Card"}, CARD),
    ("link_identifier", {"value": "LC-1", "contact_uuid": UUID}, "PUT", "/contact-identifiers/link",
     {"contact_identifier_value": "LC-1", "contact_uuid": UUID}, CARD),
    ("unlink_identifier", {"value": "LC-1"}, "PUT", "/contact-identifiers/unlink",
     {"contact_identifier_value": "LC-1"}, {**CARD, "contact": None}),
    ("update_identifier", {"value": "LC-1", "name": "Card", "active": False}, "PUT", "/contact-identifiers",
     {"contact_identifier_value": "LC-1", "contact_identifier_name": "Card", "contact_identifier_active": False},
     {**CARD, "active": False}),
    ("create_custom_attribute",
     {"entity": "booking", "name": "dish", "label": "Dish", "type": "select", "group_name": "Kitchen",
      "description": "Ordered before", "options": [{"value": "1", "label": "Soup"}]},
     "POST", "/custom-attributes",
     {"entity": "booking", "name": "dish", "label": "Dish", "type": "select", "group_name": "Kitchen",
      "description": "Ordered before", "options": [{"value": "1", "label": "Soup"}]},
     {"entity": "booking", "name": "dish", "label": "Dish", "type": "select"}),
    ("create_loyalty_transaction_attribute", {"name": "piggyadmin_act", "data_type": "text", "label": "Act"},
     "POST", "/loyalty-transaction-attributes", {"name": "piggyadmin_act", "data_type": "text", "label": "Act"}, MARK),
    ("subscribe", {"contact_uuid": UUID, "subscription_type_uuid": "n-1"}, "PUT",
     f"/contact-subscriptions/{UUID}/subscribe", {"subscription_type_uuid": "n-1"}, SUBSCRIPTION),
    ("unsubscribe", {"contact_uuid": UUID, "subscription_type_uuid": "n-1"}, "PUT",
     f"/contact-subscriptions/{UUID}/unsubscribe", {"subscription_type_uuid": "n-1"},
     {**SUBSCRIPTION, "status": "UNSUBSCRIBED"}),
    ("send_verification", {"email": EMAIL}, "POST", "/contact-verification/send", {"email": EMAIL},
     {"type": "Success", "message": "Sent."}),
    ("verify_code", {"email": EMAIL, "code": "012345"}, "POST", "/contact-verification/verify",
     {"email": EMAIL, "code": "012345"}, {"uuid": UUID}),
    ("create_credit_reception",
     {"shop_uuid": "s-1", "contact_uuid": UUID, "unit_value": Decimal("25.40"), "unit_name": "purchase_amount",
      "contact_identifier_value": "LC-1", "attributes": {"piggyadmin_act": "act-17"}},
     "POST", "/credit-receptions",
     {"shop_uuid": "s-1", "contact_uuid": UUID, "unit_value": 25.4, "unit_name": "purchase_amount",
      "contact_identifier_value": "LC-1", "piggyadmin_act": "act-17"},
     {**TRANSACTION, "credits": 25, "unit_value": 25.4, "piggyadmin_act": "act-17"}),
    ("reverse_credit_reception", {"uuid": "t-0"}, "POST", "/credit-receptions/t-0/reverse", None,
     {**TRANSACTION, "credits": -5}),
    ("create_booking",
     {"shop_uuid": "s-1", "contact_uuid": UUID, "fields": {"external_id": "BK-1", "starts_at": DINNER, "ends_at": LATER,
      "number_of_people": 4, "company_name": None, "status": "created", "prepaid_amount": 2500}},
     "POST", "/bookings",
     {"shop_uuid": "s-1", "contact_uuid": UUID, "external_id": "BK-1", "starts_at": "2026-05-02T18:00:00+02:00",
      "ends_at": "2026-05-02T18:30:00+00:00", "number_of_people": 4, "status": "created",
      "prepaid_amount": 2500},
     BOOKING),
    ("update_booking", {"booking_uuid": "b-1", "fields": {"checked_in_at": DINNER, "company_name": None}},
     "PUT", "/bookings/b-1", {"checked_in_at": "2026-05-02T18:00:00+02:00", "company_name": ""}, BOOKING),
    ("create_prepaid_transaction", {"contact_uuid": UUID, "amount_in_cents": 100, "shop_uuid": "s-1"},
     "POST", "/prepaid-transactions", {"contact_uuid": UUID, "amount_in_cents": 100, "shop_uuid": "s-1"},
     {**PREPAID, "contact": None}),
    ("reverse_prepaid_transaction", {"uuid": "p-0"}, "POST", "/prepaid-transactions/p-0/reverse", None,
     {**PREPAID, "amount_in_cents": -100}),
]  # fmt: skip
