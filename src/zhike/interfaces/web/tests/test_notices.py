"""Notices about duties: told once, marked new once, to the person they are for."""

from __future__ import annotations

import datetime as dt

import pytest

from zhike.foundation.access.models import Person
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
