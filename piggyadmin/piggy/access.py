"""What lets a contact in: the auth token. https://docs.piggy.eu/v3/oauth/contact-verification"""

from typing import Any

from .caller import Caller
from .payloads import AuthToken

LONGEST_TOKEN = 8_192  # characters; more is no token but somebody's page
_token: Any = str | AuthToken


class AccessCalls(Caller):
    def get_contact_auth_token(self, *, contact_uuid: str) -> str:
        """A token that signs in as this contact: whoever has it is the customer. Never keep, log or show it twice.

        A GET, yet called as a write: it hands out a credential, so it is sent once and never repeated by itself.
        Documented as an object, seen as a bare text; both are taken. PiggyNotFound (55031), PiggyRejected (1053 the
        account's secret is wrong, 3000 the sign-in has expired).

        https://docs.piggy.eu/v3/oauth/contact-verification (Get Auth Token)
        """
        found = self._write(
            "get_contact_auth_token",
            "GET",
            "contact-verification/auth-token/{contact_uuid}",
            _token,
            ids={"contact_uuid": contact_uuid},
            is_ours=lambda found: _is_token(_text_of(found)),
        )
        return _text_of(found)


def _text_of(found: str | AuthToken) -> str:
    return found if isinstance(found, str) else found.auth_token


def _is_token(text: str) -> bool:
    return 0 < len(text) <= LONGEST_TOKEN and text.isascii() and text.isprintable() and " " not in text
