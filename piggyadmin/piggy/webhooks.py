"""Wishes to be told when something happens at Piggy. https://docs.piggy.eu/v3/oauth/webhooks

What is told, and how it is signed, is no call: `Signature` is the lower-case hex HMAC-SHA256 of the raw body.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from .caller import Caller
from .filters import check_all, ignored
from .inputs import checked_name, checked_text, given, refusal
from .payloads import WebhookSubscription

LONGEST_URL = 2000
STATUSES = ("ACTIVE", "INACTIVE")


class WebhookCalls(Caller):
    def list_webhook_subscriptions(
        self, *, event_type: str | None = None, status: str | None = None
    ) -> list[WebhookSubscription]:
        """All subscriptions, or those of one event or status: the list is not paged.

        https://docs.piggy.eu/v3/oauth/webhooks (List Webhook Subscriptions)
        """
        operation = "list_webhook_subscriptions"

        def check(found: list[WebhookSubscription]) -> None:
            check_all(found, lambda each: each.event_type, event_type, field="event_type", operation=operation)
            check_all(found, lambda each: each.status, status, field="status", operation=operation)

        return self._get(
            operation,
            "webhook-subscriptions",
            list[WebhookSubscription],
            params={
                "event_type": given(checked_text, event_type, field="event_type"),
                "status": given(_status, status, field="status"),
            },
            check=check,
        )

    def get_webhook_subscription(self, *, uuid: str) -> WebhookSubscription:
        """One subscription. PiggyNotFound (80300).

        https://docs.piggy.eu/v3/oauth/webhooks (Get Webhook Subscription)
        """

        def check(found: WebhookSubscription) -> None:
            if found.uuid != uuid:
                raise ignored(field="webhook_subscription_uuid", operation="get_webhook_subscription")

        return self._get(
            "get_webhook_subscription",
            "webhook-subscriptions/{webhook_subscription_uuid}",
            WebhookSubscription,
            ids={"webhook_subscription_uuid": uuid},
            check=check,
        )

    def create_webhook_subscription(
        self, *, name: str, event_type: str, url: str, secret: str, attributes: Iterable[str] = ()
    ) -> WebhookSubscription:
        """Be told of an event at `url`, signed with `secret`, which cannot be read or changed later.

        `attributes` are those that contact_updated watches. Piggy does not say that an address may stand once only, so
        look before: two would tell everything twice. PiggyInvalid (1003).

        https://docs.piggy.eu/v3/oauth/webhooks (Create Webhook Subscription)
        """
        wanted = checked_text(url, field="url", longest=LONGEST_URL)
        return self._write(
            "create_webhook_subscription",
            "POST",
            "webhook-subscriptions",
            WebhookSubscription,
            json={
                "name": checked_text(name, field="name"),
                "event_type": checked_text(event_type, field="event_type"),
                "url": wanted,
                "secret": checked_text(secret, field="secret"),
                "attributes": _names(attributes) or None,
            },
            is_ours=lambda done: done.event_type == event_type and done.url in (None, wanted),
        )

    def update_webhook_subscription(
        self,
        uuid: str,
        *,
        name: str | None = None,
        url: str | None = None,
        status: str | None = None,
        attributes: Iterable[str] | None = None,
    ) -> WebhookSubscription:
        """Change a subscription; what is None stays. One of contact_updated needs its `attributes` each time.

        Event and secret cannot be changed. PiggyNotFound (80300), PiggyInvalid (1003).

        https://docs.piggy.eu/v3/oauth/webhooks (Update Webhook Subscription)
        """
        sent: dict[str, Any] = {
            "name": given(checked_text, name, field="name"),
            "url": None if url is None else checked_text(url, field="url", longest=LONGEST_URL),
            "status": given(_status, status, field="status"),
            "attributes": None if attributes is None else _names(attributes),
        }
        if all(value is None for value in sent.values()):
            raise refusal("name", "There is nothing to change.")
        return self._write(
            "update_webhook_subscription",
            "PUT",
            "webhook-subscriptions/{webhook_subscription_uuid}",
            WebhookSubscription,
            ids={"webhook_subscription_uuid": uuid},
            json=sent,
            is_ours=lambda done: done.uuid == uuid and (status is None or done.status in (None, status)),
        )

    def delete_webhook_subscription(self, uuid: str) -> None:
        """Be told no more. The answer is an empty list; any success counts. PiggyNotFound (80300).

        https://docs.piggy.eu/v3/oauth/webhooks (Delete Webhook Subscription)
        """
        self._write(
            "delete_webhook_subscription",
            "DELETE",
            "webhook-subscriptions/{webhook_subscription_uuid}",
            _anything,
            ids={"webhook_subscription_uuid": uuid},
        )


_anything: Any = Any


def _status(value: str, *, field: str) -> str:
    if value not in STATUSES:
        raise refusal(field, "This is not a status of a subscription.")
    return value


def _names(attributes: Iterable[str]) -> Sequence[str]:
    return [checked_name(name) for name in attributes]
