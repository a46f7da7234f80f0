"""Acts that cannot be undone: proposed by one admin, approved by another, held, done by a job, and looked at after."""

import uuid

from django.conf import settings
from django.db import models


class HeldAct(models.Model):
    """What a merge and a deletion share: who asked, who decided, how long it is held, and how it ended."""

    class State(models.TextChoices):
        PROPOSED = "proposed", "waits for another admin"
        HELD = "held", "approved, held"
        SENDING = "sending", "being sent"
        UNKNOWN = "unknown", "no answer"
        SCHEDULED = "scheduled", "Piggy is at it"
        DONE = "done", "done and verified"
        INCIDENT = "incident", "done, and something is off"
        REFUSED = "refused", "not done"
        DECLINED = "declined", "not approved"
        CANCELLED = "cancelled", "cancelled"

    LATE = ("source_answers", "not_readable")  # problems of one of which nobody has seen that it came about

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    state = models.CharField(max_length=10, choices=State, default=State.PROPOSED)
    shop = models.ForeignKey("accounts.Shop", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    approval = models.ForeignKey("ledger.Approval", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    customer_is_here = models.BooleanField(default=False)  # no hold; the reason lies with the act
    hold_until = models.DateTimeField(null=True, blank=True)
    propose_act_id = models.UUIDField(null=True, blank=True)  # the ledger's acts
    act_id = models.UUIDField(null=True, blank=True)  # of the write to Piggy
    sent_at = models.DateTimeField(null=True, blank=True)
    look_at = models.DateTimeField(null=True, blank=True)  # when it is looked at next; empty: nothing to look for
    ended_at = models.DateTimeField(null=True, blank=True)
    expected = models.JSONField(default=dict)  # figures read at the proposal and again just before it was sent
    actual = models.JSONField(default=dict)  # figures read after
    problems = models.JSONField(default=list)  # codes of what is off, for the incident page
    claimed_until = models.DateTimeField(null=True, blank=True)
    claimed_by = models.CharField(max_length=36, blank=True)

    class Meta:
        abstract = True

    @property
    def is_open(self) -> bool:
        return self.ended_at is None


class Merge(HeldAct):
    """Two contacts of one person become one at Piggy: the source ceases, the destination remains."""

    source_uuid = models.CharField(max_length=64)
    destination_uuid = models.CharField(max_length=64)
    flagged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    proof = models.JSONField(default=list)  # [{"kind", "contact_uuid", "act_id"}, ...]; without any: a longer reason

    class Meta:
        default_permissions = ()
        ordering = ["-proposed_at"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(source_uuid=models.F("destination_uuid")), name="never_with_itself"
            ),
            models.UniqueConstraint(
                fields=["source_uuid"], condition=models.Q(ended_at=None), name="one_open_merge_a_source"
            ),
            models.CheckConstraint(
                condition=models.Q(decided_by=None) | ~models.Q(decided_by=models.F("proposed_by")),
                name="nobody_approves_their_own_merge",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "look_at"], name="merge_by_state"),
            models.Index(fields=["destination_uuid"], name="merge_by_destination"),
        ]

    def __str__(self) -> str:
        return f"{self.source_uuid} into {self.destination_uuid}: {self.state}"


class Deletion(HeldAct):
    """One contact is deleted at Piggy."""

    class Type(models.TextChoices):
        DEFAULT = "DEFAULT", "standard"
        GDPR = "GDPR", "GDPR: every reference to the person goes"

    contact_uuid = models.CharField(max_length=64)
    type = models.CharField(max_length=10, choices=Type)

    class Meta:
        default_permissions = ()
        ordering = ["-proposed_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["contact_uuid"], condition=models.Q(ended_at=None), name="one_open_deletion_a_contact"
            ),
            models.CheckConstraint(
                condition=models.Q(decided_by=None) | ~models.Q(decided_by=models.F("proposed_by")),
                name="nobody_approves_their_own_deletion",
            ),
        ]
        indexes = [models.Index(fields=["state", "look_at"], name="deletion_by_state")]

    def __str__(self) -> str:
        return f"{self.contact_uuid}: {self.state}"


class Snapshot(models.Model):
    """A contact as it was before it was merged or deleted: the only thing left of it. Erased with the person."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    merge = models.ForeignKey(Merge, null=True, blank=True, on_delete=models.PROTECT, related_name="snapshots")
    deletion = models.ForeignKey(Deletion, null=True, blank=True, on_delete=models.PROTECT, related_name="snapshots")
    contact_uuid = models.CharField(max_length=64)
    taken_at = models.DateTimeField()
    body = models.JSONField(default=dict)  # contact, cards, balances, vouchers, transactions, bookings; {} once erased
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["contact_uuid"], name="snapshot_by_contact")]

    def __str__(self) -> str:
        return f"{self.contact_uuid} at {self.taken_at:%Y-%m-%d %H:%M}"


class RebuildStep(models.Model):
    """One thing to do by hand after a wrong merge. Ticked by whoever did it; the ticking is an act."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    merge = models.ForeignKey(Merge, on_delete=models.PROTECT, related_name="steps")
    number = models.PositiveSmallIntegerField()
    what = models.CharField(max_length=40)  # the kind of step; its words come from the snapshot
    figures = models.JSONField(default=dict)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_permissions = ()
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["merge", "number"], name="one_row_a_step")]

    def __str__(self) -> str:
        return f"{self.number}. {self.what}"


class Proof(models.Model):
    """Somebody showed here that a contact is theirs: a code sent to its address and read back, or a card."""

    class Kind(models.TextChoices):
        CODE = "code", "a code sent to the address was read back"
        CARD = "card", "a card of it was scanned"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    first_uuid = models.CharField(max_length=64)  # the pair it was shown for, in order
    second_uuid = models.CharField(max_length=64)
    contact_uuid = models.CharField(max_length=64)  # whose
    kind = models.CharField(max_length=10, choices=Kind)
    shown_to = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    shown_at = models.DateTimeField()
    act_id = models.UUIDField()

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["first_uuid", "second_uuid"], name="proof_by_pair")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.contact_uuid}"
