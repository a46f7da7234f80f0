"""What new staff try, and on whom: three invented customers, and tasks that the ledger ticks off.

The customers are made in the stand-in Piggy itself, past the API, as if they had come to the shop before. Nothing of
this runs anywhere but in practice.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.conf import settings
from django.db.models import F, Q

from piggyadmin.accounts.models import Staff
from piggyadmin.desk.models import PracticeRound
from piggyadmin.desk.standin import ask
from piggyadmin.ledger.models import Act, State

DESK_WORK = ("contacts.award_credits", "contacts.edit_contact", "contacts.claim_contact", "vouchers.redeem_voucher")
"""What the tasks take. Whoever may not do them is told so before the first button that is not there."""

REGULAR, STRANGER, GUEST = "regular", "stranger", "guest"


class NoStandIn(Exception):
    """The stand-in Piggy did not do it."""


@dataclass(frozen=True, slots=True)
class Task:
    """Ticked off by the first done act of one of `actions` on the customer that `asked` finds to be the one.

    `how` is where to find it, `again` what to do where something else was done than the customer asked for.
    """

    words: str
    how: str
    actions: tuple[str, ...]
    asked: Callable[[Act], bool] = lambda act: True
    again: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """One of the three: what the customer says at the counter, and what is typed or scanned to find them."""

    name: str
    title: str
    story: str
    typed: str  # the key of what is typed: "card" or "code"
    tasks: tuple[Task, ...]


PARTS = (
    Part(
        REGULAR,
        "A regular with a card",
        "“I had two coffees. And could you write my name properly? It is Pim, not Pimm.”",
        "card",
        (
            Task(
                "Give 12 credits",
                "Type or scan the card in the box on top, then “Award credits”. Type 12 as a number of credits: Enter "
                "shows the sum, Enter once more gives them.",
                ("credits.award",),
                asked=lambda act: act.figures.get("credits") == 12,
                again="That was another number of credits. At work an admin takes it back; here, give 12 in a minute.",
            ),
            Task(
                "Put the first name right",
                "On the customer’s page: “Edit”. Type Pim as the first name, then “Save”.",
                ("contact.update",),
                asked=lambda act: "firstname" in act.figures.get("fields", ()),
                again="Something else was changed. The first name is still to be put right.",
            ),
        ),
    ),
    Part(
        STRANGER,
        "Somebody without a name",
        "“I have had this card for weeks. Can I put my name on it? My address is {email}.”",
        "card",
        (
            Task(
                "Make the card theirs",
                "Type or scan the card, then “Claim”, and type the address. The mail that is offered after that goes "
                "nowhere in practice: choose “Not now”.",
                ("contact.claim", "contact.claim_merged"),
            ),
        ),
    ),
    Part(
        GUEST,
        "A guest with a voucher",
        "“I got this code by mail. Is it still good? Then I would like my coffee.”",
        "code",
        (
            Task(
                "Check the code and lock it",
                "“Vouchers” in the menu, type or scan the code, then “Lock for 2 minutes”.",
                ("voucher.lock",),
            ),
            Task(
                "Redeem it",
                "“Redeem it”, once the guest has the coffee. If the two minutes are over, check and lock it again.",
                ("voucher.redeem",),
            ),
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Step:
    """A task, and the act that did it. `state` is "" before somebody tries, and `astray` where something was done, but
    not what was asked. `others` is somebody else's act that did it, where whoever looks has not."""

    task: Task
    state: str
    act: Act | None
    astray: bool = False
    others: Act | None = None


@dataclass(frozen=True, slots=True)
class Customer:
    part: Part
    story: str
    typed: str
    steps: list[Step]


@dataclass(frozen=True, slots=True)
class Practice:
    round: PracticeRound | None
    customers: list[Customer]

    @property
    def tasks(self) -> int:
        return sum(len(customer.steps) for customer in self.customers)

    @property
    def done(self) -> int:
        return sum(
            step.state == State.DONE and not step.astray for customer in self.customers for step in customer.steps
        )


def is_practice() -> bool:
    return bool(settings.PIGGYADMIN_ENV == "practice")


def practice(by: Staff | None = None) -> Practice:
    """The round of whoever learns, each task with what came of what they did themselves: their own last one, or the
    three that stand there for whoever comes. Without `by` the last round of all, whoever did what. Two queries.
    """
    rounds = PracticeRound.objects.all()
    if by is not None:
        own_first = F("staff").asc(nulls_last=True)
        rounds = rounds.filter(Q(staff=by) | Q(staff=None)).order_by(own_first, "-pk")
    last = rounds.first()
    if last is None:
        return Practice(None, [])
    uuids = [facts["uuid"] for facts in last.customers.values()]
    found = list(Act.objects.filter(contact_id__in=uuids).select_related("state", "staff").order_by("seq"))
    customers = []
    for part in PARTS:
        facts = last.customers[part.name]
        theirs = [act for act in found if act.contact_id == facts["uuid"]]
        steps = [_step(task, theirs, by) for task in part.tasks]
        customers.append(Customer(part, part.story.format_map(facts), facts[part.typed], steps))
    return Practice(last, customers)


def _step(task: Task, acts: list[Act], by: Staff | None) -> Step:
    """Done once is done; else what came of the last try. Most tasks can be done once only: who comes second is told."""
    tries = [act for act in acts if act.action in task.actions]
    good = [act for act in tries if act.state.outcome == State.DONE and task.asked(act)]
    if by is not None:
        tries = [act for act in tries if act.staff_id == by.pk]
    done = next((act for act in good if act in tries), None)
    others = good[0] if good and done is None else None
    act = done or (tries[-1] if tries else None)
    if act is None:
        return Step(task, "", None, others=others)
    astray = act is not done and act.state.outcome == State.DONE
    return Step(task, act.state.outcome, act, astray=astray, others=others)


def begin(by: Staff | None = None) -> PracticeRound:
    """Three new customers, for `by` or for whoever comes. Raises NoStandIn.

    Raises RuntimeError outside practice: nobody is ever made up in an account with real customers.
    """
    if not is_practice():
        raise RuntimeError("Customers are made up in practice alone.")
    number = secrets.randbelow(10**8)
    try:
        customers = {REGULAR: _regular(number), STRANGER: _stranger(number), GUEST: _guest(number)}
    except (OSError, ValueError, LookupError) as error:
        raise NoStandIn(type(error).__name__) from error
    return PracticeRound.objects.create(staff=by, customers=customers)


def _regular(number: int) -> Mapping[str, str]:
    email = f"pim.{number}@practice.example"
    made = ask("add/contact", {"email": email, "firstname": "Pimm", "lastname": "de Oefenaar", "credits": 40})
    return {"uuid": made["uuid"], "card": _card(made["uuid"], f"26001{number:08d}017")}


def _stranger(number: int) -> Mapping[str, str]:
    made = ask("add/contact", {"anonymous": True, "credits": 25})
    email = f"lotte.{number}@practice.example"
    return {"uuid": made["uuid"], "card": _card(made["uuid"], f"26001{number:08d}025"), "email": email}


def _guest(number: int) -> Mapping[str, str]:
    email = f"noah.{number}@practice.example"
    made = ask("add/contact", {"email": email, "firstname": "Noah", "lastname": "Proefkonijn"})
    code = f"OEFEN-{number:08d}"
    ask("add/voucher", {"code": code, "contact_uuid": made["uuid"]})
    return {"uuid": made["uuid"], "code": code}


def _card(contact_uuid: str, number: str) -> str:
    ask("add/identifier", {"value": number, "contact_uuid": contact_uuid, "name": "Practice card"})
    return number
