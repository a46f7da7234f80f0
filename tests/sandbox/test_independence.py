"""Two readings of one contract are worth something only while neither has seen the other."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import piggyadmin.sandbox

ROOT = Path(piggyadmin.sandbox.__file__).parent
ALLOWED = {"gunicorn", "piggyadmin.sandbox"}


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            yield node.module or ""


def test_it_imports_nothing_of_the_rest_of_the_project() -> None:
    files = list(ROOT.rglob("*.py"))
    assert len(files) > 20
    for path in files:
        for name in imports(path):
            known = name.split(".")[0] in sys.stdlib_module_names
            ours = any(name == allowed or name.startswith(f"{allowed}.") for allowed in ALLOWED)
            assert known or ours, f"{path.name} imports {name}"
