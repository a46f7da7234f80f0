"""What somebody wants made: so many vouchers of one promotion, or one for each of their own codes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.utils.crypto import salted_hmac

from piggyadmin.ledger.canonical import canonical
from piggyadmin.piggy.vouchers import MOST_IN_BATCH


@dataclass(frozen=True, slots=True)
class Order:
    """`quantity` vouchers of a promotion. The dates are aware; without them the promotion's own rules decide.

    `attributes` are the account's custom attributes of vouchers, by name. With `own_codes` one voucher is made for each
    of them, and `quantity` is how many they are (ValueError otherwise).
    """

    promotion_uuid: str
    promotion_name: str
    quantity: int
    contact_uuid: str = ""
    activation_date: datetime | None = None
    expiration_date: datetime | None = None
    label: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    own_codes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.quantity < 1 or (self.own_codes and len(self.own_codes) != self.quantity):
            raise ValueError("An order is for one voucher at least, and for as many as it has codes.")

    def chunks(self) -> Iterator[tuple[int, str]]:
        """The calls that it takes: how many vouchers each makes, and the code where it is one of their own."""
        for code in self.own_codes:
            yield 1, code
        if not self.own_codes:
            for begin in range(0, self.quantity, MOST_IN_BATCH):
                yield min(MOST_IN_BATCH, self.quantity - begin), ""

    def figures(self) -> dict[str, Any]:
        """What is approved, and kept in the ledger. Codes, values and the label are words: of them a digest stands."""
        figures: dict[str, Any] = {"promotion_uuid": self.promotion_uuid, "quantity": self.quantity}
        if self.contact_uuid:
            figures["contact_uuid"] = self.contact_uuid
        for name in ("activation_date", "expiration_date"):
            moment = getattr(self, name)
            if moment is not None:
                figures[name] = moment.astimezone(UTC).isoformat(timespec="seconds")
        if self.own_codes:
            figures["own_codes"] = len(self.own_codes)
        if self.own_codes or self.attributes:
            words = canonical([dict(self.attributes), list(self.own_codes)])
            # With our key: from a plain digest anybody could guess a short code.
            figures["content"] = salted_hmac("vouchers.batches.orders", words, algorithm="sha256").hexdigest()
        if self.attributes:
            figures["attributes"] = sorted(self.attributes)
        return figures

    def detail(self) -> dict[str, Any]:
        """The words that are kept beside the ledger."""
        words = {"label": self.label, "attributes": dict(self.attributes)}
        return {name: value for name, value in words.items() if value}
