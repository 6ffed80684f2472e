"""What people do with an import: bring a file in, say what its columns are, try it, write it, take it back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from zhike.foundation import audit, jobs, policies
from zhike.foundation.access.people import viewer_of
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.crypto import vault
from zhike.foundation.crypto.parcels import Parcels
from zhike.foundation.imports import reading, rights, staging, targets
from zhike.foundation.imports.context import field_of_cells
from zhike.foundation.imports.models import Import, PieceState, State
from zhike.foundation.imports.plan import ON_MATCH, Plan
from zhike.foundation.imports.policy import CallPolicy, ImportPolicy
from zhike.foundation.imports.refusals import Emptied, TooLate, TooManyRows, WrongStep
from zhike.foundation.jobs.models import JobRun, RunState
from zhike.foundation.kit import clock
from zhike.foundation.kit.refusals import Invalid, NotFound
from zhike.foundation.records import registry
from zhike.foundation.records.declare import RecordType
from zhike.foundation.tables.dates import ORDERS

import_stage = staging.import_stage
_MAPPABLE = (State.STAGED, State.CHECKED, State.FAILED)


def numbers() -> ImportPolicy:
    """The numbers in force."""
    return policies.current().get(ImportPolicy)


def one(viewer: Viewer, uid: UUID, *, lock: bool = False) -> Import:
    """One's own import; IT sees those of all, as rows and counts. Raises NotFound."""
    rows = Import.objects.exclude(state=State.ARRIVING).select_related("person__department")
    if lock:
        rows = rows.select_for_update(of=("self",))
    if not rights.migrates(viewer):
        rows = rows.filter(person_id=viewer.person_id)
    found = rows.filter(uid=uid).first()
    if found is None:
        raise NotFound(uid=str(uid))
    return found


@transaction.atomic
def import_map(*, viewer: Viewer, uid: UUID, plan: Plan) -> Import:
    """Say what the columns are, and start the dry run. May be said again until the rows are written.

    Raises: NotFound, Forbidden, WrongStep, Emptied, Invalid (naming each target that is missing or wrong).
    """
    made = _mine(viewer, uid, *_MAPPABLE)
    record_type = registry.get(made.code)
    acting = rights.acting(viewer, record_type)
    if made.pieces.filter(state=PieceState.DONE).exists():
        raise WrongStep(state=made.state)
    parcels = Parcels(made.uid)
    shape = parcels.open(made.shape or b"", "shape")
    if shape.get("is_typed", False) != plan.is_typed:  # what a program sent is no text to be read another way
        raise WrongStep(state=made.state)
    offered = {t.code: t for t in targets.targets_for(acting, record_type, is_typed=plan.is_typed)}
    _refuse_faults(plan, offered, len(shape["headings"]), record_type)
    if not plan.is_typed:
        targets.remember(record_type, shape["headings"], plan.columns)
    made.plan, made.state, made.problem = parcels.pack(plan.to_json(), "plan"), State.CHECKING, ""
    made.counts, made.checked_at = {}, None
    made.save(update_fields=["plan", "state", "problem", "counts", "checked_at"])
    made.pieces.update(state=PieceState.STAGED, verdicts=None, counts={})
    jobs.start("imports.check", viewer=viewer, arguments={"import": str(made.uid)})
    return made


def _refuse_faults(plan: Plan, offered: Mapping[str, targets.Target], width: int, record_type: RecordType) -> None:
    importer, problems = targets.importer_of(record_type), dict[str, str]()
    used = [*plan.columns.values(), *(c for c, text in plan.constants.items() if text.strip())]
    for code in used:
        if code not in offered:
            problems[code] = "unknown_field"
        elif used.count(code) > 1:
            problems[code] = gettext("“%(field)s” is chosen twice.") % {"field": offered[code].label}
    for code, text in plan.constants.items():
        if code in offered and text.strip() and (words := _wrong(offered[code], text)):
            problems[code] = words
    if any(not 0 <= place < width for place in plan.columns):
        problems["columns"] = _("There is no such column.")
    if any(order not in ("", *ORDERS) for order in plan.orders.values()) or plan.on_match not in ON_MATCH:
        problems["options"] = "not_an_option"
    given = {offered[code].field.key for code in used if code in offered}
    for key in importer.needs if plan.key != targets.UID else ():
        if key not in given:
            label = importer.field(key).label if importer.field(key) else key  # type: ignore[union-attr]
            problems.setdefault(key, gettext("Choose the column for “%(field)s”, or give one value for all rows.")
                                % {"field": label})  # fmt: skip
    if plan.key and (targets.key_of(record_type, plan.key) is None or plan.key not in given):
        problems["key"] = _("Rows can be recognised only by a field that the file has.")
    if problems:
        raise Invalid(fields=problems)


@transaction.atomic
def import_rows(
    *, viewer: Viewer, record_type: RecordType, rows: Sequence[Mapping[str, Any]], plan: Plan, size_bytes: int,
    sha256: str,
) -> Import:  # fmt: skip
    """Take in rows that a program sent, and start what ``plan`` says; its columns are the names of the values.

    Raises: Forbidden, NotFound, TooManyRows, Invalid (naming each value that does not exist or cannot be written).
    """
    limit = policies.current().get(CallPolicy).rows_max
    if len(rows) > limit:
        raise TooManyRows(limit=limit)
    acting = rights.acting(viewer, record_type)
    offered = {t.code for t in targets.targets_for(acting, record_type, is_typed=True)}
    headings = list(dict.fromkeys(key for row in rows for key in row))
    problems = {key: "unknown_field" for key in headings if key not in offered}
    if problems or not headings:
        raise Invalid(fields=problems or {"rows": "required"})
    made = staging.rows_stage(viewer=viewer, record_type=record_type, rows=rows, size_bytes=size_bytes, sha256=sha256)
    whole = replace(plan, columns=dict(enumerate(headings)), is_typed=True)
    return import_map(viewer=viewer, uid=made.uid, plan=whole)


@transaction.atomic
def import_go_on(uid: str) -> None:
    """After the dry run write what it accepted, if whoever sent it wanted that from the start; once."""
    made = Import.objects.select_for_update(of=("self",)).filter(uid=uid, state=State.CHECKED).first()
    if made is None or made.plan is None:
        return
    if Plan.from_json(Parcels(made.uid).open(made.plan, "plan")).writes:
        import_run(viewer=viewer_of(made.person), uid=made.uid)


def _wrong(target: targets.Target, text: str) -> str:
    """Why a constant cannot be read; nothing where it can."""
    field = field_of_cells(target)
    order, serials, comma = reading.judged(field, [text])
    read = reading.Column(field, "", order, is_past=False, serials=serials, comma=comma).values([text])[0]
    return gettext(read.words) % {"text": read.text} if isinstance(read, reading.Problem) else ""


@transaction.atomic
def import_run(*, viewer: Viewer, uid: UUID) -> Import:
    """Write what the dry run accepted; one that was stopped half-way goes on.

    Raises: NotFound, Forbidden, WrongStep, Emptied.
    """
    made = _mine(viewer, uid, State.CHECKED, State.FAILED)
    rights.acting(viewer, registry.get(made.code))
    if made.state == State.FAILED and not made.pieces.filter(state=PieceState.DONE).exists():
        raise WrongStep(state=made.state)
    made.state = State.RUNNING
    made.save(update_fields=["state"])
    jobs.start("imports.run", viewer=viewer, arguments={"import": str(made.uid)})
    return made


@transaction.atomic
def import_revert(*, viewer: Viewer, uid: UUID) -> Import:
    """Take back a whole import. Raises: NotFound, Forbidden, WrongStep, TooLate."""
    made = _mine(viewer, uid, State.DONE, needs_rows=False)
    rights.acting(viewer, registry.get(made.code))
    if not may_revert(made):
        raise TooLate(days=numbers().revert_days)
    made.state = State.REVERTING
    made.save(update_fields=["state"])
    jobs.start("imports.revert", viewer=viewer, arguments={"import": str(made.uid)})
    return made


_JOBS = {State.CHECKING: "imports.check", State.RUNNING: "imports.run", State.REVERTING: "imports.revert"}


@transaction.atomic
def import_resume(*, viewer: Viewer, uid: UUID) -> Import:
    """Ask a worker again for work that was given up. Raises: NotFound, WrongStep (somebody is at it)."""
    made = _mine(viewer, uid, *_JOBS, needs_rows=False)
    if not is_stuck(made):
        raise WrongStep(state=made.state)
    jobs.start(_JOBS[State(made.state)], viewer=viewer, arguments={"import": str(made.uid)})
    return made


def is_stuck(made: Import) -> bool:
    """Whether there is work on the import and no job that does it."""
    name = _JOBS.get(State(made.state))
    living = [RunState.WAITING, RunState.RUNNING]
    asked = JobRun.objects.filter(job=name, state__in=living) if name else JobRun.objects.none()
    return name is not None and not any(run.arguments.get("import") == str(made.uid) for run in asked)


def may_revert(made: Import, now: dt.datetime | None = None) -> bool:
    """Whether the days within which an import can be taken back are not over."""
    last = (now or clock.now()) - dt.timedelta(days=numbers().revert_days)
    return made.state == State.DONE and made.finished_at is not None and made.finished_at > last


@transaction.atomic
def import_discard(*, viewer: Viewer, uid: UUID) -> None:
    """Leave nothing of a file that was not written. Raises: NotFound, WrongStep."""
    made = _mine(viewer, uid, *_MAPPABLE, needs_rows=False)
    if made.pieces.filter(state=PieceState.DONE).exists():
        raise WrongStep
    audit.record(viewer, "import.discard", kind="import", object_id=made.pk, object_uid=made.uid,
                 after={"code": made.code, "rows": made.rows})  # fmt: skip
    staging.forget(made)


def _mine(viewer: Viewer, uid: UUID, *states: State, needs_rows: bool = True) -> Import:
    made = one(viewer, uid, lock=True)
    if made.state not in states:
        raise WrongStep(state=made.state)
    if needs_rows and made.emptied_at is not None:
        raise Emptied(days=numbers().keep_days)
    return made


def imports_empty() -> int:
    """Delete the rows of files that were kept long enough, and the key of those that can no longer be taken back.

    What never arrived whole goes too. Returns how many were touched.
    """
    now, held = clock.now(), numbers()
    count = 0
    for made in Import.objects.filter(state=State.ARRIVING, created_at__lt=now - dt.timedelta(days=1)):
        staging.forget(made)
        count += 1
    old = Import.objects.filter(emptied_at=None, created_at__lt=now - dt.timedelta(days=held.keep_days))
    for made in old.exclude(state__in=[State.CHECKING, State.RUNNING, State.REVERTING, State.ARRIVING]):
        with transaction.atomic():
            made.pieces.update(staged=None, verdicts=None)
            Import.objects.filter(pk=made.pk).update(emptied_at=now)
        count += 1
    last = now - dt.timedelta(days=max(held.revert_days, held.keep_days))
    for made in Import.objects.filter(created_at__lt=last).exclude(emptied_at=None).exclude(shape=None):
        if not may_revert(made, now) and made.state != State.REVERTING:
            with transaction.atomic():
                made.pieces.update(effects=None, verdicts=None)
                Import.objects.filter(pk=made.pk).update(shape=None, plan=None)
                vault.erase([made.uid])
            count += 1
    return count
