"""Attachments of records: the reach and the rights of the record decide who sees, adds and removes them."""

from __future__ import annotations

import io
from typing import Any
from uuid import UUID

from django.core.files.base import File

from zhike.foundation.access import scope
from zhike.foundation.access.matrix import Level
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.files import storing
from zhike.foundation.files.models import Attachment
from zhike.foundation.files.storing import Shown
from zhike.foundation.kit.refusals import NotFound
from zhike.foundation.records.declare import RecordType


def listed(viewer: Viewer, record_type: RecordType, uid: UUID) -> list[Shown]:
    """The attachments of a record, the newest first. Raises Forbidden, NotFound."""
    _row(viewer, record_type, uid, Level.FULL)
    return storing.listed(record_type.code, uid)


def add(viewer: Viewer, record_type: RecordType, uid: UUID, file: File) -> Attachment:
    """Attach a file. Raises Forbidden, NotFound, and what :func:`storing.put_away` refuses."""
    row = _row(viewer, record_type, uid, Level.EDIT)
    subject: Any = row
    for step in (record_type.files or "").split("__") if record_type.files else ():
        subject = getattr(subject, step)
    return storing.put_away(viewer, code=record_type.code, record_uid=uid, subject=subject.uid, file=file)


def open_one(
    viewer: Viewer, record_type: RecordType, uid: UUID, file_uid: UUID
) -> tuple[Attachment, str, io.BufferedReader]:
    """An attachment, its name and its bytes; that it was opened is noted. Raises Forbidden, NotFound, FileGone."""
    found = one(viewer, record_type, uid, file_uid, Level.FULL)
    return found, *storing.open_again(viewer, found)


def remove(viewer: Viewer, record_type: RecordType, uid: UUID, file_uid: UUID) -> None:
    """Destroy an attachment. Raises Forbidden, NotFound."""
    storing.remove(viewer, one(viewer, record_type, uid, file_uid, Level.EDIT))


def one(viewer: Viewer, record_type: RecordType, uid: UUID, file_uid: UUID, level: Level) -> Attachment:
    """The attachment of that record. Raises Forbidden, NotFound."""
    _row(viewer, record_type, uid, level)
    found = Attachment.objects.filter(uid=file_uid, record_uid=uid, code=record_type.code, deleted_at=None).first()
    if found is None:
        raise NotFound(uid=str(file_uid))
    return found


def _row(viewer: Viewer, record_type: RecordType, uid: UUID, level: Level) -> Any:
    """The record itself. What is attached says more than the basics, so its readers see the area in full."""
    if record_type.files is None:
        raise NotFound(code=record_type.code)
    viewer.require(record_type.area, level)
    return scope.one(viewer, record_type.model._default_manager.all(), uid=uid)
