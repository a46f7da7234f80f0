"""Piggy's events, by name. An event is a reason to read a contact again, never a fact."""

# Those that change what the copy holds, or whose contact somebody is busy with: the dashboard subscribes to them.
WANTED = {
    "contact_created": "a new contact",
    "contact_updated": "a contact’s own facts",
    "contact_identifier_created": "a new card",
    "credit_reception_created": "credits given or taken",
    "prepaid_transaction_created": "prepaid paid in or out",
    "voucher_created": "a new voucher",
    "voucher_updated": "a voucher changed",
    "voucher_redeemed": "a voucher redeemed",
}
# The rest of Piggy's list. Nobody here asks for them; where somebody subscribed us by hand they are taken as well.
OTHERS = frozenset(
    {
        "giftcard_transaction_created",
        "form_submission_completed",
        "referral_completed",
        "reward_updated",
        "promotion_updated",
        "voucher_deleted",
    }
)
KNOWN = frozenset(WANTED) | OTHERS

# After these the contact's cards are read as well: a call more.
WITH_CARDS = frozenset({"contact_identifier_created"})
# The attributes whose change Piggy is to tell: those that the copy is searched and compared by.
ATTRIBUTES = ("email", "firstname", "lastname", "phonenumber", "birthdate", "address", "default_contact_identifier")
