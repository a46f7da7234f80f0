"""Who may do what: three roles, each a Django group, each with the permissions of its row.

`manage.py sync_roles` (run after every migrate) hands them out. A person has one role.
"""

DESK, MARKETING, ADMIN = "desk", "marketing", "admin"

ROLE_NAMES = {DESK: "Front desk", MARKETING: "Marketing", ADMIN: "Admin"}

EVERYONE = (
    "desk.use_box",
    "contacts.view_contact",
    "contacts.search_contacts",
    "vouchers.check_voucher",
    "vouchers.use_giftcard",
    "ledger.view_acts",
    "contacts.view_transactions",
    "contacts.view_orders",
    "contacts.view_visits",
    "contacts.view_referrals",
    "catalogue.view_programme",
    "desk.view_shift",
)

# Everything done for a customer who stands there.
AT_THE_DESK = (
    "contacts.see_identity",  # e-mail addresses and phone numbers in full; others see them masked
    "contacts.claim_contact",
    "contacts.flag_duplicate",
    "contacts.award_credits",
    "contacts.link_card",
    "contacts.create_contact",
    "contacts.edit_contact",
    "contacts.manage_subscriptions",
    "contacts.edit_booking",
    "contacts.claim_reward",
    "contacts.top_up_prepaid",
    "contacts.edit_visit",
    "contacts.open_portal",
    "vouchers.redeem_voucher",
    "vouchers.spend_giftcard",
)

# Everything done for a mailing, and what may be approved of others' doing.
MARKETING_WORK = (
    "contacts.export_contacts",
    "contacts.approve_award",
    "vouchers.view_promotion",
    "vouchers.create_promotion",
    "vouchers.make_batch",
    "vouchers.approve_batch",
    "vouchers.see_codes",
    "vouchers.change_voucher",
    "vouchers.create_giftcard",
    "vouchers.approve_giftcard",
    "vouchers.send_giftcard",
    "vouchers.make_claim_links",
    "vouchers.approve_claim_links",
    "contacts.approve_prepaid",
    "contacts.view_all_transactions",
    "contacts.run_automation",
    "catalogue.view_setup",
    "catalogue.view_products",
    "catalogue.change_products",
    "catalogue.change_reward",
)

ROLES: dict[str, tuple[str, ...]] = {
    DESK: (*EVERYONE, *AT_THE_DESK),
    MARKETING: (*EVERYONE, *MARKETING_WORK),
    ADMIN: (
        *EVERYONE,
        *AT_THE_DESK,
        *MARKETING_WORK,
        "contacts.reverse_award",
        "contacts.reverse_reward",
        "contacts.adjust_prepaid",
        "contacts.read_auth_token",
        "contacts.manage_cards",
        "contacts.edit_all_attributes",
        "contacts.review_duplicates",
        "contacts.propose_merge",
        "contacts.approve_merge",
        "contacts.propose_deletion",
        "contacts.approve_deletion",
        "vouchers.reverse_redemption",
        "vouchers.adjust_giftcard",
        "ledger.view_all_acts",
        "ledger.settle_act",
        "ledger.erase_details",
        "accounts.manage_staff",
        "accounts.manage_shops",
        "accounts.manage_limits",
        "catalogue.manage_webhooks",
        "catalogue.change_programme",
        "catalogue.change_attributes",
        "desk.view_status",
        "desk.view_all_shifts",
    ),
}


def sync_roles() -> dict[str, int]:
    """Give each role's group exactly the permissions of its row; answers how many each has now.

    A permission that no table knows yet, or two tables do, is an error here (`Permission.DoesNotExist` and
    `MultipleObjectsReturned`, which name it), not a role that silently may less or more. Nobody's role changes then.
    """
    from django.contrib.auth.models import Group, Permission

    known: dict[str, list[int]] = {}
    for app, codename, key in Permission.objects.values_list("content_type__app_label", "codename", "pk"):
        known.setdefault(f"{app}.{codename}", []).append(key)
    wanted = {name for names in ROLES.values() for name in names}
    if missing := sorted(wanted - known.keys()):
        raise Permission.DoesNotExist(f"No table knows {', '.join(missing)}. Run migrate first.")
    if twice := sorted(name for name in wanted if len(known[name]) > 1):
        raise Permission.MultipleObjectsReturned(f"Two tables know {', '.join(twice)}.")
    for role, names in ROLES.items():
        group, _ = Group.objects.get_or_create(name=role)
        group.permissions.set(known[name][0] for name in names)
    return {role: len(names) for role, names in ROLES.items()}
