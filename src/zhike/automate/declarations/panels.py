"""What stands on the pages of rules, firings, tasks and webhooks besides their fields."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from zhike.automate import news, selectors
from zhike.automate.services import checking
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import clock
from zhike.foundation.ui import panels


def _rule(viewer: Viewer, rule: Any) -> dict[str, Any]:
    is_changed = rule.current is not None and rule.current.definition != rule.draft
    versions = [(gettext("In force"), rule.current.definition)] if rule.current is not None else []
    if rule.current is None or is_changed:
        versions.append((gettext("Draft"), rule.draft))
    return {
        "rule": rule,
        "is_changed": is_changed and rule.state == "on",
        "versions": [(heading, selectors.said_of(viewer, stored)) for heading, stored in versions],
        "editions": list(rule.editions.select_related("published_by").order_by("-number")),
        "may_edit": viewer.may(Area.AUTOMATION, Level.EDIT),
    }


def _run(viewer: Viewer, run: Any) -> dict[str, Any]:
    return {
        "link": _link(viewer, run.subject, run.subject_uid),
        "lines": selectors.steps_of(viewer, run),
        "values": selectors.values_in_words(viewer, run),
    }


def _link(viewer: Viewer, subject: str, uid: Any) -> str:
    record_type = checking.type_of(subject)
    may_open = record_type is not None and viewer.may(record_type.area, Level.BASIC) and uid.int
    return record_type.link(uid) if record_type is not None and may_open else ""


def _task(viewer: Viewer, task: Any) -> dict[str, Any]:
    return {"link": _link(viewer, task.subject, task.subject_uid), "rule": task.run.rule}


def _webhook(viewer: Viewer, hook: Any) -> dict[str, Any]:
    until = hook.secret_before_until
    return {
        "hook": hook,
        "names": hook.event_names,
        "titles": [news.every()[name].title for name in hook.event_names if name in news.every()],
        "overlap": until if until is not None and until > clock.now() else None,
        "may_edit": viewer.may(Area.SETTINGS, Level.EDIT),
    }


for _place, _code, _title, _context, _area in (
    ("rules.main", "rule", _("What it does"), _rule, Area.AUTOMATION),
    ("rule_runs.main", "run", _("What was done"), _run, Area.AUTOMATION),
    ("rule_tasks.side", "task", _("About"), _task, Area.TIMELINE),
    ("webhooks.main", "webhook", _("What it hears of"), _webhook, Area.SETTINGS),
):
    panels.add(panels.Panel(_place, _code, _title, f"automate/_{_code}.html", _context, _area, order=1))
