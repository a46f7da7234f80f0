"""Emptying the words kept about a customer, when the law asks for it."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from piggyadmin.ledger.actor import Actor
from piggyadmin.ledger.door import Target, record
from piggyadmin.ledger.models import ActDetail
from piggyadmin.ledger.own_actions import WORDS_ERASED


def erase_details(*, contact_id: str, by: Actor | None) -> int:
    """Empty every detail of this customer's acts, salt and all; how many were emptied. The erasing is itself an act.

    The chain still verifies: it holds digests, and without salt and words a digest tells nothing. `by=None` is the
    command line. Raises PermissionDenied without `ledger.erase_details`.
    """
    theirs = Q(act__contact_id=contact_id) | Q(act__target_kind="contact", act__target_id=contact_id)
    with transaction.atomic():
        details = ActDetail.objects.filter(theirs, erased_at=None).select_for_update(of=("self",))
        emptied = len(details)
        record(WORDS_ERASED, by=by, target=Target("contact", contact_id), figures={"erased": emptied})
        details.update(salt="", body="", erased_at=timezone.now())
    return emptied
