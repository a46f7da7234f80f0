"""What a first visit costs: everything that the page loads, as production sends it."""

import gzip
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings as project
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command
from playwright.sync_api import Page

from tests.browser.pages.desk import DESK

STYLES = 12 * 1024
FIRST_VISIT = 60 * 1024
MANIFEST = {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}


def test_both_style_sheets_together_stay_small() -> None:
    sheets = [(Path(project.BASE_DIR) / "static" / name).read_bytes() for name in ("tokens.css", "site.css")]
    assert sum(len(gzip.compress(sheet)) for sheet in sheets) <= STYLES


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", ["sign-in", "today-full", "contact"])
def test_a_first_visit_stays_small(name: str, arrive: Callable[..., Page], settings: object, tmp_path: Path) -> None:
    page = arrive(next(place for place in DESK if place.name == name))
    files: set[str] = set(
        page.locator("link[rel=icon]").evaluate_all("icons => icons.map((icon) => new URL(icon.href).pathname)")
    )
    page.on("request", lambda request: files.add(urlsplit(request.url).path))
    page.reload(wait_until="networkidle")
    files = {path.removeprefix("/static/") for path in files if path.startswith("/static/")}
    assert {"tokens.css", "site.css", "app.js", "django_htmx/htmx-2.min.js"} <= files

    settings.STORAGES = {**project.STORAGES, "staticfiles": MANIFEST}  # type: ignore[attr-defined]
    settings.STATIC_ROOT = tmp_path  # type: ignore[attr-defined]
    call_command("collectstatic", interactive=False, verbosity=0)
    sizes = {file: packed_size(tmp_path / staticfiles_storage.stored_name(file)) for file in files}
    sizes[name] = len(page.context.request.get(page.url).body())  # pages are sent as they are
    assert sum(sizes.values()) <= FIRST_VISIT, sizes


def packed_size(file: Path) -> int:
    """The size of a collected file as a browser gets it: brotli where that is smaller."""
    packed = file.with_name(f"{file.name}.br")
    return (packed if packed.exists() else file).stat().st_size
