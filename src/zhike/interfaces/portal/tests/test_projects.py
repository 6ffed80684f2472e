"""What the customer sees of the delivery: team, plan, criteria and where to test."""

from __future__ import annotations

import pytest
from django.test import Client

from zhike.customers.services.contact import contact_create
from zhike.customers.tests.office import Office, opened
from zhike.foundation.records.testing import text_of
from zhike.interfaces.portal import services
from zhike.interfaces.portal.tests.test_requests import PASSWORD, entered
from zhike.onboard.models import Project
from zhike.onboard.tests.projects import prepared
from zhike.win.tests.deals import with_more_posts

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(db: None) -> Office:
    return with_more_posts(opened())


def contact_inside(office: Office, project: Project) -> Client:
    """A person of the firm whose project it is, signed in to the portal."""
    viewer = office.viewer("seller one")
    contact = contact_create(viewer=viewer, customer_uid=project.customer.uid, name="贺知秋", phone="13800001234")
    account = services.account_invite(viewer=viewer, customer=project.customer.uid, contact=contact.uid)
    client = Client()
    token = services.link_make(viewer=viewer, uid=account.uid)
    client.post(f"/portal/welcome/{token}/", {"password": PASSWORD, "again": PASSWORD})
    return client


@pytest.mark.requirement("ONB-01", proof="user")
@pytest.mark.requirement("ONB-04", proof="user")
def test_the_customer_reads_team_milestones_criteria_and_where_to_test(office: Office) -> None:
    project = prepared(office)

    client = contact_inside(office, project)
    page = text_of(client.get("/portal/"))

    team = [office.people[who].name for who in ("lead one", "implementer", "service")]
    for words in (*team, "数据迁移完成", "99% 的记录核对一致"):
        assert words in page, words
    shown = text_of(client.get(f"/portal/projects/{project.uid}/"))
    for words in ("五十个席位可登录", "测试环境 A"):
        assert words in shown, words
    stranger = entered(office)
    assert "数据迁移完成" not in text_of(stranger.get("/portal/")), "no other customer reads it"
    assert stranger.get(f"/portal/projects/{project.uid}/").status_code == 404
    Project.objects.update(state="ended")
    assert "数据迁移完成" not in text_of(client.get("/portal/"))
