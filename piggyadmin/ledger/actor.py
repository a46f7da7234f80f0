"""Who acts: the person, in their role, in the shop they picked. Services take one; they know no request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from piggyadmin.accounts.models import Shop, Staff


@dataclass(frozen=True, slots=True)
class Actor:
    staff: Staff
    role: str
    shop: Shop | None

    def may(self, permission: str) -> bool:
        return self.staff.has_perm(permission)
