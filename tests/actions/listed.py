"""What others offer their users at Piggy, by their names: each must be a row of the table."""

from tests.actions.rows import COMPOSIO, METORIAL

LISTED: dict[str, tuple[str, ...]] = {
    COMPOSIO: (
        "Claim Anonymous Contact",
        "Create Contact Attribute",
        "Create Credit Reception",
        "Create Vouchers Batch",
        "Find or Create Products",
        "Find Voucher By Code",
        "Get Contact Auth Token",
        "Get Contact's Credit Balance",
        "List Forms",
        "List Perks",
        "Merge Contacts",
        "Send Contact Verification Email",
        "Update Bookings",
        "Update Contact Identifiers",
    ),
    METORIAL: (
        "update_contact",
        "delete_contact",
        "list_contacts",
        "create_contact",
        "manage_giftcards",
        "list_rewards",
        "list_loyalty_transactions",
        "get_loyalty_program",
        "list_shops",
        "manage_vouchers",
        "manage_prepaid",
        "manage_contact_identifiers",
        "list_promotions",
        "claim_reward",
        "get_contact",
        "trigger_automation",
        "award_credits",
    ),
}


def listed_as(listing: str, action: str) -> str:
    """The listed name that an action's begins with ("manage_vouchers lock": "manage_vouchers"); "" for none."""
    names = [name for name in LISTED.get(listing, ()) if f"{action} ".lower().startswith(f"{name} ".lower())]
    return max(names, key=len, default="")
