"""Approvals: four boxes, one page for each approval that a phone shows well, and several approved at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from zhike.foundation import approvals
from zhike.foundation.access.matrix import Level
from zhike.foundation.access.models import Person
from zhike.foundation.access.naming import able
from zhike.foundation.access.routes import signed_in
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.approvals import Flow
from zhike.foundation.approvals import selectors as reading
from zhike.foundation.approvals.models import Approval, ApprovalState
from zhike.foundation.kit.refusals import Invalid, NotFound, Refusal
from zhike.foundation.ui import refusals

BOXES = {
    "todo": gettext_lazy("To be decided by me"),
    "done": gettext_lazy("Decided by me"),
    "mine": gettext_lazy("Asked for by me"),
    "copies": gettext_lazy("Copies to me"),
}
TONES = {
    "running": ("info", "clock"), "approved": ("good", "circle-check"), "rejected": ("bad", "circle-x"),
    "returned": ("warn", "arrow-back-up"), "withdrawn": ("neutral", "arrow-back-up"), "called_off": ("neutral", "x"),
}  # fmt: skip
PHRASES = {
    "approve": (gettext_lazy("Agreed."), gettext_lazy("Agreed, please proceed as planned.")),
    "no": (gettext_lazy("Please complete the material and submit again."), gettext_lazy("Out of the budget.")),
}


@signed_in
def boxes(request: HttpRequest) -> HttpResponse:
    """One of the four boxes, of one kind where asked, page by page."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    name = request.GET.get("box", "")
    name = name if name in BOXES else "todo"
    kind, after = request.GET.get("kind", ""), request.GET.get("after", "")
    page = approvals.box(viewer, name, flow=kind, after=after)
    counts = approvals.counts(viewer)
    context = {
        "box": name,
        "boxes": [(code, words, counts.get(code)) for code, words in BOXES.items()],
        "kinds": approvals.flows(),
        "kind": kind,
        "items": [line_of(viewer, item, name) for item in page.items],
        "after": page.after,
        "is_first": not after,
        "has_picks": name == "todo",
    }
    return render(request, "web/approvals/boxes.html", context)


def line_of(viewer: Viewer, item: reading.Item, box: str) -> dict[str, Any]:
    flow = approvals.flow_of(item.approval.flow)
    step = flow.step(item.signer.step.code) if item.signer is not None else None
    tone, icon = TONES[item.approval.state]
    return {
        "item": item, "approval": item.approval, "flow": flow, "tone": tone, "icon": icon,
        "title": approvals.title_of(item.approval, viewer.language),
        "may_pick": box == "todo" and not (step is not None and step.asks),
    }  # fmt: skip


@require_http_methods(["GET", "POST"])
@signed_in
def one(request: HttpRequest, uid: UUID) -> HttpResponse:
    """What is asked, by whom, the values that matter, who has said what; the buttons for who is asked now."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    viewer = approvals.acting(viewer, uid)  # on behalf of who is away, where that is why one is asked
    approval = approvals.approval_of(viewer, uid)
    if request.method == "POST":
        return _do(request, viewer, approval)
    reading.seen(viewer, approval)
    template = "web/approvals/peek.html" if request.headers.get("HX-Request") else "web/approvals/one.html"
    return render(request, template, shown(viewer, approval))


def shown(viewer: Viewer, approval: Approval) -> dict[str, Any]:
    """What page and drawer show of an approval. What it is about is told only to who sees that."""
    flow = approvals.flow_of(approval.flow)
    row = flow.row(approval.subject_id) if reading.sees_subject(viewer, approval) else None
    facts = flow.facts(viewer, row) if row is not None else []
    tone, icon = TONES[approval.state]
    may_sign = approvals.may_sign(viewer, approval)
    is_running = approval.state == ApprovalState.RUNNING
    return {
        "approval": approval, "flow": flow, "title": approvals.title_of(approval, viewer.language),
        "tone": tone, "icon": icon, "row": row, "link": flow.link(row) if row is not None else "",
        "facts": [fact for fact in facts if not fact.is_long], "texts": [fact for fact in facts if fact.is_long],
        "changes": flow.changes(viewer, row) if row is not None else [],
        "steps": approvals.steps_seen(approval, viewer.language),
        "may_sign": may_sign, "asks": _asks(approval, flow, QueryDict(), {}) if may_sign else (),
        "may_reject": may_sign and "rejected" in flow.verdicts, "may_return": may_sign and "returned" in flow.verdicts,
        "may_withdraw": is_running and flow.withdraw is not None and approval.author_id == viewer.person_id,
        "phrases": PHRASES, "people": _people(flow, Level.BASIC, approval) if row is not None else [],
        "deciders": _people(flow, flow.level, approval) if may_sign else [], "typed": QueryDict(),
        "earlier": _earlier(viewer, approval) if row is not None else [],
    }  # fmt: skip


def _asks(approval: Approval, flow: Flow, form: QueryDict, problems: Mapping[str, str]) -> list[dict[str, Any]]:
    """The texts that the step asks for, with what was typed."""
    asks = approvals.asks_of(approval, flow)
    return [{"ask": ask, "typed": form.get(f"ask_{ask.code}", ""), "is_bad": ask.code in problems} for ask in asks]


def _people(flow: Flow, level: Level, approval: Approval) -> list[Person]:
    """Whom the forms offer; whether they see the subject is asked when one is chosen."""
    rows = Person.objects.filter(pk__in=able(flow.area, level)).exclude(pk=approval.author_id)
    return list(rows.order_by("name", "id").only("uid", "name"))


def _earlier(viewer: Viewer, approval: Approval) -> list[Approval]:
    rows = approvals.of_subject(viewer, approval.subject_kind, approval.subject_id)
    return [one for one in rows if one.pk != approval.pk]


def _do(request: HttpRequest, viewer: Viewer, approval: Approval) -> HttpResponse:
    """Run what a button asks for. What was typed is never lost; who was slower reads why."""
    act = ACTS.get(request.POST.get("act", ""))
    if act is None:
        raise NotFound(act=request.POST.get("act", ""))
    try:
        words = act(viewer, approval, request.POST)
    except NotFound:
        raise
    except Refusal as refusal:
        context = shown(viewer, approvals.approval_of(viewer, approval.uid)) | {"typed": request.POST}
        invalid = isinstance(refusal, Invalid)
        context["problems"] = refusals.field_problems(refusal) if invalid else {}
        if context["may_sign"]:
            context["asks"] = _asks(approval, context["flow"], request.POST, context["problems"])
        context["refusal"] = "" if invalid and context["problems"] else refusals.sentence(refusal)
        return render(request, "web/approvals/one.html", context, status=refusal.status)
    messages.success(request, words)
    if request.POST["act"] not in DECIDING:
        return redirect("approval", uid=approval.uid)
    following = approvals.next_for(viewer, besides=[approval.uid])
    return redirect("approval", uid=following.uid) if following is not None else redirect("approvals")


def _given(approval: Approval, form: QueryDict) -> dict[str, Any]:
    version = form.get("version", "")
    answers = {key.removeprefix("ask_"): form[key] for key in form if key.startswith("ask_")}
    return {
        "uid": approval.uid, "version": int(version) if version.isascii() and version.isdigit() else None,
        "words": form.get("words", ""), "answers": answers,
    }  # fmt: skip


def _approve(viewer: Viewer, approval: Approval, form: QueryDict) -> str:
    approvals.approve(viewer=viewer, **_given(approval, form))
    return _("Approved.")


def _reject(viewer: Viewer, approval: Approval, form: QueryDict) -> str:
    approvals.reject(viewer=viewer, **_given(approval, form))
    return _("Rejected.")


def _return(viewer: Viewer, approval: Approval, form: QueryDict) -> str:
    approvals.send_back(viewer=viewer, **_given(approval, form))
    return _("Returned to the author.")


def _withdraw(viewer: Viewer, approval: Approval, form: QueryDict) -> str:
    approvals.withdraw(viewer=viewer, uid=approval.uid, words=form.get("words", ""))
    return _("Withdrawn. You can change it and submit it again.")


def _add(viewer: Viewer, approval: Approval, form: QueryDict) -> str:
    approvals.signer_add(
        viewer=viewer, uid=approval.uid, person=_number(form), where=form.get("where", ""), words=form.get("why", "")
    )
    return _("Added. They are told when their turn comes.")


def _delegate(viewer: Viewer, approval: Approval, form: QueryDict) -> str:
    approvals.delegate(viewer=viewer, uid=approval.uid, person=_number(form), words=form.get("why", ""))
    return _("Passed on.")


def _copy(viewer: Viewer, approval: Approval, form: QueryDict) -> str:
    approvals.copy_to(viewer=viewer, uid=approval.uid, person=_number(form))
    return _("Copy sent.")


def _number(form: QueryDict) -> int:
    """The number of the person chosen. Raises Invalid."""
    try:
        found = Person.objects.filter(uid=UUID(form.get("person", ""))).values_list("pk", flat=True).first()
    except ValueError:
        found = None
    if found is None:
        raise Invalid(fields={"person": "required"})
    return int(found)


ACTS: dict[str, Callable[[Viewer, Approval, QueryDict], str]] = {
    "approve": _approve, "reject": _reject, "return": _return, "withdraw": _withdraw, "add": _add,
    "delegate": _delegate, "copy": _copy,
}  # fmt: skip
DECIDING = ("approve", "reject", "return", "delegate")


@require_POST
@signed_in
def many(request: HttpRequest) -> HttpResponse:
    """Approve several of one kind: first the list is shown to be confirmed, then each is decided on by itself."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    uids = _uids(request.POST.getlist("uid"))
    found = [approvals.approval_of(viewer, uid) for uid in uids]
    problem = "" if found else _("Choose at least one approval.")
    if len({one.flow for one in found}) > 1:
        problem = _("Choose approvals of one kind: each kind is decided on by itself.")
    if not problem and request.POST.get("act") == "approve":
        return _approve_all(request, viewer, uids)
    lines = [{"approval": one, "title": approvals.title_of(one, viewer.language)} for one in found]
    context = {"lines": lines, "problem": problem, "flow": approvals.flow_of(found[0].flow) if found else None}
    return render(request, "web/approvals/many.html", context, status=422 if problem else 200)


def _approve_all(request: HttpRequest, viewer: Viewer, uids: list[UUID]) -> HttpResponse:
    try:
        came = approvals.approve_many(viewer=viewer, uids=uids, words=request.POST.get("words", ""))
    except Invalid as refusal:
        messages.error(request, " ".join(refusals.field_problems(refusal).values()))
        return redirect("approvals")
    done = ngettext("%(count)s approved.", "%(count)s approved.", came.approved) % {"count": came.approved}
    messages.success(request, done)
    for uid, refusal in came.refused.items():
        title = approvals.title_of(approvals.approval_of(viewer, uid), viewer.language)
        messages.error(request, f"{title}: {refusals.sentence(refusal)}")
    return redirect("approvals")


def _uids(texts: list[str]) -> list[UUID]:
    found = []
    for text in texts:
        try:
            found.append(UUID(text))
        except ValueError:
            raise NotFound(uid=text) from None
    return list(dict.fromkeys(found))
