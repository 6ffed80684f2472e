"""Projects for tests, brought along by the people who do it."""

from __future__ import annotations

import datetime as dt

from zhike.customers.tests.office import Office
from zhike.foundation.access.models import Person
from zhike.foundation.kit import clock
from zhike.onboard.models import HandOver, Milestone, Project
from zhike.onboard.services.acceptance import acceptance_prepare, acceptance_test
from zhike.onboard.services.hand_over import hand_over_offer
from zhike.onboard.services.project import milestone_create, project_team
from zhike.win.models import Contract
from zhike.win.tests.deals import a_draft, approved, signed


def a_signed(office: Office, seller: str = "seller one") -> Contract:
    owner = Person.objects.get(pk=office.person(seller))
    return signed(office, approved(office, a_draft(owner)))


def a_project(office: Office, seller: str = "seller one") -> Project:
    """A project as the signature leaves it."""
    return Project.objects.get(contract=a_signed(office, seller))


def staffed(office: Office, project: Project) -> Project:
    return project_team(
        viewer=office.viewer("lead one"), uid=project.uid, version=project.version,
        sales_lead=office.person("lead one"), implementation_manager=office.person("implementer"),
        service_representative=office.person("service"),
    )  # fmt: skip


def a_step(office: Office, project: Project, days: int = 10) -> Milestone:
    return milestone_create(
        viewer=office.viewer("implementer"), project=project.uid, title="数据迁移完成",
        due_on=clock.today() + dt.timedelta(days=days), standard="99% 的记录核对一致",
    )  # fmt: skip


def planned(office: Office) -> Project:
    project = staffed(office, a_project(office))
    a_step(office, project)
    return Project.objects.get(pk=project.pk)


def prepared(office: Office) -> Project:
    project = planned(office)
    return acceptance_prepare(
        viewer=office.viewer("implementer"), uid=project.uid, version=project.version,
        criteria="五十个席位可登录", test_environment="测试环境 A",
    )  # fmt: skip


def accepted(office: Office) -> Project:
    project = prepared(office)
    signer = project.customer.contacts.get()
    return acceptance_test(
        viewer=office.viewer("implementer"), uid=project.uid, version=project.version, outcome="passed",
        tested_on=clock.today(), signer=str(signer.uid), signed_on=clock.today(),
    )  # fmt: skip


def offered(office: Office, receiver: str = "success") -> HandOver:
    project = accepted(office)
    hand_over_offer(
        viewer=office.viewer("seller one"), uid=project.uid, version=project.version, receiver=office.person(receiver),
        history="首次合作", needs_background="希望替换旧系统", goals="三个月内全员使用",
    )  # fmt: skip
    return HandOver.objects.get(project=project)
