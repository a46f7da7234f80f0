"""Who may sign in, and what they may do: the person's role and nothing else."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.models import Permission
from django.db.models import QuerySet

from piggyadmin.accounts.models import Staff


class StaffBackend(AuthenticationBackend):
    """allauth's backend, with roles as the only source of permissions and without a word about closed accounts."""

    def get_user(self, user_id: Any) -> Staff | None:
        staff = Staff.objects.prefetch_related("groups").filter(pk=user_id).first()
        return staff if staff is not None and self.user_can_authenticate(staff) else None

    def _get_user_permissions(self, user_obj: Staff) -> QuerySet[Permission]:
        """Nobody has permissions of their own, so that a role's row says all there is: one query less a request."""
        return Permission.objects.none()

    @classmethod
    def _stash_user(cls, user: Any) -> None:
        """A right password on a closed account is answered like a wrong one.

        allauth would hand the closed account on and lead to a page that says so: proof that the password is right.
        """
