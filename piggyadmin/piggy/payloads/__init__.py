"""What Piggy's answers become: frozen structs, one per object of its documentation (https://docs.piggy.eu/v3/oauth).

Every field but the few without which an object means nothing is optional, unknown keys pass, and `prepass` has made
the values regular before. Ids are opaque text ("123" occurs). Credits are whole numbers, money is integer cents, times
are aware datetimes in UTC. `repr()` shows an id at most: these objects hold customers and end up in log lines.
"""

from .access import AuthToken
from .account import AccessToken, Shop
from .attributes import AttributeDefinition, AttributeGroup, AttributeGroupDefinition, AttributeOption
from .automations import Automation
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
    CollectableReward,
    CollectableRewardRedemption,
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
from .orders import (
    Order,
    OrderCharge,
    OrderDiscount,
    OrderLine,
    OrderPoints,
    OrderProduct,
    OrderResult,
    OrderSubLine,
)
from .portal import ContactSessionToken, MailSent, PortalAuthUrl, PortalSession
from .products import Category, Product
from .programme import Perk, PerkOption
from .referrals import CompletionEvent, Referral, ReferralIncentive, ReferralSettings
from .setup import BrandKit, Form
from .subscriptions import Subscription, SubscriptionType
from .visits import Visit
from .vouchers import (
    Lock,
    LockedVoucher,
    MultiRedeemedVoucher,
    Promotion,
    RedeemedVoucher,
    Voucher,
    VoucherBatch,
    VoucherLock,
    VoucherRedemption,
)
from .webhooks import WebhookSubscription

__all__ = [
    "AccessToken",
    "AttributeDefinition",
    "AttributeGroup",
    "AttributeGroupDefinition",
    "AttributeOption",
    "AuthToken",
    "Automation",
    "Booking",
    "BrandKit",
    "CalculatedCredits",
    "Category",
    "CollectableReward",
    "CollectableRewardRedemption",
    "CompletionEvent",
    "Contact",
    "ContactCreated",
    "ContactIdentifier",
    "ContactRef",
    "ContactSessionToken",
    "ContactVerified",
    "ContactWithBalance",
    "CreditBalance",
    "CreditReception",
    "DigitalRewardReception",
    "Form",
    "Giftcard",
    "GiftcardProgram",
    "GiftcardRef",
    "GiftcardTransaction",
    "Lock",
    "LockedVoucher",
    "LoyaltyProgram",
    "LoyaltyTransaction",
    "MailSent",
    "MultiRedeemedVoucher",
    "Order",
    "OrderCharge",
    "OrderDiscount",
    "OrderLine",
    "OrderPoints",
    "OrderProduct",
    "OrderResult",
    "OrderSubLine",
    "Payload",
    "Perk",
    "PerkOption",
    "PortalAuthUrl",
    "PortalSession",
    "PrepaidBalance",
    "PrepaidTransaction",
    "Product",
    "Promotion",
    "RedeemedVoucher",
    "Referral",
    "ReferralIncentive",
    "ReferralSettings",
    "Reward",
    "RewardReception",
    "Shop",
    "Subscription",
    "SubscriptionType",
    "Tier",
    "Transaction",
    "Unit",
    "VerificationSent",
    "Visit",
    "Voucher",
    "VoucherBatch",
    "VoucherLock",
    "VoucherRedemption",
    "WebhookSubscription",
]
