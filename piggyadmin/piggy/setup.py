"""Forms and the brand kit. https://docs.piggy.eu/v3/oauth/forms"""

from .caller import Caller
from .filters import check_all
from .inputs import refusal
from .payloads import BrandKit, Form

FORM_STATUSES = ("PUBLISHED", "DRAFT", "BIN")
FORM_TYPES = ("PUBLIC", "PRIVATE")


class SetupCalls(Caller):
    def list_forms(self, *, status: str | None = None, type: str | None = None) -> list[Form]:
        """All forms, or those of one status or type: the list is not paged. Their answers are told by no call.

        PiggyInvalid (1003).

        https://docs.piggy.eu/v3/oauth/forms (List Forms)
        """
        if status is not None and status not in FORM_STATUSES:
            raise refusal("status", "This is not a status of a form.")
        if type is not None and type not in FORM_TYPES:
            raise refusal("type", "This is not a type of form.")

        def check(found: list[Form]) -> None:
            check_all(found, lambda each: each.status, status, field="status", operation="list_forms")
            check_all(found, lambda each: each.type, type, field="type", operation="list_forms")

        return self._get("list_forms", "forms", list[Form], params={"status": status, "type": type}, check=check)

    def get_brand_kit(self) -> BrandKit:
        """Colours, logos and typeface of the account, as far as they were set.

        https://docs.piggy.eu/v3/oauth/brand-kit
        """
        return self._get("get_brand_kit", "brand-kit", BrandKit)
