"""《挽留方案》: the plan of a retention case as a document, kept and published when the plan is approved.

Its clock is B-19, and who decides on it is asked by the case: the document only keeps what was decided.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from zhike.customers.public import RISKS, TIERS
from zhike.foundation import reports
from zhike.foundation.access.matrix import Area
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.records import Choice, Field, Kind
from zhike.foundation.reports import Column, Content, Table
from zhike.foundation.reports.declare import DOCUMENT
from zhike.retain.models import RetentionCase
from zhike.retain.models.case import CaseState
from zhike.retain.models.plan import PlanState
from zhike.retain.wording import cause_words, measure_words

_PLAN = tuple(Choice(code, label) for code, label in PlanState.choices)
_CASE = tuple(Choice(code, label) for code, label in CaseState.choices)


def plan_content(viewer: Viewer, case_id: int) -> Content:
    """One case with its plan and steps as they stand."""
    del viewer  # Whoever sees the case sees the document; the rows are shown by the reader's reach.
    case = RetentionCase.objects.select_related("plan").get(pk=case_id)
    plan = case.plan
    return Content(
        {
            "case": [
                {"key": str(case.uid), "case": case.pk, "cause": plan.cause, "risk": case.risk, "tier": case.tier,
                 "value": [case.value_at_stake_minor, case.currency], "lead": case.owner_id, "result": case.state}
            ],
            "plan": [
                {"key": str(plan.uid), "case": case.pk, "state": plan.state, "measure": plan.measure,
                 "offer": plan.offer, "goal": plan.goal, "goal_on": plan.goal_on,
                 "cost": [plan.cost_minor, plan.currency], "writer": plan.owner_id, "decider": plan.decided_by_id,
                 "opinion": plan.decision_note}
            ],
            "steps": [
                {"key": str(step.uid), "case": case.pk, "what": step.what, "owner": step.owner_id,
                 "due_on": step.due_on, "done_at": step.done_at}
                for step in plan.steps.all()
            ],
        },
        gaps=() if case.closed_at else ("result",),
    )  # fmt: skip


def _about(*columns: Any) -> tuple[Any, ...]:
    return (Field("case", _("Retention case"), Kind.RELATION, relation="retentions"), *columns)


reports.register(
    reports.Report(
        code="retention_plan",
        title=_("Retention plan (document)"),
        purpose=_("What is offered to keep one customer, who does what by when, what it costs and what came of it."),
        area=Area.HEALTH,
        query=plan_content,
        subject="retentions",
        readers=("customer_manager", "sales_lead", "success_manager", "sales_specialist", "management"),
        formats=DOCUMENT,
        icon="lifebuoy",
        order=50,
        requirement="RET-09",
        gaps={"result": _("Result: not measured, because the case is still open.")},
        parts=(
            Table(
                code="case",
                title=_("Cause, risk and value"),
                about="case",
                columns=_about(
                    Column(Field("cause", _("Cause")), cause_words),
                    Field("risk", _("Risk"), Kind.BADGE, choices=RISKS),
                    Field("tier", _("Tier"), Kind.BADGE, choices=TIERS),
                    Field("value", _("Value at stake"), Kind.MONEY),
                    Field("lead", _("Led by"), Kind.PERSON),
                    Field("result", _("State"), Kind.CHOICE, choices=_CASE),
                ),
            ),
            Table(
                code="plan",
                title=_("Offer and goal"),
                about="case",
                columns=_about(
                    Field("state", _("Plan"), Kind.CHOICE, choices=_PLAN),
                    Column(Field("measure", _("Measure")), measure_words),
                    Field("offer", _("Offer")),
                    Field("goal", _("Goal")),
                    Field("goal_on", _("Goal reached by"), Kind.DATE),
                    Field("cost", _("Cost"), Kind.MONEY),
                    Field("writer", _("Written by"), Kind.PERSON),
                    Field("decider", _("Decided by"), Kind.PERSON),
                    Field("opinion", _("Opinion of the decider")),
                ),
            ),
            Table(
                code="steps",
                title=_("Steps"),
                about="case",
                columns=_about(
                    Field("what", _("Step")),
                    Field("owner", _("Owner"), Kind.PERSON),
                    Field("due_on", _("Due on"), Kind.DATE),
                    Field("done_at", _("Done"), Kind.DATETIME),
                ),
            ),
        ),
    )
)
