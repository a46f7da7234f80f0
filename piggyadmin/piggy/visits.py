"""Visits to the shops. https://docs.piggy.eu/v3/oauth/visits"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from .caller import Caller
from .filters import check_all, contact_of
from .inputs import checked_id, checked_moment, checked_text, refusal
from .paging import VISITS, Page, iterate
from .payloads import Visit

EMPTY = ""
FIELDS: dict[str, Callable[..., Any]] = {
    "external_id": checked_text,
    "source": checked_text,
    "starts_at": checked_moment,
    "ends_at": checked_moment,
}


class VisitCalls(Caller):
    def list_visits(self, *, contact_uuid: str | None = None, page: int = 1, limit: int = 30) -> Page[Visit]:
        """One page of visits (500 at most), in Piggy's order, which is not documented.

        https://docs.piggy.eu/v3/oauth/visits (List Visits)
        """
        operation = "list_visits"

        def check(found: list[Visit]) -> None:
            check_all(found, contact_of, contact_uuid, field="contact_uuid", operation=operation)

        return self._get_page(
            operation,
            "visits",
            Visit,
            params={
                "contact_uuid": contact_uuid and checked_id(contact_uuid, field="contact_uuid"),
                **VISITS.params(page, limit),
            },
            check=check,
        )

    def each_visit_page(self, *, contact_uuid: str | None = None, limit: int = VISITS.most) -> Iterator[Page[Visit]]:
        """All pages of visits."""
        size = VISITS.size(limit)
        return iterate(
            lambda page: self.list_visits(contact_uuid=contact_uuid, page=page, limit=size),
            size=size,
        )

    def get_visit(self, *, visit_uuid: str) -> Visit:
        """One visit. PiggyNotFound (no code is documented; 60013).

        https://docs.piggy.eu/v3/oauth/visits (Get Visit)
        """
        operation = "get_visit"

        def check(found: Visit) -> None:
            check_all([found], lambda visit: visit.uuid, visit_uuid, field="visit_uuid", operation=operation)

        return self._get(operation, "visits/{visit_uuid}", Visit, ids={"visit_uuid": visit_uuid}, check=check)

    def create_visit(self, *, shop_uuid: str, contact_uuid: str, fields: Mapping[str, Any]) -> Visit:
        """Make a visit. `fields` are those of `FIELDS`: `starts_at` and `ends_at` as aware datetimes, the others text.

        `external_id` is unique over all visits. What is None is left out; a field that cannot be sent is PiggyInvalid
        before any call. PiggyNotFound (55031, 1008), PiggyInvalid (1003, also for an `external_id` that is taken).

        https://docs.piggy.eu/v3/oauth/visits (Create Visit)
        """
        sent = {name: value for name, value in _sent(fields).items() if value != EMPTY}
        return self._write(
            "create_visit",
            "POST",
            "visits",
            Visit,
            json={
                "contact_uuid": checked_id(contact_uuid, field="contact_uuid"),
                "shop_uuid": checked_id(shop_uuid, field="shop_uuid"),
                **sent,
            },
            is_ours=lambda done: done.contact.uuid == contact_uuid and _has_number(done, sent),
        )

    def update_visit(self, *, visit_uuid: str, fields: Mapping[str, Any]) -> Visit:
        """Change these fields (as in `create_visit`) and leave the others; shop and contact stay for good.

        None empties a field: it is sent as "", which a form would send. Piggy documents no way, so look at the answer.
        PiggyNotFound (60013, which is not documented), PiggyInvalid (1003; also for nothing to change).

        https://docs.piggy.eu/v3/oauth/visits (Update Visit)
        """
        sent = _sent(fields)
        if not sent:
            raise refusal("fields", "There is nothing to change.")
        return self._write(
            "update_visit",
            "PUT",
            "visits/{visit_uuid}",
            Visit,
            ids={"visit_uuid": visit_uuid},
            json=sent,
            is_ours=lambda done: done.uuid == visit_uuid and _has_number(done, sent),
        )


def _sent(fields: Mapping[str, Any]) -> dict[str, Any]:
    for name in fields:
        if name not in FIELDS:
            raise refusal(name, "A visit has no such field.")
    return {name: EMPTY if value is None else FIELDS[name](value, field=name) for name, value in fields.items()}


def _has_number(done: Visit, sent: Mapping[str, Any]) -> bool:
    """Whether the answer has the number that was sent. One without any number says nothing against it."""
    return not sent.get("external_id") or done.external_id in (None, sent["external_id"])
