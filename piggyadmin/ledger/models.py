"""The ledger's tables. `Act` and `Event` are written once, in one chain; the others are views of it, or can be emptied.

An act is what somebody set out to do, committed before Piggy is asked. Its events say what became of it. Both hold
uuids, figures and names of fields; words about a person lie in `ActDetail`, which may be emptied.
"""

import json
import uuid
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from piggyadmin.ledger.actions import Words, action_named, kind_named, on_words
from piggyadmin.ledger.canonical import GENESIS, hash_of
from piggyadmin.ledger.fields import FiguresField
from piggyadmin.ledger.phrases import phrase, with_name_of


class State(models.TextChoices):
    """What is known about an act. The first two are under way; only `unknown` needs somebody to look."""

    SENT = "sent", _("sent")  # begun: the call is on its way, or the process died with it
    PLANNED = "planned", _("planned")  # known not done: Piggy asked us to wait until `not_before`
    DONE = "done", _("done")
    REFUSED = "refused", _("refused")
    UNKNOWN = "unknown", _("unknown")  # sent, and no answer that we can read


class How(models.TextChoices):
    """How we know it."""

    ANSWER = "answer", _("Piggy’s answer")
    OWN = "own", _("our own record")
    AGAIN = "again", _("sent again after the wait")
    SILENCE = "silence", _("no answer came")
    UNSENT = "unsent", _("it never left here")
    FAULT = "fault", _("a fault on our side")
    LOOK = "look", _("read back from Piggy")
    PERSON = "person", _("decided by a person")


class ChainRow(models.Model):
    """A link of the chain. `seq` runs without gaps through both tables together."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    seq = models.PositiveBigIntegerField(unique=True)
    at = models.DateTimeField()
    request_id = models.CharField(max_length=64, blank=True)
    figures = FiguresField(default=dict)
    detail_digest = models.CharField(max_length=64, blank=True)  # empty: no words were kept
    prev_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    KIND = ""

    class Meta:
        abstract = True

    def hash_now(self) -> str:
        """The hash that this row's columns give. A row that nobody touched has it in `hash`."""
        columns = {field.attname: getattr(self, field.attname) for field in self._meta.concrete_fields}
        columns.pop("hash")
        return hash_of(self.KIND, columns)


class Act(ChainRow):
    """What somebody set out to do. A row stands here before Piggy is asked."""

    KIND = "act"

    whose: str = ""  # no column: the customer's name, where `naming.tell_names` may show it

    # Empty for the command line, which has no person signed in.
    staff = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="acts"
    )
    role = models.CharField(max_length=20, blank=True)
    shop = models.ForeignKey("accounts.Shop", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    action = models.CharField(max_length=60)
    target_kind = models.CharField(max_length=30)
    target_id = models.CharField(max_length=100, blank=True)  # opaque: Piggy's ids are not always UUIDs
    contact_id = models.CharField(max_length=100, blank=True)  # whose page shows it too
    form_token = models.CharField(max_length=100, blank=True)
    mark = models.CharField(max_length=16, unique=True)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")

    class Meta:
        ordering = ["-seq"]
        default_permissions = ()
        permissions = [
            ("view_acts", "May see their own acts in the audit"),
            ("view_all_acts", "May see everybody's acts in the audit, and export them"),
            ("settle_act", "May decide whether an unknown act happened"),
            ("erase_details", "May erase the words kept about a customer"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["form_token"], condition=~models.Q(form_token=""), name="one_act_a_form_token"
            )
        ]
        indexes = [
            models.Index(fields=["staff", "-seq"], name="act_by_staff"),
            models.Index(fields=["contact_id", "-seq"], name="act_by_contact"),
            models.Index(fields=["target_kind", "target_id", "-seq"], name="act_by_target"),
            models.Index(fields=["at"], name="act_by_time"),
            models.Index(fields=["action", "-seq"], name="act_by_action"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.mark}"

    @property
    def sent_at(self) -> datetime:
        """When Piggy was last asked to do it: later than `at` when it was sent again after a wait."""
        again = self.events.filter(outcome=State.SENT).order_by("-seq").first()
        return again.at if again else self.at

    @property
    def outcome(self) -> str:
        return self.state.outcome

    @property
    def words(self) -> Words:
        return action_named(self.action).words

    @property
    def sentence(self) -> str:
        """What was done or is to be done, for lists that show the outcome beside it."""
        if self.outcome == State.DONE:
            return phrase(self.words.done, self.all_figures)
        return f"{self.words.do}, {self.on}" if self.on else self.words.do

    @property
    def what(self) -> str:
        """The short figure of the audit's column."""
        return phrase(self.words.what, self.all_figures)

    @property
    def doubt(self) -> str:
        """What to tell of it while nobody knows."""
        return phrase(self.words.unknown, self.all_figures)

    @property
    def all_figures(self) -> dict[str, Any]:
        """Its own figures, and those of what came of it."""
        state = getattr(self, "state", None)  # an act that is only being prepared has none
        return {**self.figures, **(state.figures if state else {})}

    @property
    def on(self) -> str:
        """What it was done to, in words."""
        figures = self.all_figures
        if "shop" in figures:  # else its shop need not be read
            figures = with_name_of(self.shop, figures)
        return on_words(self.target_kind, self.target_id, figures)

    @property
    def on_url(self) -> str:
        return kind_named(self.target_kind).url(self.target_id)


class Event(ChainRow):
    """What became known about an act, and how."""

    KIND = "event"

    act = models.ForeignKey(Act, on_delete=models.PROTECT, related_name="events")
    outcome = models.CharField(max_length=10, choices=State)
    how = models.CharField(max_length=10, choices=How)
    code = models.CharField(max_length=40, blank=True)  # Piggy's code, or a word of ours: not_sent, no_answer, ...
    status = models.PositiveSmallIntegerField(null=True, blank=True)  # HTTP's
    not_before = models.DateTimeField(null=True, blank=True)
    staff = models.ForeignKey(  # who settled it
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["seq"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.outcome} ({self.how})"


class ActDetail(models.Model):
    """Words about a person that belong to an act or to one of its events: a reason, old and new values.

    Erasing empties `body` and `salt`; the row in the chain keeps the digest, which alone tells nothing.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    act = models.ForeignKey(Act, on_delete=models.PROTECT, related_name="details")
    event = models.OneToOneField(Event, null=True, blank=True, on_delete=models.PROTECT, related_name="detail")
    salt = models.CharField(max_length=32, blank=True)
    body = models.TextField(blank=True)  # canonical JSON
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["act"], condition=models.Q(event=None), name="one_detail_an_act")
        ]

    def __str__(self) -> str:
        return "erased" if self.erased_at else "kept"

    @property
    def words(self) -> dict[str, Any]:
        """What was written, or {} once erased."""
        return json.loads(self.body) if self.body else {}


class ActState(models.Model):
    """Where an act stands now, for lists and filters. Everything above the line can be rebuilt from the events."""

    act = models.OneToOneField(Act, primary_key=True, on_delete=models.PROTECT, related_name="state")
    outcome = models.CharField(max_length=10, choices=State, default=State.SENT)
    code = models.CharField(max_length=40, blank=True)
    not_before = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=1)  # how often Piggy was asked to do it
    updated_at = models.DateTimeField()
    figures = FiguresField(default=dict)  # what came of it: those of the last event
    # -- the work of looking: a schedule, no evidence
    looks = models.PositiveSmallIntegerField(default=0)
    next_look_at = models.DateTimeField(null=True, blank=True)  # empty: nobody looks any more, a person decides
    claimed_until = models.DateTimeField(null=True, blank=True)  # somebody is looking just now
    reading = FiguresField(default=dict)  # what Piggy showed at the last look
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_permissions = ()
        indexes = [
            models.Index(fields=["outcome", "next_look_at"], name="state_by_outcome"),
        ]

    def __str__(self) -> str:
        return self.outcome


class ChainHead(models.Model):
    """The chain's last link. Locking this one row puts all who write to the ledger in a queue."""

    ONLY = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=ONLY)
    seq = models.PositiveBigIntegerField(default=0)
    hash = models.CharField(max_length=64, default=GENESIS)

    class Meta:
        default_permissions = ()
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_chain_head")]

    def __str__(self) -> str:
        return f"{self.seq} {self.hash}"


class ChainCheck(models.Model):
    """One verification of the chain. The next one also asks that the link this one ended at is still the same."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    at = models.DateTimeField()
    seq = models.PositiveBigIntegerField()  # the last link that was read
    hash = models.CharField(max_length=64)
    finished = models.BooleanField(default=False)
    broken_seq = models.PositiveBigIntegerField(null=True, blank=True)
    problem = models.CharField(max_length=200, blank=True)  # empty: whole

    class Meta:
        ordering = ["-at"]
        default_permissions = ()

    def __str__(self) -> str:
        return self.problem or "whole"


class Approval(models.Model):
    """One person asks, another decides, then it is used once. The asking and the deciding are acts of their own."""

    class Status(models.TextChoices):
        OPEN = "open", _("open")
        GRANTED = "granted", _("granted")
        REFUSED = "refused", _("refused")
        WITHDRAWN = "withdrawn", _("withdrawn")
        USED = "used", _("used")
        EXPIRED = "expired", _("expired")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    act = models.OneToOneField(Act, on_delete=models.PROTECT, related_name="approval")  # the asking; a parent
    action = models.CharField(max_length=60)  # what is to be done
    target_kind = models.CharField(max_length=30)
    target_id = models.CharField(max_length=100, blank=True)
    contact_id = models.CharField(max_length=100, blank=True)
    figures = FiguresField(default=dict)
    shop = models.ForeignKey("accounts.Shop", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["requested_at"]
        default_permissions = ()
        indexes = [models.Index(fields=["status", "requested_at"], name="approval_by_status")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(decided_by=None) | ~models.Q(decided_by=models.F("requested_by")),
                name="nobody_approves_their_own",
            )
        ]

    def __str__(self) -> str:
        return f"{self.action}: {self.status}"

    @property
    def sentence(self) -> str:
        """What is to be done, to what, and how much."""
        words = action_named(self.action).words
        figures = with_name_of(self.shop, self.figures) if "shop" in self.figures else self.figures
        told = [words.do, phrase(words.what, figures), on_words(self.target_kind, self.target_id, figures)]
        return ", ".join(filter(None, told))
