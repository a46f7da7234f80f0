"""Runs that make vouchers by the thousand, and what they made."""

import uuid

from django.conf import settings
from django.db import models


class Progress(models.TextChoices):
    """Where one step of a run stands. Only what is known not to be done is sent (again)."""

    PLANNED = "planned", "planned"
    SENT = "sent", "sent"
    DONE = "done", "done"
    REFUSED = "refused", "refused"
    UNKNOWN = "unknown", "unknown"


class BatchRun(models.Model):
    """So many vouchers, made by chunks of at most 500: the rows are the run, whoever works on them."""

    class Kind(models.TextChoices):
        BATCH = "batch", "Batch"  # Piggy chooses the codes
        OWN_CODES = "own_codes", "Own codes"  # one voucher a chunk, with a code of one's own

    class State(models.TextChoices):
        RUNNING = "running", "running"
        PAUSED = "paused", "paused"
        CANCELLED = "cancelled", "cancelled"  # by a person; what was sent before is still read back
        REFUSED = "refused", "ended by Piggy"  # Piggy will not make more: `reason` says why
        DOUBT = "doubt", "a person decides"  # we cannot tell what was made: nothing more is sent
        DONE = "done", "done"

    class Marks(models.TextChoices):
        UNSEEN = "", "not seen yet"
        SEEN = "seen", "come back"
        MISSING = "missing", "do not come back"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    act = models.OneToOneField("ledger.Act", on_delete=models.PROTECT, related_name="batch_run")  # parent of all
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.BATCH)
    staff = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    shop = models.ForeignKey("accounts.Shop", null=True, on_delete=models.PROTECT, related_name="+")
    promotion_uuid = models.CharField(max_length=64)
    promotion_name = models.TextField(blank=True)
    label = models.CharField(max_length=120, blank=True)
    quantity = models.PositiveIntegerField()
    contact_uuid = models.CharField(max_length=64, blank=True)
    activation_date = models.DateTimeField(null=True)
    expiration_date = models.DateTimeField(null=True)
    attributes = models.JSONField(default=dict, blank=True)  # the maker's own custom attributes, by name
    state = models.CharField(max_length=10, choices=State, default=State.RUNNING)
    code = models.CharField(max_length=20, blank=True)  # Piggy's code for `reason`
    reason = models.TextField(blank=True)  # why it ended early, or what a person has to decide; for staff
    marks = models.CharField(max_length=8, choices=Marks, default=Marks.UNSEEN, blank=True)
    count_before = models.PositiveIntegerField(null=True)  # vouchers of the promotion before the first call
    created_at = models.DateTimeField()
    begun_at = models.DateTimeField(null=True)  # the first call
    ended_at = models.DateTimeField(null=True)  # nothing more is sent and all that was sent is settled
    told_at = models.DateTimeField(null=True)  # the maker was told that it ended
    not_before = models.DateTimeField(null=True)  # when it is worth going on with it
    claimed_until = models.DateTimeField(null=True)  # a worker is at it
    tail_page = models.PositiveIntegerField(default=0)  # where a quick reading goes on; 0: all pages, each time
    read_page = models.PositiveIntegerField(default=0)  # the page where a reading that was broken off goes on; 0: none
    read_begun_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)  # when the last whole reading began
    watch_until = models.DateTimeField(null=True)  # until then vouchers that surface late are looked for
    sheet_size = models.PositiveSmallIntegerField(default=24)  # labels a sheet: makes sheet numbers of numbers

    class Meta:
        default_permissions = ()
        ordering = ["-created_at"]
        indexes = [
            models.Index(fields=["state", "not_before"], name="batch_run_open"),
            models.Index(fields=["staff", "-created_at"], name="batch_run_by_staff"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} of {self.promotion_uuid}: {self.state}"


class BatchChunk(models.Model):
    """One call's worth of a run: up to 500 vouchers, or one with a code of one's own."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    run = models.ForeignKey(BatchRun, on_delete=models.PROTECT, related_name="chunks")
    number = models.PositiveIntegerField()  # from 1
    quantity = models.PositiveSmallIntegerField()
    own_code = models.CharField(max_length=255, blank=True)
    state = models.CharField(max_length=10, choices=Progress, default=Progress.PLANNED)
    attempt = models.PositiveSmallIntegerField(default=0)  # calls made for it; part of the mark
    act = models.ForeignKey("ledger.Act", null=True, on_delete=models.PROTECT, related_name="+")  # the latest call
    sent_at = models.DateTimeField(null=True)  # the latest call
    answered = models.BooleanField(default=False)  # Piggy took the latest call
    not_before = models.DateTimeField(null=True)
    made = models.PositiveIntegerField(default=0)  # usable vouchers seen of it
    seen_at = models.DateTimeField(null=True)  # when its last new voucher was seen
    code = models.CharField(max_length=20, blank=True)  # why Piggy refused it
    reason = models.TextField(blank=True)

    class Meta:
        default_permissions = ()
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["run", "number"], name="one_chunk_a_number")]
        indexes = [models.Index(fields=["run", "state"], name="batch_chunk_by_state")]

    def __str__(self) -> str:
        return f"{self.number}: {self.state}"


class RunVoucher(models.Model):
    """A voucher that a run made, as Piggy last showed it. Its code is cash: seen by permission only, and told."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    run = models.ForeignKey(BatchRun, on_delete=models.PROTECT, related_name="vouchers")
    chunk = models.ForeignKey(BatchChunk, on_delete=models.PROTECT, related_name="vouchers")
    attempt = models.PositiveSmallIntegerField()  # which call made it, by its mark
    piggy_uuid = models.CharField(max_length=64, unique=True)
    code = models.CharField(max_length=255)
    # From 1, without gaps, in the order they were seen; its place on a sheet. Null: one too many.
    number = models.PositiveIntegerField(null=True)
    status = models.CharField(max_length=20)  # as Piggy last said
    activation_date = models.DateTimeField(null=True)
    expiration_date = models.DateTimeField(null=True)
    redeemed_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField()  # first
    read_at = models.DateTimeField()  # last

    class Meta:
        default_permissions = ()
        ordering = ["run", "number"]
        constraints = [models.UniqueConstraint(fields=["run", "number"], name="one_voucher_a_number")]
        indexes = [
            models.Index(fields=["chunk", "number"], name="run_voucher_by_chunk"),
            models.Index(fields=["code"], name="run_voucher_by_code"),
        ]

    def __str__(self) -> str:
        return self.piggy_uuid
