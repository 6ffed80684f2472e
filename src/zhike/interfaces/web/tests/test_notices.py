"""Notices about duties: told once, marked new once, to the person they are for."""

from __future__ import annotations

import datetime as dt
import html

import pytest

from zhike.foundation.access.models import Department, Person
from zhike.foundation.kit import clock, ids
from zhike.foundation.obligations.models import Duty, DutyNotice, NoticeKind
from zhike.foundation.records.testing import signed_in, staff, text_of

pytestmark = pytest.mark.django_db


def told(person: Person, kind: str = NoticeKind.REMIND) -> DutyNotice:
    now = clock.now()
    duty = Duty.objects.create(
        code="B-18", subject_kind="retain.warning", subject_id=ids.uid().int % 10**9, person=person,
        started_at=now, remind_at=now, due_at=now + dt.timedelta(hours=5), started_by=ids.uid(),
    )  # fmt: skip
    return DutyNotice.objects.create(person=person, duty=duty, kind=kind)


def test_the_bell_counts_what_is_new_and_the_page_takes_note() -> None:
    person = staff("customer_manager")
    client = signed_in(person)
    told(person)
    told(person, NoticeKind.BREACH)

    assert 'href="/notices/"' in text_of(client.get("/shell/clock/"))
    first = text_of(client.get("/notices/"))
    second = text_of(client.get("/notices/"))

    assert first.count('class="is-new"') == 2
    assert second.count('class="is-new"') == 0
    assert 'href="/notices/"' not in text_of(client.get("/shell/clock/"))


def test_nobody_sees_or_clears_somebody_elses_notices() -> None:
    person, other = staff("customer_manager"), staff("customer_manager")
    told(person)

    assert 'class="is-new"' not in text_of(signed_in(other).get("/notices/"))
    assert DutyNotice.objects.get().seen_at is None


def test_a_look_at_the_headers_alone_takes_note_of_nothing() -> None:
    person = staff("customer_manager")
    told(person)

    signed_in(person).head("/notices/")

    assert DutyNotice.objects.get().seen_at is None


def test_management_sees_overdue_duties_by_department_and_opens_their_rows() -> None:
    sales, service = (Department.objects.create(name=name, depth=0) for name in ("销售一部", "客户服务部"))
    seller, agent = staff("sales_specialist", department=sales), staff("service_representative", department=service)
    late = told(seller).duty
    told(agent)
    Duty.objects.filter(pk=late.pk).update(due_at=clock.now() - dt.timedelta(hours=1))
    management = signed_in(staff("management"))

    home = text_of(management.get("/"))
    link = f"/tasks/?scope=overdue&amp;department={sales.uid}"
    listed = text_of(management.get(html.unescape(link)))
    running = text_of(management.get(f"/tasks/?scope=all&department={service.uid}"))

    assert link in home
    assert f"/tasks/?scope=overdue&amp;department={service.uid}" not in home, "nothing is overdue there"
    assert (seller.name in listed, agent.name in listed) == (True, False)
    assert (seller.name in running, agent.name in running) == (False, True)
