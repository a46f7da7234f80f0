"""Contacts that may be one person: how they are found, and what people said of each pair. Nothing merges by itself."""

import uuid

from django.conf import settings
from django.db import models

from contacts.models.copy import ContactCopy


class BlockingKey(models.Model):
    """One way in which a contact may resemble another: those that share a key are compared. Hashed: it names nobody."""

    id = models.BigAutoField(primary_key=True)
    contact = models.ForeignKey(ContactCopy, on_delete=models.CASCADE, related_name="+", db_index=False)
    kind = models.PositiveSmallIntegerField()
    key = models.BigIntegerField()

    class Meta:
        default_permissions = ()
        indexes = [
            models.Index(fields=["kind", "key", "contact"], name="blocking_by_key"),
            models.Index(fields=["contact"], name="blocking_by_contact"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.key}"


class DuplicateModel(models.Model):
    """The weights of each field's levels, fitted on this account's own contacts. The newest one counts."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    fitted_at = models.DateTimeField()
    contacts = models.PositiveIntegerField()
    pairs = models.PositiveIntegerField()
    weights = models.JSONField()

    class Meta:
        default_permissions = ()
        ordering = ["-fitted_at"]

    def __str__(self) -> str:
        return f"fitted {self.fitted_at:%Y-%m-%d} on {self.contacts}"


class DuplicateScan(models.Model):
    """One search through all contacts, that any worker can go on with."""

    class Stage(models.TextChoices):
        KEYS = "keys", "making keys"
        MODEL = "model", "fitting the weights"
        PAIRS = "pairs", "comparing"
        ENDED = "ended", "ended"
        STOPPED = "stopped", "stopped"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    stage = models.CharField(max_length=10, choices=Stage, default=Stage.KEYS)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    cursor = models.JSONField(default=dict)
    contacts = models.PositiveIntegerField(default=0)  # how many there were at the start
    done = models.PositiveIntegerField(default=0)  # of `contacts`, for the bar
    compared = models.PositiveBigIntegerField(default=0)  # pairs
    found = models.PositiveIntegerField(default=0)  # pairs that are likely
    problem = models.CharField(max_length=200, blank=True)
    claimed_until = models.DateTimeField(null=True, blank=True)
    claimed_by = models.CharField(max_length=36, blank=True)

    class Meta:
        default_permissions = ()
        ordering = ["-started_at"]
        constraints = [
            models.UniqueConstraint(models.Value(1), condition=models.Q(ended_at=None), name="one_scan_is_under_way"),
        ]

    def __str__(self) -> str:
        return f"scan: {self.stage}"


def ordered(one_uuid: str, other_uuid: str) -> tuple[str, str]:
    """The two of a pair as they stand in its row: by code point, which is not how every database compares words."""
    return (one_uuid, other_uuid) if one_uuid <= other_uuid else (other_uuid, one_uuid)


class DuplicatePair(models.Model):
    """Two contacts that may be one person, in the order of `ordered`, so that a pair stands here once.

    `reasons` is [[field, level, weight], ...], the heaviest first: no words about the people. What somebody said of the
    pair (`verdict`) holds until a matched field of either changes: their digests then stand in `matched_*`.
    """

    class Verdict(models.TextChoices):
        OPEN = "open", "to decide"
        SAME = "same", "same person"
        DIFFERENT = "different", "not the same"
        FAMILY = "family", "family"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    first_uuid = models.CharField(max_length=64)
    second_uuid = models.CharField(max_length=64)
    score = models.FloatField(default=0)  # the sum of the weights, in bits; 0 where only people saw a likeness
    reasons = models.JSONField(default=list)
    found_at = models.DateTimeField()
    scored_at = models.DateTimeField(null=True, blank=True)
    verdict = models.CharField(max_length=10, choices=Verdict, default=Verdict.OPEN)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    act_id = models.UUIDField(null=True, blank=True)  # the ledger's act of the verdict
    matched_first = models.CharField(max_length=32, blank=True)  # ContactCopy.matched of both at the verdict
    matched_second = models.CharField(max_length=32, blank=True)
    is_flagged = models.BooleanField(default=False)  # a person saw it: see ContactFlag

    class Meta:
        default_permissions = ()
        ordering = ["-is_flagged", "-score", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["first_uuid", "second_uuid"], name="one_row_a_pair"),
        ]
        indexes = [
            models.Index(fields=["verdict", "-is_flagged", "-score", "id"], name="pair_by_score"),
            models.Index(fields=["second_uuid"], name="pair_by_second"),
        ]

    def __str__(self) -> str:
        return f"{self.first_uuid} and {self.second_uuid}"


class Household(models.Model):
    """People of one family: likeness between them says little."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    made_at = models.DateTimeField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.pk)


class HouseholdMember(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    household = models.ForeignKey(Household, on_delete=models.CASCADE, related_name="members")
    contact_uuid = models.CharField(max_length=64, unique=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.contact_uuid
