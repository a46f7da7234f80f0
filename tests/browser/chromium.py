"""Find a Chromium for the browser tests, or get one.

First the one that `CHROMIUM_PATH` names, then one that is installed: the one without windows before the others, for it
is quicker. Where there is none: as root on Debian its own package, else Playwright's download, a minute at
most. Where none can be had the browser tests are skipped, and the summary says why in one line; with `CI=true` they
fail instead, so that nobody takes their silence for a pass.
"""

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NoReturn

import pytest

PACKAGES = ("chromium-headless-shell", "chromium")
NAMES = (*PACKAGES, "chromium-browser", "google-chrome")
PLAYWRIGHTS_OWN = ""  # what find() answers when Playwright knows itself where its Chromium is
MISSING = "NO BROWSER TESTS: there is no Chromium."
APT_SECONDS = 300
DOWNLOAD_SECONDS = 60
QUIET = (
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
"""No calls to anybody but the page's own server, no drawing on a card that a test machine does not have."""

Run = Callable[[Sequence[str], int], None]
Which = Callable[[str], str | None]


class NoChromium(Exception):
    """None is there and none can be had; the message says what was tried."""


def run(command: Sequence[str], seconds: int) -> None:
    """Run a command to its end. Raises NoChromium when it fails, is missing, or takes longer than `seconds`."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=seconds, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NoChromium(f"`{' '.join(command)}`: {error}") from error
    if done.returncode:
        last = (done.stderr or done.stdout).strip().splitlines()[-1:]
        raise NoChromium(f"`{' '.join(command)}` failed: {''.join(last)}")


def is_root() -> bool:
    return os.geteuid() == 0


def find(*, environ: Mapping[str, str] = os.environ, which: Which = shutil.which) -> str | None:
    """The path of a Chromium on this machine, or None. Raises NoChromium when CHROMIUM_PATH names nothing that runs."""
    if named := environ.get("CHROMIUM_PATH"):
        if found := which(named):
            return found
        raise NoChromium(f"CHROMIUM_PATH is {named}, and no program is there.")
    return next((found for name in NAMES if (found := which(name))), None)


def get(*, run: Run = run, which: Which = shutil.which, root: bool | None = None) -> str:
    """Install one and answer its path (PLAYWRIGHTS_OWN for its download). Raises NoChromium."""
    tried = []
    if (is_root() if root is None else root) and which("apt-get"):
        for package in PACKAGES:  # an older Debian has but the second
            try:
                run(("apt-get", "update"), APT_SECONDS)
                run(("apt-get", "install", "-y", "--no-install-recommends", package), APT_SECONDS)
                if found := which(package):
                    return found
            except NoChromium as error:
                tried.append(str(error))
    try:
        run((sys.executable, "-m", "playwright", "install", "chromium"), DOWNLOAD_SECONDS)
    except NoChromium as error:
        raise NoChromium("; ".join([*tried, str(error)])) from error
    return PLAYWRIGHTS_OWN


def one_at_a_time(look: Callable[[], str], *, run_id: str, folder: Path | None = None) -> str:
    """`look()`, by one test process of a run at a time: two installers at once get in each other's way.

    What the first did not get, the others of the same run do not try again. Raises NoChromium.
    """
    with (folder or Path(tempfile.gettempdir())).joinpath(f"piggyadmin-chromium-{os.getuid()}").open("a+") as note:
        fcntl.flock(note, fcntl.LOCK_EX)
        note.seek(0)
        failed_in, _, reason = note.read().partition("\n")
        if failed_in == run_id:
            raise NoChromium(reason)
        try:
            return look()
        except NoChromium as error:
            note.truncate(0)
            note.write(f"{run_id}\n{error}")
            raise


def find_or_get(*, environ: Mapping[str, str] = os.environ) -> str:
    """The path of a Chromium, PLAYWRIGHTS_OWN for Playwright's. Raises NoChromium."""
    found = find(environ=environ)
    if found:
        return found
    run_id = environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
    return one_at_a_time(lambda: find(environ=environ) or get(), run_id=run_id)


def do_without(reason: NoChromium, *, environ: Mapping[str, str] = os.environ) -> NoReturn:
    """End the browser tests: skipped, with one line in the summary that says why; in CI they fail."""
    words = f"{MISSING} {reason} Install one, or name it in CHROMIUM_PATH."
    if environ.get("CI") == "true":
        pytest.fail(words, pytrace=False)
    pytest.skip(words)


def launch_options(path: str) -> dict[str, object]:
    """How Playwright is to start it. Chromium's own sandbox is on, but for root, whom it refuses."""
    where = {} if path == PLAYWRIGHTS_OWN else {"executable_path": path}
    return {**where, "args": list(QUIET), "chromium_sandbox": not is_root()}
