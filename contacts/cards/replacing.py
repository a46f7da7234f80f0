"""Replace a lost card: switch it off, then link or make the new one. Both acts belong to one that says what is meant.

Where a replacement stands is never written down: it follows from the ledger, so it is right after a lost answer and
after a process that died between the two. What is done is not done again; what nobody knows is looked at first. The
numbers of both cards lie in the detail of the first act, which can be erased; then nothing is left to go on with.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from contacts.cards import actions, writes
from contacts.cards.sights import Sight, Whose, card_of, ending, held, look_at, words_of
from piggyadmin import codes
from piggyadmin.ledger import settling
from piggyadmin.ledger.actions import Action
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.door import Target, begun_with, record
from piggyadmin.ledger.models import Act, State
from piggyadmin.ledger.open_acts import OPEN
from piggyadmin.ledger.outcomes import Outcome, outcome_of
from piggyadmin.ledger.services import acts_of
from piggyadmin.piggy.errors import PiggyError

LATEST = 20  # of one customer; an older one that nobody finished is forgotten
OFF_WORDS, LINK_WORDS = "Switch off the card ending {}", "Link the card ending {}"


class NoReplacement(Exception):
    """It is over, or was never begun for this customer."""


@dataclass(frozen=True, slots=True)
class Step:
    """One of the two: what is to be done, the act that says how far it came (None: not begun), and if it is done."""

    words: str
    act: Act | None
    is_done: bool
    tried: tuple[Act, ...] = ()

    @property
    def is_open(self) -> bool:
        return not self.is_done and self.act is not None and self.act.outcome in OPEN

    @property
    def outcome(self) -> str:
        """As a tag shows it: "done", "refused", "unknown", "sent", "planned", or "" for not begun."""
        return str(State.DONE) if self.is_done else self.act.outcome if self.act else ""


@dataclass(frozen=True, slots=True)
class Replacement:
    """A replacement as it stands. `act` is the one that both steps belong to."""

    act: Act
    old: str
    new: str
    off: Step
    link: Step

    @property
    def id(self) -> UUID:
        return self.act.pk

    @property
    def at(self) -> datetime:
        return self.act.at

    @property
    def old_end(self) -> str:
        return ending(self.old)

    @property
    def new_end(self) -> str:
        return ending(self.new)

    @property
    def steps(self) -> tuple[Step, Step]:
        return self.off, self.link

    @property
    def is_over(self) -> bool:
        return self.off.is_done and self.link.is_done

    @property
    def unclear(self) -> list[Act]:
        return [step.act for step in self.steps if step.is_open and step.act]

    @property
    def remaining(self) -> list[Step]:
        """The steps to go on with, none while something is unclear."""
        return [] if self.unclear else [step for step in self.steps if not step.is_done]


@dataclass(frozen=True, slots=True)
class Progress:
    """What one press came to: the acts' outcomes in their order, and what stands in the way, if something does.

    `sight` is the new card when it cannot be taken (or not yet: one that Piggy does not know is made when that is
    wished). `problem` is a sentence.
    """

    outcomes: tuple[Outcome, ...] = ()
    sight: Sight | None = None
    problem: str = ""


def begin(*, contact_uuid: str, old: str, new: str, actor: Actor, token: str, may_make: bool = False) -> Progress:
    """Replace `old`, a card of this customer's, by `new`. Whatever forbids it is found before anything is switched off.

    Raises NotTheirs, NotACard, PermissionDenied, and PiggyError when Piggy could not be asked: nothing was sent then.
    """
    earlier = begun_with(token)
    if earlier is not None:
        begun = _one(earlier.pk, contact_uuid)
        if begun.old != old or begun.new not in codes.spellings(new):  # another card was scanned into the same form
            words = f"This was begun with the new card ending {begun.new_end}: go on with that or leave it, first."
            return Progress(problem=words)
        return go_on(replacement_id=earlier.pk, contact_uuid=contact_uuid, actor=actor)
    lost = held(card=old, contact_uuid=contact_uuid)
    sight = look_at(card=new, contact_uuid=contact_uuid)
    if sight.card == old:
        return Progress(problem="That is the lost card itself. Scan the new one.")
    if sight.whose is not Whose.FREE and not (sight.whose is Whose.UNKNOWN and may_make):
        return Progress(sight=sight)
    if any(one.old == old and one.unclear for one in unfinished(contact_uuid=contact_uuid)):
        return Progress(problem="Nobody knows yet how far an earlier try to replace it came. Look at that first.")
    act = record(
        actions.REPLACE,
        by=actor,
        target=Target("card", ending(old), contact_id=contact_uuid),
        figures={"card_end": ending(old), "new_end": ending(sight.card), "was_off": lost.active is False},
        detail={"card": old, "new": sight.card},
        form_token=token,
    )
    return go_on(replacement_id=act.pk, contact_uuid=contact_uuid, actor=actor)


def go_on(*, replacement_id: UUID, contact_uuid: str, actor: Actor) -> Progress:
    """Do what is not done yet, in order, until a step does not come about. Looks first at what nobody knows.

    Raises NoReplacement, PermissionDenied.
    """
    found = _one(replacement_id, contact_uuid)
    for act in found.unclear:
        looked = settling.look(act.pk)
        if looked.unknown or looked.outcome == State.SENT:
            return Progress((looked,))
    found = _one(replacement_id, contact_uuid)
    outcomes: tuple[Outcome, ...] = ()
    if not found.off.is_done:
        outcomes += (
            writes.switch(
                card=found.old,
                contact_uuid=contact_uuid,
                on=False,
                actor=actor,
                token=_token(found, found.off, actor),
                parent=found.act,
            ),
        )
        if not outcomes[-1].done:
            return Progress(outcomes)
    if found.link.is_done:
        return Progress(outcomes or _told(found))
    return _link(found, contact_uuid, actor, outcomes)


def end(*, replacement_id: UUID, contact_uuid: str, actor: Actor, why: str = "left as it is") -> Act:
    """Leave a replacement where it stands. Nothing is taken back. Raises NoReplacement, PermissionDenied."""
    found = _one(replacement_id, contact_uuid)
    return record(
        actions.REPLACE_ENDED,
        by=actor,
        target=Target("card", found.old_end, contact_id=contact_uuid),
        figures={"card_end": found.old_end, "why": why},
        form_token=f"{found.id.hex}-end-{actor.staff.pk.hex}",
        parent=found.act,
    )


def unfinished(*, contact_uuid: str) -> list[Replacement]:
    """The replacements of this customer's cards that stopped half-way, the latest first."""
    return [one for one in _all(contact_uuid) if not one.is_over]


def _link(found: Replacement, contact_uuid: str, actor: Actor, outcomes: tuple[Outcome, ...]) -> Progress:
    """The second step. The new card is looked at again: somebody may have taken it meanwhile."""
    try:
        sight = look_at(card=found.new, contact_uuid=contact_uuid)
    except PiggyError as error:
        return Progress(outcomes, problem=f"The new card could not be looked at. {error.message}")
    if sight.whose is Whose.OWN:  # linked by other hands
        end(replacement_id=found.id, contact_uuid=contact_uuid, actor=actor, why="the new card is linked already")
        return Progress(outcomes, problem="The new card is this customer’s already, so there was nothing to link.")
    if sight.whose not in (Whose.FREE, Whose.UNKNOWN):
        return Progress(outcomes, sight=sight)
    write = writes.link if sight.whose is Whose.FREE else writes.make
    outcome = write(
        card=found.new,
        contact_uuid=contact_uuid,
        actor=actor,
        token=_token(found, found.link, actor),
        parent=found.act,
    )
    return Progress((*outcomes, outcome))


def _told(found: Replacement) -> tuple[Outcome, ...]:
    """What became of a replacement that is over: for a form sent twice."""
    return tuple(outcome_of(step.act, repeated=True) for step in found.steps if step.act)


def _token(found: Replacement, step: Step, actor: Actor) -> str:
    """The one-time token of this try of a step: the same for two presses at once, another after a refusal.

    An act that Piggy asked us to send later is sent again by whoever began it, in the shop where they did.
    """
    name = "off" if step is found.off else "link"
    shop = actor.shop.pk if actor.shop else None
    mine = [act for act in step.tried if act.staff_id == actor.staff.pk]
    over = [act for act in mine if act.outcome == State.REFUSED or act.shop_id != shop]
    return f"{found.id.hex}-{name}-{len(over)}-{actor.staff.pk.hex}"


def _one(replacement_id: UUID, contact_uuid: str) -> Replacement:
    found = next((one for one in _all(contact_uuid) if one.id == replacement_id), None)
    if found is None:
        raise NoReplacement(replacement_id)
    return found


def _all(contact_uuid: str) -> list[Replacement]:
    """The replacements of this customer's that were neither ended nor begun anew, the latest first."""
    theirs = acts_of(contact_id=contact_uuid).prefetch_related("details")
    begun = list(theirs.filter(action=actions.REPLACE.name)[:LATEST])
    if not begun:
        return []
    names = [action.name for action in (actions.SWITCH_OFF, actions.LINK, actions.MAKE, actions.REPLACE_ENDED)]
    since = list(theirs.filter(action__in=names, seq__gt=begun[-1].seq))
    ended = {act.parent_id for act in since if act.action == actions.REPLACE_ENDED.name}
    found: dict[str, Replacement] = {}
    for act in begun:
        words = words_of(act)
        old, new = str(words.get("card", "")), str(words.get("new", ""))
        if not old or not new or old in found:
            continue  # erased, or begun anew since
        later = [one for one in since if one.seq > act.seq]
        found[old] = Replacement(
            act=act,
            old=old,
            new=new,
            off=_step(OFF_WORDS, old, later, (actions.SWITCH_OFF,), done_before=act.figures.get("was_off") is True),
            link=_step(LINK_WORDS, new, later, (actions.LINK, actions.MAKE)),
        )
    return [one for one in found.values() if one.id not in ended]


def _step(words: str, card: str, acts: Iterable[Act], kinds: tuple[Action, ...], *, done_before: bool = False) -> Step:
    """Where a step stands, by all acts of its kinds on this card since: also those made beside the replacement."""
    names = [kind.name for kind in kinds]
    tried = tuple(act for act in acts if act.action in names and card_of(act) == card)  # the latest first
    done = next((act for act in tried if act.outcome == State.DONE), None)
    unclear = next((act for act in tried if act.outcome in OPEN), None)
    act = done or unclear or next(iter(tried), None)
    return Step(words.format(ending(card)), act, done_before or done is not None, tried)
