"""The `piggyadmin` command: what a person can mend is one sentence, never a traceback."""

import ast
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from piggyadmin import cli, demo, together
from piggyadmin.together import CannotStart

ROOT = Path(__file__).resolve().parent.parent


def piggyadmin(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PIGGY", "DJANGO_"))}
    command = [sys.executable, "-c", "from piggyadmin.cli import main; raise SystemExit(main())", *words]
    return subprocess.run(
        command,
        cwd=ROOT,
        env=clean | environment,
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )


def one_sentence(text: str) -> bool:
    return text.count("\n") == 1 and "Traceback" not in text


def test_a_taken_port_is_named() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = piggyadmin("demo", "--port", str(port))
    assert done.returncode == 1
    assert f"Port {port} is taken" in done.stderr
    assert one_sentence(done.stderr)


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocked = tmp_path / "a file"
    blocked.write_text("")
    monkeypatch.setattr(demo, "VAR", blocked / "var")
    with pytest.raises(CannotStart, match="cannot be written"):
        demo.run(port=8000, contacts=1, fresh=False)


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As when somebody else's earlier start left it there."""
    monkeypatch.setattr(demo, "VAR", tmp_path)
    (tmp_path / "demo.env").mkdir()
    with pytest.raises(CannotStart, match=r"demo\.env cannot be written"):
        demo.run(port=together._free_port(), contacts=1, fresh=False)


def test_a_python_too_old_gets_a_sentence(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    assert cli.main([]) == 2
    told = capsys.readouterr().err
    assert "needs Python 3.11 or newer; this is Python 3.9" in told
    assert one_sentence(told)


def test_the_file_an_old_python_reads_holds_nothing_new() -> None:
    source = (ROOT / "piggyadmin" / "cli.py").read_text(encoding="utf-8")
    ast.parse(source, feature_version=(3, 4))
    assert (ROOT / "piggyadmin" / "__init__.py").read_text(encoding="utf-8").strip() == ""


@pytest.mark.parametrize("port", ["0", "65536", "eighty", "-1"])
def test_a_port_that_is_none_is_refused(port: str) -> None:
    done = piggyadmin("demo", f"--port={port}")
    assert done.returncode == 2
    assert "a port is a number from 1 to 65535" in done.stderr


def test_without_settings_it_names_what_is_missing() -> None:
    done = piggyadmin("verify-ledger", PIGGYADMIN_ENV_FILE=os.devnull)
    assert done.returncode == 1
    assert "Set DJANGO_SECRET_KEY, PIGGY_BASE_URL" in done.stderr
    assert one_sentence(done.stderr)


def test_a_fault_without_a_demo_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "VAR", tmp_path)
    with pytest.raises(CannotStart, match="No demo is running"):
        demo.fault(kind="503", operation="*", times=1)


def test_every_command_explains_itself() -> None:
    for words in ([], ["demo"], ["practice"], ["sandbox"], ["staff"], ["fault"], ["sync"], ["verify-ledger"]):
        done = piggyadmin(*words, "--help")
        assert done.returncode == 0
        assert "usage: piggyadmin" in done.stdout
