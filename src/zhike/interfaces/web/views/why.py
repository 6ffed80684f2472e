"""Why can I, or somebody, see a record or not: for oneself from the record, for others by who sets rights up."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from django.db import models, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_GET

from zhike.foundation import audit, records
from zhike.foundation.access import scope
from zhike.foundation.access.matrix import Area, Level, Scope, posts
from zhike.foundation.access.models import Person
from zhike.foundation.access.people import viewer_of
from zhike.foundation.access.routes import route, signed_in
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit.refusals import NotFound
from zhike.foundation.records import RecordType, explaining
from zhike.interfaces.api.declarations.areas import WORDS
from zhike.interfaces.web.records import person_of

LEVELS = {
    Level.BASIC: pgettext_lazy("level", "basic"), Level.FULL: pgettext_lazy("level", "full"),
    Level.SENSITIVE: pgettext_lazy("level", "sensitive after approval"), Level.EDIT: pgettext_lazy("level", "edit"),
    Level.APPROVE: pgettext_lazy("level", "approve"),
}  # fmt: skip
SCOPES = {
    str(Scope.OWN): _("what one owns"), str(Scope.OWN_AND_REPORTS): _("what one and one's reports own"),
    str(Scope.OWN_AND_TEAM): _("what one or one's team owns"), str(Scope.DEPARTMENT): _("the own department"),
    str(Scope.DEPARTMENT_AND_BELOW): _("the own department and those below"),
    str(Scope.CHOSEN_DEPARTMENTS): _("chosen departments"), str(Scope.ALL): _("everything"),
}  # fmt: skip
STATES = {
    "masked": _("masked for everybody; the eye shows it for a reason, which is logged"),
    "sensitive": _("sensitive: closed until compliance has approved a request"),
    "share": _("the share opens basic information only"),
}
_ADDRESS = re.compile(r"/?(?P<code>[a-z][a-z-]*)/(?P<uid>[0-9a-f]{8}-[0-9a-f-]{27})\b", re.ASCII)


@require_GET
@signed_in
def mine(request: HttpRequest, code: str, uid: UUID) -> HttpResponse:
    """Why I see this record. What I do not see is not there."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    record_type = records.find(code)
    if record_type is None or not viewer.may(record_type.area, Level.BASIC):
        raise NotFound(uid=str(uid))
    row = scope.visible(viewer, record_type.model._default_manager.filter(uid=uid)).first()
    if row is None:
        raise NotFound(uid=str(uid))
    person = Person.objects.select_related("department").get(pk=viewer.acts_for or viewer.person_id)
    context = shown(viewer, person, record_type, row.pk)
    return render(request, "web/why.html", context | {"is_mine": True, "link": record_type.link(uid), "reference": ""})


@require_GET
@route(area=Area.SETTINGS, level=Level.EDIT)
def of_person(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The same for somebody else, by the address or number of the record. That it was asked is logged."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    person = person_of(uid)
    if person is None:
        raise NotFound(uid=str(uid))
    reference = request.GET.get("record", "").strip()[:300]
    context: dict[str, Any] = {"person": person, "reference": reference, "is_mine": False, "found": None}
    if reference:
        found = _found(reference)
        context["is_missing"] = found is None
        if found is not None:
            record_type, pk = found
            _noted(viewer, person, record_type, pk)
            context |= shown(viewer_of(person), person, record_type, pk, language=viewer.language)
    return render(request, "web/why.html", context)


@transaction.atomic
def _noted(viewer: Viewer, person: Person, record_type: RecordType, pk: int) -> None:
    audit.record(
        viewer, "person.explained", kind="person", object_id=person.pk, object_uid=person.uid,
        after={"record": record_type.code, "record_id": pk},
    )  # fmt: skip


def _found(reference: str) -> tuple[RecordType, int] | None:
    """The record of an address or a number. Nothing of it is shown but whether the person sees it."""
    if match := _ADDRESS.search(reference):
        record_type = records.find(match["code"])
        rows = record_type.model._base_manager.filter(uid=match["uid"]) if record_type is not None else None
        pk = rows.values_list("pk", flat=True).first() if rows is not None else None
        return (record_type, pk) if record_type is not None and pk is not None else None
    for record_type in records.every():
        if any(isinstance(f, models.CharField) and f.name == "number" for f in record_type.model._meta.fields):
            pk = record_type.model._base_manager.filter(number=reference).values_list("pk", flat=True).first()
            if pk is not None:
                return record_type, pk
    return None


def shown(viewer: Viewer, person: Person, record_type: RecordType, pk: int, *, language: str = "") -> dict[str, Any]:
    """The explanation in words."""
    said_in = language or viewer.language
    found = explaining.explain(viewer, person, record_type, pk)
    owner = getattr(record_type.model._base_manager.filter(pk=pk).first(), "owner", None)
    return {
        "found": found, "type": record_type, "person": person, "area": WORDS[record_type.area],
        "posts": [
            {
                "title": one.post.title.said_in(said_in), "levels": [LEVELS[level] for level in one.levels],
                "scope": SCOPES[str(one.post.scope)], "reaches": one.reaches, "is_owner": one.by == "owner",
            }
            for one in found.posts
        ],
        "fields": [
            {"label": one.field.label, "state": one.state, "why": STATES.get(one.state, ""), "area": WORDS[one.area],
             "level": LEVELS[one.level], "who": _holders(one.area, one.level, said_in) if one.state == "area" else ""}
            for one in found.fields
        ],
        "owner": owner, "holders": _holders(record_type.area, Level.BASIC, said_in),
        "editors": _holders(record_type.area, Level.EDIT, said_in), "acts_for": viewer.acts_for_name,
    }  # fmt: skip


def _holders(area: Area, level: Level, language: str) -> str:
    """The posts that include a level of an area, by their titles."""
    separator = "、" if language.startswith("zh") else ", "
    found = [post.title.said_in(language) for post in posts().values() if level in post.areas.get(area, frozenset())]
    return separator.join(found)
