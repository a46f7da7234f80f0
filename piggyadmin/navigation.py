"""The pages that staff reach from anywhere, and who may open them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    words: str
    url_name: str
    permission: str
    keys: str = ""
    url: str = ""  # filled in when it is shown


@dataclass(frozen=True, slots=True)
class Group:
    words: str
    entries: tuple[Entry, ...]


# A page that staff reach from anywhere stands here, once. The list shows only what a person may open.
NAVIGATION = (
    Group(
        "Desk",
        (
            Entry("Today", "desk:today", "desk.use_box", "g t"),
            Entry("Customers", "contacts:list", "contacts.search_contacts", "g c"),
            Entry("Anonymous", "contacts:anonymous", "contacts.claim_contact", "g n"),
            Entry("Bookings", "bookings:day", "contacts.edit_booking", "g b"),
            Entry("Transactions", "transactions:list", "contacts.view_transactions", "g x"),
            Entry("Vouchers", "vouchers:check", "vouchers.check_voucher", "g v"),
            Entry("Gift cards", "giftcards:start", "vouchers.use_giftcard", "g i"),
            Entry("My shift", "desk:shift", "desk.view_shift", "g e"),
            Entry("Audit", "ledger:audit", "ledger.view_acts", "g a"),
            Entry("Catalogue", "catalogue:start", "catalogue.view_programme", "g k"),
        ),
    ),
    Group(
        "Marketing",
        (
            Entry("Batches", "vouchers:batches", "vouchers.view_promotion", "g p"),
            Entry("Promotions", "vouchers:promotions", "vouchers.view_promotion"),
            Entry("Claim links", "vouchers:claim-links", "vouchers.make_claim_links"),
        ),
    ),
    Group(
        "Admin",
        (
            Entry("Duplicates", "contacts:duplicates", "contacts.review_duplicates", "g d"),
            Entry("Merges", "contacts:merges", "contacts.propose_merge", "g m"),
            Entry("Deletions", "contacts:deletions", "contacts.propose_deletion"),
            Entry("Status", "desk:status", "desk.view_status", "g s"),
            Entry("Webhooks", "catalogue:webhooks", "catalogue.manage_webhooks"),
            Entry("Staff", "accounts:staff", "accounts.manage_staff"),
            Entry("Shops", "accounts:shops", "accounts.manage_shops"),
            Entry("Limits", "accounts:limits", "accounts.manage_limits"),
        ),
    ),
)
