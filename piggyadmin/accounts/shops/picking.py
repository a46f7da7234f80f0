"""Which shop a person stands in: picked at sign-in, kept in the session, checked again on every request."""

import uuid
from typing import Any

from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest

from piggyadmin.accounts.models import Shop, Staff

SHOP_KEY = "shop"  # in the session: the picked shop's id, as text
WANTED_KEY = "wanted_shop"  # in the session: what the sign-in form said, until the second factor has passed
DEVICE_COOKIE = "shop"  # on the device: the shop last picked there, so that the desk's form begins with it


def allowed_shop(staff: Staff, shop_id: Any) -> Shop | None:
    """The shop with this id when it is active and this person's, else None. `shop_id` may be anything."""
    try:
        wanted = uuid.UUID(str(shop_id))
    except ValueError:
        return None
    # The last shop came with the person, in the query of this request: nearly always it is the one.
    shop = staff.last_shop if wanted == staff.last_shop_id else Shop.objects.filter(pk=wanted).first()
    return shop if shop is not None and staff.may_work_in(shop) else None


def pick_shop(session: SessionBase, staff: Staff, shop: Shop) -> None:
    """Remember the shop for this session, and for this person's next one."""
    session[SHOP_KEY] = str(shop.pk)
    if staff.last_shop_id != shop.pk:
        staff.last_shop = shop
        Staff.objects.filter(pk=staff.pk).update(last_shop=shop)


def _only_or_last(staff: Staff) -> Shop | None:
    some = list(staff.allowed_shops()[:2])
    if len(some) == 1:
        return some[0]
    return allowed_shop(staff, staff.last_shop_id) if some and staff.last_shop_id else None


def pick_at_sign_in(request: HttpRequest, staff: Staff) -> bool:
    """Pick the only shop, the one of the form, or the last one. False when the person has to choose on a page."""
    wanted = request.session.pop(WANTED_KEY, "")
    if wanted:
        shop = allowed_shop(staff, wanted) or (_only_or_last(staff) if staff.allowed_shops().count() == 1 else None)
    else:
        shop = _only_or_last(staff)
    if shop is not None:
        pick_shop(request.session, staff, shop)
    return shop is not None or not staff.allowed_shops().exists()


def picked_shop(session: SessionBase, staff: Staff) -> Shop | None:
    """The session's shop. One that was taken away or closed is dropped; without one, the only or the last is taken."""
    picked = session.get(SHOP_KEY)
    shop = allowed_shop(staff, picked) if picked else _only_or_last(staff)
    if shop is None:
        session.pop(SHOP_KEY, None)
    elif not picked:
        pick_shop(session, staff, shop)
    return shop
