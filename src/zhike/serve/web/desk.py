"""The service desk: the queue with its clocks, the conversation, and what is known about customer and problem."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from zhike.customers.public import TIERS, cards_of
from zhike.foundation import obligations
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.routes import route
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import typed
from zhike.foundation.kit.refusals import NotFound, Refusal
from zhike.foundation.records import names
from zhike.foundation.records.views.record import record_context
from zhike.foundation.ui import refusals
from zhike.serve import selectors
from zhike.serve.models import Ticket
from zhike.serve.records.tickets import TICKETS
from zhike.serve.records.words import CLASSES, COMPLAINT_STATES, TICKET_STATES
from zhike.serve.services import conversation
from zhike.serve.services.ticket import ticket_classify

TABS = (
    ("all", gettext_lazy("All open")),
    ("mine", gettext_lazy("Mine")),
    ("new", gettext_lazy("To classify")),
    ("late", gettext_lazy("Overdue")),
)
CLOCK_NAMES = (
    gettext_lazy("Class"),
    gettext_lazy("First response"),
    gettext_lazy("Solution"),
    gettext_lazy("Promise"),
)
# What the composer writes: to the customer, for colleagues, or what the customer said by another way.
KINDS = (
    ("answer", gettext_lazy("Answer the customer"), conversation.ticket_answer),
    ("note", gettext_lazy("Internal note"), conversation.ticket_note),
    ("heard", gettext_lazy("Customer said"), conversation.ticket_heard),
)

# Acts that the page itself offers: the composer and the three keys.
WRITTEN_HERE = ("answer", "note", "heard", "classify")


@require_GET
@route(area=Area.TICKETS, level=Level.BASIC)
def desk(request: HttpRequest) -> HttpResponse:
    """The queue with its first ticket opened beside it; on a phone the queue alone, the first of the panes."""
    queue = _queue(request)
    # The queue asks for itself every few seconds and needs no ticket beside it.
    first = None if request.headers.get("HX-Target") == "desk-queue" else _first(queue)
    if first is None:
        return render(request, "serve/desk.html", queue)
    return _opened(request, first, queue=queue | {"at": str(first), "is_first": True})


@require_GET
@route(area=Area.TICKETS, level=Level.BASIC)
def ticket(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The queue, with one ticket opened beside it."""
    return _opened(request, uid)


@require_POST
@route(area=Area.TICKETS, level=Level.EDIT)
def classify(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Confirm the class with one key."""
    return _done(
        request, uid, ticket_classify, {"ticket_class": request.POST.get("ticket_class", "")}, _("Classified.")
    )


@require_POST
@route(area=Area.TICKETS, level=Level.EDIT)
def say(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Write into the conversation; what was typed stays when it is refused."""
    service = {code: run for code, _label, run in KINDS}.get(request.POST.get("kind", ""))
    if service is None:
        raise NotFound(kind=request.POST.get("kind", ""))
    return _done(request, uid, service, {"text": request.POST.get("text", "")}, _("Noted."))


def _done(request: HttpRequest, uid: UUID, service: Any, values: dict[str, Any], words: str) -> HttpResponse:
    version = typed.whole_or_none(request.POST.get("version", ""), most=typed.LARGEST)
    try:
        service(viewer=request.viewer, uid=uid, version=version or 0, **values)  # type: ignore[attr-defined]
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        problems = list(refusals.field_problems(refusal).values())
        problem = " ".join([refusals.sentence(refusal), *problems])
        return _opened(request, uid, problem=problem, text=values.get("text", ""), status=refusal.status)
    messages.success(request, words)
    return redirect("service_ticket", uid=uid)


def _first(queue: dict[str, Any]) -> UUID | None:
    """The ticket that the page was showing if it still waits, else the first that waits; a complaint has a page."""
    waiting: list[UUID] = [item["waiting"].row.uid for item in queue["queue"] if item["waiting"].kind == "ticket"]
    return next((uid for uid in waiting if str(uid) == queue["at"]), waiting[0] if waiting else None)


def _opened(
    request: HttpRequest,
    uid: UUID,
    *,
    queue: dict[str, Any] | None = None,
    problem: str = "",
    text: str = "",
    status: int = 200,
) -> HttpResponse:
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    row = selectors.ticket_get(viewer, uid)
    context = (queue or _queue(request, uid)) | record_context(viewer, TICKETS, uid) | _beside(request, viewer, row)
    context |= {
        "ticket": row,
        "version": row.version,
        "said": selectors.conversation_of(viewer, row),
        "four": _named(selectors.four(obligations.clocks_of("ticket", [row.pk]).get(row.pk, ()))),
        "state": next((one for one in TICKET_STATES if one.code == row.state), None),
        "classes": [
            {"code": one.code, "label": one.label, "key": number, "is_proposed": one.code == row.proposed_class}
            for number, one in enumerate(CLASSES, 1)
        ],
        "class_label": next((one.label for one in CLASSES if one.code == row.ticket_class), ""),
        "kinds": [(code, label) for code, label, _run in KINDS if row.is_open or code != "answer"],
        "acts": [act for act in context["acts"] if act["code"] not in WRITTEN_HERE],
        "may_write": viewer.may(Area.TICKETS, Level.EDIT),
        "problem": problem,
        "typed": text,
    }
    return render(request, "serve/desk.html", context, status=status)


def _queue(request: HttpRequest, at: UUID | None = None) -> dict[str, Any]:
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    which = request.GET.get("which", "all")
    which = which if which in selectors.WHICH else "all"
    states = {one.code: one for one in (*TICKET_STATES, *COMPLAINT_STATES)}
    return {
        "tabs": TABS,
        "which": which,
        "at": str(at or request.GET.get("at", ""))[:36],
        "queue": [
            {"waiting": one, "clocks": _named(one.clocks), "state": states.get(one.row.state)}
            for one in selectors.queue(viewer, which)
        ],
        "may_create": viewer.may(Area.TICKETS, Level.EDIT),
        "may_complain": viewer.may(Area.COMPLAINTS, Level.EDIT),
    }


def _named(clocks: Any) -> list[dict[str, Any]]:
    return [{"name": name, "duty": duty} for name, duty in zip(CLOCK_NAMES, clocks, strict=True)]


def _beside(request: HttpRequest, viewer: Viewer, row: Ticket) -> dict[str, Any]:
    card = cards_of(viewer, [row.customer_id]).get(row.customer_id)
    tickets, complaints = selectors.open_of_customer(viewer, row.customer_id)
    words = request.GET.get("k", "").replace("\0", "").strip()[:100]
    owner = names.people.get(card.owner_id) if card else None
    return {
        "customer": card,
        "tier": next((t for t in TIERS if card and t.code == card.tier), None)
        if viewer.may(Area.STRATEGY, Level.BASIC)
        else None,
        "health": card.health if card and viewer.may(Area.HEALTH, Level.BASIC) else None,
        "customer_owner": owner.name if owner else "",
        "others": [one for one in tickets if one.pk != row.pk],
        "complaints": complaints,
        "words": words,
        "hits": selectors.articles_found(viewer, words) if words else selectors.articles_alike(viewer, row),
    }
