"""What a benchmark of a page needs: a sandbox with latency, and the dashboard as production serves it."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TOKEN = "bench-token"


@dataclass(frozen=True)
class Stage:
    sandbox: str  # addresses
    dashboard: str
    environment: dict[str, str]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def process(command: list[str], environment: dict[str, str], url: str, *, seconds: float = 60) -> Iterator[None]:
    """A process group that answers at `url` within `seconds`, ended with everything it started."""
    running = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, start_new_session=True)
    try:
        end = time.monotonic() + seconds
        while True:
            try:
                urllib.request.urlopen(url, timeout=2)
                break
            except urllib.error.HTTPError:
                break
            except OSError:
                if running.poll() is not None or time.monotonic() > end:
                    raise SystemExit(f"{command[2:5]} did not start") from None
                time.sleep(0.1)
        yield
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(running.pid, signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            running.wait(10)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(running.pid, signal.SIGKILL)


@contextlib.contextmanager
def stage(*, latency_ms: int, contacts: int, application: str = "piggyadmin.wsgi") -> Iterator[Stage]:
    """A sandbox that takes `latency_ms` for each call, and the dashboard: gunicorn, 2 processes of 12 threads.

    The copy of contacts is filled before, as it is wherever the dashboard is used.
    """
    with tempfile.TemporaryDirectory(prefix="piggyadmin-bench-") as folder:
        sandbox_port, port = free_port(), free_port()
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith(("PIGGY", "DJANGO_"))
        } | {
            "DJANGO_SETTINGS_MODULE": "piggyadmin.settings",
            "PIGGYADMIN_ENV": "demo",
            "PIGGYADMIN_ENV_FILE": os.devnull,
            "DJANGO_SECRET_KEY": "bench-only",
            "DATABASE_URL": f"sqlite:///{folder}/db.sqlite3",
            "PIGGY_BASE_URL": f"http://127.0.0.1:{sandbox_port}",
            "PIGGY_TOKEN": TOKEN,
            "PIGGY_RATE_PER_SECOND": "0",
            "PIGGY_JOB_RATE_PER_SECOND": "0",
            "LOG_LEVEL": "WARNING",
        }
        sandbox = [sys.executable, "-m", "piggyadmin.sandbox", "--port", str(sandbox_port), "--token", TOKEN]
        sandbox += ["--control"]  # the demo's bookings are read through it
        sandbox += ["--contacts", str(contacts), "--latency-ms", str(latency_ms)]
        web = [sys.executable, "-m", "gunicorn", application, "--bind", f"127.0.0.1:{port}", "--no-control-socket"]
        web += ["--worker-class", "gthread", "--workers", "2", "--threads", "12", "--keep-alive", "30"]
        with process(sandbox, environment, f"http://127.0.0.1:{sandbox_port}/"):
            for words in (["migrate", "-v0"], ["createcachetable"], ["sync_roles", "-v0"], ["seed_demo"]):
                subprocess.run([sys.executable, "manage.py", *words], cwd=ROOT, env=environment, check=True)
            subprocess.run(
                [sys.executable, "manage.py", "collectstatic", "--noinput", "-v0"],
                cwd=ROOT,
                env=environment,
                check=True,
            )
            for copy in (["sync", "--full"], ["sync", "--cards", str(contacts)]):
                subprocess.run(
                    [sys.executable, "manage.py", *copy],
                    cwd=ROOT,
                    env=environment,
                    check=True,
                    stdout=subprocess.DEVNULL,
                )
            with process(web, environment, f"http://127.0.0.1:{port}/healthz"):
                yield Stage(f"http://127.0.0.1:{sandbox_port}", f"http://127.0.0.1:{port}", environment)
