"""Two automation rules of the sample company: one that is on, one that waits to be tried out."""

from __future__ import annotations

from zhike.automate.public import Definition, RuleRow, Step, rules_load
from zhike.foundation.access.models import Person
from zhike.foundation.access.viewer import Viewer
from zhike.sample.services.organisation import Organisation

_WAIT_HOURS = 24
_TASK_HOURS = "48"
_POST = "operations_specialist"


def rules_of_sample(viewer: Viewer, organisation: Organisation) -> int:
    """Rules of the first operations specialist; none where the company has nobody of that post."""
    owner = (
        Person.objects.filter(pk__in=organisation.staff.values(), holdings__post=_POST, is_active=True)
        .order_by("pk").first()
    )  # fmt: skip
    return rules_load(viewer=viewer, given=_rows(owner.pk), origin="sample") if owner else 0


def _rows(owner_id: int) -> list[RuleRow]:
    graded = Definition(
        "event", "leads", event="acquire.LeadGraded", wait_hours=_WAIT_HOURS,
        where="all(grade.is(A), contacted_at.empty(), closed_at.empty())",
        steps=(Step("notify", {"to": ["superior"], "text": ["A 级线索 24 小时没有首次联系，请安排跟进"]}),),
    )  # fmt: skip
    falling = Definition(
        "comes",
        "customers",
        where="all(tier.is(high), health.under(60))",
        steps=(Step("task", {"to": ["manager"], "title": ["健康度低于 60，致电了解情况"], "hours": [_TASK_HOURS]}),),
    )
    return [
        RuleRow("评级 A 的线索 24 小时没有首次联系 → 通知主管", "", graded, owner_id, is_on=True),
        RuleRow("高价值客户健康度低于 60 → 给客户经理建任务", "先试运行，再启用", falling, owner_id),
    ]
