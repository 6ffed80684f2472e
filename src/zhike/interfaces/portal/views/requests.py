"""The customer's own requests and complaints: ask, follow, answer, rate, give an opinion."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from zhike.foundation.kit import typed
from zhike.foundation.kit.refusals import Invalid, NotFound
from zhike.foundation.ui import refusals
from zhike.interfaces.portal.visitor import Visitor, at_home
from zhike.serve import public as serve

SUBJECT_MAX, TEXT_MAX = 200, 4_000


@at_home
def requests(request: HttpRequest) -> HttpResponse:
    """All requests and complaints of the own customer, open ones first."""
    visitor = _visitor(request)
    tickets = serve.tickets_for_portal(visitor.customer_id)
    complaints = serve.complaints_for_portal(visitor.customer_id)
    context = {
        "tickets": sorted(tickets, key=lambda t: not t.is_open),
        "complaints": sorted(complaints, key=lambda c: not c.is_open),
    }
    return render(request, "portal/requests.html", context)


@at_home
def ask(request: HttpRequest) -> HttpResponse:
    """A new request, or a complaint; answers that fit are shown while nothing is sent yet."""
    visitor, form = _visitor(request), request.POST
    context: dict[str, Any] = {"is_complaint": (form.get("kind") or request.GET.get("kind")) == "complaint"}
    if request.GET.get("about") == "data":
        context["typed"] = {"subject": _("Please correct my data")}
    if request.method == "POST":
        try:
            if context["is_complaint"]:
                uid = _complain(visitor, form.get("content", ""))
                return redirect("portal_complaint", uid=uid)
            return redirect("portal_request", uid=_ask(visitor, form.get("subject", ""), form.get("content", "")))
        except Invalid as refusal:
            context |= {"problems": refusals.field_problems(refusal), "typed": form}
    return render(request, "portal/ask.html", context, status=422 if "problems" in context else 200)


def _ask(visitor: Visitor, subject: str, content: str) -> UUID:
    made = serve.ticket_receive(
        viewer=visitor.viewer, customer_id=visitor.customer_id, contact_id=visitor.contact_id, channel="web",
        subject=subject.strip()[:SUBJECT_MAX], content=content.strip()[:TEXT_MAX],
    )  # fmt: skip
    return made.uid


def _complain(visitor: Visitor, content: str) -> UUID:
    made = serve.complaint_receive(
        viewer=visitor.viewer, customer_id=visitor.customer_id, contact_id=visitor.contact_id,
        content=content.strip()[:TEXT_MAX],
    )  # fmt: skip
    return made.uid


@at_home
def one(request: HttpRequest, uid: UUID) -> HttpResponse:
    """A request with its conversation."""
    visitor = _visitor(request)
    return render(request, "portal/request.html", {"ticket": _own(serve.tickets_for_portal(visitor.customer_id), uid)})


@require_POST
def _say(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Add to the conversation; on a request that is over it opens it again."""
    visitor = _visitor(request)
    text = request.POST.get("text", "").strip()[:TEXT_MAX]
    if text:
        serve.ticket_message_add(
            viewer=visitor.viewer, ticket_uid=uid, text=text, by_customer=True, customer_id=visitor.customer_id
        )
        messages.success(request, _("Your message has arrived."))
    return redirect("portal_request", uid=uid)


@require_POST
def _rate(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One to five, once the request is solved."""
    visitor = _visitor(request)
    mark = typed.whole_or_none(request.POST.get("satisfaction", "")) or 0
    if not 1 <= mark <= 5:
        raise Invalid(fields={"satisfaction": "not_an_option"})
    serve.ticket_rate(viewer=visitor.viewer, ticket_uid=uid, satisfaction=mark, customer_id=visitor.customer_id)
    messages.success(request, _("Thank you for your mark."))
    return redirect("portal_request", uid=uid)


@at_home
def complaint(request: HttpRequest, uid: UUID) -> HttpResponse:
    """A complaint: what was promised, what was answered, and whether that is accepted."""
    visitor = _visitor(request)
    found = _own(serve.complaints_for_portal(visitor.customer_id), uid)
    return render(request, "portal/complaint.html", {"complaint": found})


@require_POST
def _opinion(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Accept the solution, or say why not: then the complaint is open again."""
    visitor = _visitor(request)
    is_accepted = request.POST.get("accepted") == "1"
    text = request.POST.get("text", "").strip()[:TEXT_MAX]
    try:
        serve.complaint_opinion_give(
            viewer=visitor.viewer, complaint_uid=uid, is_accepted=is_accepted, text=text,
            customer_id=visitor.customer_id,
        )  # fmt: skip
    except Invalid:
        found = _own(serve.complaints_for_portal(visitor.customer_id), uid)
        context = {"complaint": found, "problem": _("Please say what is not right with the solution.")}
        return render(request, "portal/complaint.html", context, status=422)
    messages.success(request, _("Thank you. We have noted your opinion."))
    return redirect("portal_complaint", uid=uid)


@require_POST
def _rate_complaint(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One to five for how a closed complaint was handled, with a word: the callback is done."""
    visitor = _visitor(request)
    mark = typed.whole_or_none(request.POST.get("satisfaction", "")) or 0
    serve.complaint_rate(
        viewer=visitor.viewer, complaint_uid=uid, satisfaction=mark, customer_id=visitor.customer_id,
        note=request.POST.get("note", "").strip()[:TEXT_MAX],
    )  # fmt: skip
    messages.success(request, _("Thank you for your mark."))
    return redirect("portal_complaint", uid=uid)


@at_home
def answers(request: HttpRequest) -> HttpResponse:
    """Search in what has been solved before."""
    words = request.GET.get("q", "").strip()[:100]
    return render(request, "portal/answers.html", {"words": words, "articles": serve.articles_public(words)})


def _own(found: list[Any], uid: UUID) -> Any:
    """The one of the own with that uid; what belongs to others does not exist."""
    row = next((item for item in found if item.uid == uid), None)
    if row is None:
        raise NotFound(uid=str(uid))
    return row


def _visitor(request: HttpRequest) -> Visitor:
    return request.visitor  # type: ignore[attr-defined,no-any-return]


say, rate, opinion, rate_complaint = at_home(_say), at_home(_rate), at_home(_opinion), at_home(_rate_complaint)
