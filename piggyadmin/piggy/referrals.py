"""Who brought whom. https://docs.piggy.eu/v3/oauth/referrals"""

from collections.abc import Iterator
from typing import Literal

from .caller import Caller
from .filters import check_all
from .inputs import checked_id, refusal
from .paging import REFERRALS, Page, iterate
from .payloads import Referral, ReferralSettings

Status = Literal["pending", "completed", "failed"]
STATUSES = ("pending", "completed", "failed")


class ReferralCalls(Caller):
    def list_referrals(
        self,
        *,
        referring_contact_uuid: str | None = None,
        status: Status | None = None,
        page: int = 1,
        limit: int = 30,
    ) -> Page[Referral]:
        """One page of referrals (100 at most), in Piggy's order, which is not documented.

        One without referring contact, which Piggy's schema allows, does not pass when a contact was asked for.
        PiggyInvalid (1003).

        https://docs.piggy.eu/v3/oauth/referrals (List Referrals)
        """
        operation = "list_referrals"
        if status is not None and status not in STATUSES:
            raise refusal("status", "Piggy has no such status of referrals.")

        def check(found: list[Referral]) -> None:
            check_all(found, _brought_by, referring_contact_uuid, field="referring_contact_uuid", operation=operation)
            check_all(found, lambda referral: referral.status.lower(), status, field="status", operation=operation)

        asked = referring_contact_uuid
        return self._get_page(
            operation,
            "referrals",
            Referral,
            params={
                "referring_contact_uuid": asked and checked_id(asked, field="referring_contact_uuid"),
                "status": status,
                **REFERRALS.params(page, limit),
            },
            check=check,
        )

    def each_referral_page(
        self, *, status: Status | None = None, limit: int = REFERRALS.most
    ) -> Iterator[Page[Referral]]:
        """All pages of the account's referrals."""
        size = REFERRALS.size(limit)
        return iterate(lambda page: self.list_referrals(status=status, page=page, limit=size), size=size)

    def get_referral_settings(self) -> ReferralSettings:
        """What completes a referral, how many a customer may bring, and what both get.

        https://docs.piggy.eu/v3/oauth/referrals (Referral Settings)
        """
        return self._get("get_referral_settings", "referrals/settings", ReferralSettings)


def _brought_by(referral: Referral) -> str | None:
    return referral.referring_contact.uuid if referral.referring_contact else None
