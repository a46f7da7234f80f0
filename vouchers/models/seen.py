"""Vouchers we have seen, and our own locks and redemptions of them. Piggy owns all else."""

import uuid

from django.conf import settings
from django.db import models


class KnownVoucher(models.Model):
    """A voucher we have seen. Piggy finds vouchers by code only; this row gives a uuid its code, so its page works."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    piggy_uuid = models.CharField(max_length=64, unique=True)
    code = models.CharField(max_length=255)
    promotion_uuid = models.CharField(max_length=64, blank=True)
    promotion_name = models.TextField(blank=True)
    contact_uuid = models.CharField(max_length=64, blank=True)  # who held it when we saw it last

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["code"], name="known_voucher_by_code")]

    def __str__(self) -> str:
        return self.piggy_uuid


class OwnLock(models.Model):
    """One lock of ours on a voucher. The release key comes once, in the answer: without it nobody can redeem.

    A row for each lock, so that whatever is found out later about one lock never touches the next one.
    """

    class Use(models.TextChoices):
        REDEEM = "redeem"
        RELEASE = "release"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    voucher = models.ForeignKey(KnownVoucher, on_delete=models.PROTECT, related_name="locks")
    release_key = models.CharField(max_length=255)
    staff = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    shop = models.ForeignKey("accounts.Shop", null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    until = models.DateTimeField()  # when Piggy frees it by itself, by Piggy's clock
    use = models.CharField(max_length=10, blank=True, choices=Use)  # the key is being used, once
    # times_redeemed as read under this lock, when nobody else can change it; null where Piggy does not tell it.
    uses_before = models.IntegerField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        ordering = ["-at"]
        indexes = [
            models.Index(fields=["ended_at", "at"], name="own_lock_standing"),
            models.Index(fields=["voucher", "-at"], name="own_lock_by_voucher"),
        ]

    def __str__(self) -> str:
        return f"{self.voucher_id} {self.at}"


class KnownRedemption(models.Model):
    """A redemption made from here. Its uuid is told once, in the answer; if that was lost nobody can take it back.

    An act that redeemed several times at once has a row for each, as each is taken back by itself.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    voucher = models.ForeignKey(KnownVoucher, on_delete=models.PROTECT, related_name="redemptions")
    act_id = models.UUIDField(db_index=True)  # the ledger's act
    piggy_uuid = models.CharField(max_length=64, null=True, unique=True)
    at = models.DateTimeField()
    redeemed_at = models.DateTimeField(null=True)  # Piggy's redeemed_at after it: how to recognise it later
    staff = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    shop = models.ForeignKey("accounts.Shop", null=True, on_delete=models.PROTECT, related_name="+")
    reversed_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        ordering = ["-at"]

    def __str__(self) -> str:
        return str(self.piggy_uuid)
