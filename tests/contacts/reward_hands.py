"""One person on the pages of one customer's rewards and prepaid money, using the forms that are on them."""

import re

from tests.conftest import Person
from tests.fixtures_sandbox import SandboxAccount

HTMX = {"HX-Request": "true"}
CARD = "2600441700810092"


class Till:
    """`text` is the last page, `led_to` where it led."""

    def __init__(self, person: Person, contact_uuid: str, *, htmx: bool = True) -> None:
        self.person, self.headers = person, HTMX if htmx else {}
        self.home = f"/contacts/{contact_uuid}/"
        self.text, self.status, self.led_to, self.sent_to = "", 0, "", ""

    def open(self, path: str = "rewards/"):
        self.url = path if path.startswith("/") else self.home + path
        return self._keep(self.person.get(self.url))

    def press(self, button: str, **typed: str):
        """Send the form with this button, as it stands on the page, with what is typed into it."""
        forms = re.findall(r"<form .*?</form>", self.text, re.DOTALL)
        form = next((form for form in forms if re.search(rf"<button[^>]*>{re.escape(button)}", form)), None)
        assert form, f"There is no {button!r} on this page: {plain(self.text)}"
        found = re.findall(r'<input type="hidden" name="(\w+)"(?: value="([^"]*)")?', form)
        hidden = {name: value for name, value in found if name != "csrfmiddlewaretoken"}
        named = re.search(rf'<button[^>]*name="(\w+)" value="(\w+)"[^>]*>{re.escape(button)}', form)
        address = re.search(r'action="([^"]+)"', form)
        self.sent_to = address.group(1) if address else self.url
        self.sent = hidden | ({named.group(1): named.group(2)} if named else {}) | typed
        return self.again()

    def again(self):
        """The same form once more: a second click."""
        return self._keep(self.person.post(self.sent_to, self.sent, headers=self.headers))

    def scan(self, card: str = CARD):
        self.press("Check the card", card=card)
        return self.open(self.led_to) if self.led_to else self

    def follow(self):
        return self.open(self.led_to)

    @property
    def words(self) -> str:
        return plain(self.text)

    def _keep(self, page):
        self.text, self.status = page.content.decode().replace("\xa0", " "), page.status_code
        self.led_to = page.headers.get("Location") or page.headers.get("HX-Redirect") or ""
        return self


def plain(text: str) -> str:
    """A page's words, without its tags."""
    main = text.split("<main", 1)[-1]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main))


def writes(sandbox: SandboxAccount) -> list[str]:
    return [call.operation for call in sandbox.calls if call.method != "GET"]


def credits_of(sandbox: SandboxAccount, contact_uuid: str) -> int:
    return next(row["credits"] for row in sandbox.state("contact") if row["uuid"] == contact_uuid)


def moves_of(sandbox: SandboxAccount, kind: str, amount: str) -> list[int]:
    """The amounts of all transactions of a kind, by the stand-in's own books."""
    return [row[amount] for row in sandbox.state(kind)]
