"""Staff, the shops they work in, and the limits of what a role may do alone."""

import uuid
from collections.abc import Iterator

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.crypto import salted_hmac
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from piggyadmin.accounts.roles import ROLE_NAMES
from piggyadmin.accounts.standing import Standing, standing_of
from piggyadmin.zones import known_zones


def validate_zone(name: str) -> None:
    if name not in known_zones():
        raise ValidationError(_("“%(name)s” is not a time zone. Example: Europe/Amsterdam."), params={"name": name})


class Shop(models.Model):
    """A shop of the account, filled from Piggy's list of shops. Its zone is ours: Piggy keeps none."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    piggy_uuid = models.CharField(max_length=64, unique=True)  # opaque: "123" occurs
    name = models.CharField(max_length=200)
    reference = models.CharField(max_length=200, blank=True)
    kind = models.CharField(max_length=40, blank=True)  # physical, web, ...: open at Piggy
    time_zone = models.CharField(max_length=64, default="Europe/Amsterdam", validators=[validate_zone])
    is_active = models.BooleanField(default=True)  # gone from Piggy's list: kept for the ledger, no longer picked

    class Meta:
        ordering = ["name"]
        default_permissions = ()
        permissions = [("manage_shops", "May change shops and their time zones")]

    def __str__(self) -> str:
        return self.name


THEMES = [("", "As the device"), ("light", "Light"), ("dark", "Dark")]


class Staff(AbstractUser):
    """One person who signs in. Everything done carries this name, so nobody shares an account."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=150)
    shops = models.ManyToManyField(Shop, blank=True, related_name="staff")  # empty: all shops
    last_shop = models.ForeignKey(Shop, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    theme = models.CharField(max_length=5, blank=True, choices=THEMES)
    single_keys = models.BooleanField(default=True)  # one-letter shortcuts, may be switched off (WCAG 2.1.4)
    password_was_given = models.BooleanField(default=False)  # an admin knows it: asked to choose their own at sign-in
    sign_outs = models.PositiveIntegerField(default=0)  # counted up to end every session of this person at once
    last_seen_at = models.DateTimeField(null=True, blank=True)  # to about five minutes

    class Meta:
        ordering = ["name"]
        default_permissions = ()
        permissions = [("manage_staff", "May add and change staff")]

    def __str__(self) -> str:
        return self.name or self.username

    @property
    def role(self) -> str:
        """The name of this person's one group, or "" for a person without a role."""
        if not hasattr(self, "_role"):
            listed = "groups" in getattr(self, "_prefetched_objects_cache", {})
            groups = {group.name for group in self.groups.all()} if listed else self._standing.groups
            self._role = next((role for role in ROLE_NAMES if role in groups), "")
        return self._role

    @cached_property
    def _standing(self) -> Standing:
        """As it was when first asked for: every page needs all of it, and a person is read anew at each request."""
        return standing_of(self)

    @property
    def role_words(self) -> str:
        return ROLE_NAMES.get(self.role, "No role yet")

    def get_all_permissions(self, obj: models.Model | None = None) -> set[str]:
        """What this person's role allows, and nothing beside it; nobody has permissions on single objects."""
        return set(self._standing.permissions) if self.is_active and obj is None else set()

    def has_perm(self, perm: str, obj: models.Model | None = None) -> bool:
        """As above. Django would walk every backend at each question, and a page asks some thirty times."""
        return self.is_active and obj is None and perm in self._standing.permissions

    def may_work_in(self, shop: Shop) -> bool:
        """Whether this person may pick the shop: it is active, and theirs; no shop named means all of them."""
        named = self._standing.shops
        return shop.is_active and (not named or shop.pk in named)

    def allowed_shops(self) -> "models.QuerySet[Shop]":
        """The active shops this person may pick; no shop named means all of them. One query."""
        named = Staff.shops.through.objects.filter(staff=self)
        return Shop.objects.filter(
            models.Q(pk__in=named.values("shop")) | ~models.Exists(named),
            is_active=True,
        )

    def get_session_auth_hash(self) -> str:
        return self._session_hash(None)

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        for secret in settings.SECRET_KEY_FALLBACKS:
            yield self._session_hash(secret)

    def _session_hash(self, secret: str | bytes | None) -> str:
        """What a session must carry to stay valid: it ends when the password or the count of sign-outs changes."""
        secret_part = f"{self.password}:{self.sign_outs}"
        return salted_hmac("piggyadmin.accounts.Staff", secret_part, secret=secret, algorithm="sha256").hexdigest()


class Limit(models.Model):
    """How much a role may do alone, in one shop or (shop empty) in every shop without a row of its own."""

    class Kind(models.TextChoices):
        AWARD_CREDITS = "award_credits", _("Credits in one award")
        AWARD_PAUSE = "award_pause", _("Seconds between two awards")  # by one person to one customer
        PREPAID_CENTS = "prepaid_cents", _("Prepaid in one top-up")
        PREPAID_PAUSE = "prepaid_pause", _("Seconds between two prepaid top-ups")  # likewise
        GIFTCARD_PAUSE = "giftcard_pause", _("Seconds between two gift card top-ups")  # by one person, of one card
        BATCH_VOUCHERS = "batch_vouchers", _("Vouchers in one batch")
        CLAIM_LINK_CREDITS = "claim_link_credits", _("Credits in one order of claim links")  # all links together

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=40, choices=Kind)
    role = models.CharField(max_length=20, choices=list(ROLE_NAMES.items()))
    shop = models.ForeignKey(Shop, null=True, blank=True, on_delete=models.CASCADE, related_name="limits")
    amount = models.PositiveBigIntegerField()

    class Meta:
        ordering = ["kind", "role", "shop__name"]
        default_permissions = ()
        permissions = [("manage_limits", "May change what a role may do alone")]
        constraints = [
            models.UniqueConstraint(fields=["kind", "role", "shop"], name="one_limit_a_shop"),
            models.UniqueConstraint(fields=["kind", "role"], condition=models.Q(shop=None), name="one_limit_elsewhere"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.role}, {self.shop or 'every shop'}: {self.amount}"
