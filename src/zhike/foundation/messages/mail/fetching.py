"""Fetching mail from an IMAP server or a Maildir: one by one, and marked only when it has been taken in."""

from __future__ import annotations

import contextlib
import imaplib
import re
import ssl
from collections.abc import Iterator
from pathlib import Path

from zhike.foundation.messages.mail.accounts import Account

_TIMEOUT_SECONDS = 30
_SIZE = b"RFC822.SIZE "
_HEAD_MOST = 65_536


class NotFetched(Exception):
    """The mailbox cannot be read now. The message names what failed, no address and no password."""


class Fetched:
    """One message as it lies in the mailbox; of one that is larger than was asked for only the head."""

    def __init__(self, content: bytes, *, is_whole: bool) -> None:
        self.content, self.is_whole = content, is_whole
        self.is_taken = False


def fetched(account: Account, *, most: int, largest: int) -> Iterator[Fetched]:
    """Unseen messages of an IMAP folder, the oldest first. One that the caller marks ``is_taken`` is marked seen.

    Reading does not mark: whoever dies in between gets it again. Raises NotFetched.
    """
    try:
        server = _signed_in(account)
    except (OSError, imaplib.IMAP4.error) as fault:
        raise NotFetched(type(fault).__name__) from None
    try:
        yield from _unseen(server, most, largest)
    except (OSError, imaplib.IMAP4.error) as fault:
        raise NotFetched(type(fault).__name__) from None
    finally:
        with contextlib.suppress(OSError, imaplib.IMAP4.error):
            server.logout()


def _signed_in(account: Account) -> imaplib.IMAP4:
    context = ssl.create_default_context()
    if account.security == "tls":
        server: imaplib.IMAP4 = imaplib.IMAP4_SSL(
            account.host, account.port, ssl_context=context, timeout=_TIMEOUT_SECONDS
        )
    else:
        server = imaplib.IMAP4(account.host, account.port, timeout=_TIMEOUT_SECONDS)
    try:
        if account.security == "starttls":
            server.starttls(context)
        server.login(account.user, account.password)
        state, _ = server.select(f'"{account.folder}"')
        if state != "OK":
            raise imaplib.IMAP4.error("no such folder")
    except (OSError, imaplib.IMAP4.error):
        server.shutdown()
        raise
    return server


def _unseen(server: imaplib.IMAP4, most: int, largest: int) -> Iterator[Fetched]:
    _, found = server.uid("SEARCH", "UNSEEN")
    for number in (found[0] or b"").split()[:most]:
        uid = number.decode()
        is_whole = _size_of(server, uid) <= largest
        _, parts = server.uid("FETCH", uid, "(BODY.PEEK[])" if is_whole else "(BODY.PEEK[HEADER])")
        content = next((part[1] for part in parts if isinstance(part, tuple)), b"")
        message = Fetched(content, is_whole=is_whole)
        yield message
        if message.is_taken:
            server.uid("STORE", uid, "+FLAGS.SILENT", r"(\Seen)")


def _size_of(server: imaplib.IMAP4, uid: str) -> int:
    _, parts = server.uid("FETCH", uid, "(RFC822.SIZE)")
    line = next((part for part in parts if isinstance(part, bytes) and _SIZE in part), b"")
    return int(line.partition(_SIZE)[2].split(b" ")[0].rstrip(b")") or 0)


def found_in(folder: Path, *, most: int, largest: int) -> Iterator[Fetched]:
    """Messages of a Maildir that are new, the oldest first. One that is taken moves from ``new`` to ``cur``."""
    if not (folder / "new").is_dir():
        raise NotFetched("NotAMaildir")
    new = sorted((folder / "new").iterdir(), key=lambda path: (path.stat().st_mtime, path.name))
    for path in new[:most]:
        is_whole = path.stat().st_size <= largest
        message = Fetched(path.read_bytes() if is_whole else _head_of(path), is_whole=is_whole)
        yield message
        if message.is_taken:
            path.rename(folder / "cur" / f"{path.name}:2,S")


def _head_of(path: Path) -> bytes:
    with path.open("rb") as file:
        return re.split(rb"\r?\n\r?\n", file.read(_HEAD_MOST), maxsplit=1)[0]
