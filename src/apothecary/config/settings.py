"""Settings of the house. What differs between installations comes from the environment."""

import os
import secrets
from pathlib import Path
from typing import Any

from psycopg.conninfo import conninfo_to_dict


def database(url: str) -> dict[str, Any]:
    """Django's database entry for a PostgreSQL address."""
    parts = conninfo_to_dict(url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.get("dbname", "apothecary"),
        "USER": parts.get("user", ""),
        "PASSWORD": parts.get("password", ""),
        "HOST": parts.get("host", ""),
        "PORT": str(parts.get("port", "")),
        "CONN_MAX_AGE": None,
        # Signing on is the health check: the first question of a request (`staff.signon`).
        "CONN_HEALTH_CHECKS": False,
        "DISABLE_SERVER_SIDE_CURSORS": True,
        # Server-side binding lets PostgreSQL keep the plans of the hot statements.
        "OPTIONS": {"server_side_binding": True, "prepare_threshold": 2},
    }


DATA = Path(os.environ.get("DATA", "var")).resolve()
DEBUG = False
SECRET_KEY = os.environ.get("APOTHECARY_SECRET") or secrets.token_urlsafe(48)
ALLOWED_HOSTS = os.environ.get(
    "APOTHECARY_HOSTS", "127.0.0.1 localhost [::1] testserver"
).split()

INSTALLED_APPS = [
    "django.contrib.staticfiles",
    "django_htmx",
    "procrastinate.contrib.django",
    "apothecary.wires",
    "apothecary.journal",
    "apothecary.workbench",
    "apothecary.staff",
    "apothecary.patients",
    "apothecary.drugs",
    "apothecary.stock",
    "apothecary.vault",
    "apothecary.purchasing",
    "apothecary.prescriptions",
    "apothecary.intake",
    "apothecary.screening",
    "apothecary.claims",
    "apothecary.filling",
    "apothecary.verification",
    "apothecary.pickup",
    "apothecary.returns",
    "apothecary.doors",
    "apothecary.config",
]

MIDDLEWARE = [
    "apothecary.config.metrics.Counted",
    "apothecary.config.watch.Watch",
    "apothecary.config.policy.Policy",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "apothecary.staff.middleware.SignOn",
    "apothecary.doors.once.Once",
    "apothecary.doors.plain.Plain",
    "apothecary.staff.middleware.Refusals",
]

ROOT_URLCONF = "apothecary.config.urls"
WSGI_APPLICATION = "apothecary.config.wsgi.application"
DATABASES = {
    "default": database(
        os.environ.get("DATABASE_URL", "postgresql:///apothecary?user=apothecary")
    )
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en-us"
USE_I18N = False

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "APP_DIRS": True,
        "OPTIONS": {
            "environment": "apothecary.workbench.jinja.environment",
            "context_processors": ["apothecary.config.frame.frame"],
        },
    }
]

# The site's own payer sheets, a folder of TOML files; they win over those of the house.
PAYER_SHEETS = Path(folder) if (folder := os.environ.get("APOTHECARY_SHEETS", "")) else None
# The knowledge base that screens: a function as `screening.rules.found.KnowledgeBase` says.
SCREENING = os.environ.get("APOTHECARY_SCREENING", "apothecary.screening.rules.house.screen")

STATIC_URL = "/static/"
# Found in the rooms at start: no second copy of them on the disk.
STATICFILES_DIRS: list[str] = []
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False

PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]

# One page is one origin: scripts, styles and images come from here alone. The live events
# come from the neighbouring port, which the frame names in its own header.
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_NAME = "apothecary_session"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = False
DATA_UPLOAD_MAX_MEMORY_SIZE = 8 * 1024 * 1024

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "loggers": {"procrastinate": {"level": "WARNING"}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("APOTHECARY_LOG", "INFO")},
}
