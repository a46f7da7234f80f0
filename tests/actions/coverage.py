"""Which of Piggy's operations the dashboard uses, read from the code: nobody keeps a list by hand."""

import ast
from functools import cache
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
CLIENT = ROOT / "piggyadmin" / "piggy"
OURS = ("piggyadmin", "contacts", "vouchers")
NOT_STAFF = (CLIENT, ROOT / "piggyadmin" / "sandbox")  # the client itself, and the stand-in
METHODS = {"get", "post", "put", "patch", "delete"}


@cache
def operations() -> frozenset[str]:
    """Every operationId of the contract, webhooks too."""
    found: set[str] = set()
    for file in sorted((ROOT / "tests" / "contract").glob("*.openapi.yaml")):
        document = yaml.safe_load(file.read_text("utf-8"))
        for part in ("paths", "webhooks"):
            for item in document.get(part, {}).values():
                found |= {each["operationId"] for method, each in item.items() if method in METHODS}
    return frozenset(found)


@cache
def of_methods() -> dict[str, frozenset[str]]:
    """The client's methods, each with the operations it asks for, by itself or by another method."""
    says: dict[str, set[str]] = {}
    calls: dict[str, set[str]] = {}
    for file in CLIENT.glob("*.py"):
        for kind in ast.parse(file.read_text("utf-8")).body:
            if not isinstance(kind, ast.ClassDef) or not kind.name.endswith("Calls"):
                continue
            for method in kind.body:
                if isinstance(method, ast.FunctionDef):
                    inside = list(ast.walk(method))
                    texts = {each.value for each in inside if isinstance(each, ast.Constant)} | {method.name}
                    says[method.name] = {text for text in texts if text in operations()}
                    calls[method.name] = {each.attr for each in inside if isinstance(each, ast.Attribute)}
    while True:
        more = {name: says[name].union(*(says[other] for other in calls[name] & says.keys())) for name in says}
        if more == says:
            return {name: frozenset(found) for name, found in says.items()}
        says = more


@cache
def called_from() -> dict[str, frozenset[str]]:
    """The operations that are used, each with the files that use it."""
    found: dict[str, set[str]] = {}
    for folder in OURS:
        for file in sorted((ROOT / folder).rglob("*.py")):
            if any(file.is_relative_to(elsewhere) for elsewhere in NOT_STAFF) or "migrations" in file.parts:
                continue
            for name in _asked_of_the_client(ast.parse(file.read_text("utf-8"))):
                for operation in of_methods().get(name, ()):
                    found.setdefault(operation, set()).add(str(file.relative_to(ROOT)))
    return {operation: frozenset(files) for operation, files in found.items()}


def _asked_of_the_client(tree: ast.Module) -> set[str]:
    """The names that are looked up on something: not on a module, which may have a function that is called so too."""
    modules = {
        (name.asname or name.name).partition(".")[0]
        for each in ast.walk(tree)
        if isinstance(each, ast.Import | ast.ImportFrom)
        for name in each.names
    } - {"Piggy"}
    return {
        each.attr
        for each in ast.walk(tree)
        if isinstance(each, ast.Attribute) and not (isinstance(each.value, ast.Name) and each.value.id in modules)
    }
