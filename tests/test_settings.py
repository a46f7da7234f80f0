"""What the environment must say, and that `.env.example` tells all of it."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
COMPLETE = {
    "DJANGO_SECRET_KEY": "x" * 50,
    "PIGGY_BASE_URL": "https://piggy.example",
    "PIGGY_TOKEN": "a-token",
    "PIGGYADMIN_ENV_FILE": os.devnull,
    "PATH": os.environ["PATH"],
}


def start(**changes: str | None) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in (COMPLETE | changes).items() if value is not None}
    command = [sys.executable, "-c", "import django; django.setup()"]
    return subprocess.run(
        command,
        env=environment | {"DJANGO_SETTINGS_MODULE": "piggyadmin.settings"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_it_starts_with_what_is_required() -> None:
    assert start().returncode == 0


@pytest.mark.parametrize("name", ["DJANGO_SECRET_KEY", "PIGGY_BASE_URL", "PIGGY_TOKEN"])
def test_it_names_what_is_missing(name: str) -> None:
    done = start(**{name: None})
    assert done.returncode != 0
    assert f"Set {name} in the environment" in done.stderr


def test_it_starts_with_client_credentials_instead_of_a_token() -> None:
    assert start(PIGGY_TOKEN=None, PIGGY_CLIENT_ID="1", PIGGY_CLIENT_SECRET="s").returncode == 0


def test_it_names_the_missing_half_of_the_client_credentials() -> None:
    assert "Set PIGGY_CLIENT_SECRET in the environment" in start(PIGGY_TOKEN=None, PIGGY_CLIENT_ID="1").stderr


def test_it_refuses_an_environment_that_is_none() -> None:
    assert "PIGGYADMIN_ENV is production, practice, demo or test." in start(PIGGYADMIN_ENV="prod").stderr


def test_the_example_tells_every_variable_and_no_other() -> None:
    source = (ROOT / "piggyadmin" / "settings.py").read_text(encoding="utf-8")
    read = set(re.findall(r"env\.\w+\(\s*\"([A-Z_]+)\"", source))
    told = set(re.findall(r"^([A-Z_]+)=", (ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE))
    assert read == told


def test_no_secret_has_a_default() -> None:
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    for name in ("DJANGO_SECRET_KEY", "PIGGY_TOKEN", "PIGGY_CLIENT_SECRET", "PIGGY_WEBHOOK_SECRET"):
        assert f"\n{name}=\n" in example
