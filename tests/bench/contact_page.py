"""The contact page: six facts asked at once, in multiples of one round trip to Piggy.

The sandbox takes 80 ms for each call. A user opens a page, looks at it for `--pause` seconds, opens the next.
"""

import argparse
import http.client
import json
import statistics
import threading
import time
import urllib.parse
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from tests.bench.stage import TOKEN, Stage, stage

ALONE_BAR, MANY_BAR = 1.15, 1.5


@dataclass(frozen=True)
class Times:
    p50: float
    p95: float
    pages: int
    per_second: float
    stolen: float  # of the processors' time, by other guests of the host: a figure beside much of it says little


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--latency-ms", type=int, default=80)
    parser.add_argument("--users", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=15, help="how long each measurement takes")
    parser.add_argument("--pause", type=float, default=1.0, help="seconds a user looks at a page before the next")


def run(arguments: argparse.Namespace) -> int:
    rows = []
    with stage(latency_ms=arguments.latency_ms, contacts=200) as at:
        trip = round_trip(at)
        contacts = some_contacts(at)
        cookies = [sign_in(at) for _ in range(arguments.users)]
        warm_up(at, cookies, contacts)
        alone = measure(at, cookies[:1], contacts, arguments.seconds, 0)
        many = measure(at, cookies, contacts, arguments.seconds, arguments.pause)
        flat_out = measure(at, cookies, contacts, arguments.seconds, 0)
        rows += [("at once, alone", alone), (f"at once, {arguments.users} users", many)]
        rows += [(f"at once, {arguments.users} users without a pause", flat_out)]
    with stage(latency_ms=arguments.latency_ms, contacts=200, application="tests.bench.one_after_another") as at:
        contacts = some_contacts(at)
        cookies = [sign_in(at) for _ in range(arguments.users)]
        warm_up(at, cookies, contacts)
        rows += [("one after another, alone", measure(at, cookies[:1], contacts, arguments.seconds, 0))]
        rows += [
            (
                f"one after another, {arguments.users} users",
                measure(at, cookies, contacts, arguments.seconds, arguments.pause),
            )
        ]
    print(f"one round trip to the sandbox: {trip * 1000:.1f} ms (its latency is {arguments.latency_ms} ms)\n")
    print(f"{'contact page':44} {'p50':>7} {'p95':>7} {'pages':>7} {'pages/s':>8} {'stolen':>7}")
    for name, times in rows:
        ratios = f"{times.p50 / trip:6.2f}x {times.p95 / trip:6.2f}x"
        print(f"{name:44} {ratios} {times.pages:7} {times.per_second:8.1f} {times.stolen:7.0%}")
    one, twenty = alone.p50 / trip, many.p95 / trip
    alone_told = f"p50 alone {one:.2f} (bar {ALONE_BAR})"
    print(f"\ncontact_page: {alone_told}, p95 at {arguments.users} users {twenty:.2f} (bar {MANY_BAR})")
    return 0 if one <= ALONE_BAR and twenty <= MANY_BAR else 1


def round_trip(at: Stage) -> float:
    """Seconds that one call to the sandbox takes, the median of thirty over one connection."""
    host = urllib.parse.urlsplit(at.sandbox).netloc
    connection = http.client.HTTPConnection(host)
    times = []
    for _ in range(30):
        begun = time.perf_counter()
        connection.request("GET", "/api/v3/oauth/clients/shops", headers={"Authorization": f"Bearer {TOKEN}"})
        connection.getresponse().read()
        times.append(time.perf_counter() - begun)
    return statistics.median(times)


def some_contacts(at: Stage) -> list[str]:
    request = urllib.request.Request(f"{at.sandbox}/api/v3/oauth/clients/contacts?limit=100")
    request.add_header("Authorization", f"Bearer {TOKEN}")
    with urllib.request.urlopen(request) as answer:
        return [contact["uuid"] for contact in json.load(answer)["data"]]


def sign_in(at: Stage) -> str:
    """The cookies of a signed-in front-desk person."""
    host = urllib.parse.urlsplit(at.dashboard).netloc
    connection = http.client.HTTPConnection(host)
    connection.request("GET", "/account/login/")
    answer = connection.getresponse()
    token = answer.read().decode().split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    csrf = _cookie(answer, "csrftoken")
    form = urllib.parse.urlencode({"login": "desk", "password": "demo", "csrfmiddlewaretoken": token})
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": f"csrftoken={csrf}"}
    connection.request("POST", "/account/login/", form, headers)
    answer = connection.getresponse()
    answer.read()
    return f"sessionid={_cookie(answer, 'sessionid')}"


def _cookie(answer: http.client.HTTPResponse, name: str) -> str:
    for header in answer.headers.get_all("Set-Cookie") or []:
        if header.startswith(f"{name}="):
            return header.split(";")[0].split("=", 1)[1]
    raise SystemExit(f"no cookie {name}: status {answer.status}")


def warm_up(at: Stage, cookies: list[str], contacts: list[str]) -> None:
    measure(at, cookies, contacts, 3, 0.1)


def measure(at: Stage, cookies: list[str], contacts: list[str], seconds: float, pause: float) -> Times:
    """Each cookie's user opens pages for so many seconds; the times of all pages together, whole answers read."""
    times: list[float] = []
    wrong: list[str] = []
    end = time.perf_counter() + seconds

    def user(number: int, cookie: str) -> None:
        connection = http.client.HTTPConnection(urllib.parse.urlsplit(at.dashboard).netloc)
        time.sleep(pause * number / max(1, len(cookies)))  # people do not press at the same moment
        page = number
        while time.perf_counter() < end:
            path = f"/contacts/{contacts[page % len(contacts)]}/"
            page += 7
            begun = time.perf_counter()
            connection.request("GET", path, headers={"Cookie": cookie})
            answer = connection.getresponse()
            body = answer.read()
            times.append(time.perf_counter() - begun)
            if answer.status != 200 or b"could not be read" in body:
                wrong.append(f"{answer.status} {path}")
            time.sleep(pause)

    threads = [threading.Thread(target=user, args=pair) for pair in enumerate(cookies)]
    begun, before = time.perf_counter(), _ticks()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if wrong:
        raise SystemExit(f"{len(wrong)} pages failed, the first: {wrong[0]}")
    cuts, took = statistics.quantiles(times, n=20), time.perf_counter() - begun
    every, stolen = (after - first for after, first in zip(_ticks(), before, strict=True))
    return Times(statistics.median(times), cuts[18], len(times), len(times) / took, stolen / max(1, every))


def _ticks() -> tuple[int, int]:
    """The processors' time since the start, and how much of it the host gave to others; zeros where nobody tells."""
    try:
        told = Path("/proc/stat").read_text(encoding="ascii").split("\n", 1)[0].split()
    except OSError:
        return 0, 0
    ticks = [int(text) for text in told[1:9]]  # user, nice, system, idle, iowait, irq, softirq, steal
    return sum(ticks), ticks[7]
