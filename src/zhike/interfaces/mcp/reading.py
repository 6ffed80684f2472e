"""What assistants read is in the log: who, which records, in which version, through what."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import transaction

from zhike.foundation import audit
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.audit import words
from zhike.foundation.records.declare import RecordType


@transaction.atomic
def noted(viewer: Viewer, tool: str, record_type: RecordType | None, uids: Iterable[str] = (), count: int = 0) -> None:
    """Write down that the records were read; written before they are handed over."""
    if record_type is None:
        audit.record(viewer, "assistant.read", kind="assistant", after={"tool": tool, "count": count})
        return
    rows = record_type.model._base_manager.filter(uid__in=[UUID(str(uid)) for uid in uids])
    found = list(rows.values_list("pk", "uid", "version"))
    about: dict[str, Any] = {"kind": _kind_of(record_type), "after": {"tool": tool, "count": len(found)}}
    if len(found) == 1:
        pk, uid, version = found[0]
        about |= {"object_id": pk, "object_uid": uid, "after": {"tool": tool, "version": version}}
    else:
        about["batch"] = [(pk, audit.digest_of({"version": version})) for pk, _uid, version in found]
    audit.record(viewer, "assistant.read", **about)


def _kind_of(record_type: RecordType) -> str:
    """What the log calls such records."""
    return next((code for code, kind in words.kinds().items() if kind.records == record_type.code), record_type.code)
