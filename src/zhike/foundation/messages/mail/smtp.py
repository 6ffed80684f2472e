"""Handing a message to a mail server, in steps: the caller can note from when on it may have arrived."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from zhike.foundation.messages.mail.accounts import Account

_TIMEOUT_SECONDS = 30
_PERMANENT = 500
_NO_SUCH_NAME = 553  # what a server says of an address that cannot be written


class NotSent(Exception):
    """The message was not taken over. ``is_final`` says that trying again is no use; ``reply`` holds no address."""

    def __init__(self, code: int, *, is_final: bool, is_addressee: bool = False) -> None:
        super().__init__(code)
        self.code, self.is_final, self.is_addressee = code, is_final, is_addressee


class InDoubt(Exception):
    """The connection broke after the words were given: nobody knows whether they arrived."""


@contextmanager
def session(account: Account) -> Iterator[smtplib.SMTP]:
    """A signed-in connection. Raises NotSent when there is none to be had now."""
    try:
        server = _connected(account)
    except smtplib.SMTPAuthenticationError as fault:
        raise NotSent(fault.smtp_code, is_final=False) from None
    except (OSError, smtplib.SMTPException) as fault:
        raise NotSent(getattr(fault, "smtp_code", 0), is_final=False) from None
    try:
        yield server
    finally:
        try:
            server.quit()
        except (OSError, smtplib.SMTPException):
            server.close()


def _connected(account: Account) -> smtplib.SMTP:
    context = ssl.create_default_context()
    if account.security == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(account.host, account.port, timeout=_TIMEOUT_SECONDS, context=context)
    else:
        server = smtplib.SMTP(account.host, account.port, timeout=_TIMEOUT_SECONDS)
    try:
        server.ehlo()
        if account.security == "starttls":
            server.starttls(context=context)
            server.ehlo()
        if account.user:
            server.login(account.user, account.password)
    except (OSError, smtplib.SMTPException):
        server.close()
        raise
    return server


def hand_over(
    server: smtplib.SMTP, sender: str, recipient: str, content: bytes, before_words: Callable[[], None]
) -> None:
    """Give one message to one recipient. ``before_words`` is called when the server has accepted both addresses.

    Raises NotSent while the server certainly does not have it, InDoubt when it may.
    """
    try:
        server.rset()
        _accepted(*server.mail(sender), is_addressee=False)
        _accepted(*server.rcpt(recipient), is_addressee=True)
    except UnicodeEncodeError:
        raise NotSent(_NO_SUCH_NAME, is_final=True, is_addressee=True) from None
    except (OSError, smtplib.SMTPException):
        raise NotSent(0, is_final=False) from None
    before_words()
    try:
        code, _reply = server.data(content)
    except smtplib.SMTPDataError as refused:
        code = refused.smtp_code
    except (OSError, smtplib.SMTPException):
        raise InDoubt from None
    _accepted(code, b"", is_addressee=False)


def _accepted(code: int, _reply: bytes, *, is_addressee: bool) -> None:
    if not 200 <= code < 300:
        raise NotSent(code, is_final=code >= _PERMANENT, is_addressee=is_addressee)
