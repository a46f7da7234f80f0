"""Who may sign in. What they may do then is their role's: see `models.Staff`."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend

from piggyadmin.accounts.models import Staff


class StaffBackend(AuthenticationBackend):
    """allauth's backend, without a word about closed accounts."""

    def get_user(self, user_id: Any) -> Staff | None:
        try:
            staff = Staff.objects.select_related("last_shop").get(pk=user_id)
        except Staff.DoesNotExist:
            return None
        return staff if self.user_can_authenticate(staff) else None

    @classmethod
    def _stash_user(cls, user: Any) -> None:
        """A right password on a closed account is answered like a wrong one.

        allauth would hand the closed account on and lead to a page that says so: proof that the password is right.
        """
