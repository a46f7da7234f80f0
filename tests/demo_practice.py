"""Practice as new staff meet it: it starts beside the demo, shows three customers, ticks what was done, and stops."""

import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
Check = Callable[[bool, str], None]


def run(
    signed_in: Callable[..., urllib.request.OpenerDirector],
    descendants: Callable[[int], list[int]],
    alive: Callable[[int], bool],
    check: Check,
) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [str(Path(sys.executable).parent / "piggyadmin"), "practice", "--fresh", "--port", str(port)]
    began = time.monotonic()
    practice = subprocess.Popen(
        [*command, "--contacts", "40"], cwd=ROOT, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    children: list[int] = []
    try:
        assert practice.stdout is not None
        said = ""
        for line in practice.stdout:
            said += line
            if "Ctrl-C" in line:
                break
        check("is ready" in said, f"practice did not get ready; it said: {said}")
        children = descendants(practice.pid)
        browser = signed_in(port, "desk", "practice")
        page = browser.open(f"http://127.0.0.1:{port}/practice/", timeout=10).read().decode()
        check("0 of 5 done" in page, "practice shows no tasks")
        check("[Practice]" in page, "practice does not say what it is")
        code = re.search(r"<code>(OEFEN-\d+)</code>", page)
        check(code is not None, "practice names no voucher to try")
        known = dict(line.split("=", 1) for line in (ROOT / "var/practice/practice.env").read_text().splitlines())
        check(known["PIGGY_BASE_URL"].startswith("http://127.0.0.1:"), "practice knows another Piggy")
    finally:
        practice.send_signal(signal.SIGTERM)
        status = practice.wait(timeout=30)
    check(status == 0, f"practice ended with {status}")
    left = [pid for pid in children if alive(pid)]
    check(not left, f"processes of practice stayed behind: {left}")
    print(f"practice: ready beside the demo, stopped, nothing left ({time.monotonic() - began:.0f} s)")
