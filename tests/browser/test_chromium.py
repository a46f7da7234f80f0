"""Finding a Chromium: these tests need none."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.browser import chromium
from tests.browser.chromium import NoChromium


class Machine:
    """A machine on which `programs` are installed, and which notes what was run on it."""

    def __init__(self, *programs: str, installs: bool = True, lacks: str = "") -> None:
        self.programs, self.installs, self.lacks = set(programs), installs, lacks
        self.ran: list[str] = []
        self.seconds: list[int] = []

    def which(self, name: str) -> str | None:
        return f"/usr/bin/{name}" if name in self.programs else None

    def run(self, command: Sequence[str], seconds: int) -> None:
        self.ran.append(" ".join(command))
        self.seconds.append(seconds)
        if not self.installs or command[-1] == self.lacks:
            raise NoChromium(f"{command[0]} is offline.")
        if command[:2] == ("apt-get", "install"):
            self.programs.add(command[-1])

    def get(self, *, root: bool) -> str:
        return chromium.get(run=self.run, which=self.which, root=root)


@pytest.mark.parametrize("name", ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"])
def test_it_takes_the_one_that_is_installed(name: str) -> None:
    assert chromium.find(environ={}, which=Machine(name).which) == f"/usr/bin/{name}"


def test_it_takes_the_one_without_windows_before_the_others() -> None:
    machine = Machine("chromium", "google-chrome", "chromium-headless-shell")
    assert chromium.find(environ={}, which=machine.which) == "/usr/bin/chromium-headless-shell"


def test_it_takes_the_one_that_was_named_before_any_other() -> None:
    machine = Machine("chromium", "my-chromium")
    assert chromium.find(environ={"CHROMIUM_PATH": "my-chromium"}, which=machine.which) == "/usr/bin/my-chromium"


def test_it_says_so_when_nothing_is_where_one_was_named() -> None:
    with pytest.raises(NoChromium, match="CHROMIUM_PATH is /nowhere"):
        chromium.find(environ={"CHROMIUM_PATH": "/nowhere"}, which=Machine("chromium").which)


def test_it_finds_none_on_a_machine_without() -> None:
    assert chromium.find(environ={}, which=Machine("firefox").which) is None


def test_as_root_on_debian_it_gets_the_package() -> None:
    machine = Machine("apt-get")
    assert machine.get(root=True) == "/usr/bin/chromium-headless-shell"
    assert machine.ran == ["apt-get update", "apt-get install -y --no-install-recommends chromium-headless-shell"]


def test_a_debian_without_that_package_gives_the_whole_browser() -> None:
    assert Machine("apt-get", lacks="chromium-headless-shell").get(root=True) == "/usr/bin/chromium"


@pytest.mark.parametrize(("root", "programs"), [(False, ["apt-get"]), (True, [])])
def test_elsewhere_it_gets_playwrights_own_within_a_minute(root: bool, programs: list[str]) -> None:
    machine = Machine(*programs)
    assert machine.get(root=root) == chromium.PLAYWRIGHTS_OWN
    assert [command.endswith("-m playwright install chromium") for command in machine.ran] == [True]
    assert machine.seconds == [60]


def test_when_none_can_be_had_it_says_all_that_it_tried() -> None:
    machine = Machine("apt-get", installs=False)
    with pytest.raises(NoChromium, match=r"apt-get is offline.*python.* is offline"):
        machine.get(root=True)


def test_a_command_that_fails_hangs_or_is_missing_gets_none() -> None:
    for command, seconds in ((["false"], 5), (["sleep", "5"], 0), (["no-such-program"], 5)):
        with pytest.raises(NoChromium, match=command[0]):
            chromium.run(command, seconds)


def test_a_second_process_does_not_try_again_what_failed_in_the_same_run(tmp_path: Path) -> None:
    tries = []

    def look() -> str:
        tries.append(1)
        raise NoChromium("offline")

    for _ in range(2):
        with pytest.raises(NoChromium, match=r"^offline$"):
            chromium.one_at_a_time(look, run_id="one", folder=tmp_path)
    assert len(tries) == 1
    assert chromium.one_at_a_time(lambda: "/there", run_id="two", folder=tmp_path) == "/there"


def test_without_one_the_tests_are_skipped_with_the_reason() -> None:
    with pytest.raises(pytest.skip.Exception, match=r"NO BROWSER TESTS.*offline"):
        chromium.do_without(NoChromium("offline"), environ={})


def test_without_one_in_ci_they_fail() -> None:
    with pytest.raises(pytest.fail.Exception, match=r"NO BROWSER TESTS.*offline"):
        chromium.do_without(NoChromium("offline"), environ={"CI": "true"})


@pytest.mark.parametrize("root", [True, False])
def test_only_root_goes_without_the_browsers_own_sandbox(root: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chromium, "is_root", lambda: root)
    options = chromium.launch_options("/usr/bin/chromium")
    assert options["chromium_sandbox"] is not root
    assert options["executable_path"] == "/usr/bin/chromium"
    assert "executable_path" not in chromium.launch_options(chromium.PLAYWRIGHTS_OWN)
