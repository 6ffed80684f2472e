"""The filter builder as a page: works without scripts by its buttons, and redraws itself where there are some."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render

from zhike.foundation.records import builder, operators
from zhike.foundation.records import query as queries
from zhike.foundation.records import where as grammar
from zhike.foundation.records.declare import RecordType


def build(request: HttpRequest, record_type: RecordType) -> HttpResponse:
    """Put conditions together; "apply" goes to the list that they find."""
    viewer = request.viewer  # type: ignore[attr-defined]
    if request.method != "POST":
        asked = queries.parse(viewer, record_type, request.GET)
        tree = asked.tree or grammar.Group("all")
        return _page(request, record_type, tree, asked.encoded(where=""), problem=asked.problems.get("where", ""))
    question = queries.parse(viewer, record_type, QueryDict(request.POST.get("question", "")))
    tree, wish = builder.tree_of(request.POST), request.POST.get("do", "")
    if wish == "apply":
        return _applied(request, record_type, builder.unfilled(tree), question)
    try:
        tree, new = builder.changed(viewer, record_type, tree, wish, request.POST)
    except ValueError as wrong:
        return _page(request, record_type, tree, question.encoded(where=""), problem=str(wrong), status=422)
    return _page(request, record_type, tree, question.encoded(where=""), new=new)


def _applied(
    request: HttpRequest, record_type: RecordType, tree: grammar.Group, question: queries.ListQuery
) -> HttpResponse:
    text = grammar.write(tree) if tree.parts else ""
    asked = queries.parse(request.viewer, record_type, _where(text))  # type: ignore[attr-defined]
    if problem := asked.problems.get("where"):
        rest = question.encoded(where="")
        return _page(request, record_type, tree, rest, problem=problem, checked=True, status=422)
    target = f"/{record_type.code}/?{question.encoded(where=text)}"
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": target})
    return redirect(target)


def _where(text: str) -> QueryDict:
    query = QueryDict(mutable=True)
    query["where"] = text
    return query


def _page(
    request: HttpRequest, record_type: RecordType, tree: grammar.Group, question: str, *, problem: str = "",
    checked: bool = False, new: str = "", status: int = 200,
) -> HttpResponse:  # fmt: skip
    viewer = request.viewer  # type: ignore[attr-defined]
    fields = operators.fields_for(viewer, record_type)
    context: dict[str, Any] = {
        "type": record_type,
        "top": builder.rows_of(viewer, record_type, tree, checked=checked, new=new),
        "fields": sorted(((f.key, str(f.label)) for f in fields), key=lambda pair: pair[1]),
        "question": question,
        "problem": problem,
        "keeps": not checked,
    }
    return render(request, "records/builder.html", context, status=status)
