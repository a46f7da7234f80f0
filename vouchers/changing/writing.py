"""Change one voucher, once: the only writer of this subject, for a page and for the job alike."""

from collections.abc import Callable
from datetime import datetime

from django.db.models import QuerySet

from piggyadmin import piggy
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.door import Target, perform
from piggyadmin.ledger.models import Act
from piggyadmin.ledger.open_acts import sent_before, still_open
from piggyadmin.ledger.outcomes import Outcome
from piggyadmin.ledger.services import acts_of
from piggyadmin.piggy.errors import PiggyInvalid, PiggyRejected
from piggyadmin.piggy.payloads import Voucher
from vouchers.changing.actions import ONE
from vouchers.changing.kinds import SENT_STATUS, Kind
from vouchers.changing.resolvers import keep_sight

TOO_LATE = {
    Kind.DEACTIVATE: "Piggy does not take it: it was redeemed or has expired meanwhile.",
    Kind.REACTIVATE: "Piggy does not take it: it was redeemed or has expired meanwhile.",
    Kind.EXPIRY: "Piggy does not take it: it is redeemed, withdrawn, locked or expired, or begins only after that.",
}


def open_changes(voucher_uuid: str) -> QuerySet[Act]:
    """Changes of this voucher that are under way, or whose outcome nobody knows."""
    tries = acts_of(target=Target("voucher", voucher_uuid))
    return still_open(tries.filter(action__in=[action.name for action in ONE.values()]))


def change_voucher(
    *,
    kind: str,
    voucher_uuid: str,
    code_end: str,
    actor: Actor | None,
    token: str,
    until: datetime | None = None,
    parent: Act | None = None,
    before: Callable[[Act], None] | None = None,
) -> Outcome:
    """Withdraw a voucher, give it back, or let it end at `until` (aware).

    `actor` is None for the job. `before` may refuse, by PiggyRejected, when the act stands and nothing is sent yet.
    Refused, too, while an earlier change of this voucher is open. Raises PermissionDenied.
    """

    def call(act: Act) -> Voucher:
        if before is not None:
            before(act)
        if sent_before(act, open_changes(voucher_uuid)):
            raise PiggyRejected("Nobody knows yet what became of an earlier change of it. Look at that first.")
        try:
            answer = piggy.get_client().update_voucher(
                voucher_uuid=voucher_uuid,
                status=SENT_STATUS[kind],
                expiration_date=until if kind == Kind.EXPIRY else None,
            )
        except PiggyInvalid as error:
            raise _in_words(error, kind) from error
        keep_sight(voucher_uuid=voucher_uuid, status=answer.status, until=answer.expiration_date)
        return answer

    return perform(
        ONE[kind],
        by=actor,
        target=Target("voucher", voucher_uuid),
        figures={"code_end": code_end, **({"until": until.isoformat()} if until else {})},
        form_token=token,
        parent=parent,
        call=call,
        done_figures=lambda answer: {"status": answer.status},
    )


def _in_words(error: PiggyInvalid, kind: str) -> PiggyInvalid:
    """Piggy's "invalid input" says nothing to the person; what it can only mean here does."""
    if error.status is None:
        return error
    return PiggyInvalid(
        TOO_LATE[Kind(kind)],
        fields=error.fields,
        code=error.code,
        status=error.status,
        request_id=error.request_id,
        operation=error.operation,
        piggy_message=error.piggy_message,
    )
