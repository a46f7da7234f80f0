"""`Piggy`: the client. A method for every operation that is used, by resource in the modules named below.

`get_client()` in this package makes one from the settings. A client is cheap, holds no connection (those belong to the
threads, see `transport`), and is meant for one request or one piece of a job.
"""

from .account import AccountCalls
from .attributes import AttributeCalls
from .bookings import BookingCalls
from .contacts import ContactCalls
from .credits import CreditCalls
from .giftcards import GiftcardCalls
from .identifiers import IdentifierCalls
from .loyalty import LoyaltyCalls
from .promotions import PromotionCalls
from .subscriptions import SubscriptionCalls
from .verification import VerificationCalls
from .vouchers import VoucherCalls


class Piggy(
    ContactCalls,
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
):
    """All calls to Piggy. Every failure is a PiggyError (`errors`)."""
