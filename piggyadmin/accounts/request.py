"""What a request is once the middleware has let it through."""

from django.http import HttpRequest

from piggyadmin.accounts.models import Shop, Staff


class StaffRequest(HttpRequest):
    """For the type checker: a request of somebody who is signed in, in the shop they picked (None: no shop)."""

    user: Staff
    shop: Shop | None
    frame_parts: dict[str, object]  # only where they were made before the page: see piggyadmin.frame
