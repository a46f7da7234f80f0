"""What we keep of contacts: only whom a person looked up last. Piggy owns all else."""

import uuid

from django.conf import settings
from django.db import models


class ContactPermissions(models.Model):
    """Contacts live at Piggy, so no table of ours carries their permissions: this unmanaged model does."""

    class Meta:
        managed = False
        default_permissions = ()
        permissions = [
            ("view_contact", "May open a contact's page"),
            ("see_identity", "May see e-mail addresses and phone numbers in full"),
        ]


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
