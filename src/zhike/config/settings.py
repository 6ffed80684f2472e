"""Settings, read from the environment once by the names of the contract. All state is under ZHIKE_HOME."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from zhike.config.database import database_settings
from zhike.config.logs import logging_of

ENV = os.environ.get("ZHIKE_ENV", "dev")
if ENV not in ("dev", "test", "prod"):
    raise RuntimeError(f"ZHIKE_ENV must be dev, test or prod, not {ENV!r}")
if os.environ.get("ZHIKE_CLOCK_FILE") and ENV != "test":
    raise RuntimeError("ZHIKE_CLOCK_FILE moves the clock and is for ZHIKE_ENV=test only. Unset it.")

if ENV != "test":
    os.umask(0o077)  # database, snapshots and files are for the account of the service alone

PACKAGE = Path(__file__).resolve().parent.parent
HOME = Path(os.environ.get("ZHIKE_HOME", "var")).resolve()
KEY_DIR = Path(os.environ.get("ZHIKE_KEY_DIR", HOME / "keys"))
PORT = int(os.environ.get("ZHIKE_PORT", "8000"))


def _secret() -> str:
    """The signing key, from its file; made on first use so that there is never a default."""
    path = Path(os.environ.get("ZHIKE_SECRET_FILE", KEY_DIR / "secret"))
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(secrets.token_urlsafe(48))
        except FileExistsError:
            pass  # another process made it a moment ago
    return path.read_text(encoding="utf-8").strip()


SECRET_KEY = _secret()
DEBUG = False
ALLOWED_HOSTS = os.environ.get("ZHIKE_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
if ENV == "test":
    ALLOWED_HOSTS.append("testserver")  # as Django's test client calls it
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    # The pages of allauth about second factors load its tags; ours do not.
    "django.contrib.humanize",
    "django.forms",
    "django_htmx",
    "django_cotton.apps.SimpleAppConfig",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "zhike.foundation.crypto",
    "zhike.foundation.audit",
    "zhike.foundation.access",
    "zhike.foundation.policies",
    "zhike.foundation.calendar",
    "zhike.foundation.jobs",
    "zhike.foundation.files",
    "zhike.foundation.backup",
    "zhike.foundation.outbox",
    "zhike.foundation.obligations",
    "zhike.foundation.messages",
    "zhike.foundation.approvals",
    "zhike.foundation.search",
    "zhike.foundation.records",
    "zhike.foundation.reports",
    "zhike.foundation.imports",
    "zhike.foundation.ui",
    "zhike.customers",
    "zhike.ledger",
    "zhike.comply",
    "zhike.correspond",
    "zhike.segment",
    "zhike.acquire",
    "zhike.win",
    "zhike.onboard",
    "zhike.serve",
    "zhike.retain",
    "zhike.insight",
    "zhike.automate",
    "zhike.sample",
    "zhike.interfaces.web",
    "zhike.interfaces.portal",
    "zhike.interfaces.api",
    "zhike.interfaces.mcp",
    "zhike.config",
]
MIDDLEWARE = [
    "zhike.interfaces.web.tracing.TraceMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "zhike.interfaces.web.middleware.NullMiddleware",
    "zhike.interfaces.web.middleware.ViewerMiddleware",
    "zhike.interfaces.web.middleware.PasswordMiddleware",
    "zhike.interfaces.portal.middleware.VisitorMiddleware",
]
ROOT_URLCONF = "zhike.config.urls"
WSGI_APPLICATION = "zhike.config.wsgi.application"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": False,
        "DIRS": [PACKAGE / "interfaces" / "web" / "templates"],  # before the libraries' own
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django_cotton.cotton_loader.Loader",
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "builtins": ["django_cotton.templatetags.cotton", "django.templatetags.i18n"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "zhike.interfaces.web.context.shell",
            ],
        },
    }
]
DATABASES = {"default": database_settings(os.environ.get("ZHIKE_DATABASE_URL", ""), HOME)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "access.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
if ENV == "test":
    PASSWORD_HASHERS.insert(0, "django.contrib.auth.hashers.MD5PasswordHasher")
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_ADAPTER = "zhike.interfaces.web.accounts.StaffAdapter"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_USER_MODEL_USERNAME_FIELD = "username"
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_FORMS = {"add_webauthn": "zhike.interfaces.web.account_forms.AddPasskeyForm"}
MFA_TOTP_ISSUER = "Zhike"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = ENV != "prod"
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

LANGUAGE_CODE = "zh-hans" if os.environ.get("ZHIKE_LANG", "zh").startswith("zh") else "en"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
USE_I18N = True
# Before the catalogues of other packages, so that "user" or "active" reads everywhere as we write it.
LOCALE_PATHS = sorted(map(str, PACKAGE.rglob("locale")))
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": HOME / "files"},
    },
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if ENV != "test"
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = ENV == "test"  # tests serve what was not collected

# Networks inside that webhooks may call all the same, as 10.1.0.0/16,127.0.0.0/8; http only to loopback.
EGRESS_ALLOW = tuple(filter(None, (part.strip() for part in os.environ.get("ZHIKE_EGRESS_ALLOW", "").split(","))))

# Mail: where it is handed over, where it is fetched, and what it comes from. Without a URL none is sent or fetched.
MAIL_SMTP_URL = os.environ.get("ZHIKE_SMTP_URL", "")
MAIL_SMTP_PASSWORD_FILE = os.environ.get("ZHIKE_SMTP_PASSWORD_FILE", "")
MAIL_IMAP_URL = os.environ.get("ZHIKE_IMAP_URL", "")
MAIL_IMAP_PASSWORD_FILE = os.environ.get("ZHIKE_IMAP_PASSWORD_FILE", "")
MAIL_FOLDER = os.environ.get("ZHIKE_MAIL_FOLDER", "")
MAIL_FROM = os.environ.get("ZHIKE_MAIL_FROM", "")
# Services that staff may sign in by besides their password, as docs/howto/sign-in-with-your-company.md describes.
SIGN_IN_FILE = os.environ.get("ZHIKE_SIGN_IN_FILE", "")
# Under which address people reach this installation, for links in mail.
PUBLIC_URL = os.environ.get("ZHIKE_URL", f"http://localhost:{PORT}").rstrip("/")
# What the enterprise calls itself on pages that customers see.
ENTERPRISE = os.environ.get("ZHIKE_ENTERPRISE", "")
# Who shows this token may read /metrics; without the file only this machine itself, and no reverse proxy.
METRICS_TOKEN_FILE = os.environ.get("ZHIKE_METRICS_TOKEN_FILE", "")
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SESSION_ENGINE = "zhike.foundation.access.sessions"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = ENV == "prod"
SESSION_COOKIE_AGE = 12 * 3600
if ENV == "prod":
    # Cookies demand TLS, which ends at the reverse proxy: what browsers call https comes in as http.
    CSRF_TRUSTED_ORIGINS = [f"https://{'*' * host.startswith('.')}{host}" for host in ALLOWED_HOSTS]
# Addresses of reverse proxies: only they are believed when they say for whom they ask.
PROXIES = frozenset(filter(None, os.environ.get("ZHIKE_PROXIES", "").split(",")))
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'", "data:"],
        "connect-src": ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
# What is too large for memory waits on disk sealed: nothing of an upload is ever written in plain.
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "zhike.foundation.files.receiving.SealedTemporaryHandler",
]
FILE_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024
SILENCED_SYSTEM_CHECKS = ["auth.W004", "models.W040"]  # SQLite leaves the carried columns of an index out

# Errors with their traceback go to standard error, where the service manager keeps them. Messages carry ids, no values.
# The words of an exception may repeat what somebody typed, so in production they stay out.
LOGGING = logging_of(
    HOME, to_file=ENV != "test" or os.environ.get("ZHIKE_LOG_FILE") == "on", words_of_faults=ENV != "prod"
)
