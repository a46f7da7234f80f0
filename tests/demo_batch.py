"""A run of 1,200 vouchers in the demo, its worker killed half-way: the CSV holds what the stand-in Piggy made."""

import csv
import io
import json
import os
import re
import signal
import time
import urllib.parse
import urllib.request
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WANTED = 1200
SECONDS = 150  # for all of it, on a busy machine

Check = Callable[[bool, str], None]


class Browser:
    """A signed-in person: pages opened and forms sent, as they stand there."""

    def __init__(self, opener: urllib.request.OpenerDirector, site: str) -> None:
        self._opener, self._site = opener, site
        self.address = self.text = ""

    def open(self, path: str, fields: dict[str, str] | None = None) -> "Browser":
        body = None if fields is None else urllib.parse.urlencode(fields).encode()
        with self._opener.open(self._site + path, body, timeout=30) as answer:
            self.address = urllib.parse.urlsplit(answer.geturl()).path
            self.text = answer.read().decode("utf-8-sig")
        return self

    def send(self, mark: str, **typed: str) -> "Browser":
        """The form that holds `mark`, with what stands in its hidden fields and what is typed."""
        form = next(form for form in re.findall(r"<form.*?</form>", self.text, re.DOTALL) if mark in form)
        fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))
        action = re.search(r'action="([^"]+)"', form)
        assert action is not None
        return self.open(action[1], fields | typed)


def run(browser: Browser, worker_of: Callable[[], int], check: Check) -> None:
    """Make the vouchers, kill the worker's whole group at the first call, and compare in the end."""
    browser.open("/vouchers/batches/new/")
    promotion = re.search(r'<option value="([^"]+)"[^>]*>[^<]*Free coffee', browser.text)
    check(promotion is not None, "the demo has no promotion Free coffee")
    assert promotion is not None
    browser.send('name="quantity"', promotion=promotion[1], quantity=str(WANTED))
    browser.send('name="again"', again=str(WANTED))
    page = browser.address
    check(re.fullmatch(r"/vouchers/batches/[0-9a-f-]{36}/", page) is not None, f"the run led to {page}")
    until = time.monotonic() + SECONDS
    while not _made(page):
        check(time.monotonic() < until, "the worker sent nothing")
        time.sleep(0.1)
    killed = worker_of()
    os.killpg(killed, signal.SIGKILL)
    while "it goes on" in browser.open(page).text:
        check(time.monotonic() < until, "the run did not end after its worker was killed")
        time.sleep(1)
    check(worker_of() != killed, "the demo did not start its worker again")
    browser.open(f"{page}files/").send("export.csv", separator=",")
    codes = [row["code"] for row in csv.DictReader(io.StringIO(browser.text))]
    made = [row["code"] for row in _made(page)]
    check(
        len(set(codes)) == len(codes) == WANTED, f"the CSV has {len(codes)} codes, {len(set(codes))} of them distinct"
    )
    check(sorted(codes) == sorted(made), f"the stand-in Piggy made {len(made)} vouchers, and not those of the CSV")


def _made(page: str) -> list[dict[str, object]]:
    """The vouchers with this run's mark in the stand-in's own books."""
    known = dict(line.split("=", 1) for line in (ROOT / "var" / "demo.env").read_text().splitlines() if "=" in line)
    request = urllib.request.Request(f"{known['PIGGY_BASE_URL']}/_sandbox/state/voucher")
    request.add_header("Authorization", f"Bearer {known['PIGGY_TOKEN']}")
    with urllib.request.urlopen(request, timeout=30) as answer:
        rows = json.load(answer)
    mark = page.rstrip("/").rpartition("/")[2].replace("-", "")
    return [row for row in rows if str((row["attributes"] or {}).get("piggyadmin_act", "")).startswith(mark)]
