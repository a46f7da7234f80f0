"""Emptying the words kept about a customer, when the law asks for it."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.canonical import canonical
from piggyadmin.ledger.door import Target, record
from piggyadmin.ledger.models import Act, ActDetail, Event
from piggyadmin.ledger.own_actions import WORDS_ERASED


def erase_details(*, contact_id: str, by: Actor | None) -> int:
    """Empty every detail of this customer's acts, salt and all; how many were emptied. The erasing is itself an act.

    The chain still verifies: it holds digests, and without salt and words a digest tells nothing. `by=None` is the
    command line. Raises PermissionDenied without `ledger.erase_details`.
    """
    with transaction.atomic():
        theirs = Q(contact_id=contact_id) | Q(target_kind="contact", target_id=contact_id)
        acts = set(Act.objects.filter(theirs | Q(pk__in=_made_them(contact_id))).values_list("pk", flat=True))
        acts |= _about_two(contact_id)
        acts |= _belonging_to(acts)
        acts |= _about_nobody_else(acts)
        details = ActDetail.objects.filter(act__in=acts, erased_at=None).select_for_update(of=("self",))
        emptied = len(details)
        record(WORDS_ERASED, by=by, target=Target("contact", contact_id), figures={"erased": emptied})
        details.update(salt="", body="", erased_at=timezone.now())
    return emptied


def _made_them(contact_id: str) -> list[UUID]:
    """The acts out of which this customer came: who was made knows no id before, and the answer names it."""
    named = Event.objects.filter(figures__contains=contact_id)  # the column is text: this only narrows
    return [event.act_id for event in named if event.figures.get("contact_uuid") == contact_id]


# Figures that name a second customer whom the words of an act are about as well: flags, verdicts, merges.
SECOND = ("other_uuid", "first_uuid", "second_uuid", "source_uuid", "destination_uuid")


def _about_two(contact_id: str) -> set[UUID]:
    """Acts about this customer and another one, kept with the other."""
    named = Act.objects.filter(figures__contains=contact_id)  # the column is text: this only narrows
    return {act.pk for act in named if contact_id in [act.figures.get(name) for name in SECOND]}


def _belonging_to(acts: set[UUID]) -> set[UUID]:
    """Acts that knew no customer yet and led to these: the act that these are parts of, and its other parts.

    Only where nobody else is named among them.
    """
    family: set[UUID] = set()
    for parent in Act.objects.filter(children__in=acts, contact_id="").distinct():
        others = list(parent.children.exclude(pk__in=acts).prefetch_related("events"))
        if not any(act.contact_id or _names_somebody(act) for act in others):
            family |= {parent.pk, *(act.pk for act in others)}
    return family


KNOWN_BY = ("email", "card")


def _about_nobody_else(acts: set[UUID]) -> set[UUID]:
    """Tries that came to nothing and so know no customer, yet hold an address or a card of this one."""
    words = [detail.words for detail in ActDetail.objects.filter(act__in=acts, erased_at=None)]
    theirs = {str(found[name]) for found in words for name in KNOWN_BY if found.get(name)}
    about: set[UUID] = set()
    for text in theirs:
        holding = ActDetail.objects.filter(act__contact_id="", erased_at=None, body__contains=canonical(text)[1:-1])
        for detail in holding.select_related("act").exclude(act__target_kind="contact"):
            is_theirs = text in [str(detail.words.get(name)) for name in KNOWN_BY]
            if is_theirs and not _names_somebody(detail.act):
                about.add(detail.act_id)
    return about


def _names_somebody(act: Act) -> bool:
    return any(event.figures.get("contact_uuid") for event in act.events.all())
