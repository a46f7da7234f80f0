"""Pictures of every page: `python -m tests.browser.pictures [FOLDER] [pytest options]` (default docs/screenshots)."""

import os
import sys
from pathlib import Path

import pytest

FOLDER = "PICTURES_FOLDER"
"""The environment variable that tells the test where they go."""

if __name__ == "__main__":
    os.environ[FOLDER] = sys.argv[1] if len(sys.argv) > 1 else "docs/screenshots"
    sys.exit(pytest.main([str(Path(__file__).with_name("take_pictures.py")), "-q", *sys.argv[2:]]))
