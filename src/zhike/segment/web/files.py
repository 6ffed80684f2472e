"""The strategy table as a file: out as CSV or XLSX, in with every problem named."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from zhike.foundation import audit
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.routes import route
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import clock
from zhike.foundation.kit.refusals import Invalid
from zhike.foundation.policies import current
from zhike.foundation.ui import refusals
from zhike.segment.selectors import table_in_force
from zhike.segment.services.importing import Imported, strategies_import
from zhike.segment.services.strategy import WHY_MAX
from zhike.segment.sheets import LARGEST_FILE, csv_bytes, rows_of, xlsx_bytes
from zhike.segment.words import language

_TYPES = {"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


@require_GET
@route(area=Area.STRATEGY, level=Level.BASIC)
def strategies_export(request: HttpRequest, file_format: str) -> HttpResponse:
    """The rows in force with the numbers of the policies written in; the file can be changed and taken in again."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    if file_format not in _TYPES:
        raise Http404
    rows = rows_of(table_in_force(), current(), language())
    title = _("Segmentation and strategy form")
    body = csv_bytes(rows) if file_format == "csv" else xlsx_bytes(rows, title)
    after = {"rows": len(rows) - 1, "format": file_format}
    audit.record(viewer, "strategy.exported", kind="strategy", object_id=None, object_uid=None, after=after)
    answer = HttpResponse(body, content_type=_TYPES[file_format])
    answer["Content-Disposition"] = f'attachment; filename="strategies-{clock.today().isoformat()}.{file_format}"'
    return answer


@require_http_methods(["GET", "POST"])
@route(area=Area.STRATEGY, level=Level.EDIT)
def strategies_import_page(request: HttpRequest) -> HttpResponse:
    """Take a file in: drafts of all its lines, or a list of what is wrong with which."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    why = request.POST.get("why", "")
    if request.method != "POST":
        return _drawn(request, None, "", "")
    file = request.FILES.get("file")
    if file is None:
        return _drawn(request, None, why, _("Choose a file."))
    try:
        outcome = strategies_import(viewer=viewer, data=file.read(LARGEST_FILE + 1), why=why)
    except Invalid as refusal:
        said = " ".join(refusals.field_problems(refusal).values())
        return _drawn(request, None, why, said)
    if outcome.problems:
        return _drawn(request, outcome, why, "")
    drafts = ngettext("%(count)s draft was written.", "%(count)s drafts were written.", outcome.drafts)
    unchanged = ngettext("%(count)s line says nothing new.", "%(count)s lines say nothing new.", outcome.unchanged)
    said = f"{drafts % {'count': outcome.drafts}} {unchanged % {'count': outcome.unchanged}}"
    messages.success(request, said)
    return redirect("strategies")


def _drawn(request: HttpRequest, outcome: Imported | None, why: str, problem: str) -> HttpResponse:
    context = {"outcome": outcome, "why": why, "problem": problem, "why_max": WHY_MAX}
    status = 422 if problem or outcome is not None else 200
    return render(request, "segment/import.html", context, status=status)
