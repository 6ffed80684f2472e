"""Who decides on a retention plan: the sales lead or the management, much cost or value the management (RET-09)."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from zhike.foundation import approvals
from zhike.foundation.access import scope
from zhike.foundation.access.matrix import Area
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.approvals import Asked, Condition, Fact, Flow, Step, Value
from zhike.foundation.kit import money
from zhike.foundation.records.brief import brief
from zhike.foundation.records.rows import locked
from zhike.retain.models import RetentionCase, RetentionPlan
from zhike.retain.services import plan as plans
from zhike.retain.wording import cause_words, measure_words

_SHOWN = ("customer", "tier", "risk", "value_at_stake", "lead")
_COSTLY = Condition("cost", ("retain.route", "management_cost_minor"))
_WEIGHTY = Condition("value", ("retain.route", "management_value_minor"))
_TIME = ("retain.clocks", "decision_hours")


def _hold(viewer: Viewer, number: int) -> RetentionCase:
    uid = RetentionCase.objects.values_list("uid", flat=True).filter(pk=number).first()
    return locked(viewer, RetentionCase, uid, None)  # type: ignore[arg-type]  # without a row it is not found


def _sees(viewer: Viewer, number: int) -> bool:
    return scope.visible(viewer, RetentionCase.objects.filter(pk=number)).exists()


def _asked(case: RetentionCase) -> Asked:
    plan = RetentionPlan.objects.get(case=case)
    customer = case.customer
    # What stands here outlives an erasure: of a natural person only the number.
    name = customer.number if customer.kind == "person" else customer.name
    return Asked(
        case.pk, case.uid, name, plan.updated_by_id, case.customer_id,
        {"cost": plan.cost_minor, "value": case.value_at_stake_minor or 0},
        detail=money.full(plan.cost_minor, plan.currency) if plan.cost_minor else "",
    )  # fmt: skip


def _facts(viewer: Viewer, case: RetentionCase) -> list[Fact]:
    """Whom it is about and what is at stake, then the plan with its steps."""
    facts = [Fact(label, value) for label, value in brief(viewer, "retentions", case.uid, _SHOWN)]
    plan = RetentionPlan.objects.filter(case=case).first()
    if plan is None:
        return facts
    steps = [f"{step.due_on:%Y-%m-%d} {step.what} ({step.owner.name if step.owner else '–'})"
             for step in plan.steps.select_related("owner")]  # fmt: skip
    return [
        *facts,
        Fact(_("Cause"), cause_words(plan.cause, viewer.language)),
        Fact(_("Measure"), measure_words(plan.measure, viewer.language)),
        Fact(_("Cost"), money.full(plan.cost_minor, plan.currency) if plan.cost_minor else gettext("no cost")),
        Fact(_("Goal"), plan.goal),
        Fact(_("Goal reached by"), f"{plan.goal_on:%Y-%m-%d}"),
        Fact(_("Offer"), plan.offer, is_long=True),
        Fact(_("Steps"), "\n".join(steps), is_long=True),
    ]


def _waiting() -> Iterable[RetentionCase]:
    running = approvals.running_of("retention_case")
    return RetentionCase.objects.filter(state="decision", deleted_at=None).exclude(pk__in=running)


approvals.declare(
    Flow(
        code=plans.FLOW,
        title=_("Retention plan"),
        subject="retention_case",
        area=Area.HEALTH,
        icon="heart-handshake",
        record="retentions",
        starts=_("A retention plan is submitted."),
        steps=(
            Step(
                code="lead", title=_("Sales lead or management decides"), who=("post:sales_lead", "post:management"),
                within=_TIME, clock="elapsed", is_fixed=True,
            ),
            Step(
                code="cost", title=_("Management decides on the cost"), who=("post:management",), when=_COSTLY,
                within=_TIME, clock="elapsed",
            ),
            Step(
                code="value", title=_("Management decides for the value at stake"), who=("post:management",),
                when=_WEIGHTY, within=_TIME, clock="elapsed",
            ),
        ),
        values=(Value("cost", _("Cost")), Value("value", _("Value at stake"))),
        conditions=(_COSTLY, _WEIGHTY),
        verdicts=("returned",),
        relations=("superior", "department_head", "customer_manager"),
        hold=_hold,
        sees=_sees,
        row=lambda number: RetentionCase.objects.select_related("customer").filter(pk=number).first(),
        asked=_asked,
        decided=plans.plan_decided,
        authors=plans.authors_of,
        link=lambda case: f"/retentions/{case.uid}/",
        waiting=_waiting,
        facts=_facts,
    )
)  # fmt: skip
