"""What Piggy's answers become: frozen structs, one per object of its documentation (https://docs.piggy.eu/v3/oauth).

Every field but the few without which an object means nothing is optional, unknown keys pass, and `prepass` has made
the values regular before. Ids are opaque text ("123" occurs). Credits are whole numbers, money is integer cents, times
are aware datetimes in UTC. `repr()` shows an id at most: these objects hold customers and end up in log lines.
"""

from .account import AccessToken, Shop
from .attributes import AttributeDefinition, AttributeGroup, AttributeOption
from .base import Payload
from .bookings import Booking
from .contacts import (
    Contact,
    ContactCreated,
    ContactIdentifier,
    ContactRef,
    ContactVerified,
    CreditBalance,
    PrepaidBalance,
    Tier,
    VerificationSent,
)
from .giftcards import Giftcard, GiftcardProgram, GiftcardRef, GiftcardTransaction
from .loyalty import (
    CalculatedCredits,
    ContactWithBalance,
    CreditReception,
    DigitalRewardReception,
    LoyaltyProgram,
    LoyaltyTransaction,
    PrepaidTransaction,
    Reward,
    RewardReception,
    Transaction,
    Unit,
)
from .subscriptions import Subscription, SubscriptionType
from .vouchers import (
    Lock,
    LockedVoucher,
    Promotion,
    RedeemedVoucher,
    Voucher,
    VoucherBatch,
    VoucherLock,
    VoucherRedemption,
)

__all__ = [
    "AccessToken",
    "AttributeDefinition",
    "AttributeGroup",
    "AttributeOption",
    "Booking",
    "CalculatedCredits",
    "Contact",
    "ContactCreated",
    "ContactIdentifier",
    "ContactRef",
    "ContactVerified",
    "ContactWithBalance",
    "CreditBalance",
    "CreditReception",
    "DigitalRewardReception",
    "Giftcard",
    "GiftcardProgram",
    "GiftcardRef",
    "GiftcardTransaction",
    "Lock",
    "LockedVoucher",
    "LoyaltyProgram",
    "LoyaltyTransaction",
    "Payload",
    "PrepaidBalance",
    "PrepaidTransaction",
    "Promotion",
    "RedeemedVoucher",
    "Reward",
    "RewardReception",
    "Shop",
    "Subscription",
    "SubscriptionType",
    "Tier",
    "Transaction",
    "Unit",
    "VerificationSent",
    "Voucher",
    "VoucherBatch",
    "VoucherLock",
    "VoucherRedemption",
]
