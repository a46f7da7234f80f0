"""Which vouchers' codes this person had in hand in this session: scanned, typed, or made. Others are masked.

Kept with the session, so that no act and no address can unmask a code; a reveal is an act of its own (see `reveal`).
"""

from django.contrib.sessions.backends.base import SessionBase

KEY = "codes_in_hand"  # in the session: uuids of vouchers, the oldest first
MOST = 200


def remember(session: SessionBase, voucher_uuid: str) -> None:
    had: list[str] = session.get(KEY, [])
    if voucher_uuid not in had:
        session[KEY] = [*had, voucher_uuid][-MOST:]


def is_in_hand(session: SessionBase, voucher_uuid: str) -> bool:
    return voucher_uuid in session.get(KEY, [])
