"""Orders of claim links: credits for whoever scans them first."""

import uuid

from django.conf import settings
from django.db import models

from .runs import Progress


class ClaimLinkOrder(models.Model):
    """So many links that each give the same: the rows are the order, whoever works on them."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    act = models.OneToOneField("ledger.Act", on_delete=models.PROTECT, related_name="claim_link_order")
    staff = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    shop = models.ForeignKey("accounts.Shop", on_delete=models.PROTECT, related_name="+")
    label = models.CharField(max_length=60)  # printed on each card
    quantity = models.PositiveSmallIntegerField()
    credits = models.PositiveIntegerField()  # each gives; with a unit what it would have given on the day of the order
    unit_name = models.CharField(max_length=255, blank=True)  # Piggy's name; "" gives credits past the rules
    unit_hundredths = models.PositiveIntegerField(null=True)
    is_stopped = models.BooleanField(default=False)
    reason = models.TextField(blank=True)  # why Piggy makes no more of them; for staff
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    not_before = models.DateTimeField(null=True)
    claimed_until = models.DateTimeField(null=True)  # a worker is at it

    class Meta:
        default_permissions = ()
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.quantity} links {self.created_at}"


class ClaimLink(models.Model):
    """One link. Its address is cash: seen by permission only, and each sight is told."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    order = models.ForeignKey(ClaimLinkOrder, on_delete=models.PROTECT, related_name="links")
    number = models.PositiveSmallIntegerField()  # from 1
    state = models.CharField(max_length=10, choices=Progress, default=Progress.PLANNED)
    attempt = models.PositiveSmallIntegerField(default=0)
    act = models.ForeignKey("ledger.Act", null=True, on_delete=models.PROTECT, related_name="+")  # the latest call
    url = models.TextField(blank=True)
    not_before = models.DateTimeField(null=True)
    code = models.CharField(max_length=20, blank=True)
    reason = models.TextField(blank=True)

    class Meta:
        default_permissions = ()
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["order", "number"], name="one_link_a_number")]
        indexes = [models.Index(fields=["order", "state"], name="claim_link_by_state")]

    def __str__(self) -> str:
        return f"{self.number}: {self.state}"

    @property
    def unique_id(self) -> str:
        """What makes it one token at Piggy, however often it is asked for. Short: it is part of a printed QR."""
        return f"{self.order_id.hex[:16]}-{self.number}"
