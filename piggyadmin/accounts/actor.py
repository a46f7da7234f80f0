"""From a request to the one who acts."""

from typing import cast

from django.http import HttpRequest

from piggyadmin.accounts.request import StaffRequest
from piggyadmin.ledger.actor import Actor


def actor_of(request: HttpRequest) -> Actor:
    """The signed-in person, in their role, in the shop they picked (None when they have picked none)."""
    theirs = cast(StaffRequest, request)
    return Actor(staff=theirs.user, role=theirs.user.role, shop=theirs.shop)
