"""REST routes of approvals: the boxes, one approval, and everything that a signer or author does."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema

from zhike.foundation.access.models import Person
from zhike.foundation.access.routes import Door, Route
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.approvals import register, selectors
from zhike.foundation.approvals.models import Approval, ApprovalSigner
from zhike.foundation.approvals.services import deciding, handing
from zhike.foundation.kit.refusals import Invalid

router = Router(tags=["approvals"])


class SignerOut(Schema):
    """Who is asked in a step, and what they said."""

    person: str
    on_behalf_of: str | None
    state: str
    words: str
    asked_at: dt.datetime
    due_at: dt.datetime | None
    acted_at: dt.datetime | None


class StepOut(Schema):
    """One step of the course: done, asked, later or ended."""

    title: str
    rule: str
    state: str
    signers: list[SignerOut]


class ApprovalOut(Schema):
    """One approval as a line of a box."""

    uid: UUID
    version: int
    flow: str
    title: str
    detail: str
    subject: UUID | None
    round: int
    author: str | None
    state: str
    started_at: dt.datetime
    ended_at: dt.datetime | None


class FactOut(Schema):
    """A line of what is decided on, masked by the caller's posts."""

    label: str
    value: str


class ChangeOut(Schema):
    """What changes."""

    label: str
    before: str
    after: str


class OneOut(ApprovalOut):
    """One approval with its course, and what it is about where the caller sees that."""

    steps: list[StepOut]
    facts: list[FactOut]
    changes: list[ChangeOut]
    may_decide: bool
    asks: list[str]
    verdicts: list[str]


class BoxOut(Schema):
    """A page of a box; ``next`` goes into ``after``."""

    items: list[ApprovalOut]
    next: str | None


class WordIn(Schema):
    """A decision: the version that was read, the words, and the texts that the step asks for."""

    version: int | None = None
    words: str = ""
    answers: dict[str, str] = {}


class SignerIn(Schema):
    """Somebody who signs too, ``before`` or ``after`` the open step."""

    person: UUID
    where: str
    version: int | None = None
    words: str = ""


class PersonIn(Schema):
    """Somebody to pass the decision on to, or to send a copy."""

    person: UUID
    version: int | None = None
    words: str = ""


def _viewer(request: HttpRequest) -> Viewer:
    found: Viewer = request.viewer  # type: ignore[attr-defined]
    return found


def _person(uid: UUID) -> int:
    found = Person.objects.filter(uid=uid).values_list("pk", flat=True).first()
    if found is None:
        raise Invalid(fields={"person": "no_such_person"})
    return int(found)


def _line(viewer: Viewer, approval: Approval) -> dict[str, Any]:
    return {
        "uid": approval.uid, "version": approval.version, "flow": approval.flow,
        "title": selectors.title_of(approval, viewer.language), "detail": approval.detail,
        "subject": approval.subject_uid, "round": approval.round, "state": approval.state,
        "author": approval.author.name if approval.author else None, "started_at": approval.started_at,
        "ended_at": approval.ended_at,
    }  # fmt: skip


def _one(viewer: Viewer, uid: UUID) -> dict[str, Any]:
    viewer = deciding.acting(viewer, uid)
    approval = selectors.approval_of(viewer, uid)
    flow = register.flow_of(approval.flow)
    row = flow.row(approval.subject_id) if selectors.sees_subject(viewer, approval) else None
    may_decide = selectors.may_sign(viewer, approval)
    facts = flow.facts(viewer, row) if row is not None else []
    changes = flow.changes(viewer, row) if row is not None else []
    return _line(viewer, approval) | {
        "steps": [
            {"title": step.title, "rule": step.rule, "state": step.state, "signers": [_signer(s) for s in step.signers]}
            for step in selectors.steps_seen(approval, viewer.language)
        ],
        "facts": [{"label": str(fact.label), "value": str(fact.value)} for fact in facts],
        "changes": [{"label": str(c.label), "before": str(c.before), "after": str(c.after)} for c in changes],
        "may_decide": may_decide,
        "asks": [ask.code for ask in selectors.asks_of(approval, flow)] if may_decide else [],
        "verdicts": ["approved", *flow.verdicts],
    }


def _signer(signer: ApprovalSigner) -> dict[str, Any]:
    return {
        "person": signer.person.name, "on_behalf_of": signer.stands_in_for.name if signer.stands_in_for else None,
        "state": signer.state, "words": signer.words, "asked_at": signer.asked_at,
        "due_at": signer.due_at, "acted_at": signer.acted_at,
    }  # fmt: skip


@router.get("", response=BoxOut, operation_id="approvals_list", summary="list approvals")
def box(request: HttpRequest, box: str = "todo", flow: str = "", after: str = "") -> dict[str, Any]:
    """One page of a box: ``todo``, ``done``, ``mine`` or ``copies``; of one kind where ``flow`` names it."""
    viewer = _viewer(request)
    page = selectors.box(viewer, box, flow=flow, after=after)
    return {"items": [_line(viewer, item.approval) for item in page.items], "next": page.after or None}


@router.get("/{uuid:uid}", response=OneOut, operation_id="approvals_get", summary="get approval")
def one(request: HttpRequest, uid: UUID) -> dict[str, Any]:
    """One approval: its course, and what is decided on where the caller sees that."""
    return _one(_viewer(request), uid)


@router.post("/{uuid:uid}/approve", response=OneOut, operation_id="approvals_do_approve", summary="approve")
def approve(request: HttpRequest, uid: UUID, body: WordIn) -> dict[str, Any]:
    """Say yes in the open step."""
    deciding.approve(viewer=_viewer(request), uid=uid, **body.dict())
    return _one(_viewer(request), uid)


@router.post("/{uuid:uid}/reject", response=OneOut, operation_id="approvals_do_reject", summary="reject")
def reject(request: HttpRequest, uid: UUID, body: WordIn) -> dict[str, Any]:
    """Say no, with a reason."""
    deciding.reject(viewer=_viewer(request), uid=uid, **body.dict())
    return _one(_viewer(request), uid)


@router.post("/{uuid:uid}/return", response=OneOut, operation_id="approvals_do_return", summary="return to the author")
def send_back(request: HttpRequest, uid: UUID, body: WordIn) -> dict[str, Any]:
    """Give it back to the author, with a reason."""
    deciding.send_back(viewer=_viewer(request), uid=uid, **body.dict())
    return _one(_viewer(request), uid)


@router.post("/{uuid:uid}/add-signer", response=OneOut, operation_id="approvals_do_add_signer", summary="add a signer")
def add_signer(request: HttpRequest, uid: UUID, body: SignerIn) -> dict[str, Any]:
    """Let somebody sign too."""
    handing.signer_add(
        viewer=_viewer(request), uid=uid, version=body.version, person=_person(body.person), where=body.where,
        words=body.words,
    )  # fmt: skip
    return _one(_viewer(request), uid)


@router.post("/{uuid:uid}/delegate", response=OneOut, operation_id="approvals_do_delegate", summary="pass on")
def delegate(request: HttpRequest, uid: UUID, body: PersonIn) -> dict[str, Any]:
    """Pass one's own place on, with a reason."""
    handing.delegate(
        viewer=_viewer(request), uid=uid, version=body.version, person=_person(body.person), words=body.words
    )
    return _one(_viewer(request), uid)


@router.post("/{uuid:uid}/copy", response=OneOut, operation_id="approvals_do_copy", summary="send a copy")
def copy(request: HttpRequest, uid: UUID, body: PersonIn) -> dict[str, Any]:
    """Send a copy to somebody who may see what it is about."""
    handing.copy_to(viewer=_viewer(request), uid=uid, person=_person(body.person))
    return _one(_viewer(request), uid)


@router.post("/{uuid:uid}/withdraw", response=OneOut, operation_id="approvals_do_withdraw", summary="withdraw")
def withdraw(request: HttpRequest, uid: UUID, body: WordIn) -> dict[str, Any]:
    """Take back what one asked for."""
    handing.withdraw(viewer=_viewer(request), uid=uid, version=body.version, words=body.words)
    return _one(_viewer(request), uid)


for view in (box, one, approve, reject, send_back, add_signer, delegate, copy, withdraw):
    view.route = Route(Door.STAFF)  # type: ignore[attr-defined]
