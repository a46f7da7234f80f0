"""A person at the card pages, using them as a browser does: by the forms that are on them."""

import html
import re
from typing import Any

from tests.conftest import Person
from tests.fixtures_sandbox import SandboxAccount

HTMX = {"HX-Request": "true"}
CARD, NEW_CARD, OTHER_CARD = "2600441700810092", "2600441700811234", "0077441700815555"


class Hands:
    """`htmx` follows what HX-Redirect says, as htmx does; without it redirects are followed as a browser does."""

    def __init__(self, person: Person, *, htmx: bool = False) -> None:
        self.person, self.headers = person, HTMX if htmx else {}
        self.page: Any = None
        self.text, self.status = "", 0
        self.sent: tuple[str, dict[str, str]] = ("", {})

    def open(self, path: str) -> "Hands":
        return self._keep(self.person.get(path, follow=True))

    def press(self, button: str, **fields: str) -> "Hands":
        """Send the form with this button that is on the page, with what is in it and what is typed."""
        for form in re.findall(r"<form .*?</form>", self.text, re.DOTALL):
            words = " ".join(html.unescape(re.sub(r"<[^>]+>", "", "".join(_buttons(form)))).split())
            if words.startswith(button):
                action = re.search(r'action="([^"]+)"', form)
                assert action
                self.sent = (html.unescape(action.group(1)), values_in(form) | fields)
                return self.again()
        raise AssertionError(f"There is no button {button!r} on this page: {self.said}")

    def again(self) -> "Hands":
        """The same form once more: a second click."""
        path, values = self.sent
        return self.post(path, **values)

    def post(self, path: str, **values: str) -> "Hands":
        page = self.person.post(path, values, headers=self.headers, follow=not self.headers)
        if "HX-Redirect" in page.headers:
            page = self.person.get(page.headers["HX-Redirect"])
        return self._keep(page)

    @property
    def said(self) -> str:
        """What the page says, without its frame."""
        main = self.text.partition("<main")[2] or self.text
        return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", main)).split())

    @property
    def path(self) -> str:
        return str(self.page.request["PATH_INFO"])

    def _keep(self, page: Any) -> "Hands":
        self.page, self.text, self.status = page, page.content.decode(), page.status_code
        return self


def _buttons(form: str) -> list[str]:
    return re.findall(r"<button[^>]*>(.*?)</button>", form, re.DOTALL)


def values_in(form: str) -> dict[str, str]:
    fields = (tag for tag in re.findall(r"<input[^>]*>", form))
    found = {}
    for tag in fields:
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and name.group(1) != "csrfmiddlewaretoken":
            found[name.group(1)] = html.unescape(value.group(1)) if value else ""
    return found


def card_at(sandbox: SandboxAccount, value: str) -> dict[str, Any] | None:
    """The card in Piggy's own books."""
    return next((row for row in sandbox.state("identifier") if row["value"] == value), None)


def writes(sandbox: SandboxAccount) -> list[str]:
    return [call.operation for call in sandbox.calls if call.method != "GET"]


def asked(sandbox: SandboxAccount, operation: str) -> int:
    return len([call for call in sandbox.calls if call.operation == operation])
