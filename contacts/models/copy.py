"""The local copy of contacts and cards, for finding. Piggy owns them: money is never shown from here as if live."""

import uuid

from django.db import models


class How(models.TextChoices):
    """Where a fact of the copy came from."""

    PAGE = "page", "a page of the list"
    OPENED = "opened", "somebody opened the customer"
    HINT = "hint", "a webhook"
    WRITE = "write", "an act done here"


class ContactCopy(models.Model):
    """One contact as Piggy told it last, at `read_at`.

    The key is a number and not a UUID, as in our own tables: SQLite's text index hangs on it, and a million rows of
    blocking keys name it.
    """

    id = models.BigAutoField(primary_key=True)
    contact_uuid = models.CharField(max_length=64, unique=True)
    is_anonymous = models.BooleanField(default=False)
    email = models.CharField(max_length=254, blank=True)  # empty for an anonymous contact: Piggy invents theirs
    firstname = models.TextField(blank=True)
    lastname = models.TextField(blank=True)
    phone = models.CharField(max_length=100, blank=True)  # as Piggy has it
    birthdate = models.DateField(null=True, blank=True)
    address = models.TextField(blank=True)
    locale = models.CharField(max_length=20, blank=True)
    tier_uuid = models.CharField(max_length=64, blank=True)
    tier_name = models.CharField(max_length=255, blank=True)
    shop_uuids = models.TextField(blank=True)  # ";uuid;uuid;": each between two semicolons
    credits = models.BigIntegerField(null=True, blank=True)
    prepaid_cents = models.BigIntegerField(null=True, blank=True)
    default_card = models.CharField(max_length=255, blank=True)
    created_at = models.DateTimeField(null=True, blank=True)  # Piggy's
    updated_at = models.DateTimeField(null=True, blank=True)  # Piggy's
    email_verified_at = models.DateTimeField(null=True, blank=True)  # a code sent there was read back here
    # -- for finding: made from the fields above, see contacts/search
    search_name = models.TextField(blank=True)  # folded
    search_email = models.CharField(max_length=254, blank=True)  # folded
    phone_e164 = models.CharField(max_length=20, blank=True)
    phone_end = models.CharField(max_length=4, blank=True)  # the last four digits
    matched = models.CharField(max_length=32, blank=True)  # digest of the fields that duplicates are found by
    # -- how fresh
    read_at = models.DateTimeField()
    how = models.CharField(max_length=10, choices=How)
    seen_in = models.UUIDField(null=True, blank=True)  # the last sweep that met it
    cards_read_at = models.DateTimeField(null=True, blank=True)  # empty: only the default card is known

    class Meta:
        default_permissions = ()
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="copy_by_age"),
            models.Index(fields=["phone_e164"], name="copy_by_phone"),
            models.Index(fields=["phone_end"], name="copy_by_phone_end"),
            models.Index(fields=["search_email"], name="copy_by_email"),
            models.Index(fields=["seen_in"], name="copy_by_sweep"),
            models.Index(fields=["id"], condition=models.Q(cards_read_at=None), name="copy_cards_to_come"),
            models.Index(fields=["tier_uuid", "-created_at", "-id"], name="copy_by_tier"),
            models.Index(
                fields=["-created_at", "-id"], condition=models.Q(is_anonymous=True), name="copy_anonymous_by_age"
            ),
        ]

    def __str__(self) -> str:
        return self.contact_uuid

    @property
    def name(self) -> str:
        """First and last name, "" when Piggy knows neither."""
        return " ".join(part for part in (self.firstname, self.lastname) if part)


class CardCopy(models.Model):
    """A card as it was told last. A value stands here once: the newest sight says whose it is."""

    id = models.BigAutoField(primary_key=True)
    contact = models.ForeignKey(ContactCopy, on_delete=models.CASCADE, related_name="cards")
    value = models.CharField(max_length=255, unique=True)
    name = models.CharField(max_length=255, blank=True)
    active = models.BooleanField(null=True)
    is_default = models.BooleanField(default=False)
    read_at = models.DateTimeField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"…{self.value[-4:]}"


class GoneContact(models.Model):
    """A contact that Piggy has no more. `survivor_uuid` is whom its page, links and search lead to; "" is nobody."""

    class Why(models.TextChoices):
        MERGED = "merged", "merged"
        CLAIMED = "claimed", "merged by a claim"
        DELETED = "deleted", "deleted"
        ERASED = "erased", "deleted, and every trace of the person with it"
        VANISHED = "vanished", "found to be gone"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    contact_uuid = models.CharField(max_length=64, unique=True)
    survivor_uuid = models.CharField(max_length=64, blank=True)
    why = models.CharField(max_length=10, choices=Why)
    act_id = models.UUIDField(null=True, blank=True)  # the ledger's act, where one of ours did it
    gone_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["survivor_uuid"], name="gone_by_survivor")]

    def __str__(self) -> str:
        return f"{self.contact_uuid} ({self.why})"


class Sweep(models.Model):
    """One walk through Piggy's list of contacts, page by page, that any worker can go on with.

    It walks by `created_at` from `cursor` on, not by page numbers: those shift when a contact is deleted.
    """

    class Kind(models.TextChoices):
        FULL = "full", "all contacts"
        RECENT = "recent", "the newest contacts"

    class Stage(models.TextChoices):
        PAGES = "pages", "reading the list"
        MISSING = "missing", "asking for those that were not in it"
        ENDED = "ended", "ended"
        STOPPED = "stopped", "stopped"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=10, choices=Kind)
    stage = models.CharField(max_length=10, choices=Stage, default=Stage.PAGES)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    cursor = models.DateTimeField(null=True, blank=True)  # the created_at from which the next page is asked
    cursor_page = models.PositiveIntegerField(default=1)  # more than one: many contacts of one moment
    by_number = models.BooleanField(default=False)  # Piggy ignores dates: by page numbers, until nothing new comes
    new_in_pass = models.PositiveIntegerField(default=0)  # found by the present walk by page numbers
    pages = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(null=True, blank=True)  # what Piggy said there are
    seen = models.PositiveIntegerField(default=0)
    added = models.PositiveIntegerField(default=0)
    repaired = models.PositiveIntegerField(default=0)  # the copy was behind: a webhook had been missed
    gone = models.PositiveIntegerField(default=0)
    problem = models.CharField(max_length=200, blank=True)
    not_before = models.DateTimeField(null=True, blank=True)
    claimed_until = models.DateTimeField(null=True, blank=True)
    claimed_by = models.CharField(max_length=36, blank=True)

    class Meta:
        default_permissions = ()
        ordering = ["-started_at"]
        indexes = [models.Index(fields=["kind", "-started_at"], name="sweep_by_kind")]
        constraints = [  # two at once would each take what the other has met for not met
            models.UniqueConstraint(fields=["kind"], condition=models.Q(ended_at=None), name="one_open_sweep_of_a_kind")
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.stage}"


class Hint(models.Model):
    """A webhook's event: a reason to read one contact again. Of its words only the uuid is kept."""

    class State(models.TextChoices):
        WAITING = "waiting", "waiting"
        DONE = "done", "read again"
        IGNORED = "ignored", "nothing to read"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    received_at = models.DateTimeField()
    event_type = models.CharField(max_length=60)
    contact_uuid = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField(null=True, blank=True)
    worked_at = models.DateTimeField(null=True, blank=True)
    changed = models.BooleanField(null=True)  # whether the reading told anything new

    class Meta:
        default_permissions = ()
        ordering = ["-received_at"]
        indexes = [
            models.Index(fields=["state", "received_at"], name="hint_by_state"),
            models.Index(fields=["contact_uuid", "state"], name="hint_by_contact"),
        ]

    def __str__(self) -> str:
        return f"{self.event_type}: {self.state}"
