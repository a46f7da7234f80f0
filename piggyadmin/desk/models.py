"""What the desk keeps: how Piggy answered, by the minute; who practises on whom. And it carries its permissions."""

from django.conf import settings
from django.db import models


class DeskPermissions(models.Model):
    class Meta:
        managed = False
        default_permissions = ()
        permissions = [
            ("use_box", "May use the one box"),
            ("view_status", "May see how the dashboard and Piggy are doing"),
            ("view_shift", "May see and print the own end of shift"),
            ("view_all_shifts", "May see and print everybody's end of shift"),
        ]


class AnswerCount(models.Model):
    """So many calls of one kind in one minute that took about as long. All processes add to the same row."""

    minute = models.DateTimeField()
    kind = models.CharField(max_length=10)  # whose budget paid: "people" or "jobs"
    operation = models.CharField(max_length=80)
    status = models.PositiveSmallIntegerField(default=0)  # HTTP's; 0: no answer
    code = models.IntegerField(default=0)  # Piggy's; 0: none
    error = models.CharField(max_length=40, blank=True)  # the class of the PiggyError; empty: it went well
    within = models.PositiveIntegerField()  # ms: the smallest of `counting.BOUNDS` that it stayed within
    count = models.PositiveIntegerField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["minute", "kind", "operation", "status", "code", "error", "within"], name="one_count_of_a_kind"
            )
        ]

    def __str__(self) -> str:
        return f"{self.operation} {self.status}: {self.count}"


class PiggyLimit(models.Model):
    """What Piggy said last of its own limit (X-RateLimit-Limit, X-RateLimit-Remaining). One row."""

    ONLY = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=ONLY)
    limit = models.IntegerField()
    left = models.IntegerField()
    at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_piggy_limit")]

    def __str__(self) -> str:
        return f"{self.left} of {self.limit}"


class PracticeRound(models.Model):
    """Three invented customers for somebody who learns. Stands in practice alone; their last one is the one shown."""

    begun_at = models.DateTimeField(auto_now_add=True)
    # Who learns; empty: the first three, for whoever comes.
    staff = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    # What is typed for each ("card", "code") and whose it is ("uuid"), by their part: see practice.services.PARTS.
    customers = models.JSONField(default=dict)

    class Meta:
        ordering = ["-pk"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"begun {self.begun_at:%Y-%m-%d %H:%M}"
