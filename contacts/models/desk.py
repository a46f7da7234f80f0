"""What the desk met: whom a person looked up last, who is anonymous, who was flagged."""

import uuid

from django.conf import settings
from django.db import models


class RecentContact(models.Model):
    """A contact that one person opened, for the list of last customers on the first page."""

    KEPT = 8

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    staff = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="recent_contacts")
    contact_uuid = models.CharField(max_length=64)
    name = models.TextField(blank=True)  # as Piggy had it then; empty for an anonymous contact
    card = models.CharField(max_length=255, blank=True)
    seen_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        ordering = ["-seen_at"]
        constraints = [models.UniqueConstraint(fields=["staff", "contact_uuid"], name="one_row_a_contact")]
        indexes = [models.Index(fields=["staff", "-seen_at"])]

    def __str__(self) -> str:
        return self.contact_uuid


class AnonymousContact(models.Model):
    """An anonymous contact that was opened here. Piggy cannot be asked for them: the list is those we have met."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    contact_uuid = models.CharField(max_length=64, unique=True)
    card = models.CharField(max_length=255, blank=True)
    met_at = models.DateTimeField()
    seen_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        ordering = ["-seen_at"]
        indexes = [models.Index(fields=["-seen_at"])]

    def __str__(self) -> str:
        return self.contact_uuid


class ContactFlag(models.Model):
    """Somebody suspects that two contacts are one person. For a reviewer; nothing changes at Piggy.

    The pair is kept in order (`first_uuid` < `second_uuid`), so that it stands here once, whoever flags it. Why,
    in words about a person, is kept with the act.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    first_uuid = models.CharField(max_length=64)
    second_uuid = models.CharField(max_length=64)
    act_id = models.UUIDField(unique=True)  # the ledger's act
    flagged_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    shop = models.ForeignKey("accounts.Shop", null=True, on_delete=models.PROTECT, related_name="+")
    flagged_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        ordering = ["-flagged_at"]
        constraints = [models.UniqueConstraint(fields=["first_uuid", "second_uuid"], name="one_flag_a_pair")]

    def __str__(self) -> str:
        return f"{self.first_uuid} and {self.second_uuid}"
