"""What the tests of the catalogue's pages do with them."""

from __future__ import annotations

import re
from typing import Any

from django.http import HttpResponse

from tests.conftest import Person
from tests.fixtures_sandbox import SandboxAccount


def text(page: HttpResponse) -> str:
    """What a page says, without its markup."""
    html = re.sub(r"<[^>]+>", " ", page.content.decode())
    return re.sub(r"\s+", " ", html.replace("&#x27;", "'"))


def token(page: HttpResponse) -> str:
    found = re.search(r'name="form_token" value="([\w-]{16,})"', page.content.decode())
    assert found, text(page)
    return found[1]


def send(person: Person, address: str, *, opened: str = "", **values: Any) -> HttpResponse:
    """Open a form (`opened`, else at the address itself) and send it."""
    page = person.get(opened or address)
    assert page.status_code == 200
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.content.decode()))
    hidden.pop("csrfmiddlewaretoken", None)
    answer: HttpResponse = person.post(address, {**hidden, "form_token": token(page), **values})
    return answer


def asked(sandbox: SandboxAccount, operation: str) -> int:
    return len([call for call in sandbox.calls if call.operation == operation])
