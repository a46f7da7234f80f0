"""What customers want to be written about. https://docs.piggy.eu/v3/oauth/subscriptions"""

from .caller import Caller
from .inputs import checked_id
from .payloads import Subscription, SubscriptionType


class SubscriptionCalls(Caller):
    def list_subscription_types(self) -> list[SubscriptionType]:
        """All kinds of mail. One without a uuid can be shown, and not subscribed to.

        https://docs.piggy.eu/v3/oauth/subscriptions (List Subscription Types)
        """
        return self._get("list_subscription_types", "subscription-types", list[SubscriptionType])

    def list_contact_subscriptions(self, *, contact_uuid: str) -> list[Subscription]:
        """What a contact gets, by kind; `state` says it in one word. PiggyNotFound (55031).

        The answer names no contact, so there is nothing to check.

        https://docs.piggy.eu/v3/oauth/subscriptions (List Contact Subscriptions)
        """
        return self._get(
            "list_contact_subscriptions",
            "contact-subscriptions/{contact_uuid}",
            list[Subscription],
            ids={"contact_uuid": contact_uuid},
        )

    def subscribe(self, *, contact_uuid: str, subscription_type_uuid: str) -> Subscription:
        """Subscribe a contact. With double opt-in Piggy mails the customer and `state` is PENDING_CONFIRMATION.

        PiggyNotFound (55031 the customer, 55030 the kind), PiggyInvalid (1003).

        https://docs.piggy.eu/v3/oauth/subscriptions (Subscribe)
        """
        # An older 0 beside "not subscribed" may be a pending one: only the word says that nothing came of it.
        return self._write(
            "subscribe_contact",
            "PUT",
            "contact-subscriptions/{contact_uuid}/subscribe",
            Subscription,
            ids={"contact_uuid": contact_uuid},
            json={"subscription_type_uuid": checked_id(subscription_type_uuid, field="subscription_type_uuid")},
            is_ours=lambda done: (
                _kind_of(done) == subscription_type_uuid and done.state != "" and done.status != "UNSUBSCRIBED"
            ),
        )

    def unsubscribe(self, *, contact_uuid: str, subscription_type_uuid: str) -> Subscription:
        """Unsubscribe a contact. PiggyNotFound (55031 the customer, 55030 the kind), PiggyInvalid (1003).

        https://docs.piggy.eu/v3/oauth/subscriptions (Unsubscribe)
        """
        return self._write(
            "unsubscribe_contact",
            "PUT",
            "contact-subscriptions/{contact_uuid}/unsubscribe",
            Subscription,
            ids={"contact_uuid": contact_uuid},
            json={"subscription_type_uuid": checked_id(subscription_type_uuid, field="subscription_type_uuid")},
            is_ours=lambda done: _kind_of(done) == subscription_type_uuid and done.state == "UNSUBSCRIBED",
        )


def _kind_of(subscription: Subscription) -> str | None:
    return subscription.subscription_type.uuid if subscription.subscription_type else None
