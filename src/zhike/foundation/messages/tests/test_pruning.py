"""What nobody reads any more is forgotten at night, on both sides of the day that the policy names."""

from __future__ import annotations

import datetime as dt

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session

from zhike.foundation import jobs
from zhike.foundation.access.viewer import system
from zhike.foundation.jobs import pruning
from zhike.foundation.jobs.models import JobRun
from zhike.foundation.jobs.policy import PruningPolicy
from zhike.foundation.kit import clock
from zhike.foundation.messages.models import Notice
from zhike.foundation.messages.policy import NoticesPolicy
from zhike.foundation.policies.load import load_defaults
from zhike.foundation.records.testing import staff

pytestmark = pytest.mark.django_db


def ran(name: str) -> JobRun:
    run = jobs.start(name, viewer=system("test"))
    jobs.run_due()
    run.refresh_from_db()
    return run


def test_notices_older_than_the_policy_says_are_removed(monkeypatch):
    monkeypatch.setattr(pruning, "_PIECE", 2)
    person, days = staff("legal"), load_defaults().get(NoticesPolicy).keep_days
    for number, age in enumerate((days + 1, days + 1, days + 30, days - 1, 0)):
        Notice.objects.create(person=person, code="x", about=str(number), at=clock.now() - dt.timedelta(days=age))

    run = ran("messages.prune")

    assert run.result == {"notices": 3}
    assert sorted(Notice.objects.values_list("about", flat=True)) == ["3", "4"]


def test_ended_sessions_go_with_what_was_noted_of_them():
    days, person = load_defaults().get(PruningPolicy).session_days, staff("legal")
    for key, ago in (("old", days + 1), ("new", days - 1)):
        Session.objects.create(session_key=key, session_data="", expire_date=clock.now() - dt.timedelta(days=ago))
        UserSession.objects.create(user=person, session_key=key, ip="127.0.0.1", user_agent="x")

    run = ran("foundation.prune")

    assert run.result["sessions"] == 1
    assert list(Session.objects.values_list("session_key", flat=True)) == ["new"]
    assert list(UserSession.objects.values_list("session_key", flat=True)) == ["new"]
