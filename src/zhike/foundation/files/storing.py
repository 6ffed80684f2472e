"""Attachments put away, opened again, removed. Who may do it is asked by the caller, who knows the record."""

from __future__ import annotations

import base64
import io
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings
from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext_noop as _

from zhike.foundation import audit
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.crypto import vault
from zhike.foundation.files import kinds
from zhike.foundation.files.chunked import KEY_BYTES, Reader, copy
from zhike.foundation.files.models import Attachment
from zhike.foundation.files.policy import AttachmentPolicy
from zhike.foundation.kit import clock, ids
from zhike.foundation.kit.refusals import Refusal
from zhike.foundation.policies import versions

_MB = 1024 * 1024
_LONGEST_NAME = 150


class TooLarge(Refusal):
    """The file is larger than an attachment may be."""

    code = "file_too_large"
    status = 413
    sentence = _("An attachment may have at most %(limit)s MB. Make the file smaller, or attach parts of it.")


class TooManyFiles(Refusal):
    """The record has as many attachments as it may have."""

    code = "too_many_files"
    sentence = _("There are %(limit)s attachments already, as many as one record may have. Remove one first.")


class UnsuitableFile(Refusal):
    """The content is nothing that may be attached."""

    code = "unsuitable_file"
    status = 422
    sentence = _("This cannot be attached. Attach a PDF, a picture, a Word, Excel or PowerPoint file, or plain text.")


class MixedFile(Refusal):
    """The content can be read as two kinds of file, which is how harmful ones are smuggled in."""

    code = "mixed_file"
    status = 422
    sentence = _("This file holds more than what it seems to be. Save it anew with its program, and attach that.")


class FileWithMacros(Refusal):
    """The document carries a program."""

    code = "file_with_macros"
    status = 422
    sentence = _("This document holds macros. Save it without them, and attach that.")


class NameMisleads(Refusal):
    """The name says another kind of file than the content is."""

    code = "name_misleads"
    status = 422
    sentence = _("The content of this file is %(kind)s, but its name says otherwise. Correct the ending of the name.")


class FileGone(Refusal):
    """The key of the file was destroyed, or the disk does not hold what was written."""

    code = "file_gone"
    status = 410
    sentence = _("This attachment can no longer be opened: the customer was erased, or the file is damaged.")


_REASONS: dict[str, type[Refusal]] = {"unknown": UnsuitableFile, "mixed": MixedFile, "macros": FileWithMacros}


class Shown(NamedTuple):
    """An attachment as people see it; without a name where the key is gone."""

    uid: UUID
    name: str
    media_type: str
    size: int
    at: Any
    by: str


def limits() -> AttachmentPolicy:
    """The numbers in force."""
    return versions.current().get(AttachmentPolicy)


def path_of(uid: UUID) -> Path:
    """Where the sealed bytes of an attachment are."""
    return Path(settings.HOME) / "files" / uid.hex[-2:] / uid.hex


def listed(code: str, record_uid: UUID) -> list[Shown]:
    """The attachments of a record, the newest first."""
    rows = list(
        Attachment.objects.filter(record_uid=record_uid, code=code, deleted_at=None)
        .select_related("created_by")
        .order_by("-id")
    )
    names = _opened(rows)
    return [
        Shown(r.uid, held["name"] if held else "", r.media_type, r.size, r.created_at, str(r.created_by or ""))
        for r, held in zip(rows, names, strict=True)
    ]


def put_away(viewer: Viewer, *, code: str, record_uid: UUID, subject: UUID, file: File) -> Attachment:
    """Seal ``file`` and write it down. Nothing stays on disk when anything goes wrong.

    Raises: TooLarge, TooManyFiles, UnsuitableFile, MixedFile, FileWithMacros, NameMisleads, PersonErased.
    """
    kind = _checked(code, record_uid, file)
    uid, key, name = ids.uid(), os.urandom(KEY_BYTES), _name(file.name or "", kind)
    sealed = vault.seal_text(subject, json.dumps({"key": base64.b64encode(key).decode(), "name": name}))
    path = path_of(uid)
    size = _written(path, key, file)
    try:
        with transaction.atomic():
            made = Attachment.objects.create(
                uid=uid, code=code, record_uid=record_uid, subject=subject, sealed=sealed, size=size,
                media_type=kind.media_type, created_by_id=viewer.person_id,
            )  # fmt: skip
            _noted(viewer, "attachment.add", made)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return made


def open_again(viewer: Viewer, attachment: Attachment) -> tuple[str, io.BufferedReader]:
    """Its name and its plain bytes, and a note in the log that it was opened. Raises FileGone."""
    held = _opened([attachment])[0]
    path = path_of(attachment.uid)
    if held is None or not path.exists():
        raise FileGone()
    _noted(viewer, "attachment.open", attachment)
    reader: Any = Reader(base64.b64decode(held["key"]), path.open("rb"), attachment.size)
    return held["name"], io.BufferedReader(reader, buffer_size=64 * 1024)


@transaction.atomic
def remove(viewer: Viewer, attachment: Attachment) -> None:
    """Destroy the key of an attachment and, once that is certain, its bytes. The log keeps that it was there."""
    Attachment.objects.filter(pk=attachment.pk).update(deleted_at=clock.now(), sealed="")
    _noted(viewer, "attachment.remove", attachment)
    transaction.on_commit(lambda: path_of(attachment.uid).unlink(missing_ok=True))


def sweep(older_than_s: int = 86_400) -> int:
    """Remove what lies on disk and cannot be opened: no row, a removed one, an erased customer. Returns how many."""
    folder, limit, gone = Path(settings.HOME) / "files", clock.now().timestamp() - older_than_s, 0
    for part in sorted(folder.glob("??")):
        paths = {path for path in part.iterdir() if path.is_file() and path.stat().st_mtime < limit}
        known = _alive([path.name for path in paths])
        for path in paths:
            if path.name not in known:
                path.unlink(missing_ok=True)
                gone += 1
    return gone


def _alive(names: Sequence[str]) -> set[str]:
    uids = [UUID(name) for name in names if len(name) == 32]
    rows = list(Attachment.objects.filter(uid__in=uids, deleted_at=None))
    return {row.uid.hex for row, held in zip(rows, _opened(rows), strict=True) if held is not None}


def _checked(code: str, record_uid: UUID, file: File) -> kinds.FileKind:
    rules = limits()
    if file.size > rules.largest_mb * _MB:
        raise TooLarge(limit=rules.largest_mb)
    count = Attachment.objects.filter(record_uid=record_uid, code=code, deleted_at=None).count()
    if count >= rules.most_per_record:
        raise TooManyFiles(limit=rules.most_per_record)
    try:
        kind = kinds.kind_of(file.file)
    except kinds.Unsuitable as wrong:
        raise _REASONS[wrong.reason]() from None
    ending = Path(file.name or "").suffix.lstrip(".").lower()
    if ending and ending not in kind.endings:
        raise NameMisleads(kind=kind.code.upper())
    return kind


def _name(given: str, kind: kinds.FileKind) -> str:
    """A name without folders and control characters, with an ending that fits."""
    plain = "".join(c for c in given.replace("\\", "/").rsplit("/", 1)[-1] if c.isprintable()).strip(". ")
    stem, ending = Path(plain).stem[:_LONGEST_NAME] or "file", Path(plain).suffix.lstrip(".").lower()
    return f"{stem}.{ending if ending in kind.endings else kind.endings[0]}"


def _written(path: Path, key: bytes, file: File) -> int:
    """Seal the file under its last name, whole or not at all."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            file.seek(0)
            size = copy(iter(lambda: file.read(64 * 1024), b""), key, out)
            out.flush()
            os.fsync(out.fileno())
        part.rename(path)
    finally:
        part.unlink(missing_ok=True)
    return size


def _opened(rows: Sequence[Attachment]) -> list[dict[str, str] | None]:
    texts = vault.unseal_texts([(row.subject, row.sealed) for row in rows]) if rows else []
    return [None if text is None else json.loads(text) for text in texts]


def _noted(viewer: Viewer, action: str, attachment: Attachment) -> None:
    audit.record(
        viewer, action, kind="attachment", object_id=attachment.pk, object_uid=attachment.record_uid,
        after={"record": attachment.code, "type": attachment.media_type, "bytes": attachment.size},
    )  # fmt: skip
