"""What the benches say of memory is of the process they measure."""

from __future__ import annotations

import subprocess
import sys

from tests.bench.stage import ROOT

LARGE = 300_000_000  # bytes
COMMAND = [sys.executable, "-c", "from tests.bench.memory import peak; print(peak())"]


def _small_child() -> float:
    return float(subprocess.run(COMMAND, cwd=ROOT, check=True, capture_output=True, text=True).stdout)


def test_a_small_child_of_a_large_process_is_told_as_small() -> None:
    held = b"x" * LARGE
    assert 1 < _small_child() < LARGE / 2**20 / 2
    assert len(held) == LARGE


def test_what_a_process_held_once_still_counts_when_it_was_given_back() -> None:
    command = [*COMMAND[:2], f"from tests.bench.memory import peak; x = b'x' * {LARGE}; del x; print(peak())"]
    found = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    assert float(found.stdout) > LARGE / 2**20
