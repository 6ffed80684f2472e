"""Lists, pages, forms, acts and API of projects, milestones and hand-overs: generated from their declaration."""

from __future__ import annotations

from zhike.foundation.access.models import Person
from zhike.foundation.access.people import person_add
from zhike.foundation.kit import clock
from zhike.foundation.records.rows import given_to
from zhike.foundation.records.testing import cases
from zhike.onboard.models import HandOver, Milestone, Project
from zhike.win.tests.deals import a_draft


def a_project(owner: Person) -> Project:
    """A project that ``owner`` delivers, of a customer whom somebody else owns."""
    seller = Person.objects.filter(username="seller-of-projects").first()
    if seller is None:
        seller = person_add(username="seller-of-projects", name="销售甲", post_codes=["sales_specialist"])
    contract = a_draft(seller)
    project = Project(customer=contract.customer, contract=contract, title=contract.title)
    given_to(project, owner.pk)
    project.save()
    return project


def a_milestone(owner: Person) -> Milestone:
    project = a_project(owner)
    return Milestone.objects.create(
        project=project, title="数据迁移完成", due_on=clock.today(), standard="核对一致", owner=owner
    )


def a_hand_over(owner: Person) -> HandOver:
    project = a_project(owner)
    return HandOver.objects.create(
        customer=project.customer, project=project, history="首次合作", needs_background="替换旧系统",
        goals="全员使用", owner=owner,
    )  # fmt: skip


TestProjects = cases(
    "projects",
    make=a_project,
    allowed="implementation_manager",
    denied="it_team",
    change={"goals": "三个月内全员使用"},
)
TestMilestones = cases(
    "milestones",
    make=a_milestone,
    allowed="implementation_manager",
    denied="it_team",
    create=lambda person: {
        "title": "上线", "project": str(a_project(person).uid), "due_on": "2027-08-15", "standard": "系统可用",
    },
    change={"standard": "系统可用，响应不超过 2 秒"},
)  # fmt: skip
TestHandOvers = cases("hand-overs", make=a_hand_over, allowed="success_manager", denied="it_team")
