"""Perks and units of the programme. https://docs.piggy.eu/v3/oauth/perks

Which tier has which value of a perk is told by no call.
"""

from collections.abc import Sequence
from typing import Any

from .caller import Caller
from .filters import ignored
from .inputs import checked_text, refusal
from .payloads import Perk, Unit

DATA_TYPES = ("single_select", "boolean")
BOOLEAN_VALUES = {"true", "false"}


class ProgrammeCalls(Caller):
    def list_perks(self) -> list[Perk]:
        """All perks: the list is not paged.

        https://docs.piggy.eu/v3/oauth/perks (List Perks)
        """
        return self._get("list_perks", "perks", list[Perk])

    def get_perk(self, *, perk_uuid: str) -> Perk:
        """One perk, with its options. PiggyNotFound (110000).

        https://docs.piggy.eu/v3/oauth/perks (Get Perk)
        """

        def check(found: Perk) -> None:
            if found.uuid != perk_uuid:
                raise ignored(field="perk_uuid", operation="get_perk")

        return self._get("get_perk", "perks/{perk_uuid}", Perk, ids={"perk_uuid": perk_uuid}, check=check)

    def create_perk(
        self, *, label: str, name: str, data_type: str, options: Sequence[tuple[str, str]], default: str
    ) -> Perk:
        """Make a perk. `options` are (label, value); `default` is the value that all tiers get at once.

        A boolean one has the values "true" and "false". The answer may show no options. PiggyInvalid (1003).

        https://docs.piggy.eu/v3/oauth/perks (Create Perk)
        """
        if data_type not in DATA_TYPES:
            raise refusal("data_type", "This is not a kind of perk.")
        return self._write(
            "create_perk",
            "POST",
            "perks",
            Perk,
            json={
                "label": checked_text(label, field="label"),
                "name": checked_text(name, field="name"),
                "data_type": data_type,
                "options": _options(options, default, data_type),
            },
            is_ours=lambda done: done.name in (None, name),
        )

    def update_perk(self, perk_uuid: str, *, label: str) -> Perk:
        """Rename a perk: the label is all that can be changed. PiggyNotFound (110000), PiggyInvalid (1003).

        The documented answer shows the label of before, so it is no proof of the new one.

        https://docs.piggy.eu/v3/oauth/perks (Update Perk)
        """
        return self._write(
            "update_perk",
            "PUT",
            "perks/{perk_uuid}",
            Perk,
            ids={"perk_uuid": perk_uuid},
            json={"label": checked_text(label, field="label")},
            is_ours=lambda done: done.uuid == perk_uuid,
        )

    def delete_perk(self, perk_uuid: str) -> None:
        """Delete a perk, for every tier. The answer is null; any success counts. PiggyNotFound (110000).

        Gone from the newest documentation, so an account may refuse it.

        https://docs.piggy.eu/v3/oauth/perks (Delete Perk)
        """
        self._write("delete_perk", "DELETE", "perks/{perk_uuid}", _anything, ids={"perk_uuid": perk_uuid})

    def create_unit(self, *, name: str, label: str, prefix: str | None = None, is_default: bool = False) -> Unit:
        """Make a unit that credits are counted from. Its name is the account's own and cannot be changed.

        Without a prefix it is the first character of the name. PiggyRejected (55045 there already), PiggyInvalid
        (1003).

        https://docs.piggy.eu/v3/oauth/units (Create Unit)
        """
        return self._write(
            "create_unit",
            "POST",
            "units",
            Unit,
            json={
                "name": checked_text(name, field="name"),
                "label": checked_text(label, field="label"),
                "prefix": None if prefix is None else checked_text(prefix, field="prefix"),
                "is_default": is_default,
            },
            is_ours=lambda done: done.name == name,
        )


_anything: Any = Any


def _options(options: Sequence[tuple[str, str]], default: str, data_type: str) -> list[dict[str, Any]]:
    values = [value for _, value in options]
    if not values or len(set(values)) < len(values) or default not in values:
        raise refusal("options", "A perk has options of different values, and one of them is the default.")
    if data_type == "boolean" and set(values) != BOOLEAN_VALUES:
        raise refusal("options", "A perk of yes and no has the values true and false.")
    return [
        {
            "label": checked_text(label, field="options"),
            "value": checked_text(value, field="options"),
            "default": value == default,
        }
        for label, value in options
    ]
