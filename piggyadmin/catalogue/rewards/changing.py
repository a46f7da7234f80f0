"""Changing a reward: what may be changed, what would change, and the one call that does it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from contacts.editing.guards import insist_on_clear, nothing_sent
from piggyadmin import piggy
from piggyadmin.catalogue.rewards import services, states
from piggyadmin.catalogue.rewards.actions import CHANGE, REWARD
from piggyadmin.catalogue.rewards.services import Sight
from piggyadmin.catalogue.rewards.states import FIELDS, OWN
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.door import Target, begun_with, perform
from piggyadmin.ledger.models import Act
from piggyadmin.ledger.outcomes import Outcome, outcome_of
from piggyadmin.ledger.services import acts_of
from piggyadmin.piggy.errors import PiggyRejected
from piggyadmin.piggy.payloads import AttributeDefinition, Reward

LINES = ("text", "url", "email", "phone", "color", "identifier", "license_plate")
LONG = ("long_text", "rich_text")
NUMBERS = ("number", "float")
EDITABLE = (*LINES, *LONG, *NUMBERS, "boolean", "select")
LABELS = {"title": "Title", "description": "Description", "required_credits": "Credits it costs"}
UNREAD = "The reward could not be read. Nothing was changed."
EARLIER = "Nobody knows yet what became of an earlier change. Look at that first."
CHANGED = "Somebody changed the reward meanwhile. Look at it as it is now, and try again."


@dataclass(frozen=True, slots=True)
class Sheet:
    """A reward as it can be changed: its fields as text, and the attributes that have a control here."""

    sight: Sight
    attributes: list[AttributeDefinition]
    texts: dict[str, str]  # by field, an attribute's with OWN before its name

    @property
    def shown(self) -> str:
        return states.print_of(self.texts)


@dataclass(frozen=True, slots=True)
class Difference:
    field: str
    label: str
    before: str
    after: str
    value: Any  # as it is sent


def open_sheet(*, reward_uuid: str) -> Sheet:
    """The reward as it is now. Raises NoReward, PiggyError."""
    sight = services.look(reward_uuid=reward_uuid)
    own = [each for each in sight.definitions if each.type in EDITABLE and not each.is_read_only]
    attributes = [each for each in own if not each.is_piggy_defined]
    names = [*FIELDS, *(f"{OWN}{each.name}" for each in attributes)]
    return Sheet(sight, attributes, states.texts_of(sight.reward, names))


def differences(sheet: Sheet, wanted: Mapping[str, Any]) -> list[Difference]:
    """What of the `wanted` values, by field, is not so yet."""
    labels = {**LABELS, **{f"{OWN}{each.name}": each.title for each in sheet.attributes}}
    return [
        Difference(name, labels[name], before, states.text_of(wanted[name]), wanted[name])
        for name, before in sheet.texts.items()
        if name in wanted and states.text_of(wanted[name]) != before
    ]


def change(
    *, reward_uuid: str, changes: list[Difference], shown: Mapping[str, str], actor: Actor, token: str
) -> Outcome:
    """Send these changes, once for each form. `shown` is what the reward was when it was looked at.

    Raises PermissionDenied.
    """
    client = piggy.get_client()
    target = Target(REWARD.name, reward_uuid)
    values = {each.field: each.value for each in changes}

    def call(act: Act) -> Reward:
        insist_on_clear(act, acts_of(target=target), EARLIER)
        with nothing_sent(UNREAD):
            now = states.texts_of(client.get_reward(reward_uuid=reward_uuid), shown)
            if now != dict(shown):
                raise PiggyRejected(CHANGED)
        own = {name.removeprefix(OWN): value for name, value in values.items() if name.startswith(OWN)}
        return client.update_reward(
            reward_uuid=reward_uuid,
            title=values.get("title"),
            description=values.get("description"),
            required_credits=values.get("required_credits"),
            attributes=own or None,
        )

    return perform(
        CHANGE,
        by=actor,
        target=target,
        figures={"fields": [each.field.removeprefix(OWN) for each in changes]},
        detail={
            "before": {each.field: each.before for each in changes},
            "after": {each.field: each.after for each in changes},
        },
        form_token=token,
        call=call,
    )


def done_by(token: str, *, reward_uuid: str, actor: Actor) -> Outcome | None:
    """What this form's change came to, if it is this person's own and over: a second click finds nothing to change."""
    sent = begun_with(token, action=CHANGE, by=actor, target_id=reward_uuid)
    outcome = outcome_of(sent) if sent else None
    return None if outcome is None or outcome.outcome == "planned" else outcome
