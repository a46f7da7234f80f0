"""A browser for the table of actions: it knows a page only by what a person sees on it, words, fields and buttons."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from django.contrib.auth.models import Group

from piggyadmin.accounts.models import Staff
from tests.conftest import Person

ENDLESS = {"input", "meta", "link", "br", "hr", "img", "wbr", "source", "col", "area", "base", "embed"}
Fields = dict[str, str | list[str]]


@dataclass
class Node:
    tag: str
    attributes: dict[str, str]
    parent: "Node | None" = None
    parts: list["Node | str"] = field(default_factory=list)

    def all(self, *tags: str) -> list["Node"]:
        found = []
        for part in self.parts:
            if isinstance(part, Node):
                found += [part] if part.tag in tags else []
                found += part.all(*tags)
        return found

    @property
    def words(self) -> str:
        if self.tag in ("script", "style", "template"):
            return ""
        return " ".join(" ".join(part.words if isinstance(part, Node) else part for part in self.parts).split())

    def within(self, *tags: str) -> "Node | None":
        node: Node | None = self
        while node is not None and node.tag not in tags:
            node = node.parent
        return node


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = self.here = Node("document", {})

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, {name: value or "" for name, value in attrs}, self.here)
        self.here.parts.append(node)
        if tag not in ENDLESS:
            self.here = node

    def handle_endtag(self, tag: str) -> None:
        closed = self.here.within(tag)
        if closed is not None and closed.parent is not None:
            self.here = closed.parent

    def handle_data(self, data: str) -> None:
        self.here.parts.append(data)


def read(html: str) -> Node:
    """A page's elements, for whoever looks for fields and links in it."""
    reader = _Reader()
    reader.feed(html)
    return reader.root


class Visit:
    """A person on a page, without JavaScript. `said` is what the page says, without its frame."""

    def __init__(self, person: Person, path: str) -> None:
        self.person = person
        self.open(path)

    def open(self, path: str) -> "Visit":
        return self._keep(self.person.get(path, follow=True))

    def follow(self, words: str) -> "Visit":
        """Go where the link with these words leads."""
        links = [link for link in self.page.all("a") if link.words.startswith(words) and "href" in link.attributes]
        assert links, f"There is no link {words!r} here: {self.said}"
        return self.open(links[0].attributes["href"])

    def press(self, words: str, *, near: str = "", **typed: Any) -> "Visit":
        """Press the button with these words, once what is `typed` stands in its form's fields. `near`: words in the
        row, or the form, of the one that is meant."""
        for button in self.page.all("button"):
            form = self._form_of(button)
            if form is None or not button.words.startswith(words) or "disabled" in button.attributes:
                continue
            around = button.within("tr", "li", "article", "section") or form
            if near and near not in around.words and near not in form.words:
                continue
            return self._send(form, button, typed)
        raise AssertionError(f"There is no button {words!r} {near and 'near ' + near} here: {self.said}")

    def _form_of(self, button: Node) -> Node | None:
        if (name := button.attributes.get("form")) is None:
            return button.within("form")
        return next((form for form in self.page.all("form") if form.attributes.get("id") == name), None)

    def _send(self, form: Node, button: Node, typed: dict[str, Any]) -> "Visit":
        values = self._values(form)
        for name, value in typed.items():
            assert name in values, f"There is no field {name!r} to type into, only {sorted(values)}."
            values[name] = value
        sent = {name: value for name, value in values.items() if value is not None}
        if "name" in button.attributes:
            sent[button.attributes["name"]] = button.attributes.get("value", "")
        path = button.attributes.get("formaction") or form.attributes.get("action") or self.path
        send = self.person.post if form.attributes.get("method", "get").lower() == "post" else self.person.get
        return self._keep(send(path, sent, follow=True))

    def _values(self, form: Node) -> dict[str, Any]:
        """What a browser would send of a form nobody has touched; None for what it would leave out."""
        values: dict[str, Any] = {}
        name_of_form = form.attributes.get("id")
        elsewhere = [
            each
            for each in self.page.all("input", "select", "textarea")
            if name_of_form and each.attributes.get("form") == name_of_form
        ]
        for each in [*form.all("input", "select", "textarea"), *elsewhere]:
            name, kind = each.attributes.get("name", ""), each.attributes.get("type", "")
            if not name or name == "csrfmiddlewaretoken" or "disabled" in each.attributes:
                continue
            if each.tag == "select":
                options = each.all("option")
                chosen = [option for option in options if "selected" in option.attributes]
                if not chosen and "multiple" not in each.attributes:
                    chosen = options[:1]
                values[name] = [option.attributes.get("value", option.words) for option in chosen] or None
            elif each.tag == "textarea":
                values[name] = each.words
            elif kind in ("radio", "checkbox"):
                values.setdefault(name, None)
                if "checked" in each.attributes:
                    values[name] = each.attributes.get("value", "on")
            elif kind not in ("submit", "button", "file"):
                values[name] = each.attributes.get("value", "")
            else:
                values.setdefault(name, None)
        return values

    def _keep(self, answer: Any) -> "Visit":
        self.answer, self.status = answer, answer.status_code
        self.path = str(answer.request["PATH_INFO"])
        reader = _Reader()
        if answer.headers.get("Content-Type", "").startswith("text/html"):
            reader.feed(answer.content.decode())
        self.page = reader.root
        return self

    @property
    def said(self) -> str:
        main = self.page.all("main")
        return re.sub(r"\s+", " ", (main[0] if main else self.page).words.replace("\u00a0", " "))

    def says(self, *words: str) -> "Visit":
        """Asserts that all of this stands on the page."""
        assert self.status < 400, self.said
        for each in words:
            assert each in self.said, f"{each!r} is not said here: {self.said}"
        return self


def colleague(person: Person, role: str = "admin") -> Person:
    """Somebody else of this role, signed in at the same shop: the second person."""
    staff = Staff.objects.create_user(username=f"other-{role}", name="Saskia de Wit", password="correct horse battery")
    staff.groups.add(Group.objects.get(name=role))
    other = Person()
    other.force_login(staff)
    session = other.session
    session["shop"] = str(person.shop.pk) if person.shop else ""
    session.save()
    other.staff, other.shop = staff, person.shop
    return other
