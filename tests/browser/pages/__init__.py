"""Every page in every state that people meet, and how to get there: one line each.

All that the look promises (`look.py`) is checked on each of them, and `pictures.py` takes their pictures. A new page,
or a new face of an old one, is a new line in the list of its part of the house.
"""

from tests.browser.pages.access import ACCESS
from tests.browser.pages.attributes import ATTRIBUTES
from tests.browser.pages.batches import BATCHES
from tests.browser.pages.bookings import BOOKINGS
from tests.browser.pages.cards import CARDS
from tests.browser.pages.catalogue import CATALOGUE
from tests.browser.pages.changing import CHANGING
from tests.browser.pages.claim_links import CLAIM_LINKS
from tests.browser.pages.claiming import CLAIMING
from tests.browser.pages.credits import CREDITS
from tests.browser.pages.deleting import DELETING
from tests.browser.pages.desk import DESK
from tests.browser.pages.duplicates import DUPLICATES
from tests.browser.pages.editing import EDITING
from tests.browser.pages.giftcards import GIFTCARDS
from tests.browser.pages.merging import MERGING
from tests.browser.pages.office import OFFICE
from tests.browser.pages.orders import ORDERS
from tests.browser.pages.own_codes import OWN_CODES
from tests.browser.pages.portal import PORTAL
from tests.browser.pages.prepaid import PREPAID
from tests.browser.pages.printing import PRINTING
from tests.browser.pages.products import PRODUCTS
from tests.browser.pages.promotions import PROMOTIONS
from tests.browser.pages.rewards import REWARDS
from tests.browser.pages.search import SEARCH
from tests.browser.pages.shift import SHIFT
from tests.browser.pages.upkeep import UPKEEP
from tests.browser.pages.visits import VISITS
from tests.browser.pages.vouchers import VOUCHERS

PAGES = [
    *DESK,
    *SEARCH,
    *CLAIMING,
    *CREDITS,
    *CARDS,
    *BOOKINGS,
    *EDITING,
    *DUPLICATES,
    *MERGING,
    *DELETING,
    *VOUCHERS,
    *REWARDS,
    *PREPAID,
    *ORDERS,
    *VISITS,
    *PORTAL,
    *CLAIM_LINKS,
    *ACCESS,
    *CATALOGUE,
    *PRODUCTS,
    *ATTRIBUTES,
    *SHIFT,
    *CHANGING,
    *OWN_CODES,
    *PROMOTIONS,
    *BATCHES,
    *PRINTING,
    *GIFTCARDS,
    *OFFICE,
    *UPKEEP,
]

SHOWN = {
    "catalogue": "The catalogue",
    "programme": "The programme",
    "reward-change-seen": "What would change of a reward",
    "brand": "The brand kit",
    "sign-in": "Sign in",
    "pick-shop": "Pick a shop",
    "today-full": "Today",
    "today-two-rows": "The one box: two meanings, two rows",
    "search-rows": "Search while typing",
    "customers": "All customers",
    "contact": "A customer",
    "contact-from-copy": "A customer while Piggy is away",
    "contact-masked": "A customer, for marketing",
    "award-promise": "Award credits",
    "award-over-limit": "A second person approves",
    "award-reverse": "Take an award back",
    "rewards-proved": "Rewards of a customer",
    "rewards-claim": "Claim a reward",
    "rewards-hand-over": "Hand over a reward",
    "portal-link": "The sign-in link, shown once",
    "portal-session": "A portal session",
    "session-token-found": "Whose session token this is",
    "claim-links-under-way": "Claim links being made",
    "claim-links-print": "Print claim links",
    "prepaid-promise": "Top up prepaid money",
    "claim-slip": "Claim an anonymous customer",
    "claim-taken": "An address that somebody has",
    "verify-sent": "Prove an address",
    "anonymous": "Anonymous customers",
    "cards-admin": "Cards",
    "cards-replace-half": "A replacement that stopped half-way",
    "card-whose-unknown": "A card that nobody has",
    "new-found-two": "New customer: find first",
    "edit-admin": "Edit a customer",
    "edit-two-values": "Two people edit one customer",
    "subscriptions": "Subscriptions",
    "bookings-day": "The day’s bookings",
    "bookings-edit-full": "A booking",
    "bookings-edit-clash": "Two people edit one booking",
    "bookings-import-shown": "Import bookings",
    "flag-found": "Flag two customers as one person",
    "duplicates": "Suspected duplicates",
    "pair": "A pair to decide",
    "merge-new": "Propose a merge",
    "merge-proposed": "Approve a merge",
    "merge-done": "A merge, verified",
    "merges": "Merges",
    "delete": "Propose a deletion",
    "deletion-to-approve": "Approve a deletion",
    "deletions": "Deletions",
    "rebuild-list": "What to rebuild after a wrong merge",
    "check-valid": "A voucher checked",
    "check-locked": "Locked for you",
    "check-redeemed": "Redeemed",
    "check-used": "Refused",
    "check-unknown": "No answer",
    "voucher-reverse": "Take back a redemption",
    "files": "Files of a run",
    "sheets-printed": "Printed sheets",
    "paper-24": "A sheet of labels",
    "ruler": "Ruler test page",
    "giftcards": "Gift cards",
    "giftcard-pay": "Pay with a gift card",
    "giftcard-adjust-shown": "Correct a gift card transaction",
    "promotion": "A promotion and its vouchers",
    "batch-preview": "A new batch, in words first",
    "batch-running": "A batch under way",
    "batch-done": "A batch that is done",
    "orders-found": "An order, found by its number",
    "visits": "Visits of a customer",
    "transactions": "Transactions",
    "referrals-account": "Referrals",
    "shift": "End of shift",
    "status-needs": "Status",
    "products": "Products",
    "product-change": "A product",
    "attributes": "Attributes",
    "attribute-options-would-go": "Options that would go",
    "automation-run": "Run an automation",
    "auth-token": "An auth token",
    "webhooks": "Webhooks",
    "audit": "The audit",
    "act-unknown": "An act that nobody knows the outcome of",
    "staff": "Staff",
    "shops": "Shops",
    "limits": "Limits",
    "own-account": "Your account",
    "second-factor": "Second factor",
    "keys": "Keys",
    "scanner-works": "Set up a scanner",
    "locked": "Locked after ten idle minutes",
}
"""The pages whose pictures stand in the documentation: one state of each, and what it is called there."""
