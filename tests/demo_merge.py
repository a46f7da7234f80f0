"""In the demo a customer is found by a slip; a pair is flagged, proposed and approved by three people, and merged.

The copy, the search, the flag, the proposal and the approval are used through their pages; the worker merges. The
credits before and after are compared with the stand-in Piggy's own books.
"""

import html
import json
import re
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

from demo_batch import Browser, Check

ROOT = Path(__file__).resolve().parent.parent
CARDS = ("2600335600813356", "2600118022104417")  # of S. v.d. Berg, who goes, and of Saskia van den Berg, who stays
SECONDS = 120


def run(browser_of: Callable[[str], Browser], check: Check) -> None:
    """`browser_of` signs somebody in."""
    desk, admin, reviewer = (browser_of(name) for name in ("desk", "admin", "reviewer"))
    until = time.monotonic() + SECONDS
    _ask("settings", {"merge_seconds": 3})
    _find_by_a_slip(desk, until, check)
    source, destination = (_page_of(desk, card) for card in CARDS)
    before = [_credits(uuid) for uuid in (source, destination)]
    _flag(desk, source, destination, check)
    merge = _propose(admin, source, destination, check)
    reviewer.open(merge)
    reviewer.send('value="approve"', hold="now", reason="She is standing here.", confirm="van den Berg")
    check("Approved" in reviewer.text or "Piggy is at it" in reviewer.text, "the reviewer could not approve the merge")
    while "Merged, and verified" not in reviewer.open(merge).text:
        check("Something is off" not in reviewer.text, "the merge ended as an incident")
        check(time.monotonic() < until, "the merge did not come to its end")
        time.sleep(1)
    check("the sum is right" in reviewer.text, "the page does not say that the sum is right")
    check(_credits(source) is None, "the stand-in Piggy still has the one who was to go")
    check(_credits(destination) == sum(filter(None, before)), f"{before} became {_credits(destination)}")
    desk.open(f"/contacts/{source}/")
    check(desk.address == f"/contacts/{destination}/", f"the old address leads to {desk.address}")


def _find_by_a_slip(desk: Browser, until: float, check: Check) -> None:
    """Half a surname with a typo, as soon as the worker has filled the copy."""
    while "Wilhelmina" not in desk.open("/contacts/").send('aria-label="Search customers"', q="hoevn").text:
        check(time.monotonic() < until, "nobody is found by half a surname with a slip")
        time.sleep(0.5)


def _page_of(desk: Browser, card: str) -> str:
    desk.open("/").send('name="q"', q=card)
    found = re.fullmatch(r"/contacts/([0-9a-f-]{36})/", desk.address)
    assert found is not None, f"the card {card} led to {desk.address}"
    return found[1]


def _flag(desk: Browser, source: str, destination: str, check: Check) -> None:
    desk.open(f"/contacts/{destination}/flag/").send("/flag/find/", q=source, ask="yes")
    desk.send('name="other"', other=source, reason="Same phone, she laughed about her two cards.")
    check("Flagged" in desk.text, "the desk could not flag the pair")


def _propose(admin: Browser, source: str, destination: str, check: Check) -> str:
    """The address of the merge that now waits for the other admin."""
    admin.open("/contacts/duplicates/")
    check("flagged" in admin.text, "the flagged pair is not among the duplicates")
    admin.open(f"/contacts/merges/new/?source={source}&destination={destination}")
    check("80" in html.unescape(admin.text), "the proposal does not show the credits")
    admin.send('value="propose"', reason="Same woman: she showed both cards at the desk.", confirm="van den Berg")
    check(re.fullmatch(r"/contacts/merges/[0-9a-f-]{36}/", admin.address) is not None, f"it led to {admin.address}")
    return admin.address


def _credits(uuid: str) -> int | None:
    """What the stand-in's own books say; None for a contact that it has no more."""
    return next((row["credits"] for row in _ask("state/contact") if row["uuid"] == uuid), None)


def _ask(what: str, body: dict[str, object] | None = None) -> list[dict]:
    known = dict(line.split("=", 1) for line in (ROOT / "var" / "demo.env").read_text().splitlines() if "=" in line)
    content = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{known['PIGGY_BASE_URL']}/_sandbox/{what}", data=content)
    request.add_header("Authorization", f"Bearer {known['PIGGY_TOKEN']}")
    request.add_header("Content-Type", "application/json")
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)
