"""Claim links on paper: cards to cut out, or receipts. The addresses are cash, so that they are shown is told first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.door import Target, record
from piggyadmin.ledger.models import Act
from piggyadmin.ledger.services import acts_of
from piggyadmin.qr import Qr, qr_of
from vouchers.claim_links.actions import PRINTED
from vouchers.claim_links.orders import gives_words
from vouchers.models import ClaimLink, ClaimLinkOrder, Progress
from vouchers.printing.layouts import LAYOUTS, Layout

GOOD_FOR = timedelta(minutes=10)  # a form sent twice shows its cards again; much later that is another reveal


class NothingToPrint(Exception):
    """None of its links is made yet."""


class OldForm(Exception):
    """The page was open for too long, or more links were made meanwhile. Nothing was shown."""


@dataclass(frozen=True, slots=True)
class Card:
    """One link on paper. Its address is in the drawing alone."""

    number: int
    qr: Qr


@dataclass(frozen=True, slots=True)
class Sheet:
    """`reprint` is 0 the first time."""

    number: int
    cards: list[Card]
    reprint: int


@dataclass(frozen=True, slots=True)
class Paper:
    """What comes out of the printer."""

    order: ClaimLinkOrder
    gives: str
    layout: Layout
    sheets: list[Sheet]
    act: Act
    place: str

    @property
    def total(self) -> int:
        return len(self.sheets)


def made(order: ClaimLinkOrder) -> int:
    """How many links there are to print."""
    return order.links.filter(state=Progress.DONE).count()


def prints(order: ClaimLinkOrder) -> list[Act]:
    """When it was printed, the latest first."""
    return list(acts_of(target=_target(order)).filter(action=PRINTED.name)[:10])


def print_links(*, order: ClaimLinkOrder, size: int, actor: Actor, token: str) -> Paper:
    """All links that are made, as cards. That they are shown is written down before.

    A form sent twice shows the same again. Raises NothingToPrint, OldForm, PermissionDenied.
    """
    links = list(ClaimLink.objects.filter(order=order, state=Progress.DONE).order_by("number"))
    if not links:
        raise NothingToPrint
    figures = {"labels": len(links), "size": size}
    act = record(PRINTED, by=actor, target=_target(order), figures=figures, form_token=token)
    if timezone.now() - act.at > GOOD_FOR or act.figures != figures:
        raise OldForm
    before = acts_of(target=_target(order)).filter(action=PRINTED.name, seq__lt=act.seq).count()
    cards = [Card(link.number, qr_of(link.url)) for link in links]
    sheets = [
        Sheet(number, cards[at : at + size], before) for number, at in enumerate(range(0, len(cards), size), start=1)
    ]
    gives = gives_words(order.credits, order.unit_name, order.unit_hundredths)
    return Paper(order, gives, LAYOUTS[size], sheets, act, settings.PIGGYADMIN_ACCOUNT or order.shop.name)


def _target(order: ClaimLinkOrder) -> Target:
    return Target("claim_link_order", str(order.pk))
