"""Somebody leaves: what they own and what ends, who takes what, a preview, carried out, and a report to print."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.text import capfirst
from django.views.decorators.http import require_GET, require_http_methods

from zhike.foundation import jobs, records
from zhike.foundation.access import leaving, staff
from zhike.foundation.access.estates import Estate
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.models import Leaving, Person
from zhike.foundation.access.naming import able
from zhike.foundation.access.routes import route
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import typed
from zhike.foundation.kit.refusals import Invalid, NotFound, Refusal
from zhike.foundation.ui import refusals
from zhike.interfaces.web.jobs import HAND_OVER
from zhike.interfaces.web.records import person_of


@require_http_methods(["GET", "POST"])
@route(area=Area.SETTINGS, level=Level.EDIT)
def page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """First who takes what, then a preview, then it is carried out."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    person = person_of(uid)
    if person is None:
        raise NotFound(uid=str(uid))
    form = request.POST
    context: dict[str, Any] = {"person": person, "step": "choose", "problems": {}, "refusal": "", "typed": form}
    owned = leaving.owned_by(person.pk)
    status = 200
    if request.method == "POST":
        receivers = _receivers(form, owned)
        try:
            _check(owned, receivers)
            if form.get("act") == "carry_out":
                return redirect("leaving_report", uid=_carried_out(viewer, person, form, receivers).uid)
            context["step"] = "preview"
        except NotFound:
            raise
        except Refusal as refusal:
            context["problems"] = refusals.field_problems(refusal) if isinstance(refusal, Invalid) else {}
            context["refusal"] = "" if context["problems"] else refusals.sentence(refusal)
            status = refusal.status
    return render(request, "web/leaving.html", context | _shown(person, owned, form), status=status)


def _carried_out(viewer: Viewer, person: Person, form: QueryDict, receivers: dict[str, int]) -> Leaving:
    """Closed at once, and the job asked for in the same transaction."""
    version = typed.whole_or_none(form.get("version", ""), most=typed.LARGEST) or 0
    with transaction.atomic():
        made = leaving.leave(
            viewer=viewer, uid=person.uid, version=version, receivers=receivers, reason=form.get("reason", "")
        )
        jobs.start(HAND_OVER, viewer=viewer, arguments={"leaving_id": made.pk})
    return made


def _receivers(form: QueryDict, owned: list[tuple[Estate, int]]) -> dict[str, int]:
    """Whom the form names, by kind: numbers of active people."""
    wanted = {estate.code: form.get(f"to_{estate.code}", "") for estate, _count in owned}
    numbers = {str(uid): pk for pk, uid in Person.objects.filter(is_active=True).values_list("pk", "uid")}
    return {code: numbers[uid] for code, uid in wanted.items() if uid in numbers}


def _check(owned: list[tuple[Estate, int]], receivers: dict[str, int]) -> None:
    """Who takes records over has to be able to work with them. Raises Invalid by kind."""
    problems = {}
    for estate, _count in owned:
        if estate.code not in receivers:
            problems[estate.code] = "receiver_needed"
        elif (fit := _fit(estate)) is not None and receivers[estate.code] not in fit:
            problems[estate.code] = "posts_lack_it"
    if problems:
        raise Invalid(fields=problems)


def _type_of(estate: Estate) -> records.RecordType | None:
    wanted = estate.models[:1] or {"tickets": ("serve.Ticket",), "first_contacts": ("serve.Ticket",),
                                   "complaints": ("serve.Complaint",)}.get(estate.code, ())  # fmt: skip
    return next((one for one in records.every() if one.model._meta.label in wanted), None)


def _fit(estate: Estate) -> set[int] | None:
    """Those whose posts see records of the kind; None where anybody may take it."""
    record_type = _type_of(estate)
    return able(record_type.area, Level.BASIC) if record_type is not None else None


def words_of(estate: Estate) -> str:
    """How a kind of things is called on pages."""
    record_type = _type_of(estate) if estate.code not in ("tickets", "first_contacts", "complaints") else None
    return capfirst(str(record_type.plural if record_type is not None else estate.words))


def _shown(person: Person, owned: list[tuple[Estate, int]], form: QueryDict) -> dict[str, Any]:
    people = list(Person.objects.filter(is_active=True).exclude(pk=person.pk).order_by("name", "id"))
    suggested = leaving.suggested(person)
    rows = []
    for estate, count in owned:
        fit = _fit(estate)
        offered = [one for one in people if fit is None or one.pk in fit]
        asked = form.get(f"to_{estate.code}", "")
        chosen = next((one for one in offered if str(one.uid) == asked), None)
        if chosen is None and not asked:
            chosen = next((one for one in offered if one.pk == suggested), offered[0] if offered else None)
        rows.append(
            {"code": estate.code, "words": words_of(estate), "count": count, "people": offered, "chosen": chosen}
        )
    return {
        "rows": rows,
        "endings": [(capfirst(str(one.words)), count) for one in staff.endings() if (count := one.count(person.pk))],
        "reports": person.reports.filter(is_active=True).count(),
    }


@require_GET
@route(area=Area.SETTINGS, level=Level.EDIT)
def report(request: HttpRequest, uid: UUID) -> HttpResponse:
    """What passed to whom, how far it has come, and what ended: to print and to file."""
    made = Leaving.objects.select_related("person", "asked_by").filter(uid=uid).first()
    if made is None:
        raise NotFound(uid=str(uid))
    names = dict(Person.objects.filter(pk__in=made.receivers.values()).values_list("pk", "name"))
    kinds = {estate.code: words_of(estate) for estate in leaving.estates.kinds()}
    ends = {one.code: capfirst(str(one.words)) for one in staff.endings()}
    lines = [
        {"words": kinds.get(code, code), "owned": count, "passed": made.passed.get(code),
         "to": names.get(made.receivers.get(code), "")} for code, count in made.owned.items()
    ]  # fmt: skip
    ended = [(ends.get(code, code), count) for code, count in made.ended.items()]
    return render(request, "web/leaving_report.html", {"made": made, "lines": lines, "ended": ended})
