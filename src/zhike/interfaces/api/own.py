"""REST routes about the caller: what there is for this person, what the person owes, what words find."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext_noop as _
from ninja import Router, Schema

from zhike.customers.public import cards_of
from zhike.foundation import obligations
from zhike.foundation.access.routes import Door, Route
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit.refusals import Invalid, NotFound
from zhike.foundation.obligations import declared
from zhike.foundation.obligations.models import Duty
from zhike.foundation.records import describing, finding, registry
from zhike.foundation.records.links import links_of

kinds_router, find_router, duties_router = Router(tags=["kinds"]), Router(tags=["find"]), Router(tags=["duties"])
ROUTERS = (("/kinds", kinds_router), ("/find", find_router), ("/duties", duties_router))
_PER_KIND = 6
_DUTIES_MOST = 200


class KindLine(Schema):
    """A kind of records that the caller may see."""

    kind: str
    title: str
    plural: str
    may_create: bool
    may_update: bool
    found_by_words: bool


class KindsOut(Schema):
    """All of them, in the order of the navigation."""

    items: list[KindLine]


class KindOut(KindLine):
    """One kind in full, as this caller may read, ask, write and do."""

    name_field: str
    fields: list[dict[str, Any]]
    withheld: list[str]
    sorts: list[str]
    overruled_on_create: list[dict[str, Any]]
    acts: list[dict[str, Any]]


class FoundRow(Schema):
    """A record that the words find."""

    kind: str
    uid: UUID
    name: str
    more: str


class FoundOut(Schema):
    """The first records of each kind."""

    items: list[FoundRow]


class AboutOut(Schema):
    """The record or customer that a duty is about; the address of its page."""

    name: str
    url: str


class CustomerOut(Schema):
    """The customer whom a duty concerns."""

    uid: UUID
    name: str


class DutyOut(Schema):
    """A running duty: until when, about whom and what, and what proves it done."""

    code: str
    title: str
    state: str
    started_at: dt.datetime
    due_at: dt.datetime
    person: str
    customer: CustomerOut | None
    about: AboutOut | None
    proof: str


class DutiesOut(Schema):
    """Running duties, the next one first; ``count`` is how many there are in all."""

    items: list[DutyOut]
    count: int


def _staff(view: Any) -> Any:
    view.route = Route(Door.STAFF)
    return view


def _viewer(request: HttpRequest) -> Viewer:
    found: Viewer = request.viewer  # type: ignore[attr-defined]
    return found


@kinds_router.get("", response=KindsOut, operation_id="kinds_list", summary="kinds of records")
@_staff
def kinds(request: HttpRequest) -> Any:
    """The kinds of records that the caller may see."""
    return {"items": describing.kinds(_viewer(request))}


@kinds_router.get("/{str:code}", response=KindOut, operation_id="kinds_get", summary="one kind of records")
@_staff
def kind(request: HttpRequest, code: str) -> Any:
    """Its fields, orders and acts, as the caller may read, ask, write and do."""
    record_type = registry.find(code)
    if record_type is None:
        raise NotFound(code=code[:40])
    return describing.kind(_viewer(request), record_type)


@find_router.get("", response=FoundOut, operation_id="find", summary="records by words")
@_staff
def find(request: HttpRequest, q: str) -> Any:
    """What words find over all kinds: names, Chinese characters, pinyin, initials, numbers."""
    found = finding.found(_viewer(request), finding.cleaned(q), _PER_KIND)
    return {
        "items": [
            {"kind": one.record_type.code, "uid": uid, "name": texts[0], "more": " ".join(texts[1:])}
            for one in found
            for uid, texts in one.rows
        ]
    }


@duties_router.get("", response=DutiesOut, operation_id="duties_list", summary="running duties")
@_staff
def duties(request: HttpRequest, scope: str = "mine") -> Any:
    """The caller's own (``mine``), or those of the people who report to the caller (``team``)."""
    viewer = _viewer(request)
    if scope not in ("mine", "team"):
        raise Invalid(fields={"scope": _("Choose one of the options offered.")})
    found = obligations.duties_of(viewer, scope)
    return {"items": list(_said(viewer, list(found[:_DUTIES_MOST]))), "count": found.count()}


def _said(viewer: Viewer, found: list[Duty]) -> Iterator[dict[str, Any]]:
    cards = cards_of(viewer, {d.customer_id for d in found if d.customer_id is not None})
    about = links_of(viewer, ((d.subject_kind, d.subject_id) for d in found))
    proofs = {code: str(declaration.proof) for code, declaration in declared().items()}
    for duty in found:
        card = cards.get(duty.customer_id) if duty.customer_id else None
        link = about.get((duty.subject_kind, duty.subject_id))
        yield {
            "code": duty.code, "title": str(duty.title), "state": duty.state, "started_at": duty.started_at,
            "due_at": duty.due_at, "person": duty.person.name if duty.person else "",
            "customer": {"uid": card.uid, "name": card.name} if card else None,
            "about": {"name": link.name, "url": link.url} if link else None, "proof": proofs.get(duty.code, ""),
        }  # fmt: skip
