"""Why the dashboard leaves some of Piggy's operations alone: a sentence each.

An operation that is used has no place here, and one that is neither used nor named here fails a test.
"""

OWN_TILL = "The till and the web shop make and settle their own orders; a second hand in them would count sales twice."
NO_TRACE = "The answer does not tell what came of each item, so a lost answer could not be settled; one by one it can."
IN_THE_CONTACT = "The contact itself brings it (get_contact), so a page that shows it needs one call less."

REASONS: dict[str, str] = {
    "correct_giftcard_transaction": "Only an older name of reverse_giftcard_transaction, which is used.",
    "create_and_process_order": OWN_TILL,
    "create_and_process_order_return": OWN_TILL,
    "create_categories_batch": NO_TRACE,
    "create_contact_async": "Its answer lacks what Piggy fills in later; a desk needs the whole customer at once.",
    "create_contacts_batch": NO_TRACE,
    "create_order": OWN_TILL,
    "create_prepaid_portal_session": "Only an older name of the two prepaid sessions that are used.",
    "create_products_batch": NO_TRACE,
    "create_visits_batch": NO_TRACE,
    "delete_contact_identifier": (
        "Gone without a trace, and nothing tells whose it was: a card is unlinked or switched off, and stays traceable."
    ),
    "find_or_create_contact_async": "As create_contact_async.",
    "get_contact_credit_balance": IN_THE_CONTACT,
    "get_contact_tier": IN_THE_CONTACT,
    "get_giftcard_transaction": "The list of a card's transactions brings every one whole, and is read anyway.",
    "health_check": "It tells that Piggy answers, not how; the status page tells how every call of staff was answered.",
    "list_contact_loyalty_transactions": "The address of list_loyalty_transactions, which is used with a contact.",
    "list_orders": "No filter and no paging are documented: all orders of the account would come, whoever's they are.",
    "process_order": OWN_TILL,
    "receive_webhook_event": "Piggy asks it of the dashboard, which answers at /webhooks/piggy/.",
    "request_access_token": "The client asks for its own token before any call; nobody else may.",
    "update_order": OWN_TILL,
    "validate_voucher": (
        "Neither its answer nor its errors are documented; the voucher itself and its lock say whether it can be used."
    ),
}
