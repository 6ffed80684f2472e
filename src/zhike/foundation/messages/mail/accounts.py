"""Where mail is handed over and fetched, from the variables of the installation."""

from __future__ import annotations

from dataclasses import dataclass
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.conf import settings

_PORTS = {"smtp": 587, "smtps": 465, "imap": 143, "imaps": 993}
NOWHERE = "zhike.invalid"  # RFC 2606: a domain that is nobody's


@dataclass(frozen=True)
class Account:
    """A server to speak to. ``security`` is ``tls`` from the start, ``starttls``, or ``none`` (this machine only)."""

    host: str
    port: int
    user: str
    password: str
    security: str
    folder: str = "INBOX"

    def __repr__(self) -> str:
        return f"Account({self.host}:{self.port}, {self.security})"  # never the password


class AccountFault(ValueError):
    """A variable of the installation cannot be used; the message names it, not its value."""


def smtp_account() -> Account | None:
    """Where mail is handed over; None when none is set."""
    return _account("ZHIKE_SMTP_URL", settings.MAIL_SMTP_URL, settings.MAIL_SMTP_PASSWORD_FILE, ("smtp", "smtps"))


def imap_account() -> Account | None:
    """Where mail is fetched; None when none is set."""
    return _account("ZHIKE_IMAP_URL", settings.MAIL_IMAP_URL, settings.MAIL_IMAP_PASSWORD_FILE, ("imap", "imaps"))


def mail_folder() -> Path | None:
    """A Maildir from which mail is fetched, for those without a server."""
    return Path(settings.MAIL_FOLDER) if settings.MAIL_FOLDER else None


def sender() -> str:
    """What mail comes from, as ``Name <address>`` or an address alone; empty when none is set."""
    return str(settings.MAIL_FROM)


def sender_address() -> str:
    """The bare address of :func:`sender`."""
    return parseaddr(sender())[1]


def sender_domain() -> str:
    """The domain under which message ids are made."""
    return sender_address().rpartition("@")[2] or NOWHERE


def _account(variable: str, url: str, password_file: str, schemes: tuple[str, str]) -> Account | None:
    if not url:
        return None
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise AccountFault(f"{variable} is not an address of a server") from None
    if parts.scheme not in schemes or not parts.hostname:
        raise AccountFault(f"{variable} begins with {schemes[0]}:// or {schemes[1]}:// and names a host")
    security = "tls" if parts.scheme == schemes[1] else "none" if parts.query == "tls=none" else "starttls"
    password = unquote(parts.password or "")
    if password_file:
        password = Path(password_file).read_text(encoding="utf-8").strip()
    folder = unquote(parts.path.strip("/")) or "INBOX"
    return Account(
        parts.hostname, port or _PORTS[parts.scheme], unquote(parts.username or ""), password, security, folder
    )
