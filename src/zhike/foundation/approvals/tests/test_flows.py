"""Every declared flow holds together; and a flow is changed only within its bounds, version by version."""

from __future__ import annotations

from typing import Any

import pytest

from zhike.customers.tests.office import Office
from zhike.foundation import approvals
from zhike.foundation.access.matrix import posts
from zhike.foundation.access.viewer import Viewer, union
from zhike.foundation.approvals.course import course_of, declared_course, due_within, limit_of, read, written
from zhike.foundation.approvals.flow import Flow, FlowFault, in_both
from zhike.foundation.approvals.models import FlowVersion
from zhike.foundation.approvals.tests.asking import LEGAL, contracts_go, step
from zhike.foundation.kit.refusals import Forbidden, Invalid, Stale
from zhike.foundation.policies.load import entries

FLOWS = approvals.flows()


def test_the_decisions_of_the_path_are_flows() -> None:
    assert {flow.code for flow in FLOWS} >= {"contract", "retention_plan", "parameter"}


@pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: flow.code)
def test_a_flow_is_said_in_both_languages(flow: Flow) -> None:
    for words in (flow.title, flow.starts, *(one.title for one in flow.steps), *(v.title for v in flow.values)):
        both = in_both(words)
        assert both["zh"] != both["en"], both


@pytest.mark.django_db
@pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: flow.code)
def test_each_step_names_posts_that_may_decide_within_a_time_that_is_a_parameter(flow: Flow) -> None:
    for one in flow.steps:
        named = [place.removeprefix("post:") for place in one.who if place.startswith("post:")]
        for code in named:
            viewer = Viewer(1, "", frozenset({code}), levels=union([posts()[code]]))
            assert viewer.may(flow.area, flow.level), (one.code, code)
            assert not one.holding or code in one.holding
        within = due_within(one)
        assert within is not None
        assert within[0] > 0
        assert ".".join(one.within or ()) in entries((one.within or ("",))[0].split(".")[0])


@pytest.mark.django_db
@pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: flow.code)
def test_conditions_look_at_values_and_parameters_that_exist(flow: Flow) -> None:
    for when in (*flow.conditions, *(one.when for one in flow.steps if one.when)):
        assert when.value in {value.code for value in flow.values}
        assert limit_of(when) is not None


@pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: flow.code)
def test_a_course_that_was_written_reads_the_same(flow: Flow) -> None:
    course = declared_course(flow)

    again = read(flow, written(course))

    assert written(again) == written(course)
    assert [one.asks for one in again.steps] == [one.asks for one in course.steps]


@pytest.mark.django_db
def test_a_flow_is_changed_by_it_and_management_as_a_new_version_with_a_reason(office: Office) -> None:
    contracts_go(office, step("管理层", "post:management", when="0"))

    course = course_of(approvals.flow_of("contract"))
    assert [in_both(one.title)["zh"] for one in course.steps] == ["法务审核", "管理层"]
    assert (course.number, course.steps[1].when is not None) == (1, True)
    approvals.flow_restore(viewer=office.viewer("boss"), code="contract", number=1, reason="恢复")
    assert [one.code for one in course_of(approvals.flow_of("contract")).steps] == ["legal", "management"]
    assert list(FlowVersion.objects.values_list("number", flat=True).order_by("number")) == [1, 2]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("steps", "fallback"),
    [
        ([], ["post:management"]),
        ([step("管理层", "post:management")], ["post:management"]),  # legal is required
        ([{**LEGAL, "who": ["post:management"]}], ["post:management"]),
        ([{**LEGAL, "rule": "some"}], ["post:management"]),
        ([LEGAL, step("无人")], ["post:management"]),
        ([LEGAL, step("谁", "post:nobody")], ["post:management"]),
        ([LEGAL, step("谁", "relation:neighbour")], ["post:management"]),
        ([LEGAL, step("何时", "post:management", when="7")], ["post:management"]),
        ([LEGAL], []),
        ([LEGAL, *(step(f"第{n}步", "post:management") for n in range(9))], ["post:management"]),
    ],
)
def test_what_lies_outside_the_bounds_of_a_flow_is_refused(
    office: Office, steps: list[dict[str, Any]], fallback: list[str]
) -> None:
    with pytest.raises(Invalid):
        approvals.flow_change(
            viewer=office.viewer("it"), code="contract", number=0, steps=steps, copies=[], fallback=fallback,
            reason="试行",
        )  # fmt: skip
    assert not FlowVersion.objects.exists()


@pytest.mark.django_db
def test_nobody_else_changes_a_flow_and_nobody_overwrites_another_ones_change(office: Office) -> None:
    def change(who: str, number: int, reason: str = "试行") -> None:
        approvals.flow_change(
            viewer=office.viewer(who), code="contract", number=number, steps=[LEGAL], copies=[],
            fallback=["post:management"], reason=reason,
        )  # fmt: skip

    for who in ("legal", "chief", "seller one"):
        with pytest.raises(Forbidden):
            change(who, 0)
    with pytest.raises(Invalid):
        change("it", 0, reason=" ")
    change("it", 0)
    with pytest.raises(Stale):
        change("boss", 0)


def test_a_flow_that_contradicts_itself_is_found_when_it_is_declared() -> None:
    known = approvals.flow_of("contract")
    with pytest.raises(FlowFault):
        Flow(**{**vars(known), "steps": ()})
    with pytest.raises(FlowFault):
        Flow(**{**vars(known), "steps": (known.steps[0], known.steps[0])})
