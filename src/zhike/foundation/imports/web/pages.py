"""Bring a file in, map its columns, look at the dry run, write it, read the report, take it back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhike.foundation.access.viewer import Viewer
from zhike.foundation.imports import reports, rights, selectors, services
from zhike.foundation.imports.models import State
from zhike.foundation.imports.web import forms
from zhike.foundation.kit.refusals import Forbidden, Invalid, NotFound, Refusal
from zhike.foundation.records import many, registry
from zhike.foundation.records.problems import said

_PAGE_ROWS = 50
_REJECTED_SHOWN = 20
_STEPS = {
    "run": services.import_run,
    "revert": services.import_revert,
    "resume": services.import_resume,
}


@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """One's own imports, the newest first; IT sees those of all."""
    viewer = _viewer(request)
    pages = Paginator(selectors.imports_of(viewer), _PAGE_ROWS)
    page = pages.get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [selectors.line(viewer, made) for made in page],
        "types": rights.importable(viewer),
        "shows_all": rights.migrates(viewer),
    }
    return render(request, "imports/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Choose the kind of records and the file."""
    viewer = _viewer(request)
    types = rights.importable(viewer)
    if not types:
        raise Forbidden
    code = request.POST.get("type") or request.GET.get("type", "")
    problem = ""
    if request.method == "POST":
        file, chosen = request.FILES.get("file"), next((t for t in types if t.code == code), None)
        if file is None or chosen is None:
            problem = _("Choose a file.") if chosen else _("Choose what the rows are.")
        else:
            try:
                made = services.import_stage(viewer=viewer, record_type=chosen, file=file, name=file.name or "")
            except Refusal as refusal:
                problem = many.reason_of(refusal)
            else:
                return redirect("import_map", uid=made.uid)
    context = {"types": types, "code": code, "problem": problem, "numbers": services.numbers()}
    return render(request, "imports/new.html", context, status=422 if problem else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def mapping(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Say what the columns are; then the dry run starts."""
    viewer = _viewer(request)
    made = services.one(viewer, uid)
    if made.state not in (State.STAGED, State.CHECKED, State.FAILED) or made.shape is None:
        return redirect("import", uid=uid)
    form = forms.MappingForm(viewer, made, request.POST if request.method == "POST" else None)
    problems: dict[str, str] = {}
    if request.method == "POST":
        try:
            services.import_map(viewer=viewer, uid=uid, plan=form.plan())
        except Invalid as refusal:
            problems = {key: said(words) for key, words in refusal.data["fields"].items()}
        else:
            return redirect("import", uid=uid)
    context = {"made": made, "type": registry.get(made.code), "form": form, "problems": problems}
    return render(request, "imports/map.html", context, status=422 if problems else 200)


@require_GET
def page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Where an import stands: progress, dry run, report."""
    viewer = _viewer(request)
    made = services.one(viewer, uid)
    if made.state == State.STAGED:
        return redirect("import_map", uid=uid)
    is_working = made.state in (State.CHECKING, State.RUNNING, State.REVERTING)
    context: dict[str, Any] = {
        "made": made,
        "type": registry.get(made.code),
        "name": reports.file_name(made),
        "is_working": is_working,
        "is_stuck": is_working and services.is_stuck(made),
        "progress": selectors.progress(made),
        "facts": reports.facts(made) if not is_working else [],
        "may_revert": services.may_revert(made),
        "revert_days": services.numbers().revert_days,
        "keep_days": services.numbers().keep_days,
    }
    if made.state in (State.CHECKED, State.DONE) and made.emptied_at is None:
        context["rejected"] = selectors.first_rejected(made, _REJECTED_SHOWN)
        context["more"] = max(0, made.counts.get("rejected", 0) - _REJECTED_SHOWN)
        context["unknown_people"] = list(reports.unknown_people(made).items())[:_REJECTED_SHOWN]
    if made.state == State.REVERTED:
        context["left"] = selectors.left_over(made)
    return render(request, "imports/one.html", context)


@require_POST
def do(request: HttpRequest, uid: UUID, step: str) -> HttpResponse:
    """Write, revert, go on with what was given up, or discard."""
    viewer = _viewer(request)
    if step == "discard":
        services.import_discard(viewer=viewer, uid=uid)
        return redirect("imports")
    if step not in _STEPS:
        raise NotFound(step=step)
    _STEPS[step](viewer=viewer, uid=uid)
    return redirect("import", uid=uid)


@require_GET
def rejected(request: HttpRequest, uid: UUID) -> StreamingHttpResponse:
    """The rejected rows as a file to correct; only for whoever brought the file in."""
    viewer = _viewer(request)
    made = selectors.own(viewer, uid)
    response = StreamingHttpResponse(reports.reject_file(viewer, made), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="rejected-{made.created_at:%Y-%m-%d}-{made.code}.csv"'
    return response


@require_GET
def report(request: HttpRequest, uid: UUID) -> FileResponse:
    """《数据迁移核对报告》 as a workbook."""
    viewer = _viewer(request)
    made = services.one(viewer, uid)
    name = f"import-{made.created_at:%Y-%m-%d}-{made.code}.xlsx"
    return FileResponse(reports.report_file(viewer, made), as_attachment=True, filename=name)


def _viewer(request: HttpRequest) -> Viewer:
    found: Viewer = request.viewer  # type: ignore[attr-defined]
    return found
