"""Award credits: what it would be, and doing it once. With its neighbours here the only caller of Piggy for awards."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.conf import settings

from contacts.credits import asking, marks
from contacts.credits.actions import AWARD
from contacts.credits.limits import AWARDS, open_awards
from contacts.credits.wishes import PURCHASE, Wish, is_money, wish_of
from piggyadmin import piggy
from piggyadmin.accounts.limits.alone import Needs
from piggyadmin.ledger import second_person
from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.door import Target, begun_with, perform
from piggyadmin.ledger.marks import MARK
from piggyadmin.ledger.models import Act, Approval
from piggyadmin.ledger.open_acts import sent_before
from piggyadmin.ledger.outcomes import Outcome
from piggyadmin.piggy.client import Piggy
from piggyadmin.piggy.errors import PiggyError, PiggyInvalid, PiggyNotFound, PiggyRejected
from piggyadmin.piggy.payloads import Contact, CreditReception, Transaction, Unit
from piggyadmin.templatetags.words import in_credits, thousands

NO_DEFAULT_UNIT = 55046


class NoCustomer(Exception):
    """Piggy has no such customer (any more)."""


@dataclass(frozen=True, slots=True)
class Promise:
    """What an award would be, in numbers. `balance` is as read at `read_at`, None where Piggy does not tell it."""

    wish: Wish
    credits: int
    balance: int | None
    read_at: datetime
    needs: Needs | None

    @property
    def expected(self) -> int | None:
        return None if self.balance is None else self.balance + self.credits


@dataclass(frozen=True, slots=True)
class AwardPage:
    """`units` are what credits are counted from, [] when they could not be read (`units_error` says why).

    `problem` is why the wish could not be turned into credits, and `is_down` whether trying again may help.
    """

    contact_uuid: str
    contact: Contact
    read_at: datetime
    units: list[Unit]
    units_error: str
    open_act: Act | None
    promise: Promise | None = None
    problem: str = ""
    is_down: bool = False

    @property
    def default_unit(self) -> Unit | None:
        return next((unit for unit in self.units if unit.is_default), None)

    @property
    def asks_unit(self) -> bool:
        """Whether the person has to say which unit: there are several, or none is the default."""
        return len(self.units) > 1 or bool(self.units and self.default_unit is None)

    @property
    def without_units(self) -> bool:
        """The account counts credits from nothing: only a number of credits can be awarded."""
        return not self.units and not self.units_error


def open_page(*, contact_uuid: str, actor: Actor, wish: Wish | None = None) -> AwardPage:
    """The customer, the units and, with a `wish`, how many credits it would be: all asked at once.

    Raises NoCustomer, and PiggyError when the customer cannot be read.
    """
    calls: dict[str, Callable[[Piggy], Any]] = {
        "contact": lambda client: client.get_contact(contact_uuid=contact_uuid),
        "units": lambda client: client.list_units(),
    }
    if wish is not None and wish.value is not None:
        calls["credits"] = lambda client: _calculate(client, contact_uuid, actor, wish)
    if marks.ATTRIBUTE.known() is None:
        calls["marks"] = lambda client: client.list_loyalty_transaction_attributes()
    answers = piggy.gather(calls, seconds=settings.PIGGY_TIMEOUT)
    if isinstance(answers["contact"].error, PiggyNotFound | PiggyInvalid):
        raise NoCustomer(contact_uuid)
    contact: Contact = answers["contact"].get()
    if "marks" in answers and answers["marks"].ok:
        marks.ATTRIBUTE.note(answers["marks"].get())
    units = answers["units"]
    page = AwardPage(
        contact_uuid=contact_uuid,
        contact=contact,
        read_at=answers["contact"].read_at,
        units=list(units.value or []),
        units_error=units.error.message if units.error else "",
        open_act=open_awards(contact_uuid).first(),
    )
    if wish is None:
        return page
    failed = answers["credits"].error if "credits" in answers else None
    if failed is not None:
        return replace(page, problem=_why_not(failed), is_down=not isinstance(failed, PiggyRejected))
    credits = wish.credits if wish.credits is not None else int(answers["credits"].get())
    if credits <= 0:
        return replace(page, problem=f"By the rules of the programme {wish.words} gives no credits.")
    needs = AWARDS.needs(actor=actor, target_id=contact_uuid, amount=credits)
    return replace(page, promise=Promise(wish, credits, contact.credits, page.read_at, needs))


def unit_words(unit: Unit) -> str:
    return unit.label or unit.name or "unit"


def in_unit(wish: Wish, unit: str) -> Wish:
    """An amount counted in the unit of this name, whether or not the account has it; a number of credits as it is."""
    if wish.value is None or not unit:
        return wish
    return replace(wish, unit=unit, is_money=unit == PURCHASE)


def money_units(units: list[Unit]) -> set[str]:
    """The names of the units whose amounts are euros."""
    return {unit.name for unit in units if unit.name and is_money(unit)}


def award(
    *,
    contact_uuid: str,
    wish: Wish,
    promised: int,
    actor: Actor,
    token: str,
    approval: Approval | None = None,
) -> Outcome:
    """Award what was shown: `promised` credits, or what Piggy's rules make of the amount now.

    Refused without asking Piggy while an earlier award to this customer is open; over the limit or within the pause
    without an `approval`; and when the rules now give more than the limit, or than was approved. Raises
    PermissionDenied.
    """
    assert actor.shop is not None  # the ledger refuses a write without a shop
    shop_uuid = actor.shop.piggy_uuid
    begun = begun_with(token)
    # An act that Piggy asked us to send later is sent as it was begun.
    with_mark = bool(begun.figures.get("with_mark")) if begun else marks.ATTRIBUTE.ensure()

    figures = asking.figures_of(wish=wish, credits=promised, actor=actor)

    def call(act: Act) -> CreditReception:
        _check(act, contact_uuid, wish, actor, approval)
        if approval is not None:  # used up last
            second_person.use(approval, act=act, by=actor, figures=figures)
        return piggy.get_client().create_credit_reception(
            shop_uuid=shop_uuid,
            contact_uuid=contact_uuid,
            credits=wish.credits,
            unit_value=wish.value,
            unit_name=wish.unit or None,
            attributes={MARK: act.mark} if with_mark else None,
        )

    outcome = perform(
        AWARD,
        by=actor,
        target=Target("contact", contact_uuid),
        figures={**figures, "with_mark": with_mark},
        form_token=token,
        parent=approval.act if approval else None,
        call=call,
        done_figures=given_figures,
    )
    if outcome.done and with_mark and not outcome.figures.get("marked"):
        marks.ATTRIBUTE.forget()  # somebody may have taken the attribute away: look again before the next one
    return outcome


def given_figures(answer: CreditReception) -> dict[str, object]:
    """What came of an award: its number, the credits it gave, the balance after it."""
    return {
        "reception_uuid": answer.uuid,
        "credits": answer.credits,
        "balance_after": balance_after(answer),
        "marked": bool(answer.extra.get(MARK)),
    }


def balance_after(answer: Transaction) -> int | None:
    balance = answer.contact.credit_balance if answer.contact else None
    return balance.balance if balance else None


def told(outcome: Outcome) -> str:
    """A done act in words, with the balance after it, and with what was promised where it came out differently."""
    words = [outcome.words]
    promised = Act.objects.get(pk=outcome.act_id).figures.get("credits")
    if promised != outcome.figures.get("credits"):
        words.append(f"{thousands(promised)} were expected: the rules of the programme counted differently.")
    balance = outcome.figures.get("balance_after")
    if balance is not None:
        words.append(f"The balance is {thousands(balance)}.")
    return " ".join(words)


def wish_again(approval: Approval) -> Wish:
    return wish_of(approval.figures)


def _check(act: Act, contact_uuid: str, wish: Wish, actor: Actor, approval: Approval | None) -> None:
    """Raise PiggyRejected unless this act may be sent now."""
    if sent_before(act, open_awards(contact_uuid)):
        raise PiggyRejected("Nobody knows yet whether an earlier award to this customer was made. Look at that first.")
    if approval is None:
        AWARDS.insist_on_pause(act, actor=actor)
    most = int(approval.figures["credits"]) if approval else AWARDS.limit(actor)
    if most is not None:
        credits = _credits_now(contact_uuid, wish, actor)
        if credits > most:
            told = "that were approved" if approval else "you may award alone here"
            raise PiggyRejected(f"It would be {in_credits(credits)} now, more than the {thousands(most)} {told}.")


def _credits_now(contact_uuid: str, wish: Wish, actor: Actor) -> int:
    """How many credits it would be at this moment: a rule may have changed since it was shown."""
    if wish.credits is not None:
        return wish.credits
    try:
        credits = _calculate(piggy.get_client(), contact_uuid, actor, wish)
    except PiggyError as error:
        # Never a 429: an act that is planned has passed this check and has used its approval.
        raise PiggyRejected(
            f"Nobody can say now how many credits it would be, so nothing was sent. {error.message}"
        ) from error
    if credits <= 0:
        raise PiggyRejected(f"By the rules of the programme {wish.words} gives no credits now.")
    return credits


def _calculate(client: Piggy, contact_uuid: str, actor: Actor, wish: Wish) -> int:
    assert actor.shop is not None
    assert wish.value is not None
    return client.calculate_credits(
        shop_uuid=actor.shop.piggy_uuid,
        unit_value=wish.value,
        contact_uuid=contact_uuid,
        unit_name=wish.unit or None,
    )


def _why_not(error: PiggyError) -> str:
    if error.code == NO_DEFAULT_UNIT:
        return "The account has no default unit, so an amount counts for nothing. Choose a unit, or type credits."
    return f"How many credits that would be could not be asked. {error.message}"
