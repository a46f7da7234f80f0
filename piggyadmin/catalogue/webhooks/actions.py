"""What can be done about Piggy's webhooks, as the ledger tells it. The secret stands nowhere in it."""

from piggyadmin.catalogue.webhooks import resolvers
from piggyadmin.ledger.actions import Action, Kind, Words, register, register_kind

MAY = "catalogue.manage_webhooks"

WEBHOOK = register_kind(Kind("webhook", "webhook {event}"))
WEBHOOKS = register_kind(Kind("webhooks", "the webhooks"))

SUBSCRIBE_ALL = register(
    Action(
        name="webhook.subscribe_all",
        permission=MAY,
        words=Words(
            do="Subscribe the dashboard to Piggy’s events",
            done="Asked for the events that were missing: {missing:thousands}.",
            refused="Nothing was asked for.",
            unknown="We do not know whether it was asked for.",
            what="{missing:thousands}",
        ),
        needs_shop=False,
        writes_to_piggy=False,
    )
)
SUBSCRIBE = register(
    Action(
        name="webhook.subscribe",
        permission=MAY,
        words=Words(
            do="Subscribe to an event",
            done="Piggy will tell this dashboard of {event}.",
            refused="Not subscribed to {event}.",
            unknown="We do not know whether the subscription to {event} was made. Do not make it again.",
            settle_question="Is there a subscription to {event} for this dashboard?",
        ),
        resolve=resolvers.resolve_subscribe,
        needs_shop=False,
        may_come_late=90,  # a question comes before it
    )
)
PAUSE = register(
    Action(
        name="webhook.pause",
        permission=MAY,
        words=Words(
            do="Pause a webhook",
            done="Paused. Piggy does not tell of {event} until it is resumed.",
            refused="{event} was not paused.",
            unknown="We do not know whether {event} was paused.",
            settle_question="Is {event} paused?",
        ),
        resolve=resolvers.resolve_pause,
        needs_shop=False,
        may_come_late=90,
    )
)
RESUME = register(
    Action(
        name="webhook.resume",
        permission=MAY,
        words=Words(
            do="Resume a webhook",
            done="Resumed. Piggy tells of {event} again.",
            refused="{event} was not resumed.",
            unknown="We do not know whether {event} was resumed.",
            settle_question="Is {event} active?",
        ),
        resolve=resolvers.resolve_resume,
        needs_shop=False,
        may_come_late=90,
    )
)
DELETE = register(
    Action(
        name="webhook.delete",
        permission=MAY,
        words=Words(
            do="Delete a webhook",
            done="Deleted. Piggy tells this dashboard of {event} no more.",
            refused="The subscription to {event} was not deleted.",
            unknown="We do not know whether the subscription to {event} was deleted.",
            settle_question="Is the subscription to {event} gone?",
        ),
        resolve=resolvers.resolve_delete,
        needs_shop=False,
        may_come_late=90,
    )
)
