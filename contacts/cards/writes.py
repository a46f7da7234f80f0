"""Each write to a card: one act, one call. What must be looked at before is the affair of whoever calls."""

from collections.abc import Callable, Mapping
from typing import Any

from contacts.cards import actions
from contacts.cards.sights import acts_on, card_of, ending, insist_on_clear
from contacts.copy.cards_changed import card_changed
from piggyadmin import piggy
from piggyadmin.ledger.actions import Action
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.door import Target, perform
from piggyadmin.ledger.models import Act, State
from piggyadmin.ledger.outcomes import Outcome
from piggyadmin.piggy.payloads import ContactCreated

# Acts that stand in each other's way: while nobody knows of one, the others wait.
HOLDING = (actions.LINK, actions.MAKE, actions.MAKE_FREE, actions.UNLINK, actions.NEW_ANONYMOUS)
SWITCHING = (actions.SWITCH_OFF, actions.SWITCH_ON)


def link(*, card: str, contact_uuid: str, actor: Actor, token: str, parent: Act | None = None) -> Outcome:
    """Give a card that nobody has to this customer."""
    return _do(
        actions.LINK,
        lambda client: client.link_identifier(value=card, contact_uuid=contact_uuid),
        but=HOLDING,
        card=card,
        contact_uuid=contact_uuid,
        actor=actor,
        token=token,
        parent=parent or _first_with(card),
    )


def make(*, card: str, contact_uuid: str, actor: Actor, token: str, parent: Act | None = None) -> Outcome:
    """Make a card that Piggy does not know, this customer's at once."""
    return _do(
        actions.MAKE,
        lambda client: client.create_identifier(value=card, contact_uuid=contact_uuid),
        but=HOLDING,
        card=card,
        contact_uuid=contact_uuid,
        actor=actor,
        token=token,
        parent=parent,
    )


def make_free(*, card: str, actor: Actor, token: str) -> Outcome:
    """Make a card that Piggy does not know, nobody's yet."""
    return _do(
        actions.MAKE_FREE,
        lambda client: client.create_identifier(value=card),
        but=HOLDING,
        card=card,
        contact_uuid="",
        actor=actor,
        token=token,
        parent=_first_with(card),
    )


def new_anonymous(*, card: str, actor: Actor, token: str) -> Outcome:
    """Make an anonymous customer with this card, which exists and is nobody's; "" for one without a card."""
    if card:
        return _do(
            actions.NEW_ANONYMOUS,
            lambda client: client.create_anonymous_contact(contact_identifier_value=card),
            but=HOLDING,
            card=card,
            contact_uuid="",
            actor=actor,
            token=token,
            parent=_first_with(card),
            figures={"card_words": f"with the card ending {ending(card)}"},
            done_figures=_made,
        )
    return perform(
        actions.NEW_ANONYMOUS,
        by=actor,
        target=Target("new-contact", ""),
        figures={"card_words": "without a card"},
        form_token=token,
        call=lambda act: piggy.get_client().create_anonymous_contact(),
        done_figures=_made,
    )


def switch(*, card: str, contact_uuid: str, on: bool, actor: Actor, token: str, parent: Act | None = None) -> Outcome:
    return _do(
        actions.SWITCH_ON if on else actions.SWITCH_OFF,
        lambda client: client.update_identifier(value=card, active=on),
        but=SWITCHING,
        card=card,
        contact_uuid=contact_uuid,
        actor=actor,
        token=token,
        parent=parent,
    )


def rename(*, card: str, contact_uuid: str, before: str, name: str, actor: Actor, token: str) -> Outcome:
    return _do(
        actions.RENAME,
        lambda client: client.update_identifier(value=card, name=name),
        but=(actions.RENAME,),
        card=card,
        contact_uuid=contact_uuid,
        actor=actor,
        token=token,
        figures={"fields": ["name"]},
        detail={"from": before, "to": name},
    )


def unlink(*, card: str, contact_uuid: str, actor: Actor, token: str) -> Outcome:
    return _do(
        actions.UNLINK,
        lambda client: client.unlink_identifier(value=card),
        but=HOLDING,
        card=card,
        contact_uuid=contact_uuid,
        actor=actor,
        token=token,
    )


def _do(
    action: Action,
    write: Callable[[Any], Any],
    *,
    but: tuple[Action, ...],
    card: str,
    contact_uuid: str,
    actor: Actor,
    token: str,
    parent: Act | None = None,
    figures: Mapping[str, Any] | None = None,
    detail: Mapping[str, str] | None = None,
    done_figures: Callable[[Any], Mapping[str, Any]] | None = None,
) -> Outcome:
    """One act on one card, unless another of the kinds `but` on it is still open."""

    def call(act: Act) -> Any:
        insist_on_clear(act, card, but)
        try:
            return write(piggy.get_client())
        finally:  # also when no answer comes: it may have happened
            card_changed(card, contact_uuid=contact_uuid)

    return perform(
        action,
        by=actor,
        target=Target("card", ending(card), contact_id=contact_uuid),
        figures={"card_end": ending(card), **(figures or {})},
        detail={"card": card, **(detail or {})},
        form_token=token,
        parent=parent,
        call=call,
        done_figures=done_figures,
    )


def _made(answer: ContactCreated) -> Mapping[str, Any]:
    return {"contact_uuid": answer.uuid}


def _first_with(card: str) -> Act | None:
    """The act with which our dealings with this card began while it was nobody's; None when it has been somebody's.

    What is done with the card next belongs to that act. So its words, which know no customer, are found when those of
    the customer who gets the card are to be erased.
    """
    kinds = (actions.MAKE_FREE, actions.NEW_ANONYMOUS, actions.LINK, actions.MAKE)
    for act in acts_on(card, kinds).select_related("parent"):
        if card_of(act) != card:
            continue
        if act.outcome == State.DONE and act.action != actions.MAKE_FREE.name:
            return None
        if not act.contact_id:
            return act.parent or act
    return None
