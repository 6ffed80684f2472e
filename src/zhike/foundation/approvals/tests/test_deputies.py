"""Somebody is away: the deputy is asked besides, decides on their behalf, and only in these days."""

from __future__ import annotations

import datetime as dt

import pytest

from zhike.customers.tests.office import Clock, Office, deliver
from zhike.foundation import approvals
from zhike.foundation.access import deputies
from zhike.foundation.access.deciding import OwnWork
from zhike.foundation.access.models import Deputyship
from zhike.foundation.approvals.jobs import tend
from zhike.foundation.approvals.models import ApprovalSigner
from zhike.foundation.approvals.refusing import DecidedBefore, NotYours
from zhike.foundation.approvals.tests.asking import a_waiting, agree, asked, contracts_go, step
from zhike.foundation.audit.models import Entry
from zhike.foundation.kit import clock
from zhike.foundation.kit.refusals import NotFound
from zhike.foundation.messages.models import Notice
from zhike.foundation.obligations.models import Duty

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("PLAT-12", proof="rule")]


def away(office: Office, who: str, deputy: str, *, since: int = 0, days: int = 5) -> Deputyship:
    day = clock.today() + dt.timedelta(days=since)
    return deputies.deputy_name(
        viewer=office.viewer(who), person=office.person(who), deputy=office.person(deputy), since=day,
        until=day + dt.timedelta(days=days),
    )  # fmt: skip


def names(office: Office, *who: str) -> set[int]:
    return {office.person(one) for one in who}


def test_a_deputy_is_asked_besides_and_one_word_counts_for_both(office: Office) -> None:
    contracts_go(office, step("会签", "post:sales_lead", "post:management", rule="all"))
    away(office, "lead one", "lead two")
    contract, approval = a_waiting(office)
    agree(office, "legal", approval)
    assert asked(approval) == names(office, "boss", "chief", "lead one", "lead two")

    approvals.approve(viewer=office.viewer("lead two"), uid=approval.uid, words="代签")

    assert asked(approval) == names(office, "boss", "chief")
    mine = ApprovalSigner.objects.get(approval=approval, person=office.person("lead two"))
    assert (mine.state, mine.stands_in_for_id) == ("approved", office.person("lead one"))
    entry = Entry.objects.filter(action="approval.approved").latest("id")
    assert entry.actor_id == office.person("lead two")
    assert f'"on_behalf_of":{office.person("lead one")}' in entry.after.replace(" ", "")
    for who in ("boss", "chief"):
        approvals.approve(viewer=office.viewer(who), uid=approval.uid)
    contract.refresh_from_db()
    assert contract.status == "approved"


def test_who_is_away_may_still_decide_and_the_deputy_is_released(office: Office) -> None:
    away(office, "legal", "success")
    _contract, approval = a_waiting(office)
    assert asked(approval) == names(office, "legal", "success")

    agree(office, "legal", approval)

    assert asked(approval) == set()
    with pytest.raises(DecidedBefore):
        agree(office, "success", approval)


def test_what_waits_already_is_asked_of_the_deputy_at_once_and_no_more_when_it_ends(office: Office) -> None:
    contracts_go(office, step("主管", "post:sales_lead"))
    _contract, approval = a_waiting(office)
    agree(office, "legal", approval)
    made = away(office, "lead one", "lead two")
    deliver()
    assert asked(approval) == names(office, "chief", "lead one", "lead two")
    assert Duty.objects.filter(code="approval.sign", person=office.person("lead two"), state="open").exists()
    told = set(Notice.objects.filter(code="deputy.named").values_list("person_id", flat=True))
    assert told == names(office, "lead one", "lead two")

    deputies.deputy_end(viewer=office.viewer("lead one"), uid=made.uid)
    deliver()

    assert asked(approval) == names(office, "chief", "lead one")
    assert not Duty.objects.filter(code="approval.sign", person=office.person("lead two"), state="open").exists()
    with pytest.raises((NotYours, NotFound)):
        approvals.approve(viewer=office.viewer("lead two"), uid=approval.uid)


def test_the_worker_asks_when_the_first_day_begins_and_releases_after_the_last(office: Office, moment: Clock) -> None:
    morning = clock.start_of(dt.date(2026, 7, 20)) + dt.timedelta(hours=9)
    moment.at(morning)
    _contract, approval = a_waiting(office)
    away(office, "legal", "success", since=2, days=1)
    seen = []
    for day in (0, 2, 3, 4):
        moment.at(morning + dt.timedelta(days=day))
        tend(None)  # type: ignore[arg-type]
        seen.append(office.person("success") in asked(approval))

    assert seen == [False, True, True, False]
    assert office.person("legal") in asked(approval)


def test_a_deputy_with_a_hand_in_it_is_not_asked_and_cannot_decide(office: Office) -> None:
    contracts_go(office, step("主管", "post:sales_lead"))
    away(office, "lead one", "seller one")
    _contract, approval = a_waiting(office, "seller one")
    agree(office, "legal", approval)

    assert office.person("seller one") not in asked(approval)
    behalf = deputies.viewer_on_behalf(office.person("seller one"), office.person("lead one"))
    assert behalf is not None
    with pytest.raises(OwnWork):
        approvals.approve(viewer=behalf, uid=approval.uid)


def test_a_deputy_who_may_not_decide_by_what_was_passed_on_is_not_asked(office: Office) -> None:
    today = clock.today()
    deputies.deputy_name(
        viewer=office.viewer("legal"), person=office.person("legal"), deputy=office.person("success"), since=today,
        until=today, areas=["complaints"],
    )  # fmt: skip
    _contract, approval = a_waiting(office)

    assert asked(approval) == names(office, "legal")


def test_who_counted_on_somebody_hears_that_the_deputy_is_away_too(office: Office) -> None:
    away(office, "seller one", "other one")
    away(office, "other one", "manager one")

    told = set(Notice.objects.filter(code="deputy.away").values_list("person_id", flat=True))

    assert told == names(office, "seller one", "lead one")
