"""A process that has just begun, and gets its first answers in several threads at once."""

import subprocess
import sys

# Structs made anew each time, as none can be unlearned, read first by eight threads that change at every step.
FIRST_ANSWERS = """
from __future__ import annotations

import sys
import threading

from piggyadmin.piggy.payloads import Payload
from piggyadmin.piggy.prepass import decode

sys.setswitchinterval(1e-6)
ANSWER = [{"inner": {"number": 1, "text": "x"}, "more": [{"number": 2}], "text": "y"}]
failed = []


def read(start, shape):
    start.wait()
    try:
        [found] = decode(ANSWER, list[shape])
        assert found.inner.number == 1 and found.more[0].number == 2
    except BaseException as error:
        failed.append(error)


for _ in range(200):
    class Inner(Payload):
        number: int | None = None
        text: str | None = None

    class Outer(Payload):
        inner: Inner | None = None
        more: list[Inner] = []
        text: str | None = None

    start = threading.Barrier(8)
    threads = [threading.Thread(target=read, args=(start, Outer)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
sys.exit(repr(failed[0]) if failed else 0)
"""


def test_the_first_answers_of_a_new_process_may_come_all_at_once() -> None:
    done = subprocess.run([sys.executable, "-c", FIRST_ANSWERS], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr or f"ended by signal {-done.returncode}"
