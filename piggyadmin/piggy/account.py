"""The account itself: its shops, and whether Piggy answers. https://docs.piggy.eu/v3/oauth/shops"""

import httpx

from .caller import Call, Caller
from .filters import ignored
from .payloads import Shop


class AccountCalls(Caller):
    def list_shops(self) -> list[Shop]:
        """All shops of the account: the list is not paged.

        https://docs.piggy.eu/v3/oauth/shops (List Shops)
        """
        return self._get("list_shops", "shops", list[Shop])

    def get_shop(self, *, shop_uuid: str) -> Shop:
        """One shop. PiggyNotFound (1008).

        https://docs.piggy.eu/v3/oauth/shops (Get Shop)
        """

        def check(found: Shop) -> None:
            if found.uuid != shop_uuid:
                raise ignored(field="shop_uuid", operation="get_shop")

        return self._get("get_shop", "shops/{shop_uuid}", Shop, ids={"shop_uuid": shop_uuid}, check=check)

    def health(self) -> None:
        """Ask Piggy for nothing. Returns when it answers and takes our token, else raises a PiggyError.

        The body of the answer is not documented and not looked at.

        https://docs.piggy.eu/v3/oauth (the base path itself)
        """

        def read(response: httpx.Response) -> None:
            return None

        self._read(Call("health_check", "GET", "", write=False), read)
