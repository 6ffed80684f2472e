"""Reading approvals: the four boxes, one approval with its course, what runs about a subject."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from zhike.foundation.access.deciding import is_own
from zhike.foundation.access.matrix import Level
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.approvals import register, stepping
from zhike.foundation.approvals.flow import Ask, Flow, said_in
from zhike.foundation.approvals.models import Approval, ApprovalCopy, ApprovalSigner
from zhike.foundation.approvals.models import ApprovalState as State
from zhike.foundation.approvals.models import SignerState as Signed
from zhike.foundation.approvals.refusing import NO_CURSOR
from zhike.foundation.kit import clock
from zhike.foundation.kit.refusals import Invalid, NotFound

BOXES = ("todo", "done", "mine", "copies")
ROWS = 30


@dataclass(frozen=True)
class Item:
    """One line of a box: the approval, and for the first two boxes the viewer's own place in it."""

    approval: Approval
    at: dt.datetime
    due_at: dt.datetime | None = None
    signer: ApprovalSigner | None = None
    is_new: bool = False

    @property
    def is_late(self) -> bool:
        """Whether the time to decide has passed."""
        return self.due_at is not None and self.approval.state == State.RUNNING and clock.now() > self.due_at


@dataclass(frozen=True)
class Page:
    """Some lines of a box, and the cursor after which it goes on; empty at the end."""

    items: tuple[Item, ...]
    after: str


def counts(viewer: Viewer) -> dict[str, int]:
    """How many wait for the viewer, and how many copies are new; the other boxes are history."""
    copies = ApprovalCopy.objects.filter(person=viewer.person_id, seen_at=None).count()
    return {"todo": _open(viewer).count(), "copies": copies}


def waiting_by_flow(viewer: Viewer) -> dict[str, int]:
    """How many wait for the viewer, by kind."""
    rows = _open(viewer).values_list("approval__flow").annotate(n=Count("pk")).order_by()
    return dict(rows)


def box(viewer: Viewer, name: str, *, flow: str = "", after: str = "", rows: int = ROWS) -> Page:
    """One page of a box: what waits longest first in ``todo``, the newest first elsewhere.

    Raises: Invalid (no such box, no such cursor).
    """
    if name not in BOXES:
        raise Invalid(fields={"box": "not_an_option"})
    reading = {"todo": _todo, "done": _done, "mine": _mine, "copies": _copies}[name]
    found = reading(viewer, flow, int(after) if _is_cursor(after) else 0)[: rows + 1]
    items = [_item(row) for row in found]
    last = found[rows - 1] if len(items) > rows else None
    return Page(tuple(items[:rows]), str(last.pk) if last is not None else "")


def _is_cursor(text: str) -> bool:
    if text and not (text.isascii() and text.isdigit() and len(text) < 19):
        raise Invalid(fields={"after": NO_CURSOR})
    return bool(text)


def _open(viewer: Viewer) -> QuerySet[ApprovalSigner]:
    return ApprovalSigner.objects.filter(person=viewer.person_id, state=Signed.OPEN)


def _signers(rows: QuerySet[ApprovalSigner], flow: str) -> QuerySet[ApprovalSigner]:
    rows = rows.filter(approval__flow=flow) if flow else rows
    return rows.select_related("approval", "approval__author", "step", "stands_in_for")


def _todo(viewer: Viewer, flow: str, after: int) -> QuerySet[Any]:
    rows = _signers(_open(viewer), flow).order_by("asked_at", "pk")
    mark = ApprovalSigner.objects.filter(pk=after, person=viewer.person_id).first() if after else None
    return rows.filter(_beyond("asked_at", mark.asked_at, mark.pk)) if mark else rows


def _done(viewer: Viewer, flow: str, after: int) -> QuerySet[Any]:
    rows = ApprovalSigner.objects.filter(person=viewer.person_id, acted_at__isnull=False)
    rows = _signers(rows, flow).order_by("-acted_at", "-pk")
    mark = ApprovalSigner.objects.filter(pk=after, person=viewer.person_id).first() if after else None
    return rows.filter(_before("acted_at", mark.acted_at, mark.pk)) if mark else rows


def _mine(viewer: Viewer, flow: str, after: int) -> QuerySet[Any]:
    rows = Approval.objects.filter(author=viewer.person_id) if viewer.person_id else Approval.objects.none()
    rows = rows.filter(flow=flow) if flow else rows
    rows = rows.filter(pk__lt=after) if after else rows
    return rows.select_related("author").order_by("-pk")


def _copies(viewer: Viewer, flow: str, after: int) -> QuerySet[Any]:
    rows = ApprovalCopy.objects.filter(person=viewer.person_id)
    rows = rows.filter(approval__flow=flow) if flow else rows
    mark = ApprovalCopy.objects.filter(pk=after, person=viewer.person_id).first() if after else None
    rows = rows.filter(_before("at", mark.at, mark.pk)) if mark else rows
    return rows.select_related("approval", "approval__author").order_by("-at", "-pk")


def _beyond(column: str, value: Any, pk: int) -> Any:
    return Q(**{f"{column}__gt": value}) | Q(**{column: value, "pk__gt": pk})


def _before(column: str, value: Any, pk: int) -> Any:
    return Q(**{f"{column}__lt": value}) | Q(**{column: value, "pk__lt": pk})


def _item(row: Any) -> Item:
    if isinstance(row, ApprovalSigner):
        return Item(row.approval, row.acted_at or row.asked_at, row.due_at, row)
    if isinstance(row, ApprovalCopy):
        return Item(row.approval, row.at, is_new=row.seen_at is None)
    return Item(row, row.started_at)


def next_for(viewer: Viewer, *, besides: Iterable[UUID] = ()) -> Approval | None:
    """The approval that has waited longest for the viewer."""
    rows = _open(viewer).exclude(approval__uid__in=list(besides)).select_related("approval")
    found = rows.order_by("asked_at", "pk").first()
    return found.approval if found is not None else None


def approval_of(viewer: Viewer, uid: UUID) -> Approval:
    """The approval, for who has a part in it, and for who sees what it is about. Raises NotFound."""
    approval = Approval.objects.select_related("author", "ended_by").filter(uid=uid).first()
    if approval is None or not (_takes_part(viewer, approval) or _sees(viewer, approval)):
        raise NotFound(uid=str(uid))
    return approval


def _takes_part(viewer: Viewer, approval: Approval) -> bool:
    if viewer.person_id is None:
        return viewer.is_system
    mine = viewer.person_id
    return (
        approval.author_id == mine
        or approval.signers.filter(person=mine).exists()
        or approval.copies.filter(person=mine).exists()
    )


def _sees(viewer: Viewer, approval: Approval) -> bool:
    flow = register.flow_of(approval.flow)
    return viewer.may(flow.area, Level.BASIC) and flow.sees(viewer, approval.subject_id)


def sees_subject(viewer: Viewer, approval: Approval) -> bool:
    """Whether the viewer may be shown what the approval is about: a part in it is not enough."""
    return _sees(viewer, approval)


def of_subject(viewer: Viewer, kind: str, subject_id: int) -> list[Approval]:
    """All rounds about a subject, the newest first. The caller has made sure that the viewer sees the subject."""
    del viewer  # As above.
    rows = Approval.objects.filter(subject_kind=kind, subject_id=subject_id).select_related("author", "ended_by")
    return list(rows.order_by("-id"))


def running_of(kind: str) -> QuerySet[Any]:
    """Numbers of the subjects of a kind that are being decided on: for the room's list of those that wait."""
    return Approval.objects.filter(subject_kind=kind, state=State.RUNNING).values("subject_id")


@dataclass(frozen=True)
class StepSeen:
    """One step of the course for a page: its name, who is asked there, whether it is done, asked or still to come."""

    title: str
    rule: str
    kind: str
    state: str  # done | asked | later | ended
    signers: tuple[ApprovalSigner, ...]
    due_at: dt.datetime | None
    way: str


def steps_seen(approval: Approval, language: str) -> list[StepSeen]:
    """The course of an approval, step by step, in the reader's language."""
    titles = {one["code"]: said_in(one["title"], language) for one in approval.course.get("steps", ())}
    found, now = [], None
    if approval.state == State.RUNNING:
        _verdict, now = stepping.current(approval)
    for step in approval.steps.prefetch_related("signers__person", "signers__passed_by", "signers__stands_in_for"):
        signers = tuple(s for s in step.signers.all() if s.state != Signed.RELEASED or approval.state == State.RUNNING)
        if now is not None:
            state = "asked" if step.pk == now.pk else "done" if step.place < now.place else "later"
        else:
            spoken = any(s.state in (Signed.APPROVED, Signed.REJECTED, Signed.RETURNED) for s in signers)
            state = "done" if spoken else "ended"
        found.append(StepSeen(titles.get(step.code, ""), step.rule, step.kind, state, signers, step.due_at, step.way))
    return found


def asks_of(approval: Approval, flow: Flow) -> tuple[Ask, ...]:
    """What a signer of the open step has to write."""
    _verdict, step = stepping.current(approval)
    declared = stepping.step_of(approval, flow, step) if step is not None else None
    return declared.asks if declared is not None else ()


def may_sign(viewer: Viewer, approval: Approval) -> bool:
    """Whether the viewer is asked now and sees the subject: whether the page shows the buttons."""
    if viewer.person_id is None or approval.state != State.RUNNING:
        return False
    if not _sees(viewer, approval):
        return False
    if approval.signers.filter(person=viewer.person_id, state=Signed.OPEN).exists():
        return True
    return _could_join(viewer, approval)


def _could_join(viewer: Viewer, approval: Approval) -> bool:
    flow = register.flow_of(approval.flow)
    _verdict, step = stepping.current(approval)
    declared = stepping.step_of(approval, flow, step) if step is not None else None
    if step is None or declared is None or step.signers.filter(person=viewer.person_id).exists():
        return False
    if not stepping.may_join(viewer, approval, flow, step, declared):
        return False
    return not is_own(viewer, approval.author_id, *flow.authors(flow.row(approval.subject_id)))


def seen(viewer: Viewer, approval: Approval) -> None:
    """Take note that the viewer has read a copy."""
    ApprovalCopy.objects.filter(approval=approval, person=viewer.person_id, seen_at=None).update(seen_at=clock.now())


def title_of(approval: Approval, language: str) -> str:
    """How the approval is named in the reader's language."""
    return register.flow_of(approval.flow).named(approval.title, language)


def links_of(numbers: Iterable[int], language: str) -> dict[int, tuple[str, str]]:
    """Page and title of the approvals in which these signers are asked: for the list of duties."""
    wanted = list(numbers)
    if not wanted:
        return {}
    rows = ApprovalSigner.objects.filter(pk__in=wanted).select_related("approval")
    return {row.pk: (f"/approvals/{row.approval.uid}/", title_of(row.approval, language)) for row in rows}
