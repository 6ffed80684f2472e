"""A change of many records: tried out before it is made, made record by record, taken up again after a kill."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from django.db import transaction
from django.db.models import Count
from django.http import QueryDict
from django.utils.translation import gettext, override
from django.utils.translation import gettext_noop as _

from zhike.foundation import audit, jobs
from zhike.foundation.access.people import viewer_of
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import clock
from zhike.foundation.kit.refusals import Invalid, NotFound, Refusal
from zhike.foundation.records import selector, undo, values
from zhike.foundation.records.declare import RecordType
from zhike.foundation.records.models import BulkChange, BulkRecord, BulkState
from zhike.foundation.records.operations import Operation, one
from zhike.foundation.records.problems import said
from zhike.foundation.records.query import ListQuery
from zhike.foundation.records.registry import get

SHOWN = 5  # records whose values the preview shows before and after
PIECE = 50  # records of one piece of the job
_LONGEST_REASON = 300


class TooMany(Refusal):
    """The list finds more records than one change may touch."""

    code = "bulk_too_large"
    status = 422
    sentence = _("One change reaches at most %(limit)s records. Narrow the list with filters first.")


class Sample(NamedTuple):
    """What would change in one record: (field, before, after)."""

    name: str
    differences: list[tuple[str, str, str]]


class Preview(NamedTuple):
    """What a change would do: of ``tried`` records, how many are refused for which reason."""

    total: int
    tried: int
    refused: list[tuple[str, int]]
    samples: list[Sample]

    @property
    def refused_count(self) -> int:
        """How many of those tried are refused."""
        return sum(count for _reason, count in self.refused)


def uids_of(viewer: Viewer, record_type: RecordType, asked: ListQuery) -> list[UUID]:
    """All that the list finds, in its order. Raises TooMany."""
    limit = selector.limits().bulk_found_max
    found, _is_all = selector.first_ids(viewer, record_type, asked, 0, limit + 1)
    if len(found) > limit:
        raise TooMany(limit=limit)
    uid_by_id = dict(record_type.model._base_manager.filter(pk__in=found).values_list("pk", "uid"))
    return [uid_by_id[pk] for pk in found if pk in uid_by_id]


def preview(
    viewer: Viewer, record_type: RecordType, operation: Operation, uids: Sequence[UUID], answers: Mapping[str, Any]
) -> Preview:
    """Make the change to the first records by its own service, look, and take it all back."""
    tried = list(uids)[: selector.limits().bulk_tried_rows]
    plan = values.plan(viewer, record_type)
    refused: dict[str, int] = {}
    samples: list[Sample] = []
    with transaction.atomic():
        for uid in tried:
            before = texts(viewer, plan, uid) if len(samples) < SHOWN else None
            if reason := _done_or_refused(viewer, operation, uid, answers):
                refused[reason] = refused.get(reason, 0) + 1
            elif before is not None:
                samples.append(compared(record_type, plan, before, texts(viewer, plan, uid)))
        transaction.set_rollback(True)
    by_number = sorted(refused.items(), key=lambda pair: -pair[1])
    return Preview(len(uids), len(tried), by_number, samples)


@transaction.atomic
def begin(
    viewer: Viewer, record_type: RecordType, operation: Operation, uids: Sequence[UUID], answers: QueryDict, token: UUID
) -> BulkChange:
    """Write down what is to be done to which records; few are done at once, for many a worker takes it up.

    ``token`` makes pressing the button twice one change.
    """
    made, is_new = BulkChange.objects.get_or_create(
        uid=token,
        defaults={
            "person_id": viewer.person_id, "code": record_type.code, "what": operation.what, "total": len(uids),
            "answers": {f.key: answers.getlist(f.key) for f in operation.fields},
        },
    )  # fmt: skip
    if made.person_id != viewer.person_id:
        raise NotFound(uid=str(token))
    if not is_new:
        return made
    BulkRecord.objects.bulk_create(
        [BulkRecord(change=made, place=place, record_uid=uid) for place, uid in enumerate(dict.fromkeys(uids))],
        batch_size=1_000,
    )
    audit.record(
        viewer, "records.bulk_changed", kind=record_type.code, object_id=None, object_uid=None,
        after={"what": operation.what, "records": len(uids)},
    )  # fmt: skip
    if len(uids) > selector.limits().bulk_at_once:
        jobs.start("records.bulk", viewer=viewer, arguments={"change": str(made.uid)})
    return made


def work_off(
    change: BulkChange, viewer: Viewer, *, steps: Callable[[Sequence[str]], Iterable[str]] = iter
) -> dict[str, int]:
    """Do what still waits, record by record, and count what came of it.

    A record's state is written in the transaction that changes it, so a kill leaves none done twice or half.
    """
    with override(viewer.language):
        try:
            operation, answers = _understood(change, viewer, get(change.code))
        except Refusal as refusal:
            return _closed(change, reason_of(refusal))
        for first in steps([str(place) for place in range(0, change.total, PIECE)]):
            here = change.records.filter(place__gte=int(first), place__lt=int(first) + PIECE)
            waiting = here.filter(state=BulkState.WAITING).order_by("place")
            for pk, uid in waiting.values_list("pk", "record_uid"):
                _work_off_one(viewer, get(change.code), operation, pk, uid, answers)
    return _closed(change)


def resume(uid: str, steps: Callable[[Sequence[str]], Iterable[str]]) -> dict[str, int]:
    """Work off a change as the person who asked for it, with the rights of today; for the job."""
    change = BulkChange.objects.select_related("person__department").get(uid=uid)
    if not change.person.is_active:
        with override(change.person.language):
            return _closed(change, gettext("Whoever asked for this no longer works here."))
    return work_off(change, viewer_of(change.person), steps=steps)


def _closed(change: BulkChange, reason: str = "") -> dict[str, int]:
    """Say that the change is over; what still waits is refused for the ``reason``."""
    if reason:
        left = change.records.filter(state=BulkState.WAITING)
        left.update(state=BulkState.REFUSED, reason=reason[:_LONGEST_REASON])
    BulkChange.objects.filter(pk=change.pk).update(state=BulkState.DONE, finished_at=clock.now())
    selector.forget_totals()
    return counted(change)


def counted(change: BulkChange) -> dict[str, int]:
    """How many records stand where."""
    found = dict(change.records.order_by().values_list("state").annotate(Count("pk")))
    return {str(state): found.get(state, 0) for state in BulkState.values}


def change_of(viewer: Viewer, record_type: RecordType, uid: UUID) -> BulkChange:
    """One's own change of many. Raises NotFound."""
    found = BulkChange.objects.filter(uid=uid, person_id=viewer.person_id, code=record_type.code).first()
    if found is None:
        raise NotFound(uid=str(uid))
    return found


def _understood(change: BulkChange, viewer: Viewer, record_type: RecordType) -> tuple[Operation, dict[str, Any]]:
    """The operation and its answers, checked as if they were typed now. Raises NotFound, Invalid."""
    operation = one(viewer, record_type, change.what, change.created_at)
    typed = QueryDict(mutable=True)
    for key, given in change.answers.items():
        typed.setlist(key, given)
    form = operation.form(viewer, record_type, typed)
    if not form.is_valid():
        raise Invalid(fields={key: str(problems[0]) for key, problems in form.errors.items()})
    return operation, form.arguments()


@transaction.atomic
def _work_off_one(
    viewer: Viewer, record_type: RecordType, operation: Operation, pk: int, uid: UUID, answers: Mapping[str, Any]
) -> None:
    mine = BulkRecord.objects.filter(pk=pk)
    if not mine.filter(state=BulkState.WAITING).update(state=BulkState.DONE):
        return
    was = _before(viewer, record_type, operation, uid)
    if reason := _done_or_refused(viewer, operation, uid, answers):
        mine.update(state=BulkState.REFUSED, reason=reason[:_LONGEST_REASON])
    elif was is not None:
        mine.update(before=was.plain, version_after=_version_of(record_type, uid))


def _before(viewer: Viewer, record_type: RecordType, operation: Operation, uid: UUID) -> undo.Before | None:
    """What stands there now, where the operation can be taken back and the record be seen."""
    try:
        return undo.before(viewer, record_type, uid, operation.keeps) if operation.keeps else None
    except NotFound:
        return None


def _version_of(record_type: RecordType, uid: UUID) -> int:
    version: int = record_type.model._base_manager.values_list("version", flat=True).get(uid=uid)
    return version


@transaction.atomic
def done_at_once(
    viewer: Viewer, record_type: RecordType, operation: Operation, uids: Sequence[UUID], run: Callable[[], int]
) -> tuple[int, BulkChange | None]:
    """Run a bulk action over all its records together; how many it changed, and the change, if it can be taken back."""
    if not operation.keeps:
        return run(), None
    stood = {uid: undo.before(viewer, record_type, uid, operation.keeps) for uid in uids}
    count = run()
    made = BulkChange.objects.create(
        person_id=viewer.person_id, code=record_type.code, what=operation.what, total=len(uids),
        state=BulkState.DONE, finished_at=clock.now(),
    )  # fmt: skip
    versions = dict(record_type.model._base_manager.filter(uid__in=uids).values_list("uid", "version"))
    BulkRecord.objects.bulk_create(
        BulkRecord(change=made, place=place, record_uid=uid, state=BulkState.DONE, before=was.plain,
                   version_after=versions[uid])
        for place, (uid, was) in enumerate(stood.items())
    )  # fmt: skip
    return count, made


def _done_or_refused(viewer: Viewer, operation: Operation, uid: UUID, answers: Mapping[str, Any]) -> str:
    """Empty when it was done, else the reason in words."""
    try:
        with transaction.atomic():
            operation.run(viewer, uid, answers)
    except Refusal as refusal:
        return reason_of(refusal)
    return ""


def reason_of(refusal: Refusal) -> str:
    """Why a record was refused, as a sentence in the active language."""
    fields = refusal.data.get("fields")
    if isinstance(fields, Mapping) and fields:
        return " ".join(said(words) if isinstance(words, str) else str(words) for words in fields.values())
    sentence = gettext(refusal.sentence)
    try:
        sentence = sentence % refusal.data if "%(" in sentence else sentence
    except KeyError:
        sentence = gettext("This is not possible.")
    missing = [said(str(code)) for code in refusal.data.get("missing", ())]
    return f"{sentence} {' · '.join(missing)}".strip()


def texts(viewer: Viewer, plan: values.Plan, uid: UUID) -> list[str] | None:
    """A record as the viewer reads it; None for what the viewer does not see (any more)."""
    try:
        return plan.texts(selector.one_row(viewer, plan, uid))
    except NotFound:
        return None


def compared(record_type: RecordType, plan: values.Plan, before: list[str], after: list[str] | None) -> Sample:
    """What a change did to a record, field by field, as its viewer reads it."""
    keys = [column.field.key for column in plan.columns]
    at = keys.index(record_type.name_field) if record_type.name_field in keys else -1
    name = before[at] if at >= 0 else str(record_type.title)
    if after is None:
        return Sample(name, [("", "", gettext("leaves what you may see"))])
    pairs = zip(plan.columns, before, after, strict=True)
    return Sample(name, [(str(column.field.label), old, new) for column, old, new in pairs if old != new])
