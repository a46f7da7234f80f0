"""Somebody of a role who walks the whole house: opens pages, follows links, sends forms, and throws what is wild."""

from __future__ import annotations

import re
import traceback
from collections import Counter, deque
from collections.abc import Callable
from html import unescape
from typing import Any
from urllib.parse import quote, urlsplit

from django.db import transaction
from django.http import HttpResponseBase
from django.urls import Resolver404, resolve

from piggyadmin.sandbox.registry import OPERATIONS
from tests.actions.browsing import read
from tests.conftest import Person
from tests.fixtures_sandbox import SandboxAccount
from tests.wild.corpus import CORPUS, Wild, thrown
from tests.wild.forms import Field, Form, encoded, forms_of

import piggyadmin.sandbox.resources  # noqa: F401  isort: skip  registers the operations

FORM = "application/x-www-form-urlencoded"
LEFT_ALONE = {
    # Each ends the session that walks; tests/accounts tries them.
    "accounts:lock-now",
    "account_logout",
}
REFUSED = {403, 404, 409, 422, 429}


class Walk:
    def __init__(self, person: Person, sandbox: SandboxAccount, *, pages_of_a_kind: int, wild_of_a_field: int) -> None:
        self.person, self.sandbox, self.role = person, sandbox, person.staff.username
        self.pages_of_a_kind, self.wild_of_a_field = pages_of_a_kind, wild_of_a_field
        self.faults: list[str] = []
        self.opened: Counter[str] = Counter()
        self.sent: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.paths: dict[str, str] = {}
        self._met: set[tuple[object, ...]] = set()
        self._queue: deque[str] = deque()

    # --- walking

    def from_(self, *paths: str) -> None:
        self._queue.extend(paths)
        while self._queue:
            self._open(self._queue.popleft())

    def _open(self, path: str) -> None:
        name = name_of(path)
        if not name or self.opened[name] >= self.pages_of_a_kind or ("page", path) in self._met:
            return
        self._met.add(("page", path))
        self.opened[name] += 1
        self.paths.setdefault(name, path)
        answer = self._ask(f"GET {path}", lambda: self.person.get(path))
        if answer is None:
            return
        if answer.status_code in (301, 302, 303):
            self._queue.append(answer.headers["Location"])
            return
        self._look_at(answer, path)

    def _look_at(self, answer: Any, path: str, *, again: bool = True) -> None:
        if not is_page(answer):
            return
        root = read(answer.content.decode())
        for link in root.all("a"):
            where = link.attributes.get("href", "")
            if where.startswith("/"):
                self._queue.append(where.partition("#")[0])
        for form in forms_of(root, path):
            if key_of(form) in self._met or name_of(form.action) in LEFT_ALONE or not name_of(form.action):
                continue
            self._met.add(key_of(form))
            self._throw_at(form, again=again)

    def _throw_at(self, form: Form, *, again: bool) -> None:
        """Everything wild into every field; then what somebody who means well would send, to see what comes next."""
        name = name_of(form.action)
        now: Form | None = form
        for field in form.fields:
            for wild in thrown(f"{self.role} {name} {form.way}", field, self.wild_of_a_field):
                if now is None:
                    return
                of = next((each for each in now.fields if each.name == field.name), field)
                accepted = self._send(now, of, wild)
                if accepted:
                    now = self._again(form) if again else None
        if now is None:
            return
        answer = self._ask(f"{now.action} honestly", lambda: self._post(now, now.pairs))
        if answer is not None:
            if answer.status_code in (302, 303):
                self._queue.append(answer.headers["Location"])
            elif answer.status_code == 200 and now.is_post:
                self._look_at(answer, form.action, again=False)

    def _again(self, form: Form) -> Form | None:
        """The form as it stands on its page after what was sent before."""
        answer = self._ask(f"GET {form.page} again", lambda: self.person.get(form.page))
        if answer is None or not is_page(answer):
            return None
        here = forms_of(read(answer.content.decode()), form.page)
        return next((each for each in here if key_of(each) == key_of(form)), None)

    def _send(self, form: Form, field: Field, wild: Wild) -> bool:
        """Send it, hold the promise; True when it was accepted, so that the page is another one now."""
        name = name_of(form.action)
        way = "POST" if form.is_post else "GET"
        told = f"{self.role} {way} {name} {form.way} {field.name}={wild.name}"
        self.sandbox.forget_calls()
        answer = self._ask(told, lambda: self._post(form, form.with_wild(field, wild.values)))
        self.sent[name] += 1
        if answer is None:
            return False
        status = answer.status_code
        if status < 400:
            return form.is_post
        self.refused[name] += 1
        words = answer.content.decode() if is_page(answer) else ""
        if status not in REFUSED or not is_ours(words, by_htmx=form.by_htmx):
            self.faults.append(f"{told}: {status}, {words[:200]!r}")
        if status in (403, 404, 422):
            wrote = [call for call in self.sandbox.calls if OPERATIONS[call.operation].writes]
            if wrote:
                calls = [(call.operation, call.status, call.body) for call in wrote]
                self.faults.append(f"{told}: {status} after {calls}")
        if status in (409, 422) and not form.by_htmx:
            self._hold_typed(told, form, field, wild, words)
        return False

    def _hold_typed(self, told: str, form: Form, field: Field, wild: Wild, words: str) -> None:
        """Every text stands on the page again. (A hidden field is the page's own: who changes that types nothing.)"""
        shown = unescape(words)
        for each in form.fields:
            if not each.is_text:
                continue
            values = wild.values if each.name == field.name else each.values
            for value in values:
                if plain(value) and plain(value) not in plain(shown):
                    self.faults.append(f"{told}: lost what was typed into {each.name}")

    def _post(self, form: Form, pairs: list[tuple[str, str]]) -> Any:
        body = encoded(pairs)
        headers = {"HX-Request": "true"} if form.by_htmx else {}
        if form.is_post:
            return self.person.generic("POST", form.action, body, FORM, headers=headers)
        return self.person.generic("GET", form.action, QUERY_STRING=body, headers=headers)

    # --- addresses

    def throw_at_addresses(self) -> None:
        """Wild queries on every page that was opened, and wild ids in its path."""
        for name, path in sorted(self.paths.items()):
            plain_path, _, query = path.partition("?")
            names = {pair.partition("=")[0] for pair in query.split("&") if pair} | {"page", "q", "next"}
            for called in sorted(names):
                for wild in thrown(f"{self.role} {name}", Field(called, "query", ()), self.wild_of_a_field):
                    body = encoded([(called, value) for value in wild.values])
                    self._visit(f"{name}?{called}={wild.name}", plain_path, body)
            for part in ids_in(plain_path):
                for wild in thrown(f"{self.role} {name}", Field(part, "path", ()), self.wild_of_a_field):
                    value = quote((*wild.values, "")[0].encode("utf-8", "surrogatepass"), safe="")
                    self._visit(f"{name} with the id {wild.name}", plain_path.replace(part, value or "%20"), "")

    def _visit(self, told: str, path: str, query: str) -> None:
        told = f"{self.role} GET {told}"
        self.sandbox.forget_calls()
        answer = self._ask(told, lambda: self.person.generic("GET", path, QUERY_STRING=query))
        if answer is None:
            return
        words = answer.content.decode() if is_page(answer) else ""
        if answer.status_code >= 400 and (answer.status_code not in REFUSED or not is_ours(words, by_htmx=False)):
            self.faults.append(f"{told}: {answer.status_code}, {words[:200]!r}")
        wrote = [call.operation for call in self.sandbox.calls if OPERATIONS[call.operation].writes]
        if wrote:
            self.faults.append(f"{told}: wrote {wrote}")

    def throw_at_the_rest(self, addresses: dict[str, str]) -> None:
        """Forms that stood on no page of this walk: names that fields of ours have, all of them wild, and none."""
        names = ("form_token", "step", "code", "card", "reason", "typed", "confirm", "amount", "q", "approval", "act")
        for name, path in sorted(addresses.items()):
            if self.sent[name] or name in LEFT_ALONE:
                continue
            known = self.paths.get(name, path)
            for wild in (CORPUS[-1], *thrown(f"{self.role} {name}", Field("all", "text", ()), self.wild_of_a_field)):
                form = Form(known, known, True, tuple(Field(each, "hidden", wild.values) for each in names))
                self._send(form, form.fields[0], wild)

    # --- asking

    def _ask(self, told: str, ask: Callable[[], HttpResponseBase]) -> Any:
        """The answer, all of it read; None, and a fault noted, when there is none or it is a failure."""
        before = transaction.savepoint()  # not a block of its own: the ledger's must be the outermost
        try:
            answer: Any = ask()
            if answer.streaming:
                answer.getvalue()
            transaction.savepoint_commit(before)
        except Exception:
            transaction.savepoint_rollback(before)
            self.faults.append(f"{told}: {traceback.format_exc(limit=-4)}")
            return None
        if answer.status_code >= 500:
            self.faults.append(f"{told}: {answer.status_code} {said(answer)}")
            return None
        if answer.status_code in (302, 303) and name_of(answer.headers["Location"]) == "account_login":
            self.person.force_login(self.person.staff)
            session = self.person.session
            session["shop"] = str(self.person.shop.pk) if self.person.shop else ""
            session.save()
        return answer


def is_ours(words: str, *, by_htmx: bool) -> bool:
    """A page of this house, or for htmx a part of one: never Django's bare words, never nothing."""
    return "<" in words if by_htmx else "<h1" in words


def key_of(form: Form) -> tuple[object, ...]:
    """One form of a kind: where it leads, which fields it has, which button, which step."""
    steps = tuple(each.values for each in form.fields if each.kind == "hidden" and each.name in ("step", "kind", "way"))
    return name_of(form.action), tuple(sorted(each.name for each in form.fields)), form.way, form.by_htmx, steps


def name_of(address: str) -> str:
    try:
        return resolve(urlsplit(address).path).view_name
    except (Resolver404, ValueError):
        return ""


def ids_in(path: str) -> list[str]:
    try:
        return [str(value) for value in resolve(path).kwargs.values() if str(value) in path]
    except Resolver404:
        return []


def is_page(answer: Any) -> bool:
    return str(answer.headers.get("Content-Type", "")).startswith("text/html")


def plain(text: str) -> str:
    """Without what a browser's own field would not give back: NUL, halves of characters, blanks around and lines."""
    text = "".join("\ufffd" if "\ud800" <= each <= "\udfff" else each for each in text if each != "\x00")
    return re.sub(r"\s+", " ", re.sub("\ufffd+", "\ufffd", text)).strip()


def said(answer: Any) -> str:
    main = read(answer.content.decode()).all("main") if is_page(answer) else []
    return main[0].words[:200] if main else ""
