"""Setting a flow on its page: within the bounds that the room has declared, as a new version with a reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_noop as _

from zhike.foundation import audit
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.approvals import course as courses
from zhike.foundation.approvals import register
from zhike.foundation.approvals.flow import Condition, Flow, FlowFault, Step, check, in_both
from zhike.foundation.approvals.models import FlowVersion
from zhike.foundation.kit import ids
from zhike.foundation.kit.refusals import Invalid, Stale
from zhike.foundation.kit.text import Text

STEPS_MAX = 9
FAULTS = {
    "no_steps": _("A flow needs at least one step."),
    "nobody": _("Say who decides in this step."),
    "fixed_step_missing": _("This step is required and cannot be taken out."),
    "fixed_step_changed": _("Of a required step only the signers may be added to and the rule be changed."),
    "no_fallback": _("Say who decides where nobody else can be found."),
    "too_many_steps": _("This is more steps than a flow may have."),
    "no_place": _("This place is not offered."),
    "no_post": _("This place is not offered."),
    "no_relation": _("This place is not offered."),
}


def _require_setter(viewer: Viewer) -> None:
    if not viewer.may(Area.SETTINGS, Level.APPROVE):
        viewer.require(Area.SETTINGS, Level.EDIT)


@transaction.atomic
def flow_change(
    *, viewer: Viewer, code: str, number: int, steps: list[Mapping[str, Any]], copies: list[str], fallback: list[str],
    reason: str,
) -> FlowVersion:  # fmt: skip
    """Write the next version of a flow; approvals that run keep the one they began with.

    A step is ``{"code", "title": {"zh", "en"}, "who": [places], "rule", "when": index of an offered condition or
    None}``; without a code it is a new one. ``number`` is the version that was read.
    Raises: Forbidden, NotFound, Stale, Invalid.
    """
    _require_setter(viewer)
    flow = register.flow_of(code)
    if not reason.strip():
        raise Invalid(fields={"reason": "required"})
    if len(steps) > STEPS_MAX:
        raise Invalid(fields={"steps": FAULTS["too_many_steps"]})
    course = courses.Course(tuple(_step(flow, one) for one in steps), tuple(copies), tuple(fallback))
    try:
        check(flow, course.steps, course.copies, course.fallback)
    except FlowFault as fault:
        raise Invalid(fields={"steps": FAULTS.get(fault.code, fault.code)}, where=fault.where) from fault
    return _write(viewer, flow, number, courses.written(course), reason)


@transaction.atomic
def flow_restore(*, viewer: Viewer, code: str, number: int, reason: str) -> FlowVersion:
    """Go back to the flow as it was declared. Raises: Forbidden, NotFound, Stale, Invalid."""
    _require_setter(viewer)
    flow = register.flow_of(code)
    if not reason.strip():
        raise Invalid(fields={"reason": "required"})
    return _write(viewer, flow, number, None, reason)


def _step(flow: Flow, one: Mapping[str, Any]) -> Step:
    title = {key: str(one.get("title", {}).get(key, "")).strip() for key in ("zh", "en")}
    if not any(title.values()):
        raise Invalid(fields={"title": "required"})
    title = {"zh": title["zh"] or title["en"], "en": title["en"] or title["zh"]}
    declared = flow.step(str(one.get("code") or ""))
    when = _condition(flow, one.get("when"))
    if declared is None:
        code = str(one.get("code") or "") or f"added_{ids.uid().hex[-8:]}"
        return Step(code=code, title=Text(**title), who=tuple(one["who"]), rule=one["rule"], when=when)
    kept = in_both(declared.title) == title
    return replace(
        declared, title=declared.title if kept else Text(**title), who=tuple(one["who"]), rule=one["rule"],
        when=declared.when if declared.is_fixed else when,
    )  # fmt: skip


def _condition(flow: Flow, place: Any) -> Condition | None:
    if place in (None, ""):
        return None
    if not str(place).isdigit() or int(place) >= len(flow.conditions):
        raise Invalid(fields={"when": "not_an_option"})
    return flow.conditions[int(place)]


def _write(viewer: Viewer, flow: Flow, number: int, course: Any, reason: str) -> FlowVersion:
    newest = FlowVersion.objects.select_for_update().filter(flow=flow.code).order_by("-number").first()
    held = newest.number if newest is not None else 0
    if held != number:
        raise Stale(version=held)
    version = FlowVersion.objects.create(
        flow=flow.code, number=held + 1, course=course, reason=reason.strip(), changed_by_id=viewer.person_id
    )
    before = newest.course if newest is not None else None
    audit.record(
        viewer, "approval.flow", kind="approvals.flowversion", object_id=version.pk, object_uid=version.uid,
        before={"flow": flow.code, "number": held, "course": before},
        after={"flow": flow.code, "number": version.number, "course": course}, reason=reason,
    )  # fmt: skip
    return version
