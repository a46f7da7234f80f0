"""The same change to many vouchers."""

import uuid

from django.conf import settings
from django.db import models

from .runs import BatchRun, Progress


class VoucherChange(models.Model):
    """The same change to many vouchers: withdrawn, given back, or with another end. A run of its own."""

    class Kind(models.TextChoices):
        DEACTIVATE = "deactivate", "Withdraw"
        REACTIVATE = "reactivate", "Give back"
        EXPIRY = "expiry", "Change the end"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    act = models.OneToOneField("ledger.Act", on_delete=models.PROTECT, related_name="voucher_change")
    kind = models.CharField(max_length=10, choices=Kind)
    run = models.ForeignKey(BatchRun, null=True, on_delete=models.PROTECT, related_name="changes")
    promotion_uuid = models.CharField(max_length=64)
    staff = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    shop = models.ForeignKey("accounts.Shop", null=True, on_delete=models.PROTECT, related_name="+")
    expiration_date = models.DateTimeField(null=True)
    is_stopped = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    not_before = models.DateTimeField(null=True)
    claimed_until = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.kind} {self.created_at}"


class VoucherChangeItem(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    change = models.ForeignKey(VoucherChange, on_delete=models.PROTECT, related_name="items")
    number = models.PositiveIntegerField()
    piggy_uuid = models.CharField(max_length=64)
    code_end = models.CharField(max_length=4, blank=True)
    state = models.CharField(max_length=10, choices=Progress, default=Progress.PLANNED)
    attempt = models.PositiveSmallIntegerField(default=0)
    act = models.ForeignKey("ledger.Act", null=True, on_delete=models.PROTECT, related_name="+")
    not_before = models.DateTimeField(null=True)
    code = models.CharField(max_length=20, blank=True)
    reason = models.TextField(blank=True)

    class Meta:
        default_permissions = ()
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["change", "number"], name="one_item_a_number"),
            models.UniqueConstraint(fields=["change", "piggy_uuid"], name="one_item_a_voucher"),
        ]
        indexes = [models.Index(fields=["change", "state"], name="change_item_by_state")]

    def __str__(self) -> str:
        return f"{self.number}: {self.state}"
