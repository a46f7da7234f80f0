"""The settings of the tests: the project's own, with an environment of their own.

Piggy's address is a closed port of this machine: a test that forgets the sandbox fails, it never phones out.
`TEST_DATABASE_URL=postgres://...` runs the suite on PostgreSQL.
"""

import os
import tempfile
from pathlib import Path

_scratch = Path(tempfile.mkdtemp(prefix="piggyadmin-tests-"))

for _name in [name for name in os.environ if name.startswith(("PIGGY_", "PIGGYADMIN_", "DJANGO_"))]:
    if _name != "DJANGO_SETTINGS_MODULE":
        del os.environ[_name]
os.environ |= {
    "PIGGYADMIN_ENV_FILE": str(_scratch / "no.env"),
    "PIGGYADMIN_ENV": "test",
    "PIGGYADMIN_ACCOUNT": "Koffie & Co",
    "DJANGO_SECRET_KEY": "tests-only",
    "PIGGY_BASE_URL": "http://127.0.0.1:9",
    "PIGGY_TOKEN": "test-nobody",
    "PIGGY_WEBHOOK_SECRET": "webhooks-of-the-tests",
    "PIGGY_RATE_PER_SECOND": "0",
    "PIGGY_JOB_RATE_PER_SECOND": "0",
    "DATABASE_URL": os.environ.get("TEST_DATABASE_URL", f"sqlite:///{_scratch / 'db.sqlite3'}"),
    "LOG_LEVEL": "WARNING",
}

from piggyadmin.settings import *  # noqa: E402, F403
from piggyadmin.settings import DATABASES, LOGGING  # noqa: E402

VAR_DIR = _scratch
PIGGY_BUDGET_URL = f"sqlite:///{_scratch / 'budget.sqlite3'}"
ANSWERS_EVERY_SECONDS = 0  # no thread beside a test; the tests of it write by themselves
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # Argon2 is slow on purpose
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
DATABASES["default"]["CONN_MAX_AGE"] = 0
_suffix = os.environ.get("PYTEST_DB_SUFFIX", "")
if "postgresql" in DATABASES["default"]["ENGINE"]:
    DATABASES["default"]["TEST"] = {"NAME": f"test_piggyadmin{_suffix}"}
else:
    # A file, not memory: live servers and threads of a test share it as processes do.
    DATABASES["default"]["TEST"] = {"NAME": str(_scratch / "test.sqlite3")}
LOGGING["root"] = {"handlers": [], "level": "WARNING"}  # pytest's caplog listens
