"""One person at the gift cards' pages, using them as a browser does: by the forms that are on them."""

import re
from typing import Any

from tests.conftest import Person
from tests.fixtures_sandbox import SandboxAccount

HTMX = {"HX-Request": "true"}
MOVE, BACK, MAKE = "create_giftcard_transaction", "reverse_giftcard_transaction", "create_giftcard"
CODE = "GIFT2026HOUSE8KQ"


def plain(text: str) -> str:
    """A page's words, without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


def new_card(sandbox: SandboxAccount, *cents: int, **fields: Any) -> dict[str, Any]:
    """A card, with these put on it or spent."""
    card = sandbox.add("giftcard", **{"hash": CODE, **fields})
    for each in cents:
        sandbox.add("giftcard_transaction", giftcard_uuid=card["uuid"], amount_in_cents=each)
    return card


def moved(sandbox: SandboxAccount) -> list[int]:
    """What came onto cards and went from them, by the sandbox's own books."""
    return [row["amount_in_cents"] for row in sandbox.state("giftcard_transaction")]


def balance(sandbox: SandboxAccount, card: dict[str, Any]) -> int:
    return next(row["amount_in_cents"] for row in sandbox.state("giftcard") if row["uuid"] == card["uuid"])


def asked(sandbox: SandboxAccount, operation: str) -> int:
    return len([call for call in sandbox.calls if call.operation == operation])


class Till:
    """A person with a card before them."""

    def __init__(self, person: Person, card: dict[str, Any], *, htmx: bool = True) -> None:
        self.person, self.card, self.headers = person, card, HTMX if htmx else {}
        self.url = f"/giftcards/{card['uuid']}/"
        self.text, self.status, self.led_to = "", 0, ""

    @property
    def words(self) -> str:
        return plain(self.text)

    def scan(self) -> "Till":
        return self._keep(self.person.post("/giftcards/", {"code": self.card["hash"]}))

    def open(self, query: str = "") -> "Till":
        return self._keep(self.person.get(self.url + query))

    def see(self, amount: str, way: str = "deduct") -> "Till":
        return self._send({"step": "see", "amount": amount, "way": way})

    def press(self, step: str, **typed: str) -> "Till":
        """Send the form of this step that is on the page, with what is in it."""
        self.sent = self.fields(step) | typed
        return self.again()

    def again(self) -> "Till":
        """The same form once more: a second click."""
        return self._send(self.sent)

    def fields(self, step: str) -> dict[str, str]:
        forms = re.findall(r"<form .*?</form>", self.text, re.DOTALL)
        form = next((form for form in forms if f'name="step" value="{step}"' in form), None)
        assert form, f"There is no {step} on this till."
        found = re.findall(r'<input type="hidden" name="(\w+)"(?: value="([^"]*)")?', form)
        return {name: value for name, value in found if name != "csrfmiddlewaretoken"}

    def follow(self) -> str:
        return self.person.get(self.led_to).content.decode()

    def _send(self, fields: dict[str, str]) -> "Till":
        return self._keep(self.person.post(f"{self.url}move/", fields, headers=self.headers))

    def _keep(self, page: Any) -> "Till":
        self.text, self.status = page.content.decode(), page.status_code
        self.led_to = page.headers.get("Location") or page.headers.get("HX-Redirect") or ""
        return self
