"""One voucher, with a code of one's own or one that Piggy chooses. What it would be is asked as for a batch of one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from piggyadmin import codes, piggy
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.door import Target, begun_with, perform
from piggyadmin.ledger.marks import MARK
from piggyadmin.ledger.models import Act
from piggyadmin.ledger.open_acts import sent_before, still_open
from piggyadmin.ledger.outcomes import Outcome
from piggyadmin.ledger.services import acts_of
from piggyadmin.piggy.errors import PiggyRejected
from piggyadmin.piggy.payloads import Voucher
from vouchers import marks
from vouchers.check import services as check
from vouchers.making.actions import MAKE
from vouchers.making.resolvers import keep_code

CODE_TAKEN = 80003


@dataclass(frozen=True, slots=True)
class Wish:
    """The voucher to make. The dates are aware; what is empty is left to Piggy and the promotion's rules."""

    promotion_uuid: str
    code: str = ""
    contact_uuid: str = ""
    activation_date: datetime | None = None
    expiration_date: datetime | None = None
    uses: int | None = None

    def figures(self) -> dict[str, object]:
        told = {
            "code_end": codes.last_four(self.code) if self.code else "",
            "activation_date": self.activation_date.isoformat() if self.activation_date else "",
            "expiration_date": self.expiration_date.isoformat() if self.expiration_date else "",
            "uses": self.uses,
        }
        return {name: value for name, value in told.items() if value not in ("", None)}


def make(*, wish: Wish, actor: Actor, token: str) -> Outcome:
    """Make it, once for each form. `outcome.figures` name the voucher when it is done.

    Refused without asking Piggy while an earlier one with such a code, of this promotion and person, is open. Raises
    PermissionDenied.
    """
    begun = begun_with(token)
    # An act that Piggy asked us to send later is sent as it was begun.
    with_mark = bool(begun.figures.get("with_mark")) if begun else marks.ATTRIBUTE.ensure()
    figures = {**wish.figures(), "with_mark": with_mark}

    def call(act: Act) -> Voucher:
        open_ones = sent_before(act, still_open(acts_of(target=target).filter(action=MAKE.name, staff=actor.staff)))
        if any(one.figures.get("code_end", "") == act.figures.get("code_end", "") for one in open_ones):
            raise PiggyRejected("Nobody knows yet whether an earlier one like it was made. Look at that first.")
        if wish.code:
            keep_code(act, wish.code)
        answer = piggy.get_client().create_voucher(
            promotion_uuid=wish.promotion_uuid,
            code=wish.code or None,
            contact_uuid=wish.contact_uuid or None,
            activation_date=wish.activation_date,
            expiration_date=wish.expiration_date,
            total_redemptions_allowed=wish.uses,
            custom_attributes={MARK: act.mark} if with_mark else None,
        )
        check.remember(voucher=answer)
        return answer

    target = Target("promotion", wish.promotion_uuid, contact_id=wish.contact_uuid)
    return perform(
        MAKE, by=actor, target=target, figures=figures, form_token=token, call=call, done_figures=_made_figures
    )


def _made_figures(answer: Voucher) -> dict[str, object]:
    return {"voucher_uuid": answer.uuid, "code_end": codes.last_four(answer.code)}
