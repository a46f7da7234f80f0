"""Imports go one way, so that a newcomer knows where to look and the sandbox stays a second opinion."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

# A layer may import itself and what stands after it. What is not named here belongs to the project's ground floor.
LAYERS = [
    "piggyadmin.desk",
    "contacts vouchers piggyadmin.catalogue",
    "piggyadmin.accounts",
    "piggyadmin.ledger",
    "piggyadmin.piggy",
]
# These tie the layers together and may know them all; nobody below imports them.
TOP = {
    "piggyadmin.urls",
    "piggyadmin.context",
    "piggyadmin.commands",
    "piggyadmin.settings",
    "piggyadmin.demo",
    "piggyadmin.practice",
    "piggyadmin.together",
    "piggyadmin.cli",
}


def files() -> list[Path]:
    found = [path for folder in ("piggyadmin", "contacts", "vouchers") for path in (ROOT / folder).rglob("*.py")]
    return [path for path in found if "migrations" not in path.parts]


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def imports_of(path: Path) -> Iterator[str]:
    """Every module a file imports at run time; what stands under TYPE_CHECKING is for the type checker alone."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    package = module_of(path).split(".")
    skipped = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if id(node) in skipped:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                depth = len(package) - node.level + (path.name == "__init__.py")
                base = ".".join([*package[:depth], *([base] if base else [])])
            yield from (f"{base}.{alias.name}" for alias in node.names)


def layer_of(module: str) -> int | None:
    for number, names in enumerate(LAYERS):
        if any(module == name or module.startswith(f"{name}.") for name in names.split()):
            return number
    return None


@pytest.mark.parametrize("path", files(), ids=module_of)
def test_it_imports_only_downwards(path: Path) -> None:
    module = module_of(path)
    mine = layer_of(module)
    for name in imports_of(path):
        theirs = layer_of(name)
        if module in TOP or theirs is None:
            continue
        assert not any(name == top or name.startswith(f"{top}.") for top in TOP), f"{module} imports {name}"
        if mine is None:
            continue  # the ground floor's own rule is below
        assert theirs >= mine, f"{module} imports {name}, which stands above it"


@pytest.mark.parametrize("path", files(), ids=module_of)
def test_contacts_and_vouchers_do_not_know_each_other(path: Path) -> None:
    home = module_of(path).split(".")[0]
    other = {"contacts": "vouchers", "vouchers": "contacts"}.get(home)
    assert not [name for name in imports_of(path) if other and name.split(".")[0] == other]


@pytest.mark.parametrize("path", [p for p in files() if "sandbox" in p.parts], ids=module_of)
def test_the_sandbox_knows_nothing_of_ours(path: Path) -> None:
    ours = [name for name in imports_of(path) if name.split(".")[0] in ("piggyadmin", "contacts", "vouchers", "django")]
    assert [name for name in ours if not name.startswith("piggyadmin.sandbox")] == []


@pytest.mark.parametrize("path", [p for p in files() if "piggy" in p.relative_to(ROOT).parts], ids=module_of)
def test_the_client_knows_no_page(path: Path) -> None:
    outside = [name for name in imports_of(path) if name.split(".")[0] in ("piggyadmin", "contacts", "vouchers")]
    assert [name for name in outside if not name.startswith("piggyadmin.piggy")] == []


@pytest.mark.parametrize("path", files(), ids=module_of)
def test_only_the_client_knows_httpx(path: Path) -> None:
    if "piggy" in path.relative_to(ROOT).parts:
        return
    assert [name for name in imports_of(path) if name.split(".")[0] in ("httpx", "httpcore", "httpx_retries")] == []


@pytest.mark.parametrize("path", [p for p in files() if p.name == "services.py"], ids=module_of)
def test_services_know_no_request(path: Path) -> None:
    web = ("django.http", "django.shortcuts", "piggyadmin.htmx", "django.contrib.messages")
    assert [name for name in imports_of(path) if name.startswith(web)] == []


@pytest.mark.parametrize("path", [p for p in files() if p.name in ("views.py", "forms.py")], ids=module_of)
def test_pages_do_not_call_piggy(path: Path) -> None:
    names = list(imports_of(path))
    assert [name for name in names if name.startswith("piggyadmin.piggy") and ".errors" not in name] == []
    assert "piggyadmin.piggy" not in names
