"""A whole installation on this machine: stand-in Piggy, worker and web server together, and stopped together.

The demo is one, practice is another. The three are processes of one group each, as in production; they get everything
by environment. What an installation keeps lies in its folder: the database, the stand-in's state, the generated
secrets (`<name>.env`), the logs. The address of Piggy is always that of the stand-in which was started with it: no
setting of the machine's own reaches these processes.
"""

import contextlib
import fcntl
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
HOST = "127.0.0.1"
START_SECONDS = 60
STOP_SECONDS = 8
WORKER = [sys.executable, "manage.py", "qcluster"]
OWN = ("PIGGY", "DJANGO_", "DATABASE_URL", "CACHE_URL", "SENTRY_DSN", "PRACTICE_URL", "STATUS_TOKEN")  # never inherited
MOST_FALLS = 5  # of the worker within a minute: more than that is no accident


class CannotStart(Exception):
    """Why it does not start, in one sentence for the person who typed the command."""


@dataclass(frozen=True)
class Installation:
    """What tells one from another. `seeds` are the manage.py commands that fill it, `greeting` is said when it runs.

    `settings` are put over what both have in common. `throws_away` are the folders beside its own that `--fresh`
    removes too.
    """

    name: str
    folder: Path
    settings: dict[str, str]
    seeds: tuple[str, ...]
    greeting: tuple[str, ...]
    throws_away: tuple[Path, ...] = ()

    @property
    def kept(self) -> Path:
        return self.folder / f"{self.name}.env"

    def file(self, what: str) -> Path:
        return self.folder / f"{self.name}{what}"

    def shown(self, what: str) -> str:
        """A file's path as it is told to people."""
        path = self.file(what)
        return str(path.relative_to(ROOT) if path.is_relative_to(ROOT) else path)

    def known(self) -> dict[str, str]:
        """The environment of the last start; {} before the first."""
        if not self.kept.exists():
            return {}
        return dict(line.split("=", 1) for line in self.kept.read_text().splitlines() if "=" in line)


@dataclass
class Crew:
    """The running processes. Each is the leader of a group of its own, so that its children go with it."""

    house: Installation
    members: list[tuple[str, subprocess.Popen[bytes]]] = field(default_factory=list)

    def start(self, name: str, command: list[str], environment: dict[str, str]) -> None:
        with _writing(self.house):
            log = self.house.file(f"-{name}.log").open("ab")
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


def run(house: Installation, *, port: int, contacts: int, fresh: bool) -> int:
    """Start the installation and stay until Ctrl-C or SIGTERM. Raises CannotStart."""
    started = time.monotonic()
    _refuse_taken(port)
    held = _prepare_folder(house, fresh=fresh)
    sandbox_port = _free_port()
    with _writing(house):
        environment = _environment(house, sandbox_port=sandbox_port)
    crew = Crew(house)
    with held, _stopping(crew):
        print(f"Starting the {house.name}: the stand-in Piggy, the worker, the dashboard ...", flush=True)
        crew.start("sandbox", _sandbox_command(house, sandbox_port, contacts, environment["PIGGY_TOKEN"]), environment)
        _manage(environment, "migrate", "--verbosity", "0")
        _manage(environment, "createcachetable")
        _manage(environment, "sync_roles", "--verbosity", "0")
        _manage(environment, "collectstatic", "--noinput", "--verbosity", "0")
        _wait(crew, "sandbox", f"http://{HOST}:{sandbox_port}/", sandbox_port)
        for command in house.seeds:
            _manage(environment, command)
        crew.start("worker", WORKER, environment)
        crew.start("web", _web_command(port), environment)
        _wait(crew, "web", f"http://{HOST}:{port}/healthz", port)
        _greet(house, port, time.monotonic() - started)
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
            last = crew.house.shown(f"-{name}.log")
            raise CannotStart(f"The {name} process stopped by itself; its last words are in {last}.")
        print("  The worker stopped; it is started again.", flush=True)
        crew.start_again(name, WORKER, environment)


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


def _prepare_folder(house: Installation, *, fresh: bool) -> IO[bytes]:
    """Make the folder ready and this start its only user; close what it returns to give it up."""
    with _writing(house):
        house.folder.mkdir(parents=True, exist_ok=True)
        held = (house.folder / "running.lock").open("ab")
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise CannotStart(f"Another {house.name} of this folder is running; stop it first.") from error
        if fresh:
            for path in [*house.folder.glob(f"{house.name}*"), *house.throws_away]:
                shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
        return held


@contextlib.contextmanager
def _writing(house: Installation) -> Iterator[None]:
    """A folder or a file that cannot be written is said in one sentence."""
    try:
        yield
    except OSError as error:
        what = f"The folder {house.folder}" if error.filename in (None, str(house.folder)) else str(error.filename)
        raise CannotStart(
            f"{what} cannot be written ({error.strerror}); give yourself the right, or copy the project."
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


def _environment(house: Installation, *, sandbox_port: int) -> dict[str, str]:
    """The whole configuration. The secrets are made once and kept, so that sign-ins survive a restart."""
    known = house.known()
    ours = {
        "PIGGYADMIN_ENV": house.name,
        "PIGGYADMIN_ACCOUNT": "Koffie & Co",
        "DJANGO_SECRET_KEY": known.get("DJANGO_SECRET_KEY") or secrets.token_urlsafe(48),
        "DATABASE_URL": f"sqlite:///{house.file('.sqlite3')}",
        "PIGGY_TOKEN": known.get("PIGGY_TOKEN") or f"{house.name}-{secrets.token_urlsafe(24)}",
        "PIGGY_JOB_RATE_PER_SECOND": "25",  # the stand-in stands it: 20,000 customers are copied within seconds
        "PIGGY_WEBHOOK_SECRET": known.get("PIGGY_WEBHOOK_SECRET") or secrets.token_urlsafe(32),
        **house.settings,
        "PIGGY_BASE_URL": f"http://{HOST}:{sandbox_port}",  # the last word: this stand-in, and no other Piggy
    }
    house.kept.touch(mode=0o600)
    house.kept.write_text("".join(f"{name}={value}\n" for name, value in ours.items()))
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(OWN)}
    return (
        inherited
        | ours
        | {
            "PIGGYADMIN_ENV_FILE": str(house.kept),
            "DJANGO_SETTINGS_MODULE": "piggyadmin.settings",
            "PYTHONUNBUFFERED": "1",
        }
    )


def _sandbox_command(house: Installation, port: int, contacts: int, token: str) -> list[str]:
    state = house.file("-sandbox.sqlite3")
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
            fallen = crew.fallen()
            last = crew.house.shown(f"-{fallen}.log")
            raise CannotStart(f"The {fallen} process did not start; its last words are in {last}.")
        try:
            with urllib.request.urlopen(url, timeout=2):  # noqa: S310 (an address of this machine)
                return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
    raise CannotStart(f"The {name} process did not answer on port {port} within {START_SECONDS} seconds.")


def _greet(house: Installation, port: int, seconds: float) -> None:
    print(f"\n  piggyadmin is ready ({seconds:.0f} s):  http://{HOST}:{port}/\n", flush=True)
    for line in house.greeting:
        print(f"  {line}", flush=True)
    print(
        "\n  Ctrl-C stops everything; what was done is kept for the next start (--fresh throws it away).\n", flush=True
    )


def _signal_group(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)
