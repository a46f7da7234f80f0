"""Portal sessions, the sign-in link, and session tokens. https://docs.piggy.eu/v3/oauth/portal-sessions

`POST /portal-sessions/prepaid` is an older name of two of these and is not called.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from .caller import Caller
from .filters import ignored
from .inputs import checked_between, checked_id, checked_text, given
from .payloads import ContactSessionToken, PortalAuthUrl, PortalSession

MOST_CENTS = 2**31 - 1


@dataclass(frozen=True, slots=True)
class SessionOptions:
    """How the screen behaves that a session is opened on; as they are here Piggy takes them when nothing is sent.

    `camera_service` is 1, 2 or 3, which no page explains. `facing_mode`: "user" is the camera on the screen's side.
    """

    scanner_type: Literal["camera", "hand_scanner"] = "camera"
    enable_email_identification: bool = False
    enable_registration: bool = False
    enable_on_screen_keyboard: bool = False
    camera_service: int = 3
    facing_mode: Literal["user", "environment"] = "user"
    primary_identification_method: Literal["identifier", "email"] = "identifier"


PLAIN = SessionOptions()


class PortalCalls(Caller):
    def get_contacts_portal_auth_url(self, *, contact_uuid: str) -> PortalAuthUrl:
        """A link that opens the portal signed in as this customer. A secret: show it to nobody else.

        PiggyNotFound (55031, 55032 no portal), PiggyInvalid (1003). Each call makes a link of its own, so it is a
        write although its method is GET: sent once, PiggyOutcomeUnknown when it may have been made.

        https://docs.piggy.eu/v3/oauth/contacts-portal (Get Auth URL)
        """
        return self._write(
            "get_contacts_portal_auth_url",
            "GET",
            "contacts-portal/auth-url",
            PortalAuthUrl,
            params={"contact_uuid": checked_id(contact_uuid, field="contact_uuid")},
            is_ours=lambda done: done.url.startswith(("https://", "http://")),
        )

    def get_portal_session(self, *, portal_session_uuid: str) -> PortalSession:
        """A session as it stands. PiggyInvalid (1003 when there is none, the only code that is documented).

        https://docs.piggy.eu/v3/oauth/portal-sessions (Get Portal Session)
        """

        def check(found: PortalSession) -> None:
            if found.uuid != portal_session_uuid:
                raise ignored(field="portal_session_uuid", operation="get_portal_session")

        return self._get(
            "get_portal_session",
            "portal-sessions/{portal_session_uuid}",
            PortalSession,
            ids={"portal_session_uuid": portal_session_uuid},
            check=check,
        )

    def create_portal_session(
        self, *, shop_uuid: str, contact_uuid: str | None = None, options: SessionOptions = PLAIN
    ) -> PortalSession:
        """Open the portal on a screen of the shop. Nothing moves by that; a lost one is never found again.

        PiggyNotFound (1008 the shop, 55031 the customer), PiggyInvalid (1003). The same goes for those below.

        https://docs.piggy.eu/v3/oauth/portal-sessions (Create Portal Session)
        """
        return self._open("create_portal_session", "portal-sessions", shop_uuid, contact_uuid, options)

    def create_credit_reception_portal_session(
        self, *, shop_uuid: str, contact_uuid: str | None = None, options: SessionOptions = PLAIN
    ) -> PortalSession:
        """Open it to collect credits.

        https://docs.piggy.eu/v3/oauth/portal-sessions (Create Credit Reception Portal Session)
        """
        return self._open(
            "create_credit_reception_portal_session",
            "portal-sessions/credit-reception",
            shop_uuid,
            contact_uuid,
            options,
        )

    def create_top_up_giftcard_portal_session(
        self, *, shop_uuid: str, contact_uuid: str | None = None, options: SessionOptions = PLAIN
    ) -> PortalSession:
        """Open it to put money on a gift card.

        https://docs.piggy.eu/v3/oauth/portal-sessions (Create Top Up Giftcard Portal Session)
        """
        return self._open(
            "create_top_up_giftcard_portal_session",
            "portal-sessions/top-up-giftcards",
            shop_uuid,
            contact_uuid,
            options,
        )

    def create_redeem_giftcard_portal_session(
        self,
        *,
        shop_uuid: str,
        amount_in_cents: int,
        allow_multiple_giftcards: bool = True,
        contact_uuid: str | None = None,
        options: SessionOptions = PLAIN,
    ) -> PortalSession:
        """Open it to pay `amount_in_cents` (more than 0) with gift cards, with one alone unless several are allowed.

        https://docs.piggy.eu/v3/oauth/portal-sessions (Create Redeem Giftcard Portal Session)
        """
        return self._open(
            "create_redeem_giftcard_portal_session",
            "portal-sessions/redeem-giftcards",
            shop_uuid,
            contact_uuid,
            options,
            {
                "amount_in_cents": checked_between(amount_in_cents, 1, MOST_CENTS, field="amount_in_cents"),
                "allow_multiple_giftcards": allow_multiple_giftcards,
            },
        )

    def create_pay_prepaid_portal_session(
        self, *, shop_uuid: str, contact_uuid: str | None = None, options: SessionOptions = PLAIN
    ) -> PortalSession:
        """Open it to pay with prepaid money.

        https://docs.piggy.eu/v3/oauth/portal-sessions (Create Pay Prepaid Portal Session)
        """
        return self._open(
            "create_pay_prepaid_portal_session", "portal-sessions/pay-prepaid", shop_uuid, contact_uuid, options
        )

    def create_top_up_prepaid_portal_session(
        self, *, shop_uuid: str, contact_uuid: str | None = None, options: SessionOptions = PLAIN
    ) -> PortalSession:
        """Open it to top prepaid money up.

        https://docs.piggy.eu/v3/oauth/portal-sessions (Create Top Up Prepaid Portal Session)
        """
        return self._open(
            "create_top_up_prepaid_portal_session", "portal-sessions/top-up-prepaid", shop_uuid, contact_uuid, options
        )

    def create_voucher_portal_session(
        self, *, shop_uuid: str, contact_uuid: str | None = None, options: SessionOptions = PLAIN
    ) -> PortalSession:
        """Open it to use vouchers.

        https://docs.piggy.eu/v3/oauth/portal-sessions (Create Voucher Portal Session)
        """
        return self._open("create_voucher_portal_session", "portal-sessions/vouchers", shop_uuid, contact_uuid, options)

    def _open(
        self,
        operation: str,
        path: str,
        shop_uuid: str,
        contact_uuid: str | None,
        options: SessionOptions,
        more: Mapping[str, Any] | None = None,
    ) -> PortalSession:
        def is_ours(done: PortalSession) -> bool:
            of = done.contact.uuid if done.contact else None
            return of in (None, contact_uuid) and (done.shop is None or done.shop.uuid in (None, shop_uuid))

        return self._write(
            operation,
            "POST",
            path,
            PortalSession,
            json={
                "shop_uuid": checked_id(shop_uuid, field="shop_uuid"),
                "contact_uuid": given(checked_id, contact_uuid, field="contact_uuid"),
                **asdict(options),
                "camera_service": checked_between(options.camera_service, 1, 3, field="camera_service"),
                **(more or {}),
            },
            is_ours=is_ours,
        )

    def find_contact_session_token(self, *, token: str) -> ContactSessionToken:
        """Whose session token this is, and whether it was used. The token is a secret: it is in no error and no log.

        No codes are documented; the stand-in says 1003 for one that is not known (PiggyInvalid).

        https://docs.piggy.eu/v3/oauth/contact-session-tokens (Find Contact Session Token)
        """

        def check(found: ContactSessionToken) -> None:
            if found.token != token:
                raise ignored(field="contact_session_token", operation="find_contact_session_token")

        return self._get(
            "find_contact_session_token",
            "contact-session-tokens/{contact_session_token}",
            ContactSessionToken,
            ids={"contact_session_token": checked_text(token, field="contact_session_token", longest=64)},
            check=check,
        )

    def use_contact_session_token(self, *, token: str) -> ContactSessionToken:
        """Mark it used: it is good once. PiggyInvalid (1003) as above, and for one that was used.

        https://docs.piggy.eu/v3/oauth/contact-session-tokens (Use Contact Session Token)
        """
        return self._write(
            "use_contact_session_token",
            "POST",
            "contact-session-tokens/{contact_session_token}/use",
            ContactSessionToken,
            ids={"contact_session_token": checked_text(token, field="contact_session_token", longest=64)},
            is_ours=lambda done: done.token == token and done.status == "used",
        )
