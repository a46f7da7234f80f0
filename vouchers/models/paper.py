"""Vouchers on paper and in files."""

import uuid

from django.conf import settings
from django.db import models

from .runs import BatchRun


class Printer(models.Model):
    """How far a printer shifts what it prints, in millimetres to the right and down."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=60, unique=True)
    right_mm = models.DecimalField(max_digits=4, decimal_places=1, default=0)
    down_mm = models.DecimalField(max_digits=4, decimal_places=1, default=0)

    class Meta:
        default_permissions = ()
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class ExportFile(models.Model):
    """A file that a job writes, in parts. Those hold codes, so they go after a day; that it was made stays told."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    run = models.ForeignKey(BatchRun, on_delete=models.PROTECT, related_name="exports")
    act = models.OneToOneField("ledger.Act", on_delete=models.PROTECT, related_name="+")
    staff = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)  # of the file
    rows = models.PositiveIntegerField()
    asked_at = models.DateTimeField()
    claimed_until = models.DateTimeField(null=True)
    ready_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        ordering = ["-asked_at"]

    def __str__(self) -> str:
        return self.name


class ExportPart(models.Model):
    """A piece of a file, so that nobody who writes it or hands it out holds all of it in memory."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    file = models.ForeignKey(ExportFile, on_delete=models.CASCADE, related_name="parts")
    number = models.PositiveIntegerField()  # from 0
    content = models.BinaryField()

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["file", "number"], name="one_part_a_number")]

    def __str__(self) -> str:
        return f"{self.file_id} {self.number}"
