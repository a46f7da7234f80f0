"""The one settings file. Production, practice, demo and tests differ by their environment alone.

Values come from the environment, else from `.env` beside manage.py, else from the file that `PIGGYADMIN_ENV_FILE`
names. A secret has no default anywhere: start-up names what is missing. `.env.example` lists every variable.
"""

import contextlib
import os
import re
from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"
with contextlib.suppress(OSError):  # a read-only installation keeps its database elsewhere
    VAR_DIR.mkdir(exist_ok=True)

env: Any = environ.Env()  # type: ignore[no-untyped-call]  # the library is untyped
env.read_env(os.environ.get("PIGGYADMIN_ENV_FILE", BASE_DIR / ".env"))


def required(*names: str) -> None:
    """Stop start-up with one sentence that names every variable that is missing."""
    missing = [name for name in names if not env.str(name, "")]
    if missing:
        raise ImproperlyConfigured(
            f"Set {', '.join(missing)} in the environment or in .env (see .env.example), then start again."
        )


PIGGYADMIN_ENV = env.str("PIGGYADMIN_ENV", "production")
PIGGYADMIN_ACCOUNT = env.str("PIGGYADMIN_ACCOUNT", "")
PRACTICE_URL = env.str("PRACTICE_URL", "")
STATUS_TOKEN = env.str("STATUS_TOKEN", "")
if PIGGYADMIN_ENV not in ("production", "practice", "demo", "test"):
    raise ImproperlyConfigured("PIGGYADMIN_ENV is production, practice, demo or test.")

if PRACTICE_URL and not re.match(r"https://[^/\s]+|http://(localhost|127\.0\.0\.1)(:\d+)?(/|$)", PRACTICE_URL):
    raise ImproperlyConfigured("PRACTICE_URL is an address with https://, or one of this machine (http://localhost).")
if STATUS_TOKEN and len(STATUS_TOKEN) < 20:
    raise ImproperlyConfigured("STATUS_TOKEN is at least 20 characters long: make one with “openssl rand -hex 20”.")

required("DJANGO_SECRET_KEY", "PIGGY_BASE_URL")
if not env.str("PIGGY_TOKEN", ""):
    if env.str("PIGGY_CLIENT_ID", "") or env.str("PIGGY_CLIENT_SECRET", ""):
        required("PIGGY_CLIENT_ID", "PIGGY_CLIENT_SECRET")
    else:
        required("PIGGY_TOKEN")

# Django ---------------------------------------------------------------------------------------------------------
SECRET_KEY = env.str("DJANGO_SECRET_KEY")
DEBUG = env.bool("DJANGO_DEBUG", False)
ALLOWED_HOSTS = env.list("DJANGO_ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("DJANGO_CSRF_TRUSTED_ORIGINS", default=[])
ROOT_URLCONF = "piggyadmin.urls"
WSGI_APPLICATION = "piggyadmin.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "piggyadmin.accounts",
    "piggyadmin.ledger",
    "piggyadmin.catalogue",
    "piggyadmin.desk",
    "contacts",
    "vouchers",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "django_htmx",
    "django_q",
    "template_partials",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "piggyadmin.middleware.RequestIdMiddleware",
    "piggyadmin.middleware.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "piggyadmin.middleware.StaffOnlyMiddleware",
    "piggyadmin.accounts.middleware.IdleLockMiddleware",
    "piggyadmin.accounts.middleware.ShopMiddleware",
    "piggyadmin.middleware.NotAllowedMiddleware",
    "piggyadmin.middleware.PiggyErrorMiddleware",
    "axes.middleware.AxesMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "piggyadmin.context.frame",
            ],
            "builtins": ["template_partials.templatetags.partials", "piggyadmin.templatetags.words"],
        },
    }
]

# The database and the cache: both shared by all processes --------------------------------------------------------
DATABASES: dict[str, dict[str, Any]] = {"default": env.db_url("DATABASE_URL", f"sqlite:///{VAR_DIR / 'db.sqlite3'}")}
DATABASES["default"]["CONN_MAX_AGE"] = None
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # IMMEDIATE takes the write lock when a transaction begins, so that two writers queue instead of failing.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
CACHES = {"default": env.cache_url("CACHE_URL", "dbcache://django_cache")}

# People: sign-in, passwords, sessions ----------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.Staff"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "piggyadmin.accounts.backends.StaffBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "name")},
    },
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
SESSION_COOKIE_AGE = 12 * 60 * 60  # one long shift
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "piggyadmin.views.csrf_failure"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

ACCOUNT_ADAPTER = "piggyadmin.accounts.adapter.ClosedAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_FORMS = {
    "login": "piggyadmin.accounts.forms.SignInForm",
    "change_password": "piggyadmin.accounts.forms.OwnPasswordForm",
    "reauthenticate": "piggyadmin.accounts.forms.PasswordAgainForm",
}
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_RATE_LIMITS = False  # axes is the one lock-out
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
MFA_ADAPTER = "piggyadmin.accounts.second_factor.SecondFactorAdapter"
MFA_FORMS = {
    "authenticate": "piggyadmin.accounts.second_factor.CodeForm",
    "reauthenticate": "piggyadmin.accounts.second_factor.CodeAgainForm",
    "activate_totp": "piggyadmin.accounts.second_factor.ActivateForm",
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = f"piggyadmin {PIGGYADMIN_ACCOUNT}".strip()

AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 5 / 60  # hours: five minutes
AXES_LOCKOUT_PARAMETERS = ["username"]
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # the time that the page names stays true
AXES_USERNAME_FORM_FIELD = "login"
# allauth calls the field "login" in its form and "username" in its credentials: axes alone would count nobody.
AXES_USERNAME_CALLABLE = "piggyadmin.accounts.lockout.name_of"
AXES_DISABLE_ACCESS_LOG = True  # a list of everybody's sign-ins and addresses that nobody reads and nothing prunes
AXES_LOCKOUT_CALLABLE = "piggyadmin.accounts.views.locked_out"
AXES_ENABLE_ACCESS_FAILURE_LOG = False
AXES_VERBOSE = False
SILENCED_SYSTEM_CHECKS = ["axes.W006"]  # counted by name alone: behind one shop's address there are many people

IDLE_SECONDS = 10 * 60
KEPT_POST_SECONDS = 15 * 60

# On anything but a loopback address the site is served over TLS, behind a proxy that says so. Practice that answers to
# no other name than this machine's own goes without.
_HERE_ALONE = PIGGYADMIN_ENV == "practice" and set(ALLOWED_HOSTS) <= {"localhost", "127.0.0.1", "[::1]"}
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PIGGYADMIN_ENV in ("production", "practice") else None
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PIGGYADMIN_ENV in ("production", "practice") and not _HERE_ALONE
if PIGGYADMIN_ENV == "practice":  # beside the real one on the same host: a port does not tell cookies apart
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "practice_sessionid", "practice_csrftoken"
SECURE_SSL_REDIRECT = False
SECURE_HSTS_SECONDS = 31_536_000 if PIGGYADMIN_ENV == "production" else 0
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# Words and times -------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en-gb"
USE_I18N = False  # one language: with it, each address on a page asks for the language three times
USE_TZ = True
TIME_ZONE = env.str("TIME_ZONE", "Europe/Amsterdam")

# Files -----------------------------------------------------------------------------------------------------------
STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = VAR_DIR / ("practice/static" if PIGGYADMIN_ENV == "practice" else "static")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
if DEBUG or PIGGYADMIN_ENV == "test":
    STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    WHITENOISE_USE_FINDERS = True
    WHITENOISE_AUTOREFRESH = True

# Piggy: read by piggyadmin.piggy.get_client() and nowhere else --------------------------------------------------
PIGGY_BASE_URL = env.str("PIGGY_BASE_URL")
if PIGGYADMIN_ENV == "practice" and not re.fullmatch(r"http://(localhost|127\.0\.0\.1):\d+/?", PIGGY_BASE_URL):
    raise ImproperlyConfigured("Practice knows the stand-in Piggy alone. Start it with “piggyadmin practice”.")
PIGGY_TOKEN = env.str("PIGGY_TOKEN", "")
PIGGY_CLIENT_ID = env.str("PIGGY_CLIENT_ID", "")
PIGGY_CLIENT_SECRET = env.str("PIGGY_CLIENT_SECRET", "")
PIGGY_WEBHOOK_SECRET = env.str("PIGGY_WEBHOOK_SECRET", "")
PIGGY_RATE_PER_SECOND = env.float("PIGGY_RATE_PER_SECOND", 50)
PIGGY_JOB_RATE_PER_SECOND = env.float("PIGGY_JOB_RATE_PER_SECOND", 5)
PIGGY_TIMEOUT = env.float("PIGGY_TIMEOUT", 5)  # seconds, for one page or one write
PIGGY_POOL_THREADS = env.int("PIGGY_POOL_THREADS", 72)  # 12 web threads, six facts a page
# Seconds without a sight of it after which a batch whose answer was lost counts as not made.
BATCH_SETTLE_SECONDS = env.float("BATCH_SETTLE_SECONDS", 600)
# How long an approved merge or deletion is held before it is sent, in seconds.
MERGE_HOLD_SECONDS = env.float("MERGE_HOLD_SECONDS", 24 * 60 * 60)
# Seconds after which a contact that was merged away or deleted should answer no more; longer is an incident.
MERGE_SETTLE_SECONDS = env.float("MERGE_SETTLE_SECONDS", 60 * 60)
# Hours between two readings of all contacts.
SYNC_EVERY_HOURS = env.float("SYNC_EVERY_HOURS", 24)
# The call budget lives beside the database, but never in the request's own connection.
PIGGY_BUDGET_URL = (
    f"sqlite:///{Path(DATABASES['default']['NAME']).absolute().with_name('budget.sqlite3')}"
    if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3"
    else env.str("DATABASE_URL")
)

# Seconds after which the counts of Piggy's answers are written to the database, in a thread of each process; 0: never.
ANSWERS_EVERY_SECONDS = 3.0

# Work that outlives a request ------------------------------------------------------------------------------------
Q_CLUSTER = {
    "name": "piggyadmin",
    "orm": "default",
    "workers": 2,
    "timeout": 30,
    "retry": 60,
    "poll": 0.5,
    "max_attempts": 5,
    "catch_up": False,
    "save_limit": 250,
    "label": "Jobs",
}

# Logs: one JSON object a line; httpx at INFO would write e-mail addresses in URLs --------------------------------
LOG_LEVEL = env.str("LOG_LEVEL", "INFO")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"redact": {"()": "piggyadmin.logs.RedactFilter"}},
    "formatters": {"json": {"()": "piggyadmin.logs.JsonFormatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json", "filters": ["redact"]}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    "loggers": {
        "httpx": {"level": "WARNING"},
        "httpcore": {"level": "WARNING"},
        "httpx_retries": {"level": "WARNING"},
        "axes": {"level": "WARNING"},
        "django.server": {"level": "WARNING"},
    },
}

SENTRY_DSN = env.str("SENTRY_DSN", "")
if SENTRY_DSN:
    import sentry_sdk
    from sentry_sdk.integrations.httpx import HttpxIntegration

    sentry_sdk.init(
        dsn=SENTRY_DSN,
        send_default_pii=False,
        max_request_body_size="never",
        include_local_variables=False,
        disabled_integrations=[HttpxIntegration()],  # its breadcrumbs carry e-mail addresses and codes in queries
    )
