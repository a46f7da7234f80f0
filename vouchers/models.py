"""What we keep of vouchers: those we have seen, and our own locks. Piggy owns all else."""

import uuid

from django.conf import settings
from django.db import models


class VoucherPermissions(models.Model):
    """Vouchers live at Piggy, so no table of ours carries their permissions: this unmanaged model does."""

    class Meta:
        managed = False
        default_permissions = ()
        permissions = [
            ("check_voucher", "May look up a voucher by its code"),
            ("redeem_voucher", "May lock, release and redeem a voucher"),
            ("reverse_redemption", "May take back a redemption"),
            ("view_promotion", "May see promotions, their vouchers, and batches"),
            ("create_promotion", "May make a promotion"),
            ("make_batch", "May make vouchers: one, by the thousand, or from a list of codes"),
            ("approve_batch", "May approve a batch over somebody's limit"),
            ("see_codes", "May see, export and print voucher codes in full"),
            ("change_voucher", "May withdraw vouchers, give them back and change their end"),
            ("use_giftcard", "May find a gift card and see its balance"),
            ("spend_giftcard", "May top up a gift card and pay with it"),
            ("approve_giftcard", "May approve a top-up over somebody's limit"),
            ("create_giftcard", "May make a gift card"),
            ("adjust_giftcard", "May take back and correct what was done on a gift card"),
        ]


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
    """A redemption made from here. Its uuid is told once, in the answer; if that was lost nobody can take it back."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    voucher = models.ForeignKey(KnownVoucher, on_delete=models.PROTECT, related_name="redemptions")
    act_id = models.UUIDField(unique=True)  # the ledger's act
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
        indexes = [models.Index(fields=["chunk", "number"], name="run_voucher_by_chunk")]

    def __str__(self) -> str:
        return self.piggy_uuid


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
