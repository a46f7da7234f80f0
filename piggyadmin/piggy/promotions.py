"""What vouchers are made from. https://docs.piggy.eu/v3/oauth/promotions

Promotions can be listed, read and made; changing and deleting them is left to Piggy's own dashboard.
"""

from .caller import Caller
from .filters import ignored
from .inputs import checked_between, checked_text
from .payloads import Promotion

MOST = 2**31 - 1  # of vouchers, uses or seconds: what fits the columns of any database; Piggy names no bound


class PromotionCalls(Caller):
    def list_promotions(self) -> list[Promotion]:
        """All promotions: the list is not paged.

        https://docs.piggy.eu/v3/oauth/promotions (List Promotions)
        """
        return self._get("list_promotions", "promotions", list[Promotion])

    def get_promotion(self, *, promotion_uuid: str) -> Promotion:
        """One promotion. PiggyNotFound (80002).

        https://docs.piggy.eu/v3/oauth/promotions (Get Promotion)
        """

        def check(found: Promotion) -> None:
            if found.uuid != promotion_uuid:
                raise ignored(field="promotion_uuid", operation="get_promotion")

        return self._get(
            "get_promotion",
            "promotions/{promotion_uuid}",
            Promotion,
            ids={"promotion_uuid": promotion_uuid},
            check=check,
        )

    def create_promotion(
        self,
        *,
        name: str,
        description: str,
        voucher_limit: int | None = None,
        limit_per_contact: int | None = None,
        expiration_duration: int | None = None,
        redemptions_per_voucher: int | None = None,
    ) -> Promotion:
        """Make a promotion. `expiration_duration` is in seconds; the numbers are 1 or more, None for no limit.

        Gone from the newest documentation, so an account may refuse it. PiggyInvalid (1003).

        https://docs.piggy.eu/v3/oauth/promotions (Create Promotion)
        """
        numbers = {
            "voucher_limit": voucher_limit,
            "limit_per_contact": limit_per_contact,
            "expiration_duration": expiration_duration,
            "redemptions_per_voucher": redemptions_per_voucher,
        }
        return self._write(
            "create_promotion",
            "POST",
            "promotions",
            Promotion,
            json={
                "name": checked_text(name, field="name"),
                "description": checked_text(description, field="description"),
                **{
                    field: checked_between(number, 1, MOST, field=field)
                    for field, number in numbers.items()
                    if number is not None
                },
            },
            is_ours=lambda done: done.name == name,
        )
