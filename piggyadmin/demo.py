"""`piggyadmin demo`: sandbox, worker and web server together, with data to look at, and stopped together.

The three are processes of one group each, as in production; the demo passes them everything by environment. What it
keeps lies in `var/`: the database, the sandbox's state, the generated secret (`var/demo.env`), the collected static.
"""

import contextlib
import fcntl
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, NoReturn

ROOT = Path(__file__).resolve().parent.parent
VAR = ROOT / "var"
HOST = "127.0.0.1"
START_SECONDS = 60
STOP_SECONDS = 8
WORKER = [sys.executable, "manage.py", "qcluster"]
MOST_FALLS = 5  # of the worker within a minute: more than that is no accident
SIGN_INS = ("desk", "marketing", "admin", "reviewer")


class CannotStart(Exception):
    """Why the demo does not start, in one sentence for the person who typed the command."""


@dataclass
class Crew:
    """The running processes. Each is the leader of a group of its own, so that its children go with it."""

    members: list[tuple[str, subprocess.Popen[bytes]]] = field(default_factory=list)

    def start(self, name: str, command: list[str], environment: dict[str, str]) -> None:
        log = (VAR / f"demo-{name}.log").open("ab")
        process = subprocess.Popen(
            command, env=environment, cwd=ROOT, stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True
        )
        log.close()
        self.members.append((name, process))

    def start_again(self, name: str, command: list[str], environment: dict[str, str]) -> None:
        """Put a member that stopped back to work, as a supervisor would; what is left of its group goes first."""
        for member in [member for member in self.members if member[0] == name]:
            _signal_group(member[1].pid, signal.SIGKILL)  # a killed leader leaves its children running
            self.members.remove(member)
        self.start(name, command, environment)

    def fallen(self) -> str | None:
        return next((name for name, process in self.members if process.poll() is not None), None)

    def stop(self) -> None:
        """TERM to every group, KILL to what is left after some seconds; nothing stays behind."""
        for _, process in reversed(self.members):
            _signal_group(process.pid, signal.SIGTERM)
        end = time.monotonic() + STOP_SECONDS
        for _, process in self.members:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=max(0.1, end - time.monotonic()))
        for _, process in self.members:
            _signal_group(process.pid, signal.SIGKILL)  # also children of a leader that has gone already
            process.wait()


def run(*, port: int, contacts: int, fresh: bool) -> int:
    """Start the demo and stay until Ctrl-C or SIGTERM. Raises CannotStart."""
    started = time.monotonic()
    _refuse_taken(port)
    held = _prepare_folder(fresh=fresh)
    sandbox_port = _free_port()
    environment = _environment(port=port, sandbox_port=sandbox_port)
    crew = Crew()
    with held, _stopping(crew):
        print("Starting the demo: the stand-in Piggy, the worker, the dashboard ...", flush=True)
        crew.start("sandbox", _sandbox_command(sandbox_port, contacts, environment["PIGGY_TOKEN"]), environment)
        _manage(environment, "migrate", "--verbosity", "0")
        _manage(environment, "createcachetable")
        _manage(environment, "sync_roles", "--verbosity", "0")
        _manage(environment, "collectstatic", "--noinput", "--verbosity", "0")
        _wait(crew, "sandbox", f"http://{HOST}:{sandbox_port}/", sandbox_port)
        _manage(environment, "seed_demo")
        crew.start("worker", WORKER, environment)
        crew.start("web", _web_command(port), environment)
        _wait(crew, "web", f"http://{HOST}:{port}/healthz", port)
        _greet(port, time.monotonic() - started)
        _keep_up(crew, environment)
    return 0


def _keep_up(crew: Crew, environment: dict[str, str]) -> NoReturn:
    """Watch over the crew. A worker that was killed is started again: runs go on where they were."""
    falls: list[float] = []
    while True:
        time.sleep(0.5)
        name = crew.fallen()
        if name is None:
            continue
        falls = [*(fall for fall in falls if fall > time.monotonic() - 60), time.monotonic()]
        if name != "worker" or len(falls) > MOST_FALLS:
            raise CannotStart(f"The {name} process stopped by itself; its last words are in var/demo-{name}.log.")
        print("  The worker stopped; it is started again.", flush=True)
        crew.start_again(name, WORKER, environment)


def fault(*, kind: str, operation: str, times: int) -> int:
    """Ask the running demo's stand-in Piggy to let something go wrong. Raises CannotStart when there is no demo."""
    known = _kept()
    body = json.dumps({"kind": kind, "operation": operation, "times": times}).encode()
    headers = {"Authorization": f"Bearer {known.get('PIGGY_TOKEN', '')}", "Content-Type": "application/json"}
    try:
        address = f"{known.get('PIGGY_BASE_URL', '')}/_sandbox/faults"
        request = urllib.request.Request(address, data=body, headers=headers)  # noqa: S310 (our own sandbox)
        with urllib.request.urlopen(request, timeout=5):  # noqa: S310 (an address of this machine)
            pass
    except urllib.error.HTTPError as error:
        raise CannotStart(f"The stand-in Piggy refused: {error.read().decode()}") from error
    except (OSError, ValueError) as error:
        raise CannotStart("No demo is running; start it with “piggyadmin demo”.") from error
    print(f"The next {times} of {operation}: {kind}.")
    return 0


@contextlib.contextmanager
def _stopping(crew: Crew) -> Iterator[None]:
    """Stop the crew however this ends. A second Ctrl-C must not cut the stopping short."""

    def leave(number: int, frame: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, leave)
    signal.signal(signal.SIGHUP, leave)  # the terminal was closed
    try:
        yield
    except KeyboardInterrupt:
        print("\nStopping ...", flush=True)
    finally:
        ignored = [signal.signal(number, signal.SIG_IGN) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)]
        crew.stop()
        signal.signal(signal.SIGINT, ignored[0])
        signal.signal(signal.SIGTERM, before)


def _prepare_folder(*, fresh: bool) -> IO[bytes]:
    """Make the folder ready and this demo its only user; close what it returns to give it up."""
    try:
        VAR.mkdir(exist_ok=True)
        held = (VAR / "running.lock").open("ab")
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise CannotStart("Another demo of this folder is running; stop it first.") from error
        if fresh:
            for path in [*VAR.glob("demo*"), VAR / "static"]:
                shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
        return held
    except OSError as error:
        raise CannotStart(
            f"The folder {VAR} cannot be written ({error.strerror}); give yourself the right, or copy the project."
        ) from error


def _refuse_taken(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except PermissionError as error:
            raise CannotStart(f"Port {port} is reserved for the system; choose one above 1023 with --port.") from error
        except OSError as error:
            raise CannotStart(
                f"Port {port} is taken; stop what runs there, or choose another with --port {port + 1}."
            ) from error


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _environment(*, port: int, sandbox_port: int) -> dict[str, str]:
    """The whole configuration of the demo. The secrets are made once and kept, so that sign-ins survive a restart."""
    kept, known = VAR / "demo.env", _kept()
    ours = {
        "PIGGYADMIN_ENV": "demo",
        "PIGGYADMIN_ACCOUNT": "Koffie & Co",
        "DJANGO_SECRET_KEY": known.get("DJANGO_SECRET_KEY") or secrets.token_urlsafe(48),
        "DATABASE_URL": f"sqlite:///{VAR / 'demo.sqlite3'}",
        "PIGGY_BASE_URL": f"http://{HOST}:{sandbox_port}",
        "PIGGY_TOKEN": known.get("PIGGY_TOKEN") or f"demo-{secrets.token_urlsafe(24)}",
    }
    kept.touch(mode=0o600)
    kept.write_text("".join(f"{name}={value}\n" for name, value in ours.items()))
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PIGGY", "DJANGO_", "DATABASE_URL", "CACHE_URL", "SENTRY_DSN"))
    }
    return (
        inherited
        | ours
        | {
            "PIGGYADMIN_ENV_FILE": str(kept),
            "DJANGO_SETTINGS_MODULE": "piggyadmin.settings",
            "PYTHONUNBUFFERED": "1",
        }
    )


def _kept() -> dict[str, str]:
    kept = VAR / "demo.env"
    return dict(line.split("=", 1) for line in kept.read_text().splitlines() if "=" in line) if kept.exists() else {}


def _sandbox_command(port: int, contacts: int, token: str) -> list[str]:
    state = VAR / "demo-sandbox.sqlite3"
    options = ["--port", str(port), "--contacts", str(contacts), "--state", str(state), "--token", token, "--control"]
    return [sys.executable, "-m", "piggyadmin.sandbox", *options]


def _web_command(port: int) -> list[str]:
    return [
        *(sys.executable, "-m", "gunicorn", "piggyadmin.wsgi", "--bind", f"{HOST}:{port}"),
        *("--worker-class", "gthread", "--workers", "2", "--threads", "12", "--no-control-socket"),
    ]


def _manage(environment: dict[str, str], *words: str) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", *words], env=environment, cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        last = (done.stderr or done.stdout).strip().splitlines()[-1:]
        raise CannotStart(f"“manage.py {words[0]}” failed: {' '.join(last)}")


def _wait(crew: Crew, name: str, url: str, port: int) -> None:
    """Until `url` answers, whatever it says: a sandbox without a token says 401, and that is an answer."""
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        if crew.fallen():
            raise CannotStart(
                f"The {crew.fallen()} process did not start; its last words are in var/demo-{crew.fallen()}.log."
            )
        try:
            with urllib.request.urlopen(url, timeout=2):  # noqa: S310 (an address of this machine)
                return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
    raise CannotStart(f"The {name} process did not answer on port {port} within {START_SECONDS} seconds.")


def _greet(port: int, seconds: float) -> None:
    people = ", ".join(SIGN_INS)
    print(f"\n  piggyadmin is ready ({seconds:.0f} s):  http://{HOST}:{port}/\n", flush=True)
    print(f"  Sign in as {people}; the password is demo.", flush=True)
    print("  Try card 2600441700810092 and voucher COFFEE-1. README names more.", flush=True)
    print(
        "\n  Ctrl-C stops everything; what was done is kept for the next start (--fresh throws it away).\n", flush=True
    )


def _signal_group(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)
