"""A flow as it holds now, and as a running approval keeps it: steps with words in both languages, as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from zhike.foundation import policies
from zhike.foundation.approvals.flow import Condition, Flow, FlowFault, Step, check, in_both
from zhike.foundation.approvals.models import FlowVersion
from zhike.foundation.kit.text import Text
from zhike.foundation.policies.declare import declared


@dataclass(frozen=True)
class Course:
    """The steps of a flow, who gets a copy, and who is asked where nobody else can be; under a number."""

    steps: tuple[Step, ...]
    copies: tuple[str, ...]
    fallback: tuple[str, ...]
    number: int = 0

    def step(self, code: str) -> Step | None:
        """The step of that code."""
        return next((step for step in self.steps if step.code == code), None)


def declared_course(flow: Flow) -> Course:
    """The flow as its room declares it."""
    return Course(flow.steps, flow.copies, flow.fallback)


def course_of(flow: Flow) -> Course:
    """The flow as it holds now: the newest version, else as declared. A version that fits no more is passed over."""
    newest = FlowVersion.objects.filter(flow=flow.code).order_by("-number").first()
    if newest is None or newest.course is None:
        return replace(declared_course(flow), number=newest.number if newest else 0)
    course = replace(read(flow, newest.course), number=newest.number)
    try:
        check(flow, course.steps, course.copies, course.fallback)
    except FlowFault:
        return replace(declared_course(flow), number=newest.number)
    return course


def written(course: Course) -> dict[str, Any]:
    """The course as JSON. What a step asks stays with the declaration and is found again by the step's code."""
    return {
        "steps": [
            {
                "code": step.code, "title": in_both(step.title), "who": list(step.who), "rule": step.rule,
                "when": [step.when.value, list(step.when.limit)] if step.when else None,
                "within": list(step.within) if step.within else None, "clock": step.clock,
                "holding": list(step.holding), "is_owed": step.is_owed, "is_fixed": step.is_fixed,
            }
            for step in course.steps
        ],
        "copies": list(course.copies), "fallback": list(course.fallback),
    }  # fmt: skip


def read(flow: Flow, stored: Mapping[str, Any]) -> Course:
    """The course out of JSON."""
    steps = tuple(_step(flow, one) for one in stored["steps"])
    return Course(steps, tuple(stored["copies"]), tuple(stored["fallback"]))


def _step(flow: Flow, one: Mapping[str, Any]) -> Step:
    known = flow.step(one["code"])
    when = Condition(one["when"][0], tuple(one["when"][1])) if one["when"] else None
    return Step(
        code=one["code"], title=Text(one["title"]["zh"], one["title"]["en"]), who=tuple(one["who"]), rule=one["rule"],
        when=when, within=tuple(one["within"]) if one["within"] else None, clock=one["clock"],  # type: ignore[arg-type]
        holding=tuple(one["holding"]), asks=known.asks if known else (), is_owed=one["is_owed"],
        is_fixed=one["is_fixed"],
    )  # fmt: skip


def limit_of(condition: Condition) -> float | None:
    """The policy number of a condition as it stands now; None where there is no such number any more."""
    name, field = condition.limit
    cls = declared().get(name)
    if cls is None:
        return None
    found = getattr(policies.current().get(cls), field, None)
    return float(found) if found is not None else None


def due_within(step: Step) -> tuple[float, str] | None:
    """The time a step allows as (amount, unit), from the policy in force; None where it has none."""
    if step.within is None:
        return None
    name, field = step.within
    cls = declared().get(name)
    if cls is None:
        return None
    rule = policies.declare.rules_of(cls)[field]
    return float(getattr(policies.current().get(cls), field)), rule.unit
