"""The customer page: who it is at a glance, the timeline first, everything else beside and below it."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from zhike.customers.models.interaction import InteractionKind
from zhike.customers.records import CUSTOMERS
from zhike.customers.selectors import PAGE, customer_get, next_step_of, timeline_of
from zhike.customers.services.interaction import MENTIONS, interaction_log
from zhike.customers.services.standing import AlreadyFormal, customer_formalise
from zhike.customers.timeline import said
from zhike.foundation import obligations
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.models import Person
from zhike.foundation.access.routes import route
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import typed
from zhike.foundation.kit.refusals import Invalid
from zhike.foundation.obligations import GateClosed
from zhike.foundation.records import neighbours, values
from zhike.foundation.records.views.record import record_context, related_context
from zhike.foundation.ui import panels, refusals

FOOT = "customer.foot"
# Kinds offered first in the composer; the others stand in the same list.
COMPOSER = (InteractionKind.CALL, InteractionKind.VISIT, InteractionKind.EMAIL, InteractionKind.WECHAT,
            InteractionKind.MEETING, InteractionKind.NOTE)  # fmt: skip


@require_GET
@route(area=Area.PROFILE, level=Level.BASIC)
def customer_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The page as a whole. Panels come from the rooms; the page does not know them."""
    viewer = request.viewer = values.seen_by(request.viewer, CUSTOMERS, uid)  # type: ignore[attr-defined]
    return render(request, "customers/page.html", _context(request, viewer, uid))


def _context(request: HttpRequest, viewer: Viewer, uid: UUID) -> dict[str, Any]:
    customer = customer_get(viewer, uid)
    context = record_context(viewer, CUSTOMERS, uid, customer)
    return context | {
        "customer": customer,
        "around": neighbours.of(request, CUSTOMERS, customer.pk),
        "head": panels.shown("customer.head", viewer, request, customer),
        "side": panels.shown("customer.side", viewer, request, customer),
        "has_foot": bool(panels.at(FOOT, viewer)),
        "kinds": [(kind.value, kind.label) for kind in COMPOSER],
        "mentions": MENTIONS,
        "may_write": viewer.may(Area.TIMELINE, Level.EDIT),
        "next_step": next_step_of(viewer, customer),
    } | related_context(viewer, CUSTOMERS, uid, customer) | _timeline(viewer, customer, request)  # fmt: skip


def _timeline(viewer: Viewer, customer: Any, request: HttpRequest) -> dict[str, Any]:
    before = typed.whole_or_none(request.GET.get("before", ""), most=typed.LARGEST_ID)
    contacts_only = request.GET.get("only") == "contacts"
    entries = timeline_of(viewer, customer, contacts_only=contacts_only, before=before, size=PAGE + 1)
    lines = [said(entry, viewer.language) for entry in entries[:PAGE]]
    known = {number for line in lines for number in (line.actor_id, line.on_behalf_of)}
    names = dict(Person.objects.filter(pk__in=known).values_list("pk", "name"))
    return {
        "lines": [
            {"line": line, "actor": names.get(line.actor_id, ""), "away": names.get(line.on_behalf_of, "")}
            for line in lines
        ],
        "older": lines[-1].id if len(entries) > PAGE else None,
        "contacts_only": contacts_only,
        "may_read_timeline": viewer.may(Area.TIMELINE, Level.BASIC),
    }


@require_GET
@route(area=Area.PROFILE, level=Level.BASIC)
def timeline(request: HttpRequest, uid: UUID) -> HttpResponse:
    """More lines, or the lines of talks only: a fragment, and a page of its own without JavaScript."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    if not request.headers.get("HX-Request"):
        return render(request, "customers/page.html", _context(request, viewer, uid))
    customer = customer_get(viewer, uid)
    return render(request, "customers/_lines.html", _timeline(viewer, customer, request) | {"uid": uid})


@require_GET
@route(area=Area.PROFILE, level=Level.BASIC)
def foot(request: HttpRequest, uid: UUID) -> HttpResponse:
    """What stands below everything: fetched when it comes into sight, and a whole page without JavaScript."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    drawn = {"foot": panels.shown(FOOT, viewer, request, customer_get(viewer, uid))}
    if request.headers.get("HX-Request"):
        return render(request, "customers/_foot.html", drawn)
    return render(request, "customers/page.html", _context(request, viewer, uid) | drawn)


@require_POST
@route(area=Area.TIMELINE, level=Level.EDIT)
def follow_up(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Write down a talk from the composer; what was typed stays when something is missing."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    form = request.POST
    try:
        interaction_log(
            viewer=viewer,
            customer_uid=uid,
            kind=form.get("kind", ""),
            feedback=form.get("feedback", ""),
            change_in_needs=form.get("change_in_needs", ""),
            next_action=form.get("next_action", ""),
            next_on=_day(form.get("next_on", "")),
            direction=form.get("direction", "out"),
            mentions=form.get("mentions", ""),
        )
    except Invalid as invalid:
        context = _context(request, viewer, uid)
        context |= {"typed": form, "problems": refusals.field_problems(invalid)}
        return render(request, "customers/page.html", context, status=422)
    return redirect("customer", uid=uid)


@require_POST
@route(area=Area.PROFILE, level=Level.EDIT)
def formalise(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Make a provisional file formal; when the gate is closed the page says what is missing."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    try:
        customer_formalise(viewer=viewer, uid=uid, verified_by=request.POST.get("verified_by", ""))
    except GateClosed as closed:
        lacking = (obligations.words_of(code) for code in closed.data["missing"])
        messages.error(request, " ".join([refusals.sentence(closed), *lacking]))
    except (AlreadyFormal, Invalid) as refusal:
        messages.error(request, refusals.sentence(refusal))
    else:
        messages.success(request, gettext("The file is formal now."))
    return redirect("customer", uid=uid)


def _day(text: str) -> dt.date | None:
    """A date from a date field; Invalid when it is none."""
    if not text:
        return None
    try:
        return typed.day(text)
    except ValueError:
        raise Invalid(fields={"next_on": "not_a_date"}) from None
