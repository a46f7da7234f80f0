"""`Piggy`: the client. A method for every operation that is used, by resource in the modules named below.

`get_client()` in this package makes one from the settings. A client is cheap, holds no connection (those belong to the
threads, see `transport`), and is meant for one request or one piece of a job.
"""

from .access import AccessCalls
from .account import AccountCalls
from .attributes import AttributeCalls
from .automations import AutomationCalls
from .bookings import BookingCalls
from .contacts import ContactCalls
from .credits import CreditCalls
from .definitions import DefinitionCalls
from .giftcards import GiftcardCalls
from .identifiers import IdentifierCalls
from .loyalty import LoyaltyCalls
from .loyalty_tokens import LoyaltyTokenCalls
from .orders import OrderCalls
from .portal import PortalCalls
from .products import ProductCalls
from .programme import ProgrammeCalls
from .promotions import PromotionCalls
from .referrals import ReferralCalls
from .removals import RemovalCalls
from .rewards import RewardCalls
from .setup import SetupCalls
from .subscriptions import SubscriptionCalls
from .verification import VerificationCalls
from .visits import VisitCalls
from .vouchers import VoucherCalls
from .webhooks import WebhookCalls


class Piggy(
    ContactCalls,
    RemovalCalls,
    IdentifierCalls,
    AttributeCalls,
    SubscriptionCalls,
    VerificationCalls,
    BookingCalls,
    VoucherCalls,
    PromotionCalls,
    GiftcardCalls,
    CreditCalls,
    LoyaltyCalls,
    AccountCalls,
    WebhookCalls,
    RewardCalls,
    OrderCalls,
    VisitCalls,
    ReferralCalls,
    PortalCalls,
    LoyaltyTokenCalls,
    AutomationCalls,
    AccessCalls,
    ProgrammeCalls,
    SetupCalls,
    ProductCalls,
    DefinitionCalls,
):
    """All calls to Piggy. Every failure is a PiggyError (`errors`)."""
