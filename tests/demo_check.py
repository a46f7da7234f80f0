"""The demo as a newcomer meets it: it starts, a person signs in, it stops and leaves nothing behind.

Run by hand or by CI: `python tests/demo_check.py`. Exits 1 with a sentence when something is not so.
"""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from functools import partial
from http.cookiejar import CookieJar
from pathlib import Path

import demo_batch
import demo_merge
import demo_practice

ROOT = Path(__file__).resolve().parent.parent
A_BOOKING = "7c1d5a52-1b1e-4a57-9a04-5a0d6f5e7b01"  # of the stand-in's cast, whatever day it is


def main() -> int:
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs inherit it ignored
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [str(Path(sys.executable).parent / "piggyadmin"), "demo", "--port", str(port), "--contacts", "200"]
    for round_, options in (("first", ["--fresh"]), ("second", [])):
        demo = subprocess.Popen(command + options, cwd=ROOT, stdout=subprocess.PIPE, text=True, start_new_session=True)
        begun = time.monotonic()
        try:
            said = _said_until_ready(demo)
            check("is ready" in said, f"the demo did not get ready; it said: {said}")
            children = descendants(demo.pid)
            check(len(children) >= 4, f"only {len(children)} processes run")
            desk = signed_in(port)
            booked = desk.open(f"http://127.0.0.1:{port}/bookings/{A_BOOKING}/edit/", timeout=10).read().decode()
            check("Oudekerk BV" in booked, "the demo knows nothing of its bookings")
            if round_ == "first":
                demo_batch.run(browser_of(port, "marketing"), partial(worker_of, demo.pid), check)
                demo_merge.run(partial(browser_of, port), check)
                children = descendants(demo.pid)
            else:
                demo_practice.run(signed_in, descendants, alive, check)
            taken = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
            check(taken.returncode == 1, "a taken port is no failure")
            check(f"Port {port} is taken" in taken.stderr, f"a taken port is not named: {taken.stderr}")
            check(taken.stderr.count("\n") == 1, f"a taken port is more than one sentence: {taken.stderr}")
        finally:
            demo.send_signal(signal.SIGTERM if round_ == "first" else signal.SIGINT)
            status = demo.wait(timeout=30)
        check(status == 0, f"the demo ended with {status}")
        left = [pid for pid in children if alive(pid)]
        check(not left, f"processes stayed behind: {left}")
        print(f"{round_} start: ready, signed in, stopped, nothing left ({time.monotonic() - begun:.0f} s)")
    return 0


def _said_until_ready(demo: "subprocess.Popen[str]") -> str:
    assert demo.stdout is not None
    said = ""
    for line in demo.stdout:
        said += line
        if "Ctrl-C" in line:
            break
    return said


def check(fact: bool, sentence: str) -> None:
    if not fact:
        raise SystemExit(f"demo check: {sentence}")


def signed_in(port: int, name: str = "desk", password: str = "demo") -> urllib.request.OpenerDirector:
    """A browser in which this person of the demo has signed in."""
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
    page = browser.open(f"http://127.0.0.1:{port}/account/login/", timeout=10).read().decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    check(token is not None, "the sign-in page has no form")
    form = {"login": name, "password": password, "csrfmiddlewaretoken": token.group(1)}  # type: ignore[union-attr]
    answer = browser.open(f"http://127.0.0.1:{port}/account/login/", urllib.parse.urlencode(form).encode(), timeout=10)
    check("Who is in front of you?" in answer.read().decode(), f"{name} could not sign in")
    return browser


def browser_of(port: int, name: str) -> demo_batch.Browser:
    return demo_batch.Browser(signed_in(port, name), f"http://127.0.0.1:{port}")


def worker_of(pid: int) -> int:
    """The leader of the worker's group; 0 while there is none."""
    for child in descendants(pid):
        command = Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0") if alive(child) else []
        if b"qcluster" in command and os.getpgid(child) == child:
            return child
    return 0


def descendants(pid: int) -> list[int]:
    """The processes below `pid`, from the kernel's own list."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parents[int(entry.name)] = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
            except OSError:
                continue
    below, todo = [], [pid]
    while todo:
        parent = todo.pop()
        children = [child for child, of in parents.items() if of == parent]
        below += children
        todo += children
    return below


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return "Z" not in Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]


if __name__ == "__main__":
    sys.exit(main())
