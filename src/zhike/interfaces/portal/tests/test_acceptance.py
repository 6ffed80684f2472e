"""Acceptance in the portal: commented, not yet, rectified, tested again, signed once; seen by staff at once."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from zhike.customers.models import TimelineEntry
from zhike.customers.services.contact import contact_delete
from zhike.customers.tests.office import Office, deliver, opened
from zhike.foundation.audit.models import Entry
from zhike.foundation.kit.refusals import Forbidden
from zhike.foundation.messages.models import Notice
from zhike.foundation.obligations.models import Duty
from zhike.foundation.records.testing import text_of
from zhike.interfaces.portal.tests.test_projects import contact_inside
from zhike.interfaces.portal.tests.test_requests import entered
from zhike.onboard.models import AcceptanceComment, AcceptanceRound, Project
from zhike.onboard.services.acceptance import acceptance_prepare, acceptance_rectify
from zhike.onboard.services.signature import acceptance_sign
from zhike.onboard.tests.projects import prepared
from zhike.win.tests.deals import with_more_posts
from zhike.win.tests.pages import at_work

pytestmark = pytest.mark.django_db
NAME = "贺知秋"
CRITERIA = "五十个席位可登录\n\n报表三秒内打开"


@pytest.fixture
def office(db: None) -> Office:
    return with_more_posts(opened())


@pytest.fixture
def project(office: Office) -> Project:
    made = prepared(office)
    return acceptance_prepare(
        viewer=office.viewer("implementer"), uid=made.uid, version=made.version, criteria=CRITERIA,
        test_environment="测试环境 A",
    )  # fmt: skip


@pytest.fixture
def client(office: Office, project: Project) -> Client:
    return contact_inside(office, project)


def seen(client: Client, project: Project) -> str:
    """The digest of what the page shows, as its forms carry it."""
    found = re.search(r'name="seen" value="([0-9a-f]{64})"', text_of(client.get(f"/portal/projects/{project.uid}/")))
    assert found is not None
    return found[1]


def sign(client: Client, project: Project, outcome: str = "passed", **more: str) -> Any:
    body = {"seen": more.pop("seen", "") or seen(client, project), "outcome": outcome, "signed_name": NAME, **more}
    return client.post(f"/portal/projects/{project.uid}/sign/", body)


@pytest.mark.requirement("ONB-04", proof="user")
def test_the_customer_comments_on_one_criterion_and_the_implementation_manager_sees_it_at_once(
    office: Office, project: Project, client: Client
) -> None:
    body = {"seen": seen(client, project), "criterion": "2", "text": "月报要八秒"}
    assert client.post(f"/portal/projects/{project.uid}/comment/", body).status_code == 302

    comment = AcceptanceComment.objects.get()
    assert (comment.criterion, comment.number, comment.name) == ("报表三秒内打开", 1, "贺**")
    assert "月报要八秒" in text_of(client.get(f"/portal/projects/{project.uid}/"))
    at_desk = at_work(office, "implementer")
    page = text_of(at_desk.get(f"/projects/{project.uid}/"))
    assert "月报要八秒" in page
    assert "报表三秒内打开" in page
    notice = Notice.objects.get(code="acceptance.commented")
    assert (notice.person_id, notice.link) == (office.person("implementer"), f"/projects/{project.uid}/")
    line = TimelineEntry.objects.get(kind="acceptance.commented")
    assert (line.customer_id, line.words["text"]) == (project.customer_id, "月报要八秒")


@pytest.mark.requirement("ONB-04", proof="user")
def test_not_yet_with_reasons_is_rectified_and_tested_again_until_the_customer_signs(
    office: Office, project: Project, client: Client
) -> None:
    assert sign(client, project, "failed", reasons="月报要八秒").status_code == 302
    project.refresh_from_db()
    assert project.state == "rectifying"
    assert {n.person_id for n in Notice.objects.filter(code="acceptance.not_yet")} == {
        office.person("implementer"), office.person("lead one"),
    }  # fmt: skip
    deliver()
    assert Duty.objects.get(code="B-33").person_id == office.person("implementer")
    waiting = text_of(client.get(f"/portal/projects/{project.uid}/"))
    assert 'name="signed_name"' not in waiting, "nothing to sign before it is rectified"

    acceptance_rectify(
        viewer=office.viewer("implementer"), uid=project.uid, version=project.version, rectification="加了索引"
    )
    assert "加了索引" in text_of(client.get(f"/portal/projects/{project.uid}/"))
    assert sign(client, project).status_code == 302

    project.refresh_from_db()
    signed = project.rounds.get(outcome="passed")
    assert (project.state, signed.number, signed.signed_as) == ("accepted", 2, "贺**")
    assert (signed.signer_id, signed.signed_on) == (project.customer.contacts.get(name="贺**").pk, project.accepted_on)
    assert CRITERIA in signed.text
    assert "测试环境 A" in signed.text
    record = text_of(client.get(f"/portal/projects/{project.uid}/"))
    assert signed.text_digest in record
    deliver()
    assert Duty.objects.get(code="B-33").fulfilled_at is not None
    page = text_of(at_work(office, "implementer").get(f"/projects/{project.uid}/"))
    assert "贺**" in page
    assert signed.text_digest[:16] in page
    assert NAME not in page, "staff read the masked name"
    lines = TimelineEntry.objects.filter(kind__startswith="acceptance.", customer=project.customer_id)
    assert {"acceptance.failed", "acceptance.passed"} <= {line.kind for line in lines}
    assert Notice.objects.filter(code="acceptance.signed", person=office.person("implementer")).count() == 1


@pytest.mark.requirement("ONB-04", proof="user")
def test_exactly_one_signature_counts(project: Project, client: Client) -> None:
    text = seen(client, project)

    assert sign(client, project, seen=text).status_code == 302
    again = sign(client, project, seen=text)

    assert again.status_code == 409
    assert 'role="alert"' in text_of(again)
    assert AcceptanceRound.objects.filter(project=project).count() == 1


@pytest.mark.requirement("ONB-04", proof="user")
@pytest.mark.parametrize(
    ("outcome", "more"),
    [("passed", {"signed_name": "李静好"}), ("passed", {"signed_name": ""}), ("failed", {}), ("", {})],
)
def test_without_the_own_name_or_reasons_nothing_is_signed_and_what_was_typed_stays(
    project: Project, client: Client, outcome: str, more: dict[str, str]
) -> None:
    refused = sign(client, project, outcome, **more)

    assert refused.status_code == 422
    assert f'value="{more.get("signed_name", NAME)}"' in text_of(refused)
    assert not project.rounds.exists()


@pytest.mark.requirement("ONB-04", proof="user")
def test_what_was_changed_while_the_customer_read_is_read_again_before_it_is_signed(
    office: Office, project: Project, client: Client
) -> None:
    text = seen(client, project)
    acceptance_prepare(
        viewer=office.viewer("implementer"), uid=project.uid, version=project.version, criteria="一百个席位可登录",
        test_environment="测试环境 A",
    )  # fmt: skip

    assert sign(client, project, seen=text).status_code == 409
    comment = {"seen": text, "criterion": "1", "text": "好"}
    assert client.post(f"/portal/projects/{project.uid}/comment/", comment).status_code == 409
    assert not project.rounds.exists()


def test_who_is_of_another_customer_neither_reads_comments_nor_signs(
    office: Office, project: Project, client: Client
) -> None:
    stranger, text = entered(office), seen(client, project)

    for address, body in (
        ("comment", {"seen": text, "text": "好"}),
        ("sign", {"seen": text, "outcome": "passed", "signed_name": "王磊石"}),
    ):
        assert stranger.post(f"/portal/projects/{project.uid}/{address}/", body).status_code == 404, address
        assert Client().post(f"/portal/projects/{project.uid}/{address}/", body)["Location"].startswith("/portal/sign")
    assert not project.rounds.exists()
    assert not AcceptanceComment.objects.exists()


def test_staff_sign_nothing_by_the_way_of_the_customer(office: Office, project: Project, client: Client) -> None:
    contact = project.customer.contacts.get(name="贺**")
    with pytest.raises(Forbidden):
        acceptance_sign(
            viewer=office.viewer("implementer"), uid=project.uid, customer_id=project.customer_id,
            contact_id=contact.pk, seen=seen(client, project), outcome="passed", signed_name=NAME,
        )  # fmt: skip


def test_who_has_left_the_customer_signs_no_more(office: Office, project: Project, client: Client) -> None:
    text = seen(client, project)
    contact_delete(viewer=office.viewer("seller one"), uid=project.customer.contacts.get(name="贺**").uid)

    assert sign(client, project, seen=text)["Location"].startswith("/portal/sign-in/")
    assert not project.rounds.exists()


@pytest.mark.requirement("SEC-03", proof="rule")
def test_the_whole_name_is_sealed_in_the_log_and_stands_nowhere_else(project: Project, client: Client) -> None:
    sign(client, project)

    entry = Entry.objects.get(action="acceptance.sign")
    signed = project.rounds.get()
    assert NAME not in str(entry.after)
    assert NAME not in signed.text + signed.signed_as
    assert signed.text_digest in str(entry.after)
