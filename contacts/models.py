"""What we keep of contacts: whom a person looked up last, and what Piggy cannot tell. Piggy owns all else."""

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
            ("claim_contact", "May claim an anonymous contact, and verify an e-mail address"),
            ("flag_duplicate", "May flag two contacts as perhaps one person"),
            ("award_credits", "May award credits"),
            ("approve_award", "May approve an award above somebody's limit"),
            ("reverse_award", "May take awards back, whole or in part"),
            ("link_card", "May link, replace and switch off a contact's cards"),
            ("manage_cards", "May unlink, rename and switch on a contact's cards"),
            ("create_contact", "May create contacts"),
            ("edit_contact", "May change a contact's name, phone, birthday, address and language"),
            ("edit_all_attributes", "May change every attribute of a contact that is not read-only"),
            ("manage_subscriptions", "May subscribe and unsubscribe a contact"),
            ("edit_booking", "May make, change and import bookings"),
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
