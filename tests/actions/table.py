"""The table of actions: the rows of all its parts, wherever they are written."""

from importlib import import_module
from pkgutil import iter_modules

from django.urls import URLPattern, URLResolver, get_resolver

import tests.actions
from tests.actions.rows import Row

ROWS: list[Row] = [
    row
    for part in sorted(module.name for module in iter_modules(tests.actions.__path__))
    if part not in ("__main__", "table")
    for row in getattr(import_module(f"tests.actions.{part}"), "ROWS", ())
]


def address_of(page: str) -> str:
    """The address of a page by its name, with what varies in it named: "/contacts/<contact_uuid>/claim/"."""

    def walk(resolver: URLResolver, space: str, path: str) -> str:
        for entry in resolver.url_patterns:
            here = path + str(entry.pattern)
            if isinstance(entry, URLPattern):
                if f"{space}{entry.name}" == page:
                    return here
            elif found := walk(entry, space + (f"{entry.namespace}:" if entry.namespace else ""), here):
                return found
        return ""

    found = walk(get_resolver(), "", "/")
    assert found, f"There is no page {page}."
    return found.replace("piggy:", "").replace("uuid:", "").replace("int:", "")
