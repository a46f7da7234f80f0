"""What Piggy neither lists nor shows."""

import uuid

from django.db import models


class Booking(models.Model):
    """A booking made, changed, opened by its code or imported here. Piggy neither lists nor shows bookings.

    A field is known when `facts` names it: {"status": {"how": "here", "at": "2026-11-20T14:01:40+00:00", "by": "..."}}
    with `how` one of "here" (set by staff), "emptied" (by staff; Piggy did not say whether it did), "piggy" (told in an
    answer) and "file", and `by` the id of a member of staff. A field that is not named is unknown, not empty.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    piggy_uuid = models.CharField(max_length=64, unique=True)
    contact_uuid = models.CharField(max_length=64, blank=True)  # empty: Piggy has not told yet
    shop = models.ForeignKey("accounts.Shop", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    external_id = models.CharField(max_length=255, null=True, blank=True)
    source = models.CharField(max_length=255, null=True, blank=True)
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    checked_in_at = models.DateTimeField(null=True, blank=True)
    number_of_people = models.BigIntegerField(null=True, blank=True)
    company_name = models.CharField(max_length=255, null=True, blank=True)
    status = models.CharField(max_length=255, null=True, blank=True)  # free text at Piggy
    prepaid_amount = models.BigIntegerField(null=True, blank=True)  # cents
    facts = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=0)  # goes up with every change; who saves names the one they saw

    class Meta:
        default_permissions = ()
        indexes = [
            models.Index(fields=["shop", "starts_at"], name="booking_by_day"),
            models.Index(fields=["contact_uuid", "starts_at"], name="booking_by_contact"),
            models.Index(fields=["external_id"], name="booking_by_code"),
        ]

    def __str__(self) -> str:
        return self.piggy_uuid
