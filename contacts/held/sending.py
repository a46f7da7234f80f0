"""Send a held act once, and follow what came of the call. Only what is known not to be done is ever sent again."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import Any

from django.utils import timezone

from contacts.held.kinds import row_of
from contacts.held.leases import Lease
from contacts.models import HeldAct
from piggyadmin import piggy
from piggyadmin.ledger.chain import appending
from piggyadmin.ledger.door import perform
from piggyadmin.ledger.models import Act, ActState, Event, How
from piggyadmin.ledger.models import State as ActStates
from piggyadmin.ledger.outcomes import Outcome, outcome_of
from piggyadmin.ledger.projection import tell
from piggyadmin.piggy.errors import PiggyError, PiggyRejected

State = HeldAct.State
UNAUTHORIZED = 401
CONTACT_NOT_FOUND = "55031"
MOST_TRIES = 8  # of a call that never left here, or was turned away at the door
FIRST_PAUSE, LONGEST_PAUSE = 5.0, 600.0  # s between two tries, each twice the one before


def send(lease: Lease, row: HeldAct) -> None:
    """Make the one call of a row that was just moved to SENDING, and follow its answer."""
    kind = lease.kind

    def call(act: Act) -> Any:
        # The last look before the call: whoever was held up for long may not be the one to send it any more.
        if not lease.rows(State.SENDING).update(act_id=act.pk, sent_at=timezone.now()):
            raise PiggyRejected("Another worker went on with it.")
        return kind.send(piggy.get_client(), row)

    outcome = perform(
        kind.action,
        by=None,
        target=kind.target(row),
        figures=kind.figures(row),
        form_token=f"held-{row.pk.hex}-{len(_turned_away(row))}",
        parent=row.approval.act if row.approval else None,
        call=call,
    )
    follow(lease, row, outcome)


def recover(lease: Lease) -> None:
    """Put a row right whose process died between two steps: the ledger knows how far it came."""
    row = row_of(lease.kind, lease.row_id)
    act = latest_act(row)
    if act is None:
        # The intent is kept before anything is sent, so without an act nothing was. Whoever is about to send it all
        # the same finds it somebody else's, or finds the act that was begun with the same token.
        lease.rows(State.SENDING).filter(act_id=None).update(state=State.HELD)
    else:
        follow(lease, row, outcome_of(act))


def follow(lease: Lease, row: HeldAct, outcome: Outcome) -> None:
    """Move the row as its call went.

    That it was done, or may have been, is true whoever finds it out. That it was not says something of this one act
    alone: another worker may be sending it just now, so only who has the lease may move the row back.
    """
    now = timezone.now()
    open_rows = lease.kind.model.objects.filter(pk=row.pk, state__in=(State.SENDING, State.UNKNOWN))
    own_rows = lease.rows(State.SENDING, State.UNKNOWN)
    if outcome.done:
        open_rows.update(state=State.SCHEDULED, act_id=outcome.act_id, look_at=now)
    elif outcome.unknown:
        open_rows.update(state=State.UNKNOWN, act_id=outcome.act_id, look_at=outcome.next_look_at)
    elif outcome.outcome == ActStates.PLANNED:
        own_rows.update(state=State.HELD, act_id=None, look_at=outcome.not_before or now)
    elif outcome.refused:
        if outcome.code == CONTACT_NOT_FOUND:
            with suppress(PiggyError):  # else whoever reads it next finds out
                lease.kind.found_gone(row)
        _refused(row, outcome, own_rows)


def _refused(row: HeldAct, outcome: Outcome, own_rows: Any) -> None:
    now, turned_away = timezone.now(), _turned_away(row)
    if any(act.pk == outcome.act_id for act in turned_away) and len(turned_away) < MOST_TRIES:
        pause = min(FIRST_PAUSE * 2 ** (len(turned_away) - 1), LONGEST_PAUSE)
        own_rows.update(state=State.HELD, act_id=None, look_at=now + timedelta(seconds=pause))
        return
    code = outcome.code[:40] or "refused"
    own_rows.update(state=State.REFUSED, act_id=outcome.act_id, ended_at=now, look_at=None, problems=[code])


def give_up(row: HeldAct) -> None:
    """Piggy had us wait with the call, and now it shall not be made: it was never done."""
    act = latest_act(row)
    if act is None:
        return
    with appending(durable=False) as head:
        if ActState.objects.filter(act=act, outcome=ActStates.PLANNED).exists():
            tell(head, act, Event(outcome=ActStates.REFUSED, how=How.UNSENT, code="cancelled"))


def is_out(row: HeldAct) -> Act | None:
    """The act of a call that was made, or may have been: while there is one, nothing is called off."""
    act = latest_act(row)
    return act if act is not None and act.outcome in (ActStates.SENT, ActStates.UNKNOWN, ActStates.DONE) else None


def latest_act(row: HeldAct) -> Act | None:
    """The write's latest act that was not turned away unsent; else the latest of those; None when none was begun."""
    acts = list(_acts(row))
    return acts[-1] if acts else None


def _acts(row: HeldAct) -> Any:
    return Act.objects.filter(form_token__startswith=f"held-{row.pk.hex}-", action=_action(row)).order_by("seq")


def _action(row: HeldAct) -> str:
    from contacts.held.kinds import kind_of

    return kind_of(row).action.name


def _turned_away(row: HeldAct) -> list[Act]:
    """Calls that never left here, or that Piggy turned away at its door (401): these alone may be made again."""
    found = []
    for act in _acts(row).filter(state__outcome=ActStates.REFUSED):
        last = act.events.order_by("-seq").first()
        if last is not None and (last.how == How.UNSENT or last.status == UNAUTHORIZED):
            found.append(act)
    return found
