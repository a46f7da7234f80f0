"""Pictures of the pages, from the same pages, people and stand-in Piggy as the tests.

`python -m tests.browser.pictures` remakes docs/screenshots: one picture of every page, wide and light, narrow and dark.
`python -m tests.browser.pictures FOLDER [pytest options]` takes every page in every state, at both widths, light and
dark, to look at.
"""

import os
import sys
from pathlib import Path

import pytest
from PIL import Image

FOLDER = "PICTURES_FOLDER"
"""The environment variable that tells the test where they go; without it they go into the documentation."""
OF_DOCS = Path("docs/screenshots")
README = Path("README.md")
BEGIN, END = "<!-- pictures: made by tests/browser/pictures.py -->", "<!-- end of pictures -->"


def make_small(file: Path) -> None:
    """A third of the size with colours that nobody can tell apart: these pictures are kept with the code."""
    with Image.open(file) as picture:
        few = picture.convert("RGB").quantize(colors=128, dither=Image.Dither.NONE)
    few.save(file, optimize=True)


def write_index(titles: dict[str, str]) -> None:
    """The page of docs/screenshots that shows them all, and the small ones in the project's README."""
    shown = [
        f"## {title}\n\n![{title}, wide](./{name}-wide.png)\n\n![{title}, narrow](./{name}-narrow.png)\n"
        for name, title in titles.items()
    ]
    made = "Taken from the browser tests; `python -m tests.browser.pictures` remakes them and this list."
    head = f"# Every page\n\n{made}\n"
    OF_DOCS.mkdir(parents=True, exist_ok=True)
    (OF_DOCS / "README.md").write_text("\n".join([head, *shown]), encoding="utf-8")
    small = [
        f'<a href="{OF_DOCS}/{name}-wide.png"><img src="{OF_DOCS}/{name}-wide.png" width="200" alt="{title}"></a>'
        for name, title in titles.items()
    ]
    before, _, rest = README.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    README.write_text("\n".join([before + BEGIN, *small, END + after]), encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        os.environ[FOLDER] = sys.argv[1]
    sys.exit(pytest.main([str(Path(__file__).with_name("take_pictures.py")), "-q", *sys.argv[2:]]))
