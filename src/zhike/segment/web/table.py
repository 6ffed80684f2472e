"""《客户关系细分与策略表》: the rows in force, how far their tasks are, drafts to approve, history, and on paper."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from zhike.customers.public import states_by_band
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.routes import route
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import clock
from zhike.foundation.kit.refusals import NotFound
from zhike.foundation.policies import current
from zhike.foundation.policies.load import PolicySet
from zhike.foundation.records import names
from zhike.segment.models import StrategyVersion
from zhike.segment.rules.conditions import said
from zhike.segment.rules.table import COLUMNS, Line, StrategyRow, as_version, heading, shipped
from zhike.segment.selectors import Execution, drafts, execution_by_row, line_of, table_in_force, versions_of
from zhike.segment.words import language, post_names, value_names


@require_GET
@route(area=Area.STRATEGY, level=Level.BASIC)
def strategies_page(request: HttpRequest) -> HttpResponse:
    """Each row with its columns; below it the customers in the segment and the tasks, each number with its rows."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    table, policies = table_in_force(), current()
    counts, done = states_by_band(viewer, "strategy_row"), execution_by_row(viewer)
    contacts = table.contacts(policies)
    rows = [
        _shown(line, row, viewer)
        | {
            "count": counts.get(line.code, 0) if line.variant_of is None else None,
            "link": f"/customers/?strategy_row={line.code}",
            "contact_days": contacts.get(line.code),
            "execution": done.get(line.code, Execution()),
            "tasks_link": f"/strategy_tasks/?row={line.code}",
        }
        for line, row in zip(table.lines, table.rows(policies), strict=True)
    ]
    waiting = [_draft(version, viewer, policies) for version in drafts(viewer)]
    context = {"rows": rows, "drafts": waiting, **_rights(viewer)}
    return render(request, "segment/table.html", context)


@require_GET
@route(area=Area.STRATEGY, level=Level.BASIC)
def strategies_print(request: HttpRequest) -> HttpResponse:
    """The form of the source on paper: eight columns, resources and expected effect."""
    table, policies, lang = table_in_force(), current(), language()
    rows = [[row.column(name, lang) for name in COLUMNS] for row in table.rows(policies)]
    context = {"heads": [heading(name, lang) for name in COLUMNS], "rows": rows, "today": clock.today()}
    return render(request, "segment/print.html", context)


@require_GET
@route(area=Area.STRATEGY, level=Level.BASIC)
def strategy_page(request: HttpRequest, code: str) -> HttpResponse:
    """One row with its versions: who wrote what, when and why, and who approved it."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    policies = current()
    line = table_in_force().line(code)
    versions = versions_of(viewer, code)
    if line is None and not versions:
        raise NotFound(strategy=code)
    history = [_draft(version, viewer, policies) for version in versions]
    shown = _shown(line, line.filled(policies), viewer) if line is not None else None
    is_ready = shipped().line(code) is not None
    context = {
        "row": shown,
        "history": history,
        "code": code,
        "is_ready": is_ready,
        "is_changed": is_ready and line is not None and as_version(line, 0) != shipped().line(code),
        **_rights(viewer),
    }
    return render(request, "segment/row.html", context)


def _rights(viewer: Viewer) -> dict[str, bool]:
    return {
        "may_edit": viewer.may(Area.STRATEGY, Level.EDIT),
        "may_approve": viewer.may(Area.STRATEGY, Level.APPROVE),
    }


def _shown(line: Line, row: StrategyRow, viewer: Viewer) -> dict[str, Any]:
    """What a row says, as a page shows it."""
    lang = language()
    return {
        "code": line.code,
        "title": row.column("dimension", lang),
        "cells": [(heading(name, lang), row.column(name, lang)) for name in COLUMNS if name != "dimension"],
        "condition": said(line.condition, lang, value_names()),
        "is_first": line.is_first,
        "owners": [post_names(lang).get(code, code) for code in line.owners],
        "version": line.version,
    }


def _draft(version: StrategyVersion, viewer: Viewer, policies: PolicySet) -> dict[str, Any]:
    """A version beside the row in force: only what differs is shown."""
    lang = language()
    line = line_of(version)
    held = table_in_force().line(version.strategy.code)
    row = line.filled(policies) if line is not None else None
    before = held.filled(policies) if held is not None else None
    changes = [
        (heading(name, lang), before.column(name, lang) if before else "", row.column(name, lang))
        for name in COLUMNS
        if row is not None and (before is None or before.column(name, lang) != row.column(name, lang))
    ]
    condition = said(line.condition, lang, value_names()) if line is not None else ""
    return {
        "version": version,
        "code": version.strategy.code,
        "title": row.column("dimension", lang) if row is not None else version.strategy.code,
        "cells": [(heading(name, lang), row.column(name, lang)) for name in COLUMNS] if row is not None else [],
        "changes": [] if version.is_retired else changes,
        "condition": condition,
        "contact_days": line.contact_within(policies) if line is not None else None,
        "contact_before": held.contact_within(policies) if held is not None else None,
        "by": _name(version.made_by_id),
        "decided_by": _name(version.decided_by_id),
        "is_new": held is None,
        "is_own": version.made_by_id == viewer.person_id,
    }


def _name(person_id: int | None) -> str:
    found = names.people.get(person_id)
    return found.name if found is not None else ""
